//! A description as a file holds it: JSON or GraphQL's schema language, packed or not.

use super::{discovery, graphql};
use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::borrow::Cow;
use std::io::Read as _;

/// A packed description may unpack to so many bytes: more than any that a vendor publishes.
const UNPACKED: u64 = 256 * 1024 * 1024;

/// How a packed file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A vendor's description of its API, read.
#[derive(Debug)]
pub struct ApiDescription(pub(super) Form);

/// The forms that actions are compared with.
#[derive(Debug)]
pub(super) enum Form {
    /// `OpenAPI` or Swagger, or something told in its words.
    Paths(Value),
    /// A GraphQL schema.
    GraphQl(Box<Valid<Schema>>),
}

impl ApiDescription {
    /// Reads `OpenAPI` 3.x, Swagger 2.0, Google Discovery or the answer to a GraphQL introspection query, each as JSON,
    /// or a GraphQL schema (SDL); any of them packed by gzip too. What it is, its content tells. Nothing is fetched.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong and where: no kind that is known, not well written, or larger than 256 MiB
    /// when unpacked.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = unpacked(bytes)?;
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            let value = serde_json::from_slice(bytes).map_err(|error| format!("is not JSON: {error}"))?;
            return Self::from_json(value);
        }
        let text = std::str::from_utf8(bytes).map_err(|error| format!("is not text: {error}"))?;
        match graphql::from_sdl(text) {
            Ok(schema) => Ok(Self(Form::GraphQl(Box::new(schema)))),
            Err(mistakes) => Err(format!(
                "is neither JSON nor a GraphQL schema ({mistakes}); YAML is to be turned into JSON first"
            )),
        }
    }

    /// The same for JSON that was read already.
    ///
    /// # Errors
    ///
    /// A sentence, where it is a description of no kind that is known.
    pub fn from_json(value: Value) -> Result<Self, String> {
        if let Some(schema) = graphql::from_introspection(&value) {
            let schema =
                schema.map_err(|mistakes| format!("holds a GraphQL schema with faults: {mistakes}"))?;
            return Ok(Self(Form::GraphQl(Box::new(schema))));
        }
        let value = discovery::to_openapi(&value).unwrap_or(value);
        match super::description::Description::read(&value) {
            Some(_) => Ok(Self(Form::Paths(value))),
            None => Err("is none of OpenAPI 3.x, Swagger 2.0, Google Discovery and GraphQL".to_owned()),
        }
    }
}

fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut whole = Vec::new();
    let mut reader = GzDecoder::new(bytes).take(UNPACKED + 1);
    let size = reader
        .read_to_end(&mut whole)
        .map_err(|error| format!("cannot be unpacked: {error}"))?;
    if size as u64 > UNPACKED {
        return Err(format!("unpacks to more than {} MiB", UNPACKED / (1024 * 1024)));
    }
    Ok(Cow::Owned(whole))
}
