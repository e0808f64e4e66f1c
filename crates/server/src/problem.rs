//! The one place that makes HTTP answers of problems: the envelope, and the headers that go with a code.

use crate::wording::by_endpoints;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use solder_model::{Code, Problem};

/// The media type of every answer that is not an event stream.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request that is not served, on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    problem: Problem,
    challenge: Challenge,
}

/// What a 401 asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Nothing was sent: a key would do.
    Bearer,
    /// What was sent does not hold. For token URLs always: there is nothing else to try, and no metadata is named,
    /// so that no client opens a browser for a token that can never help.
    InvalidToken,
    /// The server takes OAuth: a client can sign its user in.
    Oauth(OauthChallenge),
}

/// The parameters of a challenge that OAuth clients read (RFC 6750, 3, and RFC 9728, 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OauthChallenge {
    /// What was wrong with the token, where one was sent.
    pub(crate) error: Option<&'static str>,
    /// Where the server's metadata stand; absent where they would lead nowhere, as on a token URL.
    pub(crate) metadata: Option<String>,
    /// What to ask for.
    pub(crate) scope: &'static str,
}

impl Challenge {
    fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Bearer => Some(HeaderValue::from_static("Bearer")),
            Self::InvalidToken => Some(HeaderValue::from_static("Bearer error=\"invalid_token\"")),
            Self::Oauth(challenge) => {
                let mut parameters = Vec::new();
                parameters.extend(challenge.error.map(|error| format!("error=\"{error}\"")));
                let metadata = challenge.metadata.as_ref();
                parameters.extend(metadata.map(|url| format!("resource_metadata=\"{url}\"")));
                parameters.push(format!("scope=\"{}\"", challenge.scope));
                HeaderValue::try_from(format!("Bearer {}", parameters.join(", "))).ok()
            }
        }
    }
}

/// Marks an answer to a fault of ours, so that the edge can put the request's id into it.
#[derive(Debug, Clone)]
pub(crate) struct OwnFault(pub(crate) Problem);

impl Failure {
    pub(crate) fn new(problem: Problem) -> Self {
        Self {
            problem,
            challenge: Challenge::InvalidToken,
        }
    }

    /// The same failure with another challenge.
    #[must_use]
    pub(crate) fn asking(mut self, challenge: Challenge) -> Self {
        self.challenge = challenge;
        self
    }

    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Adds the headers that belong to the problem, whatever form its body has.
    pub(crate) fn write_headers(&self, headers: &mut HeaderMap) {
        match self.problem.code {
            Code::Unauthorized => {
                headers.extend(self.challenge.header().map(|value| (WWW_AUTHENTICATE, value)));
            }
            // A step up to more scopes; other refusals of a caller who is known ask for nothing.
            Code::Forbidden if matches!(self.challenge, Challenge::Oauth(_)) => {
                headers.extend(self.challenge.header().map(|value| (WWW_AUTHENTICATE, value)));
            }
            Code::RateLimited => {
                let seconds = self
                    .problem
                    .details
                    .get("retryAfterSeconds")
                    .and_then(serde_json::Value::as_i64);
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds.unwrap_or(1)));
            }
            Code::PlatformRateLimited | Code::PlatformQuota => {
                let seconds = self.problem.details.get("retryAfterSeconds");
                if let Some(seconds) = seconds.and_then(serde_json::Value::as_i64) {
                    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
                }
            }
            Code::Unavailable => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(problem)
    }
}

impl From<solder_engine::Error> for Failure {
    /// Logs the cause, once, where it is a fault of ours; the answer holds nothing of it.
    fn from(error: solder_engine::Error) -> Self {
        error.log();
        Self::new(by_endpoints(error.problem()))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = envelope(&self.problem);
        self.write_headers(response.headers_mut());
        if self.problem.code == Code::InternalError {
            response.extensions_mut().insert(OwnFault(self.problem));
        }
        response
    }
}

/// The envelope of a problem, with its status.
pub(crate) fn envelope(problem: &Problem) -> Response {
    let mut response = Response::new(Body::from(problem.to_envelope().to_string()));
    *response.status_mut() = status(problem.code);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

pub(crate) fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A fault of ours that has no better cause to tell.
pub(crate) fn own_fault() -> Problem {
    Problem::new(
        Code::InternalError,
        "Something went wrong on our side; the request id finds it in the log",
    )
}

/// No such route.
pub(crate) fn no_route() -> Failure {
    Failure::new(Problem::new(
        Code::NotFound,
        "There is nothing at this path; /api/openapi.json describes what there is",
    ))
}

/// The route is there, the method is not; `Allow` names those that are.
pub(crate) fn no_method() -> Failure {
    Failure::new(Problem::new(
        Code::MethodNotAllowed,
        "Method not allowed: the `Allow` header names those that are",
    ))
}

#[cfg(test)]
mod tests {
    use super::{Challenge, Failure};
    use axum::response::IntoResponse;
    use solder_model::{Code, Problem};

    #[test]
    fn every_code_becomes_its_status_and_an_envelope() {
        for code in Code::ALL {
            let response = Failure::new(Problem::new(*code, "x")).into_response();
            assert_eq!(response.status().as_u16(), code.status());
            assert_eq!(response.headers()["content-type"], "application/json");
        }
    }

    #[test]
    fn a_401_says_what_would_do_and_a_429_when() {
        let missing = Failure::new(Problem::new(Code::Unauthorized, "x"))
            .asking(Challenge::Bearer)
            .into_response();
        assert_eq!(missing.headers()["www-authenticate"], "Bearer");
        let wrong = Failure::new(Problem::new(Code::Unauthorized, "x")).into_response();
        assert_eq!(
            wrong.headers()["www-authenticate"],
            "Bearer error=\"invalid_token\""
        );
        let limited =
            Failure::new(Problem::new(Code::RateLimited, "x").with("retryAfterSeconds", 7)).into_response();
        assert_eq!(limited.headers()["retry-after"], "7");
        let told = Problem::new(Code::PlatformRateLimited, "x").with("retryAfterSeconds", 9);
        assert_eq!(Failure::new(told).into_response().headers()["retry-after"], "9");
        let untold = Failure::new(Problem::new(Code::PlatformQuota, "x")).into_response();
        assert!(!untold.headers().contains_key("retry-after"));
    }
}
