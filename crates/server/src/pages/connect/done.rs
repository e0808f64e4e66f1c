//! `POST /connect/{ticket}/done`: ends the ticket.

use super::here::Here;
use super::{onward, posted};
use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Form, Notice};
use crate::path::Segments;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_engine::Landing;
use std::sync::Arc;

/// Ends the ticket, and takes the browser back to where the ticket says.
pub(crate) async fn finish(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    here: Here,
    segments: Segments,
    form: Form,
) -> Response {
    let visit = match posted(&app, &arrival, &here, segments.text("ticket"), &form).await {
        Ok(visit) => visit,
        Err(other) => return other,
    };
    match app.engine.finish_ticket(&visit).await {
        Ok(Landing::Redirect(url)) => onward::home(&url),
        Ok(Landing::Stay { unlisted: None }) => {
            let text = "You can close this page. To connect more, ask for a new link.";
            Notice::new(StatusCode::OK, "All done", text).into_response()
        }
        Ok(Landing::Stay { unlisted: Some(uri) }) => {
            let text = format!(
                "You were to be taken back to {uri}, which is not on the account's list of addresses, so you stay here. \
                 Nothing is lost: close this page, and go back by yourself."
            );
            Notice::new(StatusCode::OK, "All done", text).into_response()
        }
        Err(error) => Notice::from(error).into_response(),
    }
}
