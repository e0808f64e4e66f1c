//! Redirects: a read may be sent on within the place that it was meant for, and nowhere else.
//!
//! Another host, port or scheme is another party, and every request may carry a credential. So a redirect there is
//! an error and says so, even where the request carries none: what is safe must not depend on spotting a secret.

use super::client::Clients;
use super::exchange::{ask, exchange, is_encoded, target};
use super::{Caps, OutboundError, Reach};
use bytes::Bytes;
use http::header::LOCATION;
use http::{Method, StatusCode};
use url::Url;

/// How often a read is sent on.
const MOST: u32 = 3;

/// Sends a request and follows what may be followed.
pub(super) async fn follow(
    clients: &Clients,
    reach: Reach,
    request: &http::Request<Bytes>,
    caps: &Caps,
) -> Result<http::Response<Bytes>, OutboundError> {
    let mut url = target(request.uri())?;
    let mut followed = 0;
    loop {
        let response = exchange(clients, reach, url.clone(), request, caps).await?;
        let Some(next) = next(&url, request.method(), &response, Leads::Within)? else {
            return Ok(response);
        };
        followed += 1;
        if followed > MOST {
            return Err(OutboundError::Redirected(
                "the platform redirects more than three times",
            ));
        }
        url = next;
    }
}

/// How far a redirect may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// Within the place that the request was meant for.
    Within,
    /// To any host that the reach allows, and from HTTPS to HTTPS alone: for requests that never carry a credential.
    Anywhere,
}

/// The same for an answer that is read by whoever asks.
pub(super) async fn follow_unread(
    clients: &Clients,
    reach: Reach,
    request: &http::Request<Bytes>,
    leads: Leads,
) -> Result<(reqwest::Response, bool), OutboundError> {
    let mut url = target(request.uri())?;
    let mut followed = 0;
    loop {
        let (response, plain) = ask(clients, reach, url.clone(), request).await?;
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.headers_mut() = response.headers().clone();
        let Some(next) = next(&url, request.method(), &head, leads)? else {
            if is_encoded(&response) && response.status().is_success() {
                return Err(OutboundError::BadAnswer(
                    "it is compressed in a way that was not asked for",
                ));
            }
            return Ok((response, plain));
        };
        followed += 1;
        if followed > MOST {
            return Err(OutboundError::Redirected(
                "the platform redirects more than three times",
            ));
        }
        url = next;
    }
}

/// Where an answer sends a read on to; `None` where it does not, or where the request is a write.
fn next<B>(
    from: &Url,
    method: &Method,
    response: &http::Response<B>,
    leads: Leads,
) -> Result<Option<Url>, OutboundError> {
    let redirects = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !redirects || !matches!(*method, Method::GET | Method::HEAD) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let unreadable = OutboundError::Redirected("the platform redirects to something that is no URL");
    let Some(next) = location
        .to_str()
        .ok()
        .and_then(|location| from.join(location).ok())
    else {
        return Err(unreadable);
    };
    let is_within = match leads {
        Leads::Within => next.origin() == from.origin(),
        Leads::Anywhere => next.scheme() == "https" || next.scheme() == from.scheme(),
    };
    if !next.username().is_empty() || next.password().is_some() || (!is_within && leads == Leads::Anywhere) {
        return Err(OutboundError::Redirected(
            "it redirects to a URL without TLS or with a user name",
        ));
    }
    if !is_within {
        return Err(OutboundError::Redirected(
            "the platform redirects to another host, and requests that may carry a credential are not sent on to one",
        ));
    }
    Ok(Some(next))
}
