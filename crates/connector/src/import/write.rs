//! A draft as TOML. Values are written by one function that escapes whatever has to be; nothing of a description goes into
//! the text another way.

use super::auth;
use super::draft::{Action, Api, Param};
use super::report::Report;
use serde_json::Value;

/// Adds a text that was made for it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is made for this and used nowhere else"
)]
fn add(out: &mut String, text: String) {
    out.push_str(&text);
}

/// A basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for one in text.chars() {
        match one {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            one if one.is_control() => add(&mut out, format!("\\u{:04X}", u32::from(one))),
            one => out.push(one),
        }
    }
    out.push('"');
    out
}

/// A key: bare where it can be.
fn key(text: &str) -> String {
    let bare = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { text.to_owned() } else { quoted(text) }
}

/// Any JSON value on one line. TOML has no null: it is left out of tables and lists.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => quoted(""),
        Value::Bool(one) => one.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .filter(|item| !item.is_null())
                .map(self::value)
                .collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let pairs: Vec<String> = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, one)| format!("{} = {}", key(name), self::value(one)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// Whole numbers have 64 bits in TOML; what is larger goes as a float.
fn number_text(number: &serde_json::Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    let float = number.as_f64().unwrap_or_default();
    format!("{float:?}")
}

fn texts<'t>(list: impl IntoIterator<Item = &'t String>) -> String {
    let all: Vec<String> = list.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(", "))
}

/// The line of a comment: what stands in it ends with it.
fn comment(out: &mut String, text: &str) {
    let clean: String = text
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect();
    add(out, format!("# {clean}\n"));
}

/// The whole file.
pub(super) fn file(api: &Api, report: &Report) -> String {
    let mut out = stamped("", &head(api, report));
    for action in &api.actions {
        out.push('\n');
        out.push_str(&block(action));
    }
    out
}

/// What marks a part of the file as the importer wrote it: a later import replaces what still fits its mark.
pub(super) const MARK: &str = "# imported as ";

/// Puts the mark of a text before its first line: its hash, and the operation that it is of.
fn stamped(operation: &str, text: &str) -> String {
    let of = if operation.is_empty() {
        String::new()
    } else {
        format!(" of {}", super::text::plain(operation))
    };
    format!("{MARK}{}{of}\n{text}", super::merge::fingerprint(text))
}

/// The head of the file, up to the first action.
fn head(api: &Api, report: &Report) -> String {
    let mut out = String::new();
    comment(
        &mut out,
        &format!(
            "{}. A draft made of its {} description: {} of {} operations, {} of them on.",
            api.name, report.format, report.actions, report.operations, report.on
        ),
    );
    comment(
        &mut out,
        "Read each action before you let anyone use it; take `off = true` away from those that you want.",
    );
    for warning in &report.warnings {
        comment(&mut out, &format!("Look at: {}", warning.what));
    }
    out.push('\n');
    for (name, text) in [("id", &api.id), ("name", &api.name), ("about", &api.about)] {
        add(&mut out, format!("{name} = {}\n", quoted(text)));
    }
    out.push_str("categories = [\"imported\"]\n");
    add(&mut out, format!("base = {}\n", quoted(&api.base)));
    if !api.hosts.is_empty() {
        add(&mut out, format!("hosts = {}\n", texts(&api.hosts)));
    }
    if let Some(docs) = &api.docs {
        add(&mut out, format!("docs = {}\n", quoted(docs)));
    }
    out.push_str("\n[resources]\n");
    for (id, name) in &api.resources {
        add(&mut out, format!("{} = {}\n", key(id), quoted(name)));
    }
    if !api.vars.is_empty() {
        out.push_str("\n[vars]\n");
        for var in &api.vars {
            add(&mut out, format!("{} = {}\n", key(&var.name), quoted(&var.line)));
        }
    }
    for way in &api.auth {
        way_into(&mut out, way);
    }
    if api.graphql {
        out.push_str("\n[errors]\nfailed = \"/errors/0\"\ncode = \"/errors/0/extensions/code\"\ntext = \"/errors/0/message\"\n");
    }
    out
}

fn way_into(out: &mut String, way: &auth::Way) {
    add(
        out,
        format!("\n[auth.{}]\nname = {}\n", key(&way.kind), quoted(&way.name)),
    );
    if !way.about.is_empty() {
        add(out, format!("about = {}\n", quoted(&way.about)));
    }
    if let Some(oauth) = &way.oauth {
        if oauth.client_credentials {
            out.push_str("grant = \"client_credentials\"\n");
        }
        if let Some(authorize) = &oauth.authorize {
            add(out, format!("authorize = {}\n", quoted(authorize)));
        }
        add(out, format!("token = {}\n", quoted(&oauth.token)));
        if let Some(refresh) = oauth.refresh.as_ref().filter(|refresh| **refresh != oauth.token) {
            add(out, format!("refresh = {}\n", quoted(refresh)));
        }
        if !oauth.offered.is_empty() {
            add(out, format!("optional_scopes = {}\n", texts(&oauth.offered)));
        }
        if !oauth.authorize_params.is_empty() {
            let pairs: Vec<String> = oauth
                .authorize_params
                .iter()
                .map(|(name, value)| format!("{} = {}", key(name), quoted(value)))
                .collect();
            add(out, format!("authorize_params = {{ {} }}\n", pairs.join(", ")));
        }
    }
    for (name, about) in &way.secrets {
        add(out, format!("secrets.{} = {}\n", key(name), quoted(about)));
    }
    match way.apply.as_slice() {
        [] => {}
        [one] => add(out, format!("apply = {one}\n")),
        several => add(out, format!("apply = [{}]\n", several.join(", "))),
    }
}

/// One `[[action]]`, with its mark.
pub(super) fn block(action: &Action) -> String {
    format!("[[action]]\n{}", stamped(&action.key, &action_text(action)))
}

fn action_text(action: &Action) -> String {
    let mut out = String::new();
    for note in &action.notes {
        comment(&mut out, note);
    }
    if action.off {
        out.push_str("off = true\n");
    }
    for (name, text) in [
        ("name", &action.name),
        ("title", &action.title),
        ("about", &action.about),
        ("resource", &action.resource),
        ("call", &action.call),
    ] {
        add(&mut out, format!("{name} = {}\n", quoted(text)));
    }
    add(&mut out, format!("kind = {}\n", quoted(action.kind)));
    if let Some(body) = action.body {
        add(&mut out, format!("body = {}\n", quoted(body)));
    }
    if let Some(document) = &action.graphql {
        add(&mut out, format!("graphql = {}\n", quoted(document)));
    }
    if let Some(style) = action.form_style.filter(|_| action.body == Some("form")) {
        add(&mut out, format!("form_style = {}\n", quoted(style)));
    }
    for (name, pairs) in [("query", &action.query), ("headers", &action.headers)] {
        if !pairs.is_empty() {
            let mut seen: Vec<&str> = Vec::new();
            let pairs: Vec<String> = pairs
                .iter()
                .filter(|(name, _)| {
                    let new = !seen.contains(&name.as_str());
                    seen.push(name);
                    new
                })
                .map(|(name, value)| format!("{} = {}", key(name), quoted(value)))
                .collect();
            add(&mut out, format!("{name} = {{ {} }}\n", pairs.join(", ")));
        }
    }
    for (name, is) in [("download", action.download)] {
        if is {
            add(&mut out, format!("{name} = true\n"));
        }
    }
    if action.empty {
        out.push_str("empty = \"ok\"\n");
    }
    if action.no_auth {
        out.push_str("auth = false\n");
    }
    if let Some(result) = &action.result {
        add(&mut out, format!("result = {}\n", quoted(result)));
    }
    if let Some(paging) = &action.paging {
        add(&mut out, format!("paging = {paging}\n"));
    }
    if !action.scopes.is_empty() {
        add(&mut out, format!("scopes = {}\n", texts(&action.scopes)));
    }
    if let Some(op) = &action.op {
        add(&mut out, format!("op = {}\n", quoted(op)));
    }
    if action.deprecated {
        out.push_str("deprecated = \"The description says that it is deprecated\"\n");
    }
    if !action.params.is_empty() {
        out.push_str("[action.params]\n");
        for param in &action.params {
            add(
                &mut out,
                format!("{} = {}\n", key(&param.name), param_text(param)),
            );
        }
    }
    out
}

fn param_text(param: &Param) -> String {
    let line = line(param);
    let mut pairs = Vec::new();
    match (&line, &param.wire, param.place, param.list) {
        (Some(line), None, None, None) => return quoted(line),
        (Some(line), ..) => pairs.push(format!("line = {}", quoted(line))),
        (None, ..) => {
            let mut schema =
                serde_json::Map::from_iter([("description".to_owned(), Value::String(param.about.clone()))]);
            schema.extend(
                param
                    .schema
                    .iter()
                    .filter(|(key, _)| *key != "description")
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
            pairs.push(format!("schema = {}", value(&Value::Object(schema))));
            if param.required {
                pairs.push("required = true".to_owned());
            }
            if let Some(default) = &param.default {
                pairs.push(format!("default = {}", value(default)));
            }
        }
    }
    for (name, text) in [
        ("as", param.wire.as_deref()),
        ("in", param.place),
        ("list", param.list),
    ] {
        if let Some(text) = text {
            pairs.push(format!("{name} = {}", quoted(text)));
        }
    }
    format!("{{ {} }}", pairs.join(", "))
}

/// The parameter as a line; nothing where a line cannot say it.
fn line(param: &Param) -> Option<String> {
    let mut schema = param.schema.clone();
    schema.remove("description");
    if param.file {
        return Some(format!(
            "file{} | {}",
            if param.required { "!" } else { "" },
            param.about
        ));
    }
    let array = schema.get("type").is_some_and(|kind| kind == "array");
    let mut inner = schema.clone();
    let mut limits = String::new();
    if array {
        inner = match schema.remove("items") {
            Some(Value::Object(items)) => items,
            None => serde_json::Map::new(),
            Some(_) => return None,
        };
        inner.remove("description");
        schema.remove("type");
        limits = bounds(&mut schema, "minItems", "maxItems");
        if !schema.is_empty() {
            return None;
        }
    }
    let mut word = base_word(&mut inner)?;
    if !array {
        limits = match word.as_str() {
            "string" => bounds(&mut inner, "minLength", "maxLength"),
            "integer" | "number" => bounds(&mut inner, "minimum", "maximum"),
            _ => String::new(),
        };
    }
    if !inner.is_empty() || (!limits.is_empty() && !fits(&limits, &word, array)) {
        return None;
    }
    if array {
        word.push_str("[]");
    }
    if param.required {
        word.push('!');
    }
    let default = match &param.default {
        Some(default) => format!(
            " = {}",
            default
                .as_str()
                .map_or_else(|| default.to_string(), str::to_owned)
        ),
        None => String::new(),
    };
    let limits = if limits.is_empty() {
        limits
    } else {
        format!(" {limits}")
    };
    Some(format!("{word}{limits}{default} | {}", param.about))
}

/// Whether the limits are such that the format's own reader takes them.
fn fits(limits: &str, word: &str, array: bool) -> bool {
    let whole = |text: &str| text.is_empty() || text.parse::<i64>().is_ok();
    let (low, high) = limits.split_once("..").unwrap_or_default();
    (array || word != "number") && whole(low) && whole(high)
        || (word == "number"
            && !array
            && limits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')))
}

fn bounds(schema: &mut serde_json::Map<String, Value>, least: &str, most: &str) -> String {
    let (low, high) = (schema.remove(least), schema.remove(most));
    if low.is_none() && high.is_none() {
        return String::new();
    }
    let text = |bound: Option<Value>| bound.map_or_else(String::new, |bound| bound.to_string());
    format!("{}..{}", text(low), text(high))
}

/// The type's word, taken out of the schema.
fn base_word(schema: &mut serde_json::Map<String, Value>) -> Option<String> {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let plain = |value: &Value| {
            value
                .as_str()
                .filter(|text| {
                    !text.is_empty()
                        && text.bytes().all(|byte| {
                            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'+' | b'-')
                        })
                })
                .map(str::to_owned)
        };
        let words: Option<Vec<String>> = values.iter().map(plain).collect();
        let words = words.filter(|words| words.len() > 1 && words.len() <= 20)?;
        if schema.get("type").is_some_and(|kind| kind != "string") {
            return None;
        }
        schema.remove("enum");
        schema.remove("type");
        schema.remove("format");
        return Some(words.join("/"));
    }
    let Some(kind) = schema.remove("type") else {
        return Some("any".to_owned());
    };
    let kind = kind.as_str()?.to_owned();
    match (kind.as_str(), schema.get("format").and_then(Value::as_str)) {
        ("string", Some("date")) => {
            schema.remove("format");
            Some("date".to_owned())
        }
        ("string", Some("date-time")) => {
            schema.remove("format");
            Some("datetime".to_owned())
        }
        ("string" | "integer" | "number" | "boolean" | "object", _) => Some(kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{key, value};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn back(text: &str) -> Value {
        let table: toml::Table = format!("x = {text}").parse().unwrap();
        serde_json::to_value(&table["x"]).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_was(text in any::<String>(), name in any::<String>()) {
            prop_assert_eq!(back(&value(&json!(text))), json!(&text));
            let table: toml::Table = format!("{} = 1", key(&name)).parse().unwrap();
            prop_assert!(table.contains_key(&name));
        }
    }

    #[test]
    fn values_come_back_as_they_were() {
        for one in [
            json!({"a": {"$ref": "#/$defs/x", "b c": [1, -2, 1.5, true]}, "": []}),
            json!({}),
            json!(1e300),
        ] {
            assert_eq!(back(&value(&one)), one);
        }
        assert_eq!(value(&json!({"a": null, "b": [null, 1]})), "{ b = [1] }");
    }
}
