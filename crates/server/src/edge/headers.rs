//! The headers that every answer carries.

use crate::arrival::{Arrival, Rate};
use axum::response::Response;
use http::header::{CACHE_CONTROL, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Writes the request's id, the security headers and what a window said.
///
/// Nothing may be kept by caches: answers hold tokens, and URLs that are tokens lead to them. The id is always our
/// own: one of a client's would let it write into the log.
pub(super) fn write(response: &mut Response, arrival: &Arrival) {
    let headers = response.headers_mut();
    headers.reserve(8);
    headers.insert(X_REQUEST_ID, arrival.request_id().clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages and their assets say these for themselves.
    headers
        .entry(REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Some(rate) = arrival.rate() {
        write_rate(headers, rate);
    }
}

/// `RateLimit` and `RateLimit-Policy` as the IETF's draft-ietf-httpapi-ratelimit-headers writes them: the quota `q`
/// of a window of `w` seconds, the rest `r` of it, and the seconds `t` until there is more.
fn write_rate(headers: &mut HeaderMap, rate: Rate) {
    let Rate { policy, state } = rate;
    let window_s = state.limit.window.as_secs().max(1);
    let wait_s = state.retry_after_s.unwrap_or(state.reset_s);
    let quota = HeaderValue::try_from(format!("\"{policy}\";q={};w={window_s}", state.limit.count));
    let rest = HeaderValue::try_from(format!("\"{policy}\";r={};t={wait_s}", state.remaining));
    if let (Ok(quota), Ok(rest)) = (quota, rest) {
        headers.insert(RATE_LIMIT_POLICY, quota);
        headers.insert(RATE_LIMIT, rest);
    }
}
