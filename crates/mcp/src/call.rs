//! A request, and what its parameters say for each method.

use crate::{Era, Id, Method, Revision, RpcError, json};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The parameters that any method reads, each as it came. What is not here stays in [`Call::params`].
#[derive(Default, Deserialize)]
pub(crate) struct Params<'a> {
    #[serde(borrow, default, rename = "_meta", deserialize_with = "read_meta")]
    pub(crate) meta: Meta<'a>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    pub(crate) name: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::present")]
    pub(crate) uri: Option<&'a RawValue>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cursor: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        rename = "protocolVersion",
        deserialize_with = "json::present"
    )]
    pub(crate) protocol_version: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "clientInfo")]
    client_info: Option<&'a RawValue>,
}

/// What is read of `_meta`.
#[derive(Default, Deserialize)]
pub(crate) struct Meta<'a> {
    #[serde(
        borrow,
        default,
        rename = "io.modelcontextprotocol/protocolVersion",
        deserialize_with = "json::present"
    )]
    pub(crate) protocol_version: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientCapabilities")]
    pub(crate) client_capabilities: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientInfo")]
    client_info: Option<&'a RawValue>,
    #[serde(borrow, default)]
    traceparent: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tracestate: Option<&'a RawValue>,
    #[serde(borrow, default)]
    baggage: Option<&'a RawValue>,
}

/// `_meta` that is no object says nothing.
fn read_meta<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Meta<'de>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if json::is_object(raw) {
        serde_json::from_str(raw.get()).map_err(serde::de::Error::custom)
    } else {
        Ok(Meta::default())
    }
}

impl<'a> Params<'a> {
    /// Reads parameters, which are an object or absent. A member that stands twice is refused: what stands between us
    /// and the client may have read the other one.
    pub(crate) fn read(raw: Option<&'a RawValue>) -> Result<Self, RpcError> {
        match raw {
            None => Ok(Self::default()),
            Some(raw) if json::is_object(raw) => serde_json::from_str(raw.get()).map_err(|_repeated| {
                RpcError::invalid_request(
                    "Invalid request: `params` repeats a member, or names one by text that cannot be read",
                )
            }),
            Some(_) => Err(RpcError::invalid_request(
                "Invalid request: `params` must be an object",
            )),
        }
    }
}

/// A request of the right shape for its era.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its id, echoed in the answer.
    pub id: Id,
    /// What it asks for.
    pub method: Method,
    /// How it is to be treated.
    pub era: Era,
    /// The parameters as they came: an object, or absent.
    pub params: Option<Box<RawValue>>,
    /// The method's name, where it is not one of those that are answered.
    unknown: Option<Box<str>>,
}

impl Call {
    pub(crate) fn new(id: Id, name: &str, era: Era, params: Option<&RawValue>) -> Self {
        let method = Method::find(name, era);
        Self {
            id,
            method,
            era,
            params: params.map(ToOwned::to_owned),
            unknown: (method == Method::Unknown).then(|| name.into()),
        }
    }

    /// The error for a method that is not answered: -32601.
    pub fn unknown_method(&self) -> RpcError {
        RpcError::unknown_method(self.unknown.as_deref().unwrap_or_default())
    }

    /// The tool that is called. Errors: -32602.
    pub fn tool_call(&self) -> Result<ToolCall<'_>, RpcError> {
        let params = self.read_params();
        let name = named(params.name, "name")?;
        match params.arguments {
            Some(arguments) if !json::is_object(arguments) => Err(RpcError::invalid_params(
                "Invalid params: `arguments` must be an object",
            )),
            arguments => Ok(ToolCall { name, arguments }),
        }
    }

    /// The prompt that is asked for. Errors: -32602.
    pub fn prompt_name(&self) -> Result<Cow<'_, str>, RpcError> {
        named(self.read_params().name, "name")
    }

    /// The resource that is asked for. Errors: -32602.
    pub fn resource_uri(&self) -> Result<Cow<'_, str>, RpcError> {
        named(self.read_params().uri, "uri")
    }

    /// Refuses a page of a list other than the first, for lists that have one page: -32602. An absent cursor and
    /// `null` ask for the first.
    pub fn check_only_page(&self) -> Result<(), RpcError> {
        match self.read_params().cursor {
            None => Ok(()),
            Some(_) => Err(RpcError::bad_cursor()),
        }
    }

    /// What `initialize` says. Errors: -32602 where it names no revision.
    pub fn initialize(&self) -> Result<Initialize, RpcError> {
        let params = self.read_params();
        let requested = named(params.protocol_version, "protocolVersion")?;
        Ok(Initialize {
            requested: requested.into_owned(),
            revision: self.era.revision(),
            client: params.client_info.and_then(client),
        })
    }

    /// The client's own name and version where a modern request tells them, for logs: untrusted, at most 200
    /// characters.
    pub fn client(&self) -> Option<String> {
        self.read_params().meta.client_info.and_then(client)
    }

    /// The W3C trace context that came along, unchecked.
    pub fn trace(&self) -> Trace {
        let meta = self.read_params().meta;
        let text = |value: Option<&RawValue>| value.and_then(json::text).map(Cow::into_owned);
        Trace {
            parent: text(meta.traceparent),
            state: text(meta.tracestate),
            baggage: text(meta.baggage),
        }
    }

    /// Takes the revision of the session for a legacy request that names none itself. `initialize` settles its own.
    pub fn assume(&mut self, revision: Revision) {
        let is_open = self.era == Era::Legacy(Revision::ASSUMED) && self.method != Method::Initialize;
        if is_open && !revision.is_modern() {
            self.era = Era::Legacy(revision);
        }
    }

    fn read_params(&self) -> Params<'_> {
        // Was read once when the message came, so that it cannot fail.
        Params::read(self.params.as_deref()).unwrap_or_default()
    }
}

fn named<'a>(value: Option<&'a RawValue>, member: &str) -> Result<Cow<'a, str>, RpcError> {
    value
        .and_then(json::text)
        .ok_or_else(|| RpcError::invalid_params(format!("Invalid params: `{member}` must be a string")))
}

/// `name/version` of an implementation that presents itself.
fn client(info: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Implementation {
        name: String,
        #[serde(default)]
        version: String,
    }
    let found: Implementation = serde_json::from_str(info.get()).ok()?;
    Some(json::cut(&format!("{}/{}", found.name, found.version), 200).into_owned())
}

/// What a `tools/call` asks for.
#[derive(Debug, Clone)]
pub struct ToolCall<'c> {
    /// The tool's name, not checked.
    pub name: Cow<'c, str>,
    /// The arguments, an object as it came; absent (or `null`) counts as `{}`.
    pub arguments: Option<&'c RawValue>,
}

impl<'c> ToolCall<'c> {
    /// The arguments as JSON text.
    pub fn arguments_json(&self) -> &'c str {
        self.arguments.map_or("{}", RawValue::get)
    }

    /// Reads the arguments. Errors: -32602 where a text in them holds half a surrogate pair or a number is too large
    /// to keep.
    pub fn parse_arguments(&self) -> Result<Map<String, Value>, RpcError> {
        serde_json::from_str(self.arguments_json()).map_err(|_unreadable| {
            RpcError::invalid_params("Invalid params: `arguments` holds text or a number that cannot be read")
        })
    }
}

/// What an `initialize` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initialize {
    /// The revision that the client asked for, as it came.
    pub requested: String,
    /// The revision that is answered and spoken from now on.
    pub revision: Revision,
    /// The client's own name and version, for logs: untrusted, at most 200 characters.
    pub client: Option<String>,
}

/// W3C trace context, as the client sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// `traceparent`.
    pub parent: Option<String>,
    /// `tracestate`.
    pub state: Option<String>,
    /// `baggage`.
    pub baggage: Option<String>,
}
