//! `GET /sign-in/{attempt}/{provider}` and `GET /sign-in/callback`: to a provider and back.

use super::password::signed;
use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Browser, Notice, see_other};
use crate::path::Segments;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use solder_engine::ProviderAnswer;
use std::borrow::Cow;
use std::sync::Arc;

/// Sends the browser to the provider.
pub(crate) async fn sign_in_at_provider(
    State(app): State<Arc<App>>,
    browser: Browser,
    segments: Segments,
) -> Result<Response, Notice> {
    let (attempt, provider) = (segments.text("attempt"), segments.text("provider"));
    let url = app
        .engine
        .sign_in_at_provider(attempt, &browser.digest, provider)
        .await?;
    Ok(see_other(&app, &url, &[]))
}

/// Takes what the browser brings back.
pub(crate) async fn sign_in_from_provider(
    State(app): State<Arc<App>>,
    browser: Browser,
    arrival: Arrival,
    RawQuery(query): RawQuery,
) -> Result<Response, Notice> {
    let query = query.unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let answer = read(&pairs)?;
    let done = app
        .engine
        .sign_in_from_provider(&browser.digest, &answer, arrival.client())
        .await;
    match done {
        Ok(done) => Ok(signed(&app, done)),
        Err(refused) => {
            let notice = Notice::from(*refused.error);
            Err(match refused.return_to {
                Some(path) => notice.with_link(path, "Start again"),
                None => notice,
            })
        }
    }
}

/// The parameters of the answer. One that stands twice could be read in two ways.
fn read<'q>(pairs: &'q [(Cow<'_, str>, Cow<'_, str>)]) -> Result<ProviderAnswer<'q>, Notice> {
    let mut answer = ProviderAnswer::default();
    for (name, value) in pairs {
        let place = match name.as_ref() {
            "state" => &mut answer.state,
            "code" => &mut answer.code,
            "iss" => &mut answer.issuer,
            "error" => &mut answer.error,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(Notice::new(
                StatusCode::BAD_REQUEST,
                "This did not work",
                "What the provider sent back says one thing twice. Start again where you came from.",
            ));
        }
    }
    Ok(answer)
}
