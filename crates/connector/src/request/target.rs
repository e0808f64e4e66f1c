//! The URL of a request: base or override, path, query, and the cursors that are URLs.

use super::{Names, argument, connection, encode, missing};
use crate::BuildError;
use crate::action::{Action, CallPath, Idempotency};
use crate::connector::{Base, Connector};
use crate::param::Place;
use crate::template::{Piece, Template};
use url::Url;

/// The whole URL, without what a credential adds to it.
pub(crate) fn url(connector: &Connector, action: &Action, names: &Names<'_>) -> Result<String, BuildError> {
    let (mut url, path) = match &action.call {
        CallPath::Below(path) => (base(connector, names)?, path),
        CallPath::Own { origin, path } => (own_origin(origin, names)?, path),
    };
    push_path(&mut url, path, action, names)?;
    let mut query = action.encoded_query.clone();
    let mut cursor = None;
    for param in action.sent() {
        match param.place {
            Place::Query => {
                if let Some(value) = param.sent(names.input.arguments) {
                    encode::query_value(&mut query, &param.wire_name, &value, param.list);
                }
            }
            Place::Cursor => {
                cursor = param
                    .value(names.input.arguments)
                    .and_then(serde_json::Value::as_str);
            }
            Place::Path | Place::Header | Place::JsonHeader | Place::Body | Place::Session => {}
        }
    }
    if action.fixed_place == Place::Query {
        for (name, text) in action.woven(names.input.arguments) {
            encode::query_value(&mut query, name, &text, crate::ListStyle::Repeat);
        }
    }
    if let (Some(Idempotency::Query(name)), Some(key)) = (&action.idempotency, names.input.idempotency_key) {
        encode::pair(&mut query, name, key);
    }
    if let Some(cursor) = cursor {
        return follow(&url, cursor, connector, names);
    }
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query);
    }
    Ok(url)
}

/// What stands before the path, without `/` at its end.
pub(crate) fn base(connector: &Connector, names: &Names<'_>) -> Result<String, BuildError> {
    let own = connector.base_of(names.input.auth.map(|(auth, _)| auth));
    if let (Some(url), false) = (names.input.base_override, connector.is_internal()) {
        let mut text = url.as_str().trim_end_matches('/').to_owned();
        if let Base::Made { kept, .. } = own {
            push_named(&mut text, kept, names)?;
        }
        return Ok(text);
    }
    match own {
        Base::Internal => Ok(String::new()),
        Base::Fixed(text) => Ok(text.clone()),
        Base::Made { whole, .. } => {
            let mut text = String::new();
            push_named(&mut text, whole, names)?;
            check_host(&text, whole, names)?;
            Ok(text)
        }
    }
}

/// Scheme and host of a URL that an action has of its own; the override's where there is one.
fn own_origin(origin: &Template, names: &Names<'_>) -> Result<String, BuildError> {
    if let Some(url) = names.input.base_override {
        return Ok(url.origin().ascii_serialization());
    }
    let mut text = String::new();
    push_named(&mut text, origin, names)?;
    if origin.constant().is_none() {
        check_host(&text, origin, names)?;
    }
    Ok(text)
}

/// A whole URL that a connection fills in, wherever it leads.
pub(crate) fn named(template: &Template, names: &Names<'_>) -> Result<String, BuildError> {
    let mut text = String::new();
    push_named(&mut text, template, names)?;
    Ok(text)
}

/// A whole URL of the file's own, such as a token endpoint. A host that the file states is trusted; one that a connection
/// fills in must be one of the connector's.
pub(crate) fn own_url(template: &Template, names: &Names<'_>) -> Result<String, BuildError> {
    let text = named(template, names)?;
    let stated = matches!(template.pieces.first(), Some(Piece::Text(text)) if text.split_once("://").is_some_and(|(_, rest)| rest.contains('/')));
    if !stated {
        check_host(&text, template, names)?;
    }
    Ok(text)
}

/// Refuses a URL whose host is not one of the connector's, by the URL as it will be understood.
fn check_host(text: &str, template: &Template, names: &Names<'_>) -> Result<(), BuildError> {
    let url = Url::parse(text).map_err(|_not_a_url| connection("", "does not give a URL"))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host_str().unwrap_or_default();
    // Without TLS only where the file itself says so: a variable never takes it away.
    let stated = matches!(template.pieces.first(), Some(Piece::Text(text)) if text.starts_with("http://"));
    let secure = url.scheme() == "https" || (stated && url.scheme() == "http");
    if secure && plain && names.may_go_to(host) {
        Ok(())
    } else {
        Err(connection(
            "",
            format!(
                "leads to `{}://{host}`, which is not https and a host of {}",
                url.scheme(),
                names.connector.name
            ),
        ))
    }
}

/// Adds a template of the connection: in the host only what a host may hold, in the path encoded segments, and a name that
/// is the whole beginning as the URL that it is.
fn push_named(out: &mut String, template: &Template, names: &Names<'_>) -> Result<(), BuildError> {
    let mut in_path = template
        .pieces
        .first()
        .is_some_and(|piece| matches!(piece, Piece::Text(text) if text.starts_with('/')));
    for (index, piece) in template.pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                let after_scheme = text.split_once("://").map_or(text.as_ref(), |(_, rest)| rest);
                in_path |= after_scheme.contains('/');
                out.push_str(text);
            }
            Piece::Name { name, .. } => {
                if let Some(secret) = names.path_secret(name) {
                    segment_fault(secret).map_or(Ok(()), |fault| Err(connection(name, fault)))?;
                    encode::push_secret(out, secret);
                    continue;
                }
                let value = names.var(name).ok_or_else(|| missing(name))?;
                if index == 0 && template.begins_with_name() {
                    out.push_str(value.trim_end_matches('/'));
                } else if in_path {
                    segment_fault(&value).map_or(Ok(()), |fault| Err(connection(name, fault)))?;
                    encode::push(out, &value);
                } else {
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
                    if value.is_empty() || !value.bytes().all(plain) {
                        return Err(connection(name, "may hold letters, digits, `.` and `-` only"));
                    }
                    out.push_str(&value);
                }
            }
        }
    }
    Ok(())
}

/// What is wrong with a text that is to be one segment of a path by itself.
fn segment_fault(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("must not be empty: it is a part of the path"),
        "." | ".." => Some("must not be `.` or `..`: it is a part of the path"),
        _ => None,
    }
}

/// Adds an action's path. Values are encoded, so that none can open another segment or leave its own.
fn push_path(
    out: &mut String,
    path: &Template,
    action: &Action,
    names: &Names<'_>,
) -> Result<(), BuildError> {
    let start = out.len();
    for piece in &path.pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name { name, slashes } => push_value(out, name, *slashes, action, names)?,
        }
    }
    let written = out.get(start..).unwrap_or_default();
    // A value together with fixed text can still make `..`: `{a}.` and `.`.
    if written.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(argument("", "the path would hold a segment `.` or `..`"));
    }
    Ok(())
}

fn push_value(
    out: &mut String,
    name: &str,
    slashes: bool,
    action: &Action,
    names: &Names<'_>,
) -> Result<(), BuildError> {
    let param = action
        .params
        .iter()
        .find(|param| param.name == name && param.place == Place::Path);
    let Some(param) = param else {
        if let Some(secret) = names.path_secret(name) {
            encode::push_secret(out, secret);
            return Ok(());
        }
        let value = names.var(name).ok_or_else(|| missing(name))?;
        segment_fault(&value).map_or(Ok(()), |fault| Err(connection(name, fault)))?;
        encode::push(out, &value);
        return Ok(());
    };
    let value = param
        .sent(names.input.arguments)
        .ok_or_else(|| argument(name, "is missing: it is a part of the path"))?;
    let text = match &*value {
        serde_json::Value::Array(_) | serde_json::Value::Object(_) | serde_json::Value::Null => {
            return Err(argument(
                name,
                "must be a text, a number or a boolean: it is a part of the path",
            ));
        }
        other => encode::plain(other),
    };
    if !slashes {
        segment_fault(&text).map_or(Ok(()), |fault| Err(argument(name, fault)))?;
        encode::push(out, &text);
        return Ok(());
    }
    for (index, segment) in text.split('/').enumerate() {
        segment_fault(segment).map_or(Ok(()), |_fault| {
            Err(argument(
                name,
                "must be segments with one `/` between them, none of them empty, `.` or `..`",
            ))
        })?;
        if index > 0 {
            out.push('/');
        }
        encode::push(out, segment);
    }
    Ok(())
}

/// Where a cursor that is a URL leads: the action's own path or one below it, with the cursor's query. Of a URL elsewhere
/// on the same host only the query is used, so that no cursor reaches what the action does not.
fn follow(own: &str, cursor: &str, connector: &Connector, names: &Names<'_>) -> Result<String, BuildError> {
    let leads_away = || {
        argument(
            "cursor",
            "leads to another platform: give the nextCursor of this action's last answer",
        )
    };
    let base = Url::parse(own).or_else(|_relative| Url::parse(&format!("http://internal{own}")));
    let base = base.map_err(|_not_a_url| connection("", "does not give a URL"))?;
    let next = base.join(cursor).map_err(|_not_a_url| leads_away())?;
    let host = next.host_str().unwrap_or_default();
    let listed = names.input.base_override.is_none()
        && (next.scheme(), next.port()) == (base.scheme(), base.port())
        && connector.hosts_allow(host);
    if next.origin() != base.origin() && !listed {
        return Err(leads_away());
    }
    let query = next.query().filter(|query| !query.is_empty());
    let below = next
        .path()
        .strip_prefix(base.path())
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let mut url = own.to_owned();
    match (below, query) {
        (Some(rest), _) => url.push_str(rest),
        (None, Some(_)) => {}
        (None, None) => return Err(argument("cursor", "does not lead to a page of this list")),
    }
    if let Some(query) = query {
        url.push('?');
        url.push_str(query);
    }
    Ok(url)
}
