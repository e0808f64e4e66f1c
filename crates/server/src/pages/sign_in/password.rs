//! `POST /sign-in/{attempt}`: the form of user and password.

use super::choose::{Refused, show};
use super::{VISITOR, purpose};
use crate::App;
use crate::arrival::Arrival;
use crate::pages::{Browser, Cookie, Form, Notice, see_other};
use crate::path::Segments;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use solder_engine::{Error, PasswordForm, SIGN_IN_LASTS, SignedIn};
use solder_model::Secret;
use std::sync::Arc;

/// Signs in, or shows the form again with what was wrong.
pub(crate) async fn sign_in_by_password(
    State(app): State<Arc<App>>,
    browser: Browser,
    arrival: Arrival,
    segments: Segments,
    form: Form,
) -> Result<Response, Notice> {
    let attempt = segments.text("attempt");
    browser.check(&app, &form, &purpose(attempt))?;
    let typed = form.get("user").unwrap_or_default();
    let filled = PasswordForm {
        user: typed,
        password: Secret::new(form.get("password").unwrap_or_default()),
    };
    let signed_in = app
        .engine
        .sign_in_by_password(attempt, &browser.digest, filled, arrival.client())
        .await;
    match signed_in {
        Ok(done) => Ok(signed(&app, done)),
        Err(Error::Unauthorized) => {
            let refused = Refused {
                status: StatusCode::FORBIDDEN,
                typed,
                fault: "This user and password do not belong together. Check both and try again.",
            };
            Ok(show(&app, &browser, attempt, Some(refused))
                .await?
                .into_response())
        }
        Err(Error::RateLimited { retry_after_s }) => {
            let fault = format!(
                "There were too many wrong passwords. Wait {} and try again; until then even the right one is not \
                 looked at.",
                wait(retry_after_s)
            );
            let refused = Refused {
                status: StatusCode::TOO_MANY_REQUESTS,
                typed,
                fault: &fault,
            };
            let mut response = show(&app, &browser, attempt, Some(refused))
                .await?
                .into_response();
            response.headers_mut().insert(RETRY_AFTER, retry_after_s.into());
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

/// Sends the browser on, with the visitor's cookie.
pub(super) fn signed(app: &App, done: SignedIn) -> Response {
    let cookie = Cookie::new(VISITOR, done.cookie, SIGN_IN_LASTS);
    see_other(app, &done.return_to, &[&cookie])
}

/// A wait in words.
fn wait(seconds: i64) -> String {
    match seconds {
        ..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.saturating_add(59).div_euclid(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn a_wait_is_told_in_seconds_and_then_in_minutes() {
        assert_eq!(wait(7), "7 seconds");
        assert_eq!(wait(91), "2 minutes");
        assert_eq!(wait(900), "15 minutes");
    }
}
