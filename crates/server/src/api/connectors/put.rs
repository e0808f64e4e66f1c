//! `PUT /api/connectors/{connectorId}`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::JsonObject;
use crate::openapi::{ConnectorPath, Refusals, UserIdHeader};
use crate::path::Segments;
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::OwnConnectorView;
use std::sync::Arc;
use utoipa::{IntoResponses, ToSchema};

/// A connector file. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct PutConnector {
    /// The text of the file: TOML, in the connector format. Its `id` is the path's.
    file: String,
}

/// What a file that was stored is answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes an answer; nothing makes one")]
enum Put {
    /// The connector, with the version that is live now
    #[response(status = 200)]
    Changed(OwnConnectorView),
    /// The account has a new connector
    #[response(status = 201)]
    Created(OwnConnectorView),
}

/// Store a connector of the account's own
///
/// Makes a connector that the account alone has, or makes the file the next version of one; the same file again changes
/// nothing. Every fault of the file is listed: `field` says where in it, the message its line. An id that a built-in
/// connector or one of the operator's has is refused. A connector of an account leads to public addresses alone, by HTTPS,
/// and to those that the operator allows to accounts.
///
/// Where `base`, `hosts` or a URL of an OAuth table is another one than before, credentials of the connector have to be
/// connected again, and its OAuth apps are dropped: what somebody gave for one place is never sent to another. For admins.
#[utoipa::path(
    put,
    path = "/api/connectors/{connectorId}",
    operation_id = "put-connector",
    tag = "Own connectors",
    params(ConnectorPath, UserIdHeader),
    request_body = PutConnector,
    responses(Put, Refusals)
)]
pub(crate) async fn put_connector(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    segments: Segments,
    JsonObject(body): JsonObject,
) -> Result<Answer<OwnConnectorView>, Failure> {
    let id = segments.text("connectorId");
    let stored = app.engine.put_connector(&caller, id, &body).await?;
    Ok(if stored.created {
        Answer::created(stored.view)
    } else {
        Answer::ok(stored.view)
    })
}
