//! The parameters of an operation outside its body.

use super::draft::Param;
use super::names::parameter;
use super::schema;
use super::text::{plain, sentence};
use crate::spec_check::Document;
use serde_json::{Map, Value, json};

/// The longest text of a parameter.
pub(super) const ABOUT: usize = 200;

/// The most properties of an object in a query that become parameters of their own.
const MOST_PROPERTIES: usize = 25;

/// What was made of the parameters.
#[derive(Debug, Default)]
pub(super) struct Outside {
    pub(super) params: Vec<Param>,
    /// Fixed parts of the query.
    pub(super) query: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
}

/// What is known around a parameter.
pub(super) struct Around<'a, 's> {
    pub(super) document: Document<'s>,
    pub(super) swagger: bool,
    /// Name and place of what authentication sends.
    pub(super) credentials: &'a [(String, &'static str)],
}

/// The raw parameters: the operation's own, then those of its path that it does not state again.
pub(super) fn raw<'s>(document: Document<'s>, item: &'s Value, operation: &'s Value) -> Vec<&'s Value> {
    let list = |of: &'s Value| {
        of.get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut all: Vec<&Value> = Vec::new();
    for param in list(operation).chain(list(item)).take(2000) {
        let param = document.resolve(param);
        let known = |one: &&Value| one.get("name") == param.get("name") && one.get("in") == param.get("in");
        if !all.iter().any(known) {
            all.push(param);
        }
    }
    all
}

/// Makes parameters; an error says why the operation cannot be called.
pub(super) fn make(raw: &[&Value], around: &Around<'_, '_>) -> Result<Outside, String> {
    let mut made = Outside::default();
    for param in raw {
        let text = |key: &str| param.get(key).and_then(Value::as_str);
        let (Some(name), Some(place)) = (text("name"), text("in")) else {
            continue;
        };
        let required = param.get("required").and_then(Value::as_bool) == Some(true);
        if name.is_empty() || name.len() > 500 || name.contains(char::is_control) {
            if required {
                return Err("needs a parameter whose name nobody can write".to_owned());
            }
            continue;
        }
        if around
            .credentials
            .iter()
            .any(|(known, at)| at == &place && known.eq_ignore_ascii_case(name))
        {
            continue;
        }
        if !required && is_noise(name, place, text("description").unwrap_or_default()) {
            continue;
        }
        // Names that a connector file reads as places in a body.
        if name.starts_with('/') || name == "." {
            if required && place != "path" {
                return Err(format!(
                    "needs the parameter `{}`, a name that a connector file cannot say",
                    plain(name)
                ));
            }
            continue;
        }
        match place {
            "query" => query(param, name, required, around, &mut made)?,
            "header" => header(param, name, required, around, &mut made)?,
            "cookie" if required => {
                return Err(format!(
                    "needs the cookie `{name}`, which a connector file has no place for"
                ));
            }
            "querystring" if required => return Err("needs its whole query as one parameter".to_owned()),
            _ => {}
        }
    }
    Ok(made)
}

/// Optional parameters that no caller of ours can make use of: secrets, which come from the credential alone, what changes
/// how the answer is written, which is read as JSON here, and what signs a request or counts whose it is.
fn is_noise(name: &str, place: &str, about: &str) -> bool {
    const QUERY: [&str; 12] = [
        "access_token",
        "oauth_token",
        "bearer_token",
        "callback",
        "jsonp",
        "alt",
        "prettyprint",
        "quotauser",
        "userip",
        "upload_protocol",
        "uploadtype",
        "$.xgafv",
    ];
    let name = name.to_ascii_lowercase();
    match place {
        "query" => {
            QUERY.contains(&name.as_str())
                || name.starts_with("x-amz-")
                || about.to_ascii_lowercase().starts_with("api key")
        }
        "header" => name.starts_with("x-amz-") || matches!(name.as_str(), "x-requested-with" | "traceparent"),
        _ => false,
    }
}

/// The schema of a parameter, wherever the generation of the description keeps it.
fn schema_of<'s>(param: &'s Value, document: Document<'s>) -> &'s Value {
    let content = || param.get("content")?.as_object()?.values().next()?.get("schema");
    param.get("schema").or_else(content).map_or(param, |schema| {
        if schema.get("$ref").is_some() && document.resolve(schema) == schema {
            param
        } else {
            schema
        }
    })
}

/// The one parameter that a name and a schema make.
pub(super) fn one<'s>(
    name: &str,
    schema: &'s Value,
    about: &str,
    required: bool,
    document: Document<'s>,
) -> Param {
    let resolved = document.resolve(schema);
    let mut made = schema::of(document, schema);
    made.remove("title");
    let told = |value: &Value| {
        value
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let about = if about.trim().is_empty() {
        told(schema).or_else(|| told(resolved)).unwrap_or_default()
    } else {
        about.to_owned()
    };
    let mut about = sentence(&about, ABOUT);
    if about.is_empty() {
        about = super::found::resource_name(&super::names::snake(name));
    }
    if about.is_empty() {
        "A value that the platform takes".clone_into(&mut about);
    }
    let default = resolved
        .get("default")
        .filter(|value| !value.is_null() && !value.is_object() && !value.is_array());
    let default = default.filter(|value| {
        value
            .as_str()
            .is_none_or(|text| !text.is_empty() && text.len() <= 60)
    });
    let mut param = Param {
        wire: (parameter(name) != name).then(|| name.to_owned()),
        name: parameter(name),
        required,
        schema: made,
        ..Param::default()
    };
    match default {
        // What has to be sent and has a value of its own is sent with that, and may be left out by the caller.
        Some(value) if required && fits(value, &param.schema) => {
            param.required = false;
            param.default = Some(value.clone());
        }
        Some(value) if !required => {
            let value = value.as_str().map_or_else(|| value.to_string(), plain);
            about = format!("{about} (where left out: {value})");
        }
        _ => {}
    }
    param.about = about;
    patterns(&mut param);
    param
}

fn fits(value: &Value, schema: &Map<String, Value>) -> bool {
    let clear =
        |text: &str| !text.contains(['|', '=']) && text.trim() == text && !text.contains(char::is_control);
    crate::schema::Check::new(Value::Object(schema.clone())).accepts(value)
        && value.as_str().is_none_or(clear)
}

/// Patterns that nobody can check, or for which no sample can be made, are left to the platform.
fn patterns(param: &mut Param) {
    if !Value::Object(param.schema.clone())
        .to_string()
        .contains("\"pattern\"")
    {
        return;
    }
    let check = crate::schema::Check::new(Value::Object(param.schema.clone()));
    let good = check.compile().is_ok() && (!param.required || check.accepts(&check.sample(&param.name)));
    if !good {
        schema::without_patterns(&mut param.schema);
    }
}

fn is_kind(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

fn query(
    param: &Value,
    name: &str,
    required: bool,
    around: &Around<'_, '_>,
    made: &mut Outside,
) -> Result<(), String> {
    let text = |key: &str| param.get(key).and_then(Value::as_str);
    let schema = schema_of(param, around.document);
    let about = text("description").unwrap_or_default();
    let mut one = one(name, schema, about, required, around.document);
    let as_json = param.get("content").is_some();
    let style = text("style").unwrap_or("form");
    let explode = param
        .get("explode")
        .and_then(Value::as_bool)
        .unwrap_or(style == "form");
    if is_kind(&one.schema, "object") && !as_json && !around.swagger {
        return object(name, schema, required, (style, explode), around, made);
    }
    if is_kind(&one.schema, "array") {
        let joined = if around.swagger {
            text("collectionFormat").unwrap_or("csv")
        } else {
            style
        };
        match (joined, explode) {
            ("csv", _) => one.list = Some("comma"),
            ("ssv" | "tsv", _) | ("spaceDelimited", false) => joined_text(&mut one, "spaces"),
            ("pipes", _) | ("pipeDelimited", false) => joined_text(&mut one, "|"),
            ("form", false) if !around.swagger => one.list = Some("comma"),
            ("deepObject", _) => one.list = Some("brackets"),
            _ => {}
        }
    }
    made.params.push(one);
    Ok(())
}

/// Values that are joined in a way that lists do not know go as one text.
fn joined_text(param: &mut Param, by: &str) {
    param.schema = Map::from_iter([("type".to_owned(), json!("string"))]);
    param.default = None;
    param.about = format!("{}; several are joined by {by}", param.about);
}

/// An object in a query: each of its properties is a parameter, `filter[status]` or `status` as the style says.
fn object(
    name: &str,
    schema: &Value,
    required: bool,
    (style, explode): (&str, bool),
    around: &Around<'_, '_>,
    made: &mut Outside,
) -> Result<(), String> {
    let shape = around.document.shape(schema);
    let fits = (1..=MOST_PROPERTIES).contains(&shape.properties.len());
    let wire = |property: &str| match (style, explode) {
        ("deepObject", _) => Some(format!("{name}[{property}]")),
        ("form", true) => Some(property.to_owned()),
        _ => None,
    };
    if !fits || wire("x").is_none() {
        return if required {
            Err(format!(
                "needs the object `{name}` in its query, which a connector file cannot say"
            ))
        } else {
            made.notes.push(format!(
                "left out the query's `{name}`: an object whose keys the description does not tell"
            ));
            Ok(())
        };
    }
    for (property, schemas) in &shape.properties {
        let Some(inner) = schemas.first() else { continue };
        let Some(wire) = wire(property) else { continue };
        let one = one(
            &wire,
            inner,
            "",
            required && shape.required.contains(property),
            around.document,
        );
        if !is_kind(&one.schema, "object") {
            made.params.push(one);
        }
    }
    Ok(())
}

/// Headers that describe the message, which the client itself writes, and those that a file may not set.
fn header(
    param: &Value,
    name: &str,
    required: bool,
    around: &Around<'_, '_>,
    made: &mut Outside,
) -> Result<(), String> {
    if [
        "accept",
        "content-type",
        "authorization",
        "accept-encoding",
        "content-length",
        "host",
        "user-agent",
        "connection",
    ]
    .contains(&name.to_ascii_lowercase().as_str())
    {
        return Ok(());
    }
    if let Err(why) = crate::load::header_name(name) {
        return if required {
            Err(format!("needs a header: {why}"))
        } else {
            Ok(())
        };
    }
    let about = param
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut one = one(
        name,
        schema_of(param, around.document),
        about,
        required,
        around.document,
    );
    if is_kind(&one.schema, "object") || is_kind(&one.schema, "array") {
        one.schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        one.default = None;
    }
    one.place = Some("header");
    made.params.push(one);
    Ok(())
}

/// A path, its parameters, and what of the query is fixed.
type Path = (String, Vec<Param>, Vec<(String, String)>);

/// The path with our names in it, and its parameters; an error says why it cannot be called.
pub(super) fn path(
    path: &str,
    raw: &[&Value],
    document: Document<'_>,
    taken: &[String],
) -> Result<Path, String> {
    let (path, fixed) = match path.split('#').next().unwrap_or(path).split_once('?') {
        Some((path, query)) => (path, fixed_query(query)),
        None => (path.split('#').next().unwrap_or(path), Vec::new()),
    };
    let mut out = String::from(if path.starts_with('/') { "" } else { "/" });
    let mut params: Vec<Param> = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        constant(&mut out, before);
        let Some((inside, behind)) = after.split_once('}') else {
            out.push_str("%7B");
            rest = after;
            continue;
        };
        rest = behind;
        let slashes = inside.starts_with('+');
        let wanted = inside.trim_start_matches('+').trim_end_matches(['*', '+']).trim();
        if wanted.starts_with(['?', '&']) {
            continue;
        }
        let told = raw.iter().find(|param| {
            let text = |key: &str| param.get(key).and_then(Value::as_str);
            text("in") == Some("path") && text("name").is_some_and(|name| name == wanted || name == inside)
        });
        let name = match params.iter().find(|param| param.wire.as_deref() == Some(wanted)) {
            Some(known) => known.name.clone(),
            None => {
                let mut made = match told {
                    Some(param) => one(
                        wanted,
                        schema_of(param, document),
                        param
                            .get("description")
                            .and_then(Value::as_str)
                            .unwrap_or_default(),
                        true,
                        document,
                    ),
                    None => one(wanted, &Value::Null, "", true, Document(&Value::Null)),
                };
                in_path(&mut made);
                made.name = super::names::free(made.name, |name| {
                    taken.iter().any(|var| var == name) || params.iter().any(|param| param.name == name)
                });
                made.wire = Some(wanted.to_owned());
                let name = made.name.clone();
                params.push(made);
                name
            }
        };
        out.push_str(if slashes { "{+" } else { "{" });
        out.push_str(&name);
        out.push('}');
    }
    constant(&mut out, rest);
    for param in &mut params {
        param.wire = None;
    }
    if out.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("has a segment `.` or `..` in its path".to_owned());
    }
    Ok((out, params, fixed))
}

fn fixed_query(query: &str) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .filter(|(name, value)| !name.is_empty() && !value.contains('{') && !name.contains('{'))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// A path's fixed text, with what no URL may hold encoded.
fn constant(out: &mut String, text: &str) {
    for one in text.chars() {
        let plain = one.is_ascii_alphanumeric()
            || matches!(
                one,
                '/' | '-'
                    | '.'
                    | '_'
                    | '~'
                    | '!'
                    | '$'
                    | '&'
                    | '\''
                    | '('
                    | ')'
                    | '*'
                    | '+'
                    | ','
                    | ';'
                    | '='
                    | ':'
                    | '@'
                    | '%'
            );
        if plain {
            out.push(one);
        } else {
            let mut buffer = [0; 4];
            for byte in one.encode_utf8(&mut buffer).bytes() {
                out.push('%');
                let escape = format!("{byte:02X}");
                out.push_str(&escape);
            }
        }
    }
}

/// In a path there are texts, numbers and booleans alone, and something has to stand there.
fn in_path(param: &mut Param) {
    param.list = None;
    let scalar = ["string", "integer", "number", "boolean"]
        .iter()
        .any(|kind| is_kind(&param.schema, kind));
    if !scalar || param.schema.get("type").is_some_and(Value::is_array) {
        let values = param.schema.remove("enum");
        param.schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        if let Some(Value::Array(values)) = values
            && values.iter().all(Value::is_string)
        {
            param.schema.insert("enum".to_owned(), Value::Array(values));
        }
        param.default = param.default.take().filter(Value::is_string);
    }
    if param.default.is_none() {
        param.required = true;
    }
}
