//! One operation of a connector.

use crate::encoding::Decoding;
use crate::pagination::Paging;
use crate::param::{Param, Place};
use crate::pointer::{Pointer, Test};
use crate::request::encode;
use crate::schema::unknown;
use crate::template::Template;
use http::{HeaderName, Method};
use serde_json::{Map, Value, json};
use solder_model::{Fault, Limit};
use std::time::Duration;

/// What an action does to the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing changes.
    Read,
    /// Something is made or changed.
    Write,
    /// Something is lost.
    Destructive,
}

impl Kind {
    /// The word of connector files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// One JSON value.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// One parameter, as it is.
    Raw,
    /// A GraphQL query whose variables are the parameters.
    GraphQl,
}

/// One operation of a connector.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all combinations but few occur"
)]
pub struct Action {
    /// Its id: the vendor's own operation id.
    pub id: String,
    /// Its readable name.
    pub title: String,
    /// What it does.
    pub about: String,
    /// The resource that it works on.
    pub resource: String,
    /// What it does to the platform.
    pub kind: Kind,
    /// The request's method.
    pub method: Method,
    /// The path's template as the file has it: `/repos/{owner}`, or a whole URL.
    pub path: String,
    /// The JSON Schema (2020-12) of the arguments: root `type: object`, properties in file order, nothing else taken.
    pub input_schema: Value,
    /// Arguments that show how it is called.
    pub sample: Value,
    /// What the credential must be allowed.
    pub scopes: Vec<String>,
    /// The identity that must act; nothing for the plain one.
    pub identity: Option<String>,
    /// Whether calls need a credential.
    pub needs_credential: bool,
    /// How long a call may take, 1 s to 300 s.
    pub timeout: Option<Duration>,
    /// Our own brake, for each connection.
    pub rate: Option<Limit>,
    /// How long an answer may be used again, at most an hour; reads only.
    pub cache: Option<Duration>,
    /// Whether it takes a `cursor` and may answer a next one.
    pub paged: bool,
    /// Whether it takes an idempotency key, so that a write can be tried again. Whoever tries again must give one.
    pub keyed: bool,
    /// Whether the file keeps it back: it is checked like any other, and nobody is offered it.
    pub off: bool,
    /// What to use instead, where it is deprecated.
    pub deprecated: Option<String>,
    /// Other words that people search by.
    pub synonyms: Vec<String>,
    /// The description's operation, where method and path do not identify it.
    pub op: Option<String>,
    /// Accepted differences from the description: key and reason.
    pub allow: Vec<(String, String)>,
    /// How the body is written.
    pub body: BodyKind,
    /// Fixed values where parameters go, by the platform's names.
    pub fixed: Map<String, Value>,
    /// Texts that are made of parameters, where parameters go.
    pub(crate) texts: Vec<(String, Template)>,
    /// Fixed query parameters.
    pub query: Vec<(String, String)>,
    pub(crate) params: Vec<Param>,
    /// Parameters once more, at their further places.
    pub(crate) copies: Vec<Param>,
    pub(crate) call: CallPath,
    pub(crate) headers: Vec<crate::connector::Header>,
    pub(crate) encoded_query: String,
    pub(crate) fixed_place: Place,
    pub(crate) has_body: bool,
    pub(crate) brackets: bool,
    pub(crate) repeats: bool,
    pub(crate) graphql: Option<Box<[u8]>>,
    pub(crate) wrap: Option<String>,
    /// The header that carries the parameters as one JSON text, so that the body is free for a file.
    pub(crate) json_header: Option<HeaderName>,
    pub(crate) result: Option<Pointer>,
    pub(crate) pick: Vec<Pick>,
    pub(crate) expects: Expects,
    pub(crate) paging: Option<Paging>,
    pub(crate) idempotency: Option<Idempotency>,
    /// How its file goes, where that is by a session.
    pub(crate) upload: Option<crate::upload::Upload>,
    /// What the argument `limit` does.
    pub(crate) limit: Option<crate::settle::PageLimit>,
}

/// What a good answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expects {
    /// A value.
    Value,
    /// A value or nothing.
    MaybeNothing,
    /// A value; nothing or `null` says that there is no such thing.
    Something,
    /// A list; nothing or `null` says that it is empty.
    List,
    /// A file.
    File,
}

/// The path of an action.
#[derive(Debug)]
pub(crate) enum CallPath {
    /// Below the connector's base.
    Below(Template),
    /// A URL of its own: scheme and host, and the path.
    Own { origin: Template, path: Template },
}

/// A field that is kept of a result.
#[derive(Debug, Clone)]
pub(crate) enum Pick {
    Name(String),
    Inside(Pointer),
    Drawn(Box<Draw>),
}

/// What is drawn out of an item under a name of its own.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    pub(crate) name: String,
    /// Where it is looked for.
    pub(crate) from: Pointer,
    /// What holds for each object that is taken, at whatever depth; without it the place itself is taken.
    pub(crate) each: Option<Test>,
    /// What is taken of it, where it is not the whole.
    pub(crate) value: Option<Pointer>,
    /// The fields that are kept of it.
    pub(crate) pick: Vec<Pick>,
    /// Under what name it goes into an object of all that is taken.
    pub(crate) key: Option<Pointer>,
    /// What stands between the texts, where they become one.
    pub(crate) join: Option<String>,
    pub(crate) decode: Vec<Decoding>,
    /// Names in whose place it stands: where one of them found something it is left out.
    pub(crate) unless: Vec<String>,
}

impl Pick {
    /// The name at the top of a result under which it stands.
    pub(crate) fn first(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Inside(inside) => inside.names().next(),
            Self::Drawn(draw) => Some(&draw.name),
        }
    }
}

/// Where the key of a repeatable write goes.
#[derive(Debug, Clone)]
pub(crate) enum Idempotency {
    Header(HeaderName),
    Query(String),
    /// By its name, or its pointer into the JSON body or the variables.
    Body(String),
}

impl Action {
    /// The parameters, in file order; a cursor that the loader made is last.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Each parameter at each of its places; those that stand in texts alone are in none.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Param> {
        let own = self.params.iter().filter(|param| !param.woven);
        own.chain(&self.copies)
    }

    /// The texts that parameters are woven into, by the platform's names.
    pub(crate) fn woven<'a>(
        &'a self,
        arguments: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (&'a String, Value)> {
        let value = move |name: &str| {
            let param = self.params.iter().find(|param| param.wire_name == name)?;
            param.value(arguments).map(encode::plain)
        };
        // The loader sees to it that each name has a value.
        let text = move |template: &Template| template.render(value).unwrap_or_default();
        self.texts
            .iter()
            .map(move |(name, template)| (name, Value::String(text(template))))
    }

    /// The fixed GraphQL document, where it has one.
    pub fn document(&self) -> Option<String> {
        let whole = [self.graphql.as_deref()?, b"null}"].concat();
        let body: Value = serde_json::from_slice(&whole).ok()?;
        body.get("query").and_then(Value::as_str).map(str::to_owned)
    }

    /// Whether the answer is a file.
    pub fn is_download(&self) -> bool {
        self.expects == Expects::File
    }

    /// The parameter that says how long pages are, where callers may say it.
    pub fn size_param(&self) -> Option<&Param> {
        let size = self.paging.as_ref()?.size.as_ref()?;
        self.params.iter().find(|param| param.wire_name == *size)
    }

    /// The names in its path and headers: parameters, and what the connection gives.
    pub(crate) fn connection_names(&self) -> impl Iterator<Item = &str> {
        let (origin, path) = match &self.call {
            CallPath::Below(path) => (None, path),
            CallPath::Own { origin, path } => (Some(origin), path),
        };
        let headers = self.headers.iter().flat_map(crate::connector::Header::names);
        let templates = origin.into_iter().chain([path]);
        templates.flat_map(Template::names).chain(headers)
    }

    /// Whether what the pointer finds in an item outlives `pick`.
    pub(crate) fn keeps(&self, pointer: &Pointer) -> bool {
        let first = pointer.names().next();
        self.pick.is_empty() || first.is_none() || self.pick.iter().any(|pick| pick.first() == first)
    }

    /// Checks arguments: every fault at once, fields by argument names. Nothing is coerced: `"5"` is not 5, and the fault
    /// says what to write.
    pub fn validate(&self, arguments: &Map<String, Value>) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for param in &self.params {
            match arguments.get(&param.name) {
                Some(value) => param.check.faults(value, &param.name, &mut faults),
                None if param.required => {
                    faults.push(Fault::new(&param.name, format!("is missing: {}", param.about)));
                }
                None => {}
            }
        }
        for name in arguments.keys() {
            if !self.params.iter().any(|param| param.name == *name) {
                let names = self.params.iter().map(|param| param.name.as_str());
                faults.push(Fault::new(name, unknown(name, names, "parameter")));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The action as `get_action_details` answers it: parameters outside the body with their places, and the JSON Schema
    /// of the body. Names are the ones that callers use; they all go into one flat object.
    pub fn details(&self) -> Value {
        let (body, outside): (Vec<_>, Vec<_>) = self
            .params
            .iter()
            .partition(|param| matches!(param.place, Place::Body | Place::Session));
        let mut parameters: Vec<_> = outside
            .iter()
            .map(|param| {
                json!({
                    "name": param.name, "in": param.place.as_str(), "description": param.about,
                    "required": param.required, "schema": param.schema,
                })
            })
            .collect();
        if let Some(schema) = self.limit_schema() {
            let about = schema.get("description").cloned();
            parameters.push(json!({
                "name": "limit", "in": "query", "description": about, "required": false, "schema": schema,
            }));
        }
        json!({
            "id": self.id,
            "displayName": self.title,
            "description": self.about,
            "httpMethod": self.method.as_str().to_ascii_lowercase(),
            "path": self.path,
            "parameters": parameters,
            "requestBody": object_schema(body.into_iter()),
        })
    }
}

/// A schema of one flat object with these parameters, in order.
pub(crate) fn object_schema<'p>(params: impl Iterator<Item = &'p Param> + Clone) -> Value {
    let required: Vec<_> = params
        .clone()
        .filter(|param| param.required)
        .map(|param| param.name.as_str())
        .collect();
    let mut definitions = Map::new();
    let properties: Map<_, _> = params
        .map(|param| {
            let mut schema = param.schema.clone();
            // References of a parameter's own schema point at the root, which is this object now.
            if let Some(Value::Object(own)) = schema.as_object_mut().and_then(|map| map.remove("$defs")) {
                definitions.extend(own);
            }
            (param.name.clone(), schema)
        })
        .collect();
    let mut whole = json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    if let Some(whole) = whole.as_object_mut().filter(|_| !definitions.is_empty()) {
        whole.insert("$defs".to_owned(), Value::Object(definitions));
    }
    whole
}
