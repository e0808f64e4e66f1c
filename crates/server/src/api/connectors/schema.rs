//! Bodies of the executions, for the published description alone, and what answers them.

use crate::problem::JSON;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use solder_engine::Executed;
use utoipa::{IntoResponses, ToSchema};

const CACHE_HIT: HeaderName = HeaderName::from_static("x-cache-hit");

/// How an action is executed. Every field may be left out; one that is not known is refused.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct ExecuteAction {
    /// The action's arguments: one flat object with the names that its description gives.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// What is wanted of the answer, as JMESPath; what it gives comes whole up to 10 KB.
    #[schema(example = "[*].{id: id, name: name}", max_length = 1_000)]
    fields: Option<String>,
    /// Which credential is used; absent: the newest of the acting user that fits.
    #[schema(example = "66f2a1b09c3d4e5f60718293")]
    credential_id: Option<String>,
    /// How long the platform may take, in milliseconds; absent: 30,000, or what the action asks for.
    #[schema(minimum = 1_000, maximum = 300_000)]
    timeout: Option<u32>,
    /// The server whose restrictions hold, where neither `x-mcp-server-id` nor the query names it.
    #[schema(example = "production-server-a1b2c3d4")]
    server_id: Option<String>,
}

/// Which action is executed, and how. A field that is not known is refused.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct ExecuteNamedAction {
    /// The action, as it is: nothing in it is encoded here.
    #[schema(example = "chat_postMessage")]
    action_id: String,
    /// The action's arguments: one flat object with the names that its description gives.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// What is wanted of the answer, as JMESPath; what it gives comes whole up to 10 KB.
    #[schema(example = "[*].{id: id, name: name}", max_length = 1_000)]
    fields: Option<String>,
    /// Which credential is used; absent: the newest of the acting user that fits.
    #[schema(example = "66f2a1b09c3d4e5f60718293")]
    credential_id: Option<String>,
    /// How long the platform may take, in milliseconds; absent: 30,000, or what the action asks for.
    #[schema(minimum = 1_000, maximum = 300_000)]
    timeout: Option<u32>,
    /// The server whose restrictions hold, where neither `x-mcp-server-id` nor the query names it.
    #[schema(example = "production-server-a1b2c3d4")]
    server_id: Option<String>,
}

/// What an execution is answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
pub(super) enum Outcome {
    /// The platform's answer, shaped: long lists, long texts and deep nesting are cut, and `metadata` says what was. The
    /// header `x-cache-hit` says whether it was kept from an earlier call
    #[response(status = 200)]
    Done(Value),
}

/// An execution's answer over HTTP.
pub(crate) struct Shaped(pub(crate) Executed);

impl IntoResponse for Shaped {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.0.text));
        let hit = if self.0.cache_hit { "true" } else { "false" };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(CACHE_HIT, HeaderValue::from_static(hit));
        response
    }
}
