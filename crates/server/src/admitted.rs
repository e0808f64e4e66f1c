//! The first two steps of every request of the management API: authenticate, then the caller's window.

use crate::App;
use crate::arrival::Arrival;
use crate::identity::IdentityHeaders;
use crate::mcp::CALLS;
use crate::problem::{Challenge, Failure};
use axum::extract::FromRequestParts;
use http::request::Parts;
use solder_engine::Caller;
use std::sync::Arc;

/// A caller who was let in and is within the limit.
#[derive(Debug)]
pub(crate) struct Admitted(pub(crate) Caller);

impl FromRequestParts<Arc<App>> for Admitted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let Ok(arrival) = Arrival::from_request_parts(parts, app).await;
        let headers = IdentityHeaders::read(&parts.headers)?;
        let asks = if headers.has_proof() {
            Challenge::InvalidToken
        } else {
            Challenge::Bearer
        };
        let found = app
            .engine
            .authenticate_api(&headers.identity(arrival.client()))
            .await;
        let caller = found.map_err(|error| Failure::from(error).asking(asks))?;
        if let Some(state) = app.engine.limit_calls(&caller, 1).await {
            arrival.tell_rate(CALLS, state);
            state.refusal()?;
        }
        Ok(Self(caller))
    }
}
