//! `POST /connect/{ticket}/answer`: the person's word on what was connected.

use super::here::Here;
use super::posted;
use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Form, Notice, see_other};
use crate::path::Segments;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::sync::Arc;

/// Keeps what waits where the answer is yes, and forgets it where it is no. Any other answer changes nothing.
pub(crate) async fn answer(
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
    let back = format!("/connect/{}", visit.id());
    let key = form.get("key").unwrap_or_default();
    let answered = match form.get("answer") {
        Some("yes") => app.engine.answer_waiting(&visit, key, true).await,
        Some("no") => app.engine.answer_waiting(&visit, key, false).await,
        _ => Ok(true),
    };
    match answered {
        Ok(true) => see_other(&app, &back, &[]),
        Ok(false) => Notice::new(
            StatusCode::CONFLICT,
            "There was nothing to answer any more",
            "It was answered before, or waited for too long and was forgotten. If it is not connected, connect it once \
             more.",
        )
        .with_link(back, "Back to all accounts")
        .into_response(),
        Err(error) => Notice::from(error)
            .with_link(back, "Back to all accounts")
            .into_response(),
    }
}
