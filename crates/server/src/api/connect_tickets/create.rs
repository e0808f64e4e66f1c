//! `POST /api/connect-tickets`

use crate::App;
use crate::admitted::Admitted;
use crate::answer::Answer;
use crate::body::OptionalObject;
use crate::openapi::{Refusals, ServerNotFound, UserIdHeader};
use crate::problem::Failure;
use axum::extract::State;
use solder_engine::TicketCreated;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a ticket shall be for. The engine reads what was sent as it came; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
struct CreateConnectTicket {
    /// A server of the account. Its restrictions decide what is offered and what is asked for at the platforms.
    #[schema(example = "production-server-a1b2c3d4")]
    server_id: Option<String>,
    /// The connectors to offer; absent: all that are in reach and need a credential.
    #[schema(min_items = 1, max_items = 1000, example = json!(["slack", "github"]))]
    connectors: Option<Vec<String>>,
    /// Where the browser goes when the user is done, with `ticketId` and `status` (`success`, or `cancelled` where nothing
    /// was connected) added. It has to be listed as a redirect URI, or be on loopback; otherwise the user is told that all
    /// is done, and stays.
    #[schema(example = "https://app.example.com/connected")]
    redirect_uri: Option<String>,
    /// How long the ticket can be opened.
    #[schema(minimum = 60, maximum = 86_400, default = 900)]
    expires_in_seconds: Option<u32>,
}

/// Create a connect ticket
///
/// Makes a link for the acting user to a page where platforms are connected: by the platform's own consent page, or by
/// keys that are typed in there and never pass through a model. The link works once: it binds to the first browser that
/// gets in. Whoever opens it is proven to be the user by the strongest proof that the account has: its identity provider
/// or a Solder password; else a JWT that the account's own site posts to the link as the form field `userToken`; and where
/// the account has none of these, whatever is connected has to be confirmed under the name of the user before it is kept.
#[utoipa::path(
    post,
    path = "/api/connect-tickets",
    operation_id = "create-connect-ticket",
    tag = "Connect tickets",
    params(UserIdHeader),
    request_body = Option<CreateConnectTicket>,
    responses((status = CREATED, description = "The ticket, with its link", body = TicketCreated), ServerNotFound, Refusals)
)]
pub(crate) async fn create_connect_ticket(
    State(app): State<Arc<App>>,
    Admitted(caller): Admitted,
    OptionalObject(body): OptionalObject,
) -> Result<Answer<TicketCreated>, Failure> {
    Ok(Answer::created(
        app.engine.create_connect_ticket(&caller, &body).await?,
    ))
}
