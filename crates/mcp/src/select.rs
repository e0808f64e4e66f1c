//! Which era a message belongs to, and the checks that its era asks for.
//!
//! The order of the modern checks is the order in which a client is told: `_meta`, the revision's header, whether the
//! revision is served, the headers that mirror the body. What a method then does with its parameters comes after.

use crate::call::Params;
use crate::header::{self, Single, decode};
use crate::{Era, Head, Method, Revision, RpcError, json};
use serde_json::value::RawValue;

/// Whether a message is to be treated as modern: it says so in `_meta` or by the header, or is `server/discover`.
pub(crate) fn is_modern(head: &Head<'_>, method: &str, params: &Params<'_>) -> bool {
    params.meta.protocol_version.is_some() || head.declares_modern() || method == "server/discover"
}

/// The era of a request.
pub(crate) fn request(head: &Head<'_>, method: &str, params: &Params<'_>) -> Result<Era, RpcError> {
    if is_modern(head, method, params) {
        let era = modern(head, params)?;
        check_method(head, method, true)?;
        check_name(head, Method::find(method, era), params)?;
        Ok(era)
    } else if method == "initialize" {
        Ok(Era::Legacy(negotiate(params.protocol_version)))
    } else {
        legacy(head)
    }
}

/// The era of a notification. It carries no `_meta` of its own, so that it is held to what it does say.
pub(crate) fn notification(head: &Head<'_>, method: &str, params: &Params<'_>) -> Result<Era, RpcError> {
    if !is_modern(head, method, params) {
        return legacy(head);
    }
    let named = header_version(head)?;
    if let Some(claimed) = params.meta.protocol_version
        && json::text(claimed).as_deref() != Some(named)
    {
        return Err(version_mismatch());
    }
    check_method(head, method, false)?;
    served(named).map(Era::Modern)
}

/// Whether a response may come at all: modern clients have nothing to respond to.
pub(crate) fn response(head: &Head<'_>) -> Result<(), RpcError> {
    if head.declares_modern() {
        return Err(RpcError::invalid_request(
            "Invalid request: a response must not be sent in this revision",
        ));
    }
    legacy(head).map(drop)
}

/// What `initialize` settles on: the revision that is asked for where it has an `initialize`, else the latest that has.
fn negotiate(requested: Option<&RawValue>) -> Revision {
    requested
        .and_then(json::text)
        .and_then(|text| Revision::find(&text))
        .filter(|revision| !revision.is_modern())
        .unwrap_or(Revision::LATEST_LEGACY)
}

fn legacy(head: &Head<'_>) -> Result<Era, RpcError> {
    if head.version() == Single::Absent {
        return Ok(Era::Legacy(Revision::ASSUMED));
    }
    let text = header_version(head)?;
    match Revision::find(text) {
        Some(revision) => Ok(Era::of(revision)),
        None => Err(RpcError::unsupported_version(text, Revision::SERVED)),
    }
}

fn modern(head: &Head<'_>, params: &Params<'_>) -> Result<Era, RpcError> {
    let Some(claimed) = params.meta.protocol_version.and_then(json::text) else {
        return Err(RpcError::missing_meta(
            "Invalid params: `_meta` must hold `io.modelcontextprotocol/protocolVersion`, a string",
        ));
    };
    if !params.meta.client_capabilities.is_some_and(json::is_object) {
        return Err(RpcError::missing_meta(
            "Invalid params: `_meta` must hold `io.modelcontextprotocol/clientCapabilities`, an object",
        ));
    }
    if header_version(head)? != claimed {
        return Err(version_mismatch());
    }
    served(&claimed).map(Era::Modern)
}

/// The revision, where requests of it stand alone and it is served.
fn served(text: &str) -> Result<Revision, RpcError> {
    Revision::find(text)
        .filter(|revision| revision.is_modern())
        .ok_or_else(|| RpcError::unsupported_version(text, Revision::MODERN))
}

fn header_version<'h>(head: &Head<'h>) -> Result<&'h str, RpcError> {
    required(head.version(), "MCP-Protocol-Version")
}

fn version_mismatch() -> RpcError {
    RpcError::header_mismatch(
        "Header mismatch: `MCP-Protocol-Version` and `_meta` must name the same revision",
    )
}

fn check_method(head: &Head<'_>, method: &str, is_required: bool) -> Result<(), RpcError> {
    let found = Single::read(head.headers(), header::METHOD);
    if found == Single::Absent && !is_required {
        return Ok(());
    }
    if required(found, "Mcp-Method")? == method {
        Ok(())
    } else {
        Err(RpcError::header_mismatch(
            "Header mismatch: `Mcp-Method` must equal the body's `method`",
        ))
    }
}

fn check_name(head: &Head<'_>, method: Method, params: &Params<'_>) -> Result<(), RpcError> {
    let Some(member) = method.named_by() else {
        return Ok(());
    };
    let found = Single::read(head.headers(), header::NAME);
    let in_body = match member {
        "uri" => params.uri,
        _ => params.name,
    };
    let in_body = in_body.and_then(json::text);
    if found == Single::Absent && in_body.is_none() {
        // Nothing to mirror: the method says what it misses.
        return Ok(());
    }
    let Some(decoded) = decode(required(found, "Mcp-Name")?) else {
        return Err(RpcError::header_mismatch(
            "Header mismatch: `Mcp-Name` is not base64 of UTF-8 between `=?base64?` and `?=`",
        ));
    };
    if in_body.as_deref() == Some(decoded.as_ref()) {
        Ok(())
    } else {
        Err(RpcError::header_mismatch(format!(
            "Header mismatch: `Mcp-Name` must equal the body's `params.{member}`"
        )))
    }
}

/// The text of a header that has to stand exactly once.
pub(crate) fn required<'h>(found: Single<'h>, name: &str) -> Result<&'h str, RpcError> {
    let fault = match found {
        Single::Text(text) => return Ok(text),
        Single::Absent => "is missing",
        Single::Repeated => "stands more than once",
        Single::Unreadable => "is not printable ASCII",
    };
    Err(RpcError::header_mismatch(format!(
        "Header mismatch: `{name}` {fault}"
    )))
}
