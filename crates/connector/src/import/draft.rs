//! A connector file under way.

use super::names::{own, snake};
use super::report::{Report, WarningKind};
use super::source::Described;
use super::text::{plain, sentence, shortened};
use super::{Draft, MOST_ACTIONS, Options, USUAL_ACTIONS, action, auth, found, server, write};
use crate::spec_check::Document;
use serde_json::{Map, Value};
use solder_model::ConnectorId;

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) docs: Option<String>,
    pub(super) base: String,
    pub(super) hosts: Vec<String>,
    pub(super) vars: Vec<Var>,
    pub(super) auth: Vec<auth::Way>,
    pub(super) resources: Vec<(String, String)>,
    pub(super) actions: Vec<Action>,
    /// Whether answers are GraphQL's, which tell failures at status 200.
    pub(super) graphql: bool,
}

/// A variable of the connection.
#[derive(Debug, Clone)]
pub(super) struct Var {
    pub(super) name: String,
    pub(super) line: String,
}

/// An action.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
pub(super) struct Action {
    /// Method and path as the description has them: what the action is known by when it is imported again.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) resource: String,
    pub(super) call: String,
    pub(super) kind: &'static str,
    pub(super) off: bool,
    pub(super) body: Option<&'static str>,
    /// The fixed document of a GraphQL action.
    pub(super) graphql: Option<String>,
    pub(super) form_style: Option<&'static str>,
    pub(super) download: bool,
    pub(super) empty: bool,
    pub(super) no_auth: bool,
    pub(super) scopes: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) result: Option<String>,
    pub(super) paging: Option<String>,
    pub(super) op: Option<String>,
    pub(super) deprecated: bool,
    pub(super) params: Vec<Param>,
    /// What a reviewer should know of it.
    pub(super) notes: Vec<String>,
}

/// A parameter.
#[derive(Debug, Clone, Default)]
pub(super) struct Param {
    pub(super) name: String,
    /// The platform's name, where it is another.
    pub(super) wire: Option<String>,
    /// The place, where it is not the usual one.
    pub(super) place: Option<&'static str>,
    pub(super) list: Option<&'static str>,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) about: String,
    pub(super) schema: Map<String, Value>,
    pub(super) file: bool,
}

/// The text of a document's head.
fn head<'d>(document: &'d Value, pointer: &str) -> &'d str {
    document
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Makes a draft; an error is a sentence.
pub(super) fn make(described: &Described, options: &Options) -> Result<Draft, String> {
    let root = &described.document;
    let document = Document(root);
    let mut report = Report {
        format: described.format.clone(),
        ..Report::default()
    };
    for note in &described.notes {
        report.warn(WarningKind::Review, note);
    }
    let mut api = Api::default();
    let title = shortened(&plain(head(root, "/info/title")), 60);
    api.id = id(options, &title)?;
    api.name = if title.is_empty() { api.id.clone() } else { title };
    api.about = sentence(head(root, "/info/description"), 160);
    if api.about.chars().count() < 8 {
        api.about = format!("What {} offers by its API", api.name);
    }
    let docs = head(root, "/externalDocs/url");
    api.docs = (docs.starts_with("https://") && docs.len() < 300 && !docs.chars().any(char::is_control))
        .then(|| docs.to_owned());

    let mut operations = found::all(document, &mut report)?;
    report.operations = operations.len();
    report.keys = operations.iter().map(|one| plain(&one.key)).collect();
    let picked = pick(&mut operations, options, &mut report)?;
    let mut servers = server::read(root, options, &mut report)?;
    let endpoint = graphql_endpoint(&mut servers, &operations);
    api.base.clone_from(&servers.base);
    api.hosts.clone_from(&servers.hosts);
    api.vars.clone_from(&servers.vars);
    api.auth = auth::read(document, &operations, &servers, &mut report);
    take(
        &mut api,
        document,
        &servers,
        (&operations, &picked),
        options,
        &mut report,
    );
    for action in api.actions.iter_mut().filter(|action| action.graphql.is_some()) {
        action.call = format!("POST {endpoint}");
    }
    if api.actions.is_empty() {
        return Err(nothing(&report));
    }
    auth::offer_scopes(&mut api);
    finish(api, report)
}

/// The path of a GraphQL API's one endpoint, taken off the base, which is all of a URL's path but its last segment.
fn graphql_endpoint(servers: &mut server::Servers, operations: &[found::Found<'_>]) -> String {
    let graphql = operations
        .iter()
        .any(|one| one.operation.get(super::graphql::DOCUMENT).is_some());
    let host = servers.base.find("://").map_or(0, |at| at + 3);
    let last = servers.base.rfind('/').filter(|at| graphql && *at > host);
    match last.map(|at| servers.base.split_off(at)) {
        Some(path) => path,
        None => "/graphql".to_owned(),
    }
}

fn nothing(report: &Report) -> String {
    match report.left_out.first() {
        None => "describes no operation: `paths` is empty".to_owned(),
        Some(first) => format!(
            "has no operation that a connector file can say; of {}, the first: {}: {}",
            report.left_out.len(),
            first.operation,
            first.why
        ),
    }
}

/// Counts, writes and reads what was written: the one promise that matters is held here and not only by tests. An action
/// that the format's own reader refuses is left out, with what it says.
fn finish(mut api: Api, mut report: Report) -> Result<Draft, String> {
    loop {
        report.actions = api.actions.len();
        report.on = api.actions.iter().filter(|action| !action.off).count();
        if report.on == 0 {
            let what =
                "no action is on, since none only reads: take `off = true` away where you allow a call";
            report.warn(WarningKind::Review, what);
        }
        let text = write::file(&api, &report);
        let Err(faults) = crate::parse(&format!("{}.toml", api.id), &text) else {
            return Ok(Draft {
                id: api.id,
                base: api.base,
                text,
                report,
            });
        };
        let before = api.actions.len();
        api.actions.retain(|action| {
            let field = format!("action[{}]", action.name);
            let fault = faults.iter().find(|fault| fault.field.starts_with(&field));
            if let Some(fault) = fault {
                report.left_out.push(super::LeftOut {
                    operation: action.key.clone(),
                    why: format!("a connector file does not take it: {}", plain(&fault.message)),
                });
            }
            fault.is_none()
        });
        if api.actions.is_empty() {
            return Err(nothing(&report));
        }
        if api.actions.len() == before {
            let told: Vec<String> = faults.iter().take(3).map(ToString::to_string).collect();
            return Err(format!(
                "came out as a file that does not load, which is a fault of the importer: {}",
                told.join("; ")
            ));
        }
        let actions = &api.actions;
        api.resources
            .retain(|(id, _)| actions.iter().any(|action| action.resource == *id));
    }
}

/// The id that is asked for, or one made of the title.
fn id(options: &Options, title: &str) -> Result<String, String> {
    if let Some(id) = &options.id {
        return match ConnectorId::new(id) {
            Ok(_) => Ok(id.clone()),
            Err(error) => Err(format!(
                "cannot get the id `{}`: {error}",
                shortened(&plain(id), 60)
            )),
        };
    }
    let words = snake(title);
    let kept: Vec<&str> = words
        .split('_')
        .filter(|word| {
            !matches!(
                *word,
                "api" | "apis" | "rest" | "the" | "openapi" | "swagger" | "spec"
            )
        })
        .collect();
    let id = own(&kept.join("_"), "");
    let id = if id.is_empty() {
        own(&words, "imported")
    } else {
        id
    };
    Ok(if id == "solder" {
        "solder_imported".to_owned()
    } else {
        id
    })
}

/// The numbers of the operations that are asked for, most useful first.
fn pick(
    operations: &mut [found::Found<'_>],
    options: &Options,
    report: &mut Report,
) -> Result<Vec<usize>, String> {
    if options.only.is_empty() {
        let ranked = found::ranked(operations);
        // Where there is nothing else, what is deprecated is what there is.
        let with_deprecated = options.all || operations.iter().all(|one| one.deprecated);
        return Ok(ranked
            .into_iter()
            .filter(|at| {
                let skipped = operations
                    .get(*at)
                    .filter(|one| one.deprecated && !with_deprecated);
                if let Some(one) = skipped {
                    report.left_out.push(super::LeftOut {
                        operation: one.key.clone(),
                        why: "is deprecated".to_owned(),
                    });
                }
                skipped.is_none()
            })
            .collect());
    }
    let mut picked = Vec::new();
    for wanted in &options.only {
        let fits = |one: &found::Found<'_>| {
            one.id == Some(wanted.as_str()) || one.name == *wanted || one.key.eq_ignore_ascii_case(wanted)
        };
        match operations.iter().position(fits) {
            Some(at) => {
                if !picked.contains(&at) {
                    picked.push(at);
                }
            }
            None => {
                let known = operations.iter().map(|one| one.id.unwrap_or(&one.name));
                let near = crate::nearest_few(wanted, known, 3);
                let near = if near.is_empty() {
                    String::new()
                } else {
                    format!("; the nearest: `{}`", near.join("`, `"))
                };
                return Err(format!(
                    "has no operation `{}`{near}",
                    shortened(&plain(wanted), 80)
                ));
            }
        }
    }
    Ok(picked)
}

fn take(
    api: &mut Api,
    document: Document<'_>,
    servers: &server::Servers,
    (operations, picked): (&[found::Found<'_>], &[usize]),
    options: &Options,
    report: &mut Report,
) {
    let most = if options.all || !options.only.is_empty() {
        MOST_ACTIONS
    } else {
        USUAL_ACTIONS
    };
    let mut taken: Vec<(usize, Action)> = Vec::new();
    for (done, at) in picked.iter().enumerate() {
        if taken.len() >= most {
            report.beyond = picked.len() - done;
            break;
        }
        let Some(operation) = operations.get(*at) else {
            continue;
        };
        match action::make(document, operation, servers, api, report) {
            Ok(mut made) => {
                made.off = made.kind != "read" && options.only.is_empty();
                taken.push((*at, made));
            }
            Err(why) => report.left_out.push(super::LeftOut {
                operation: operation.key.clone(),
                why,
            }),
        }
    }
    // The order of the description, resource by resource, is the one that a reviewer knows.
    taken.sort_by_key(|(at, _)| *at);
    for (_, action) in &taken {
        if !api.resources.iter().any(|(id, _)| *id == action.resource) {
            let name = found::resource_name(&action.resource);
            api.resources.push((action.resource.clone(), name));
        }
    }
    let place = |resource: &str| api.resources.iter().position(|(id, _)| id == resource);
    taken.sort_by_key(|(at, action)| (place(&action.resource), *at));
    api.actions = taken.into_iter().map(|(_, action)| action).collect();
    api.graphql = api.actions.iter().any(|action| action.graphql.is_some());
}
