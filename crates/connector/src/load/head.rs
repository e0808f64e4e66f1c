//! The top of a connector file.

use super::base::{base, headers, hosts};
use super::names::{own_name, resource_id};
use super::reader::Reader;
use super::source::Item;
use super::{action, auth, lint, oauth, rules};
use crate::connector::Base;
use crate::schema::Check;
use crate::template::Template;
use crate::{Auth, Connector, Discover, Resource, Variable};
use serde_json::{Value, json};
use solder_model::{ConnectorId, parse_duration};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The names that templates outside actions may use.
#[derive(Default)]
pub(super) struct Known {
    /// `[vars]`, and what OAuth and discovery find out.
    pub(super) vars: Vec<String>,
    /// Secrets that an `apply` puts in the path.
    pub(super) path_secrets: Vec<String>,
}

impl Known {
    pub(super) fn has(&self, name: &str) -> bool {
        self.vars
            .iter()
            .chain(&self.path_secrets)
            .any(|known| known == name)
    }

    /// Refuses names that are not known in this place.
    pub(super) fn check(&self, item: &Item<'_>, template: &Template, with_secrets: bool) {
        for name in template.names() {
            let known = if with_secrets {
                self.has(name)
            } else {
                self.vars.iter().any(|known| known == name)
            };
            if !known {
                let names: Vec<_> = self.vars.iter().map(|name| format!("`{name}`")).collect();
                let list = if names.is_empty() {
                    "none are".to_owned()
                } else {
                    names.join(", ")
                };
                item.fault(format!("`{{{name}}}` is not declared; known here: {list}"));
            }
        }
    }
}

/// Reads the whole file. Nothing only where not even a shell can be made; faults are noted either way.
pub(super) fn read(root: &Reader<'_>, file: &str) -> Option<Connector> {
    let id = id(root, file);
    let vars = variables(root);
    let (auth, discover) = auth::read(root, &vars);
    let known = known(&vars, &auth, &discover);
    let base = root.get("base").and_then(|item| base(&item, &known));
    let hosts = hosts(root, base.as_ref(), (&vars, &auth));
    let (limits, rate) = rules::limits(root);
    let mut connector = Connector {
        // A stand-in where the id is wrong, so that the rest of the file is read too.
        id: id.or_else(|| ConnectorId::new("unnamed").ok())?,
        name: root.needed("name"),
        about: root.needed("about"),
        categories: categories(root),
        resources: resources(root),
        auth,
        discover,
        check: root.text("check"),
        identity: identity(root),
        docs: root.text("docs"),
        spec: root.text_or_texts("spec"),
        allow: root.pairs("allow"),
        synonyms: root.texts("synonyms"),
        vars,
        timeout: timeout(root),
        rate,
        hosts,
        base: base.unwrap_or(Base::Internal),
        headers: headers(root, &known),
        errors: rules::errors(root),
        limits,
        actions: Vec::new(),
        off: Vec::new(),
        by_id: HashMap::new(),
    };
    let (actions, spans): (Vec<_>, Vec<_>) = action::read_all(root, &connector, &known).into_iter().unzip();
    connector.actions = actions.into_iter().map(Arc::new).collect();
    let ids = connector.actions.iter().enumerate();
    connector.by_id = ids.map(|(index, action)| (action.id.clone(), index)).collect();
    lint::file::check(root, &connector, &spans, oauth::scopes(&connector.auth).as_ref());
    ask_what_is_needed(&mut connector);
    keep_back(&mut connector);
    Some(connector)
}

/// Leaves out of each way to connect the variables that only the bases of others name.
fn ask_what_is_needed(connector: &mut Connector) {
    let used = |auth: &Auth, name: &str| {
        let actions = connector
            .actions
            .iter()
            .flat_map(|action| action.connection_names());
        let headers = connector.headers.iter().flat_map(crate::connector::Header::names);
        let own = connector.base_of(Some(auth)).names().chain(auth.template_names());
        own.chain(headers).chain(actions).any(|known| known == name)
    };
    let in_bases = |name: &str| {
        let own = connector.auth.iter().filter_map(|auth| auth.own.base.as_ref());
        own.chain([&connector.base])
            .flat_map(Base::names)
            .any(|known| known == name)
    };
    let unused = |auth: &Auth| -> Vec<String> {
        let variables = auth.fields.iter().filter(|field| !field.secret);
        variables
            .filter(|field| in_bases(&field.name) && !used(auth, &field.name))
            .map(|field| field.name.clone())
            .collect()
    };
    let all: Vec<Vec<String>> = connector.auth.iter().map(unused).collect();
    for (auth, unused) in connector.auth.iter_mut().zip(all) {
        auth.fields
            .retain(|field| field.secret || !unused.contains(&field.name));
    }
}

/// Takes the actions that are off out of those that are offered, and the resources that have no other. They were checked
/// beside the rest.
fn keep_back(connector: &mut Connector) {
    let all = std::mem::take(&mut connector.actions);
    (connector.off, connector.actions) = all.into_iter().partition(|action| action.off);
    let ids = connector.actions.iter().enumerate();
    connector.by_id = ids.map(|(index, action)| (action.id.clone(), index)).collect();
    let actions = &connector.actions;
    connector
        .resources
        .retain(|resource| actions.iter().any(|action| action.resource == resource.id));
}

fn id(root: &Reader<'_>, file: &str) -> Option<ConnectorId> {
    let item = root.get("id")?;
    let id = item.parse(ConnectorId::new)?;
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    if name.strip_suffix(".toml").is_some_and(|stem| stem != id.as_str()) {
        item.fault(format!(
            "is `{id}` in a file named `{name}`: the two are the same"
        ));
    }
    Some(id)
}

fn known(vars: &[Variable], auth: &[Auth], discover: &[Discover]) -> Known {
    let mut known = Known {
        vars: vars.iter().map(|var| var.name.clone()).collect(),
        path_secrets: Vec::new(),
    };
    for auth in auth {
        known
            .vars
            .extend(auth.oauth.iter().flat_map(crate::OAuth::found).map(str::to_owned));
        known.path_secrets.extend(auth.path_secrets.iter().cloned());
    }
    known
        .vars
        .extend(discover.iter().flat_map(Discover::names).map(str::to_owned));
    known
}

fn categories(root: &Reader<'_>) -> Vec<String> {
    let Some(item) = root.get("categories") else {
        return Vec::new();
    };
    let categories = item.texts();
    if categories.is_empty() {
        item.fault("must name one category at least");
    }
    for category in categories.iter().filter(|category| !resource_id(category)) {
        item.fault(format!(
            "`{category}` is not a category: write a-z, 0-9, `_` and `-`"
        ));
    }
    categories
}

fn identity(root: &Reader<'_>) -> Option<String> {
    let item = root.find("identity")?;
    if !root.has("check") {
        item.fault("means nothing without `check`");
    }
    item.parse(pointer_text)
}

/// A pointer, kept as the text that it is.
pub(super) fn pointer_text(text: &str) -> Result<String, String> {
    crate::pointer::Pointer::parse(text).map(|_valid| text.to_owned())
}

/// A call's longest time: 1 s to 300 s.
pub(super) fn timeout(table: &Reader<'_>) -> Option<Duration> {
    let item = table.find("timeout")?;
    let duration = item.parse(parse_duration)?;
    if !(Duration::from_secs(1)..=Duration::from_mins(5)).contains(&duration) {
        item.fault("must be from 1s to 300s");
    }
    Some(duration)
}

fn resources(root: &Reader<'_>) -> Vec<Resource> {
    let Some(table) = root.get("resources").and_then(|item| item.table()) else {
        return Vec::new();
    };
    let mut resources = Vec::new();
    for (id, item) in table.entries() {
        if !resource_id(&id) {
            item.fault("a resource's id is 1 to 64 of a-z, 0-9, `_` and `-`");
        }
        let Some(text) = item.text() else { continue };
        resources.push(Resource::of_line(&id, text));
    }
    if resources.is_empty() {
        table.fault("must name one resource at least");
    }
    resources
}

fn variables(root: &Reader<'_>) -> Vec<Variable> {
    let entries = root.entries_of("vars").into_iter();
    entries.filter_map(|(name, item)| variable(name, &item)).collect()
}

fn variable(name: String, item: &Item<'_>) -> Option<Variable> {
    if !own_name(&name) {
        item.fault("a variable's name is 1 to 48 of a-z, 0-9 and `_`, a letter first");
    }
    let (line, pattern) = if item.is_text() {
        (item.parse(super::line::parse)?, None)
    } else {
        let table = item.table()?;
        let line = table.get("line").and_then(|line| line.parse(super::line::parse));
        let pattern = table.text("pattern");
        table.finish();
        (line?, pattern)
    };
    if line.required {
        item.fault("never has `!`: a variable without a default is asked for");
    }
    let mut schema = line.schema;
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    if line.array || !matches!(kind, "string" | "integer") {
        item.fault("must be a string, an integer or an enum");
    }
    if let Some(pattern) = pattern {
        schema.insert("pattern".to_owned(), json!(pattern));
    }
    let check = Check::new(Value::Object(schema.clone()));
    let checked = item.source.is_checked();
    if checked && let Err(error) = check.compile() {
        item.fault(format!("its schema does not compile: {error}"));
        return None;
    }
    if checked
        && line
            .default
            .as_ref()
            .is_some_and(|default| !check.accepts(default))
    {
        item.fault("its default is not one of its values");
    }
    Some(Variable {
        name,
        about: line.about,
        default: line
            .default
            .as_ref()
            .and_then(crate::pointer::scalar_text)
            .map(std::borrow::Cow::into_owned),
        schema: Value::Object(schema),
        check,
    })
}
