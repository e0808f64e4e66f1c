//! What an action calls, and how its list goes on.

use super::base::{constant_host, origin_fault, split_origin};
use super::head::Known;
use super::reader::Reader;
use super::rules::{self, PagingTable};
use super::source::Item;
use crate::action::{CallPath, Idempotency};
use crate::connector::hosts_allow;
use crate::param::{ListStyle, Param, Wire};
use crate::pointer::Pointer;
use crate::schema::Check;
use crate::template::Template;
use crate::{Connector, Place};
use http::Method;
use serde_json::json;

/// The method and the path of `call`.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) made: CallPath,
}

impl Call {
    /// The names in the path.
    pub(super) fn names(&self) -> Vec<&str> {
        match &self.made {
            CallPath::Below(path) | CallPath::Own { path, .. } => path.names().collect(),
        }
    }
}

/// Reads `METHOD /path` or `METHOD https://host/path`.
pub(super) fn read(item: &Item<'_>, connector: &Connector, known: &Known) -> Option<Call> {
    let text = item.text()?;
    let Some((method, target)) = text
        .split_once(' ')
        .map(|(method, target)| (method, target.trim()))
    else {
        item.fault("must be `METHOD /path`, such as `GET /users/{id}`");
        return None;
    };
    let method = match method {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        other => {
            item.fault(format!("`{other}` is none of GET, POST, PUT, PATCH and DELETE"));
            return None;
        }
    };
    if target.contains(['?', '#', ' ', '\\']) {
        item.fault("has a path with `?`, `#`, `\\` or a space in it: fixed queries go to `query`");
        return None;
    }
    let (origin, path) = if target.starts_with('/') {
        ("", target)
    } else {
        split_origin(target)
    };
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        item.fault("has a segment `.` or `..` in its path");
    }
    let path = Template::parse(path).map_err(|error| item.fault(error)).ok()?;
    let made = if origin.is_empty() {
        CallPath::Below(path)
    } else {
        own(item, origin, path, connector, known)?
    };
    Some(Call {
        method,
        path: target.to_owned(),
        made,
    })
}

fn own(
    item: &Item<'_>,
    origin: &str,
    path: Template,
    connector: &Connector,
    known: &Known,
) -> Option<CallPath> {
    if connector.is_internal() {
        item.fault("has a URL of its own, which an internal connector's actions never have");
    }
    if let Some(fault) = origin_fault(origin) {
        item.fault(format!("its URL {fault}, or its path with `/`"));
        return None;
    }
    if constant_host(origin).is_some_and(|host| !hosts_allow(&connector.hosts, &host)) {
        item.fault(format!("goes to `{origin}`, which `hosts` does not cover"));
    }
    let origin = Template::parse(origin).map_err(|error| item.fault(error)).ok()?;
    known.check(item, &origin, false);
    Some(CallPath::Own { origin, path })
}

/// `header:Name`, `query:name` or `body:name`.
pub(super) fn idempotency(text: &str) -> Result<Idempotency, String> {
    match text.split_once(':') {
        Some(("header", name)) => super::names::header_name(name).map(Idempotency::Header),
        Some(("query", name)) if !name.trim().is_empty() => Ok(Idempotency::Query(name.to_owned())),
        Some(("body", name)) if name.starts_with('/') => {
            Pointer::parse(name).map(|_valid| Idempotency::Body(name.to_owned()))
        }
        Some(("body", name)) if !name.trim().is_empty() => Ok(Idempotency::Body(name.to_owned())),
        _ => Err("must be `header:Name`, `query:name` or `body:name`".to_owned()),
    }
}

/// The paging that an action names or states.
pub(super) fn paging(table: &Reader<'_>, named: &[(String, PagingTable)]) -> Option<PagingTable> {
    let item = table.find("paging")?;
    if !item.is_text() {
        return rules::paging(&item.table()?);
    }
    let name = item.text()?;
    let found = named.iter().find(|(known, _)| known == name);
    if found.is_none() {
        let names: Vec<_> = named.iter().map(|(name, _)| format!("`{name}`")).collect();
        let known = if names.is_empty() {
            "none is".to_owned()
        } else {
            names.join(", ")
        };
        item.fault(format!(
            "`{name}` is not declared as `[paging.{name}]`; known: {known}"
        ));
    }
    found.map(|(_, paging)| paging.clone())
}

/// Adds the `cursor` parameter of a paged action, or takes the platform's own of that name.
pub(super) fn add_cursor(table: &Reader<'_>, paged: &PagingTable, place: Place, params: &mut Vec<Param>) {
    let by_name = params.iter().position(|param| param.name == "cursor");
    let Some(send) = &paged.send else {
        if by_name.is_some() {
            table.fault("declares `cursor`, which this paging makes itself: leave it out");
        } else {
            let made = cursor(Place::Cursor, "cursor", false);
            params.push(with_size(made, paged, params));
        }
        return;
    };
    let place = paged.place.unwrap_or(place);
    let declared = params
        .iter_mut()
        .find(|param| param.wire_name == *send && param.place == place);
    match declared {
        Some(param) if param.name == "cursor" => param.number = paged.paging.is_number(),
        Some(param) => {
            let name = param.name.clone();
            table.fault(format!(
                "declares `{name}`, which paging sends as `cursor`: leave it out or call it `cursor`"
            ));
        }
        None if by_name.is_some() => {
            table.fault(format!(
                "declares a `cursor` that is not the `{send}` of its paging: give it another name"
            ));
        }
        None => {
            let mut made = cursor(place, send, paged.paging.is_number());
            if send.starts_with('/') {
                match Pointer::parse(send) {
                    Ok(pointer) if matches!(place, Place::Body | Place::JsonHeader) => {
                        made.wire = Wire::Inside(pointer);
                    }
                    _ => table.fault("its paging sends a pointer, which is for JSON bodies"),
                }
            }
            params.push(with_size(made, paged, params));
        }
    }
}

/// Says in a cursor's text which parameter makes pages longer or shorter.
fn with_size(mut cursor: Param, paged: &PagingTable, params: &[Param]) -> Param {
    let size = paged.paging.size.as_ref();
    if let Some(size) = size.and_then(|size| params.iter().find(|param| param.wire_name == *size)) {
        cursor.about = format!("{}; `{}` says how long pages are", cursor.about, size.name);
        if let Some(schema) = cursor.schema.as_object_mut() {
            schema.insert("description".to_owned(), json!(cursor.about));
        }
    }
    cursor
}

/// A parameter that nobody is told of, which takes any value.
pub(super) fn made(place: Place, name: &str) -> Param {
    Param {
        name: name.to_owned(),
        check: Check::new(json!({})),
        schema: json!({}),
        about: String::new(),
        ..cursor(place, name, false)
    }
}

fn cursor(place: Place, send: &str, number: bool) -> Param {
    let about = "The nextCursor of the answer before, for its next page; leave it out for the first page";
    let mut schema = json!({ "type": "string", "minLength": 1, "maxLength": 8192 });
    if number && let Some(schema) = schema.as_object_mut() {
        schema.insert("pattern".to_owned(), json!("^[0-9]{1,18}$"));
    }
    let check = Check::new(schema.clone());
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(about));
    }
    Param {
        name: "cursor".to_owned(),
        about: about.to_owned(),
        place,
        wire_name: send.to_owned(),
        required: false,
        schema,
        default: None,
        list: ListStyle::Repeat,
        options: None,
        made: true,
        wire: Wire::Name(send.to_owned()),
        file: false,
        number,
        woven: false,
        holds: false,
        encode: None,
        sample: None,
        header: None,
        check,
    }
}
