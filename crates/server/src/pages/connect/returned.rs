//! The browser is back from a platform, for a ticket.

use crate::App;
use crate::pages::{Notice, see_other};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use solder_engine::PageResult;

/// Back to the ticket's page, or, where nothing was connected, to a page that says why.
pub(crate) fn returned(app: &App, ticket: &str, result: &PageResult) -> Response {
    let back = format!("/connect/{ticket}");
    let (title, text) = match result {
        PageResult::Connected { .. } | PageResult::Pending { .. } => return see_other(app, &back, &[]),
        PageResult::Refused => (
            "Nothing was connected",
            "You did not agree at the platform. You can go back and connect it later, or leave it.".to_owned(),
        ),
        PageResult::Expired | PageResult::Used | PageResult::Unknown => (
            "Nothing was connected",
            "It took too long, or was done once already. Go back and see; if it is not connected, connect it once more."
                .to_owned(),
        ),
        PageResult::Failed { text, .. } => (
            "Nothing was connected",
            format!("{}.", text.trim_end_matches('.')),
        ),
    };
    Notice::new(StatusCode::OK, title, text)
        .with_link(back, "Back to all accounts")
        .into_response()
}
