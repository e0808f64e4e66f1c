//! The endpoints that clients post to: token, registration, revocation. Refusals are OAuth's own JSON (RFC 6749, 5.2).

use crate::App;
use crate::arrival::Arrival;
use crate::body::read_body;
use crate::problem::JSON;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use solder_engine::{OauthError, OauthForm, OauthRefusal};
use std::sync::Arc;

/// A refusal on its way out.
pub(super) struct Refused {
    refusal: OauthRefusal,
    /// Whether the client tried to prove itself by a header: then the answer names the scheme.
    by_header: bool,
}

impl From<OauthRefusal> for Refused {
    fn from(refusal: OauthRefusal) -> Self {
        Self {
            refusal,
            by_header: false,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let refusal = self.refusal;
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({ "error": refusal.error.as_str(), "error_description": refusal.description });
        let mut response = answer(status, &body);
        let headers = response.headers_mut();
        if let Some(seconds) = refusal.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.by_header && refusal.error == OauthError::InvalidClient {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"Solder\""),
            );
        }
        response
    }
}

/// `POST /oauth/token`
pub(super) async fn token(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    request: Request,
) -> Result<Response, Refused> {
    let posted = Posted::read(&app, request).await?;
    let form = posted.form(&arrival)?;
    let tokens = app.engine.exchange_token(&form).await;
    tokens
        .map(|tokens| answer(StatusCode::OK, &tokens))
        .map_err(|refusal| posted.refused(refusal))
}

/// `POST /oauth/revoke`
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    request: Request,
) -> Result<StatusCode, Refused> {
    let posted = Posted::read(&app, request).await?;
    let form = posted.form(&arrival)?;
    let revoked = app.engine.revoke_token(&form).await;
    revoked
        .map(|()| StatusCode::OK)
        .map_err(|refusal| posted.refused(refusal))
}

/// `POST /oauth/register`
pub(super) async fn register(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let bytes = read_body(&app, &parts.headers, body).await;
    let bytes =
        bytes.map_err(|problem| OauthRefusal::new(OauthError::InvalidClientMetadata, problem.message))?;
    let is_json = media(&parts).eq_ignore_ascii_case("application/json");
    let metadata = match serde_json::from_slice(&bytes) {
        Ok(Value::Object(metadata)) if is_json => metadata,
        _ => {
            let words = "The body must be a JSON object, sent as application/json";
            return Err(OauthRefusal::new(OauthError::InvalidClientMetadata, words).into());
        }
    };
    let registered = app.engine.register_client(&metadata, arrival.client()).await?;
    Ok(answer(StatusCode::CREATED, &registered))
}

/// A form, and how the client wants to be known.
struct Posted {
    fields: Vec<(String, String)>,
    authorization: Option<HeaderValue>,
}

impl Posted {
    async fn read(app: &App, request: Request) -> Result<Self, OauthRefusal> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(app, &parts.headers, body).await;
        let refused = |words: String| OauthRefusal::new(OauthError::InvalidRequest, words);
        let bytes = bytes.map_err(|problem| refused(problem.message))?;
        if !media(&parts).eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let words = "The body must be a form, sent as application/x-www-form-urlencoded";
            return Err(refused(words.to_owned()));
        }
        let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
        let authorization = sent.next().cloned();
        if sent.next().is_some() {
            return Err(refused("The Authorization header is sent twice".to_owned()));
        }
        Ok(Self {
            fields: form_urlencoded::parse(&bytes).into_owned().collect(),
            authorization,
        })
    }

    fn form(&self, arrival: &Arrival) -> Result<OauthForm<'_>, Refused> {
        let authorization = match self.authorization.as_ref().map(HeaderValue::to_str) {
            None => None,
            Some(Ok(text)) => Some(text),
            Some(Err(_not_text)) => {
                let words = "The Authorization header is not Basic";
                return Err(self.refused(OauthRefusal::new(OauthError::InvalidClient, words)));
            }
        };
        Ok(OauthForm {
            fields: &self.fields,
            authorization,
            from: arrival.client(),
        })
    }

    fn refused(&self, refusal: OauthRefusal) -> Refused {
        Refused {
            refusal,
            by_header: self.authorization.is_some(),
        }
    }
}

fn media(parts: &Parts) -> &str {
    let sent = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    sent.unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
}

/// JSON that no cache keeps: the edge says `no-store`, and older caches read `Pragma` (RFC 6749, 5.1).
fn answer(status: StatusCode, view: &impl Serialize) -> Response {
    let Ok(json) = serde_json::to_vec(view) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
        .headers_mut()
        .insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
