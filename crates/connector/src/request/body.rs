//! The body of a request.

use super::multipart::{self, Part};
use super::{BuildInput, argument, encode};
use crate::action::{Action, BodyKind, Idempotency};
use crate::file::{self, Content};
use crate::param::{Param, Place, Wire};
use crate::pointer::Pointer;
use crate::{Around, BuildError, Coming};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A body: bytes, and those behind the place of a file that comes, where one does.
pub(super) struct Written {
    pub(super) head: Vec<u8>,
    pub(super) tail: Option<Vec<u8>>,
}

impl From<Vec<u8>> for Written {
    fn from(head: Vec<u8>) -> Self {
        Self { head, tail: None }
    }
}

impl From<Written> for Around {
    fn from(written: Written) -> Self {
        Self {
            head: written.head.into(),
            tail: written.tail.unwrap_or_default().into(),
        }
    }
}

/// Writes the body and its content type. An action without anything for a body has an empty one.
pub(super) fn body(
    action: &Action,
    input: &BuildInput<'_>,
    coming: Option<&Coming<'_>>,
    headers: &mut HeaderMap,
) -> Result<Written, BuildError> {
    if !action.has_body {
        return Ok(Vec::new().into());
    }
    let (kind, written) = match action.body {
        BodyKind::Json => match json(action, input, coming)? {
            Some(json) => (HeaderValue::from_static("application/json"), json.into()),
            None => return Ok(Vec::new().into()),
        },
        BodyKind::GraphQl => (
            HeaderValue::from_static("application/json"),
            graphql(action, input)?.into(),
        ),
        BodyKind::Form => (
            HeaderValue::from_static("application/x-www-form-urlencoded"),
            form(action, input, coming).into(),
        ),
        BodyKind::Multipart => multipart(action, input, coming)?,
        BodyKind::Raw => match raw(action, input, coming)? {
            Some(raw) => raw,
            None => return Ok(Vec::new().into()),
        },
    };
    // A content type that the file states stands.
    headers.entry(CONTENT_TYPE).or_insert(kind);
    Ok(written)
}

/// The longest JSON text in a header, in bytes: more than what is common among servers for all headers together.
const LONGEST_HEADER: usize = 16 * 1024;

/// Writes the parameters that go into a header as one JSON text, in ASCII.
pub(super) fn json_header(
    action: &Action,
    input: &BuildInput<'_>,
    headers: &mut HeaderMap,
) -> Result<(), BuildError> {
    let Some(name) = &action.json_header else {
        return Ok(());
    };
    let text = encode::ascii_json(&assembled(action, input, None, Place::JsonHeader)?.to_string());
    let fitting = HeaderValue::try_from(text)
        .ok()
        .filter(|value| value.len() <= LONGEST_HEADER);
    let value = fitting.ok_or_else(|| argument("", format!("are too long for the header `{name}`")))?;
    headers.insert(name.clone(), value);
    Ok(())
}

/// Every body parameter that has a value.
fn values<'a>(action: &'a Action, input: &'a BuildInput<'_>) -> impl Iterator<Item = (&'a Param, &'a Value)> {
    values_in(Place::Body, action, input)
}

/// Every parameter of a place that has a value.
fn values_in<'a>(
    place: Place,
    action: &'a Action,
    input: &'a BuildInput<'_>,
) -> impl Iterator<Item = (&'a Param, &'a Value)> {
    let params = action.sent().filter(move |param| param.place == place);
    params.filter_map(|param| Some((param, param.value(input.arguments)?)))
}

/// Fixed values that go into a place.
fn fixed<'a>(
    action: &'a Action,
    coming: Option<&Coming<'a>>,
    place: Place,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let is_here = action.fixed_place == place;
    let more = coming.and_then(|coming| coming.more).into_iter().flatten();
    action.fixed.iter().chain(more).filter(move |_| is_here)
}

fn idempotency<'a>(action: &'a Action, input: &BuildInput<'a>) -> Option<(&'a str, &'a str)> {
    match (&action.idempotency, input.idempotency_key) {
        (Some(Idempotency::Body(name)), Some(key)) => Some((name, key)),
        _ => None,
    }
}

/// A cursor that the platform counts with is a number, though callers know it as a text.
fn as_sent(param: &Param, value: &Value) -> Value {
    let number = value
        .as_str()
        .filter(|_| param.number)
        .and_then(|text| text.parse::<u64>().ok());
    number.map_or_else(|| param.written(value).into_owned(), Value::from)
}

/// The JSON of all parameters of a place: an object, or what the parameter that is the whole says. What stands outside goes in
/// first, whatever the order of the file, so that what goes inside of it is added: what the file fixes, and parameters of their
/// own, stand over what a caller wrote into a larger part.
fn assembled(
    action: &Action,
    input: &BuildInput<'_>,
    coming: Option<&Coming<'_>>,
    place: Place,
) -> Result<Value, BuildError> {
    let mut parts: Vec<(&Param, &Value)> = values_in(place, action, input).collect();
    // All others keep the order of the file.
    parts.sort_by_key(|(param, _)| {
        if param.holds {
            param.wire.way().len()
        } else {
            usize::MAX
        }
    });
    let whole = parts
        .iter()
        .position(|(param, _)| param.wire == Wire::Whole)
        .map(|at| parts.remove(at));
    let key = idempotency(action, input).filter(|_| place == Place::Body);
    let mut fixed = fixed(action, coming, place).peekable();
    let mut root = match whole {
        None => Map::new(),
        Some((_, Value::Object(map))) => map.clone(),
        Some((_, value))
            if parts.is_empty() && fixed.peek().is_none() && key.is_none() && action.texts.is_empty() =>
        {
            return Ok(value.clone());
        }
        Some((param, _)) => {
            return Err(argument(
                &param.name,
                "must be an object, as other parameters go into it",
            ));
        }
    };
    for (name, value) in fixed {
        add(&mut root, name, value.clone());
    }
    for (name, text) in action
        .woven(input.arguments)
        .filter(|_| action.fixed_place == place)
    {
        add(&mut root, name, text);
    }
    for (param, value) in parts {
        let value = as_sent(param, value);
        let fits = match &param.wire {
            Wire::Inside(pointer) => pointer.put(&mut root, value),
            Wire::Name(name) => {
                add(&mut root, name, value);
                true
            }
            Wire::Whole => true,
        };
        if !fits {
            return Err(argument(
                &param.name,
                "goes into something that another argument gives, which must be an object for that",
            ));
        }
    }
    if let Some((name, key)) = key {
        let value = Value::String(key.to_owned());
        match Pointer::parse(name) {
            Ok(pointer) if name.starts_with('/') => {
                pointer.put(&mut root, value);
            }
            _ => add(&mut root, name, value),
        }
    }
    Ok(Value::Object(root))
}

/// Adds a value at the top; an object is added to the object that stands there.
fn add(root: &mut Map<String, Value>, name: &str, value: Value) {
    match (root.get_mut(name), value) {
        (Some(Value::Object(there)), Value::Object(map)) => there.extend(map),
        (_, value) => {
            root.insert(name.to_owned(), value);
        }
    }
}

/// The body; nothing where one parameter is the whole of it and was not given, since what is no object may stand there.
fn json(
    action: &Action,
    input: &BuildInput<'_>,
    coming: Option<&Coming<'_>>,
) -> Result<Option<Vec<u8>>, BuildError> {
    let value = assembled(action, input, coming, Place::Body)?;
    let whole = action
        .params
        .iter()
        .any(|param| param.place == Place::Body && param.wire == Wire::Whole);
    if whole && action.wrap.is_none() && values(action, input).next().is_none() && value == json!({}) {
        return Ok(None);
    }
    let value = match &action.wrap {
        Some(name) => Value::Object(Map::from_iter([(name.clone(), value)])),
        None => value,
    };
    written(&value).map(Some)
}

fn written(value: &Value) -> Result<Vec<u8>, BuildError> {
    serde_json::to_vec(value).map_err(|error| argument("", format!("cannot be written as JSON: {error}")))
}

fn graphql(action: &Action, input: &BuildInput<'_>) -> Result<Vec<u8>, BuildError> {
    let mut bytes = action.graphql.as_deref().unwrap_or_default().to_vec();
    bytes.extend(written(&assembled(action, input, None, Place::Body)?)?);
    bytes.push(b'}');
    Ok(bytes)
}

/// Name and value of everything that a form holds, arrays and objects in the action's style.
fn pairs(action: &Action, input: &BuildInput<'_>, coming: Option<&Coming<'_>>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let given = values(action, input).filter(|(param, _)| !param.file);
    let named = given.map(|(param, value)| (&param.wire_name, param.written(value)));
    let fixed = fixed(action, coming, Place::Body).map(|(name, value)| (name, Cow::Borrowed(value)));
    let texts = action
        .woven(input.arguments)
        .filter(|_| action.fixed_place == Place::Body);
    let texts = texts.map(|(name, text)| (name, Cow::Owned(text)));
    for (name, value) in fixed.chain(texts).chain(named) {
        let value = &*value;
        if action.brackets {
            brackets(&mut pairs, name, value);
        } else if let (true, Value::Array(items)) = (action.repeats, value) {
            pairs.extend(
                items
                    .iter()
                    .map(|item| (name.clone(), encode::plain(item).into_owned())),
            );
        } else if !value.is_null() {
            pairs.push((name.clone(), encode::plain(value).into_owned()));
        }
    }
    if let Some((name, key)) = idempotency(action, input) {
        pairs.push((name.to_owned(), key.to_owned()));
    }
    pairs
}

/// `a[b]=1&c[0]=2`.
fn brackets(pairs: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| brackets(pairs, &format!("{name}[{key}]"), value)),
        Value::Array(items) => {
            let indexed = items.iter().enumerate();
            indexed.for_each(|(index, value)| brackets(pairs, &format!("{name}[{index}]"), value));
        }
        // Nothing is told as an empty text, which is how such platforms clear a field.
        Value::Null => pairs.push((name.to_owned(), String::new())),
        scalar => pairs.push((name.to_owned(), encode::plain(scalar).into_owned())),
    }
}

fn form(action: &Action, input: &BuildInput<'_>, coming: Option<&Coming<'_>>) -> Vec<u8> {
    let mut writer = form_urlencoded::Serializer::new(String::new());
    writer.extend_pairs(pairs(action, input, coming));
    writer.finish().into_bytes()
}

fn multipart(
    action: &Action,
    input: &BuildInput<'_>,
    coming: Option<&Coming<'_>>,
) -> Result<(HeaderValue, Written), BuildError> {
    let mut parts: Vec<Part> = pairs(action, input, coming)
        .into_iter()
        .map(|(name, value)| Part::field(name, value))
        .collect();
    for (param, value) in values(action, input).filter(|(param, _)| param.file) {
        for file in file::each(value) {
            parts.push(Part {
                name: param.wire_name.clone(),
                file_name: Some(file::name(file, coming).to_owned()),
                media_type: Some(file::media_type(&param.name, file, coming)?),
                content: file::content(&param.name, file, coming)?,
            });
        }
    }
    let boundary = match coming {
        Some(coming) => coming.boundary.to_owned(),
        None => multipart::boundary(&parts),
    };
    let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_bad_value| argument("", "cannot be written as multipart"))?;
    Ok((kind, multipart::write(&parts, &boundary)))
}

/// The one parameter of a raw body: a text or a file; nothing where it was not given.
fn raw(
    action: &Action,
    input: &BuildInput<'_>,
    coming: Option<&Coming<'_>>,
) -> Result<Option<(HeaderValue, Written)>, BuildError> {
    let Some((param, value)) = values(action, input).next() else {
        return Ok(None);
    };
    if !param.file {
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        return Ok(Some((
            kind,
            encode::plain(value).into_owned().into_bytes().into(),
        )));
    }
    let kind = HeaderValue::from_str(&file::media_type(&param.name, value, coming)?)
        .map_err(|_bad_value| argument(&param.name, "has a type that cannot be sent"))?;
    let written = match file::content(&param.name, value, coming)? {
        Content::Here(bytes) => bytes.into(),
        Content::Coming => Written {
            head: Vec::new(),
            tail: Some(Vec::new()),
        },
    };
    Ok(Some((kind, written)))
}
