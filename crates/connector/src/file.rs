//! Files among the arguments: some stand there themselves, and one may come from elsewhere while its request is sent.

use crate::BuildError;
use crate::action::Action;
use crate::request::argument;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};
use solder_model::Fault;
use std::hash::{Hash, Hasher};

/// A file of a call that does not stand in the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComingFile<'a> {
    /// The parameter that it is.
    pub param: &'a str,
    /// Where it comes from.
    pub from: FileFrom<'a>,
}

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFrom<'a> {
    /// It is fetched from this URL, which the caller chose.
    Url(&'a str),
    /// Whoever has the link that is made for it sends it.
    Upload,
    /// It stands in the arguments, of an action whose files go by a session: [`file_bytes`] has it.
    Here(&'a Value),
}

/// What is known of a file that comes, when its request is built.
#[derive(Debug, Clone, Copy)]
pub struct Coming<'a> {
    /// Its name, where the arguments do not say it.
    pub name: Option<&'a str>,
    /// Its media type, where the arguments do not say it. What is none is taken as bytes.
    pub media_type: Option<&'a str>,
    /// How long it is, where that is known.
    pub size: Option<u64>,
    /// What is sent beside the parameters, where `const` goes.
    pub more: Option<&'a Map<String, Value>>,
    /// Separates the parts of a body that has parts. Whoever sends the file must not be able to guess it: 128 random bits, in
    /// letters and digits.
    pub boundary: &'a str,
}

/// What a request's body has before and behind the file that comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Before it.
    pub head: Bytes,
    /// Behind it.
    pub tail: Bytes,
}

/// The content of a file among the arguments.
#[derive(Debug)]
pub(crate) enum Content {
    /// It stands there.
    Here(Vec<u8>),
    /// It comes.
    Coming,
}

impl Hash for Content {
    /// As the bytes alone, from which boundaries are made: recorded ones stay.
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Here(bytes) => bytes.hash(state),
            Self::Coming => state.write_u8(0),
        }
    }
}

/// What the four ways to give a file are called.
const WAYS: [&str; 4] = ["text", "base64", "url", "upload"];

const ONE_WAY: &str = "must have one of `text`, `base64`, `url` and `upload`";

impl Action {
    /// The file of the arguments that comes from elsewhere, where one does. Arguments were validated before.
    ///
    /// # Errors
    ///
    /// A file that is given in two ways or in none, a second file that comes, and one that could not be sent on.
    pub fn coming_file<'a>(
        &'a self,
        arguments: &'a Map<String, Value>,
    ) -> Result<Option<ComingFile<'a>>, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut found = None;
        for param in self.params.iter().filter(|param| param.file) {
            let Some(value) = arguments.get(&param.name) else {
                continue;
            };
            for file in each(value) {
                if WAYS.iter().filter(|way| file.get(**way).is_some()).count() != 1 {
                    faults.push(Fault::new(&param.name, ONE_WAY));
                    continue;
                }
                let here = self.has_session().then_some(FileFrom::Here(file));
                let Some(from) = from(file).or(here) else { continue };
                if found.is_some() {
                    let message = "is the second file by `url` or `upload`: one of a call comes so, give others as `text` or `base64`";
                    faults.push(Fault::new(&param.name, message));
                } else if self.is_download() {
                    let message = "must be `text` or `base64`: the answer is a file itself";
                    faults.push(Fault::new(&param.name, message));
                }
                found = Some(ComingFile {
                    param: &param.name,
                    from,
                });
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }
}

/// The bytes of a file that stands in the argument of this name.
///
/// # Errors
///
/// What is wrong with them.
pub fn file_bytes(param: &str, file: &Value) -> Result<Bytes, Vec<Fault>> {
    match content(param, file, None) {
        Ok(Content::Here(bytes)) => Ok(bytes.into()),
        Ok(Content::Coming) => Ok(Bytes::new()),
        Err(error) => Err(error.faults().to_vec()),
    }
}

fn from(file: &Value) -> Option<FileFrom<'_>> {
    match (text_of(file, "url"), file.get("upload")) {
        (Some(url), _) => Some(FileFrom::Url(url)),
        (None, Some(_)) => Some(FileFrom::Upload),
        (None, None) => None,
    }
}

/// The files of one argument: a list of them, or one.
pub(crate) fn each(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

pub(crate) fn text_of<'v>(file: &'v Value, key: &str) -> Option<&'v str> {
    file.get(key).and_then(Value::as_str)
}

/// A file's name: what the arguments say, else what is known of one that comes.
pub(crate) fn name<'v>(file: &'v Value, coming: Option<&Coming<'v>>) -> &'v str {
    let known = || from(file).and(coming?.name);
    text_of(file, "name").or_else(known).unwrap_or("file")
}

/// A file's media type: what the arguments say, else what is known of one that comes, else plain text or bytes.
pub(crate) fn media_type(
    name: &str,
    file: &Value,
    coming: Option<&Coming<'_>>,
) -> Result<String, BuildError> {
    let fits = |kind: &str| {
        kind.contains('/') && kind.trim() == kind && kind.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    if let Some(kind) = text_of(file, "type") {
        return if fits(kind) {
            Ok(kind.to_owned())
        } else {
            Err(argument(
                name,
                format!("has the type `{kind}`, which is no media type"),
            ))
        };
    }
    let known = coming
        .filter(|_| from(file).is_some())
        .and_then(|coming| coming.media_type);
    Ok(match known.filter(|kind| fits(kind)) {
        Some(kind) => kind.to_owned(),
        None if file.get("text").is_some() => "text/plain; charset=utf-8".to_owned(),
        None => "application/octet-stream".to_owned(),
    })
}

/// A file's content. One that comes is a fault where none was to come.
pub(crate) fn content(name: &str, file: &Value, coming: Option<&Coming<'_>>) -> Result<Content, BuildError> {
    if WAYS.iter().filter(|way| file.get(**way).is_some()).count() != 1 {
        return Err(argument(name, ONE_WAY));
    }
    match (text_of(file, "text"), text_of(file, "base64")) {
        (Some(text), _) => Ok(Content::Here(text.as_bytes().to_vec())),
        (_, Some(encoded)) => STANDARD
            .decode(encoded)
            .map(Content::Here)
            .map_err(|error| argument(name, format!("is not base64: {error}"))),
        _ if coming.is_some() => Ok(Content::Coming),
        _ => Err(argument(name, "must be `text` or `base64` here")),
    }
}
