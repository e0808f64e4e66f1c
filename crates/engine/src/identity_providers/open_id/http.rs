//! The way of a provider's requests through the guarded client.

use super::wrong::Wrong;
use crate::outbound::{Caps, Outbound, OutboundError, Reach};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long a provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is taken of one, in bytes.
const MOST: usize = 256 * 1_024;

/// Sends a provider's requests.
pub(super) struct Http {
    outbound: Arc<Outbound>,
    reach: Reach,
}

impl Http {
    pub(super) fn new(outbound: &Arc<Outbound>, reach: Reach) -> Self {
        Self {
            outbound: Arc::clone(outbound),
            reach,
        }
    }

    /// What the provider says of the user whom an access token was given for.
    pub(super) async fn user_info(&self, url: &Url, access_token: &str) -> Result<Map<String, Value>, Wrong> {
        let unusable = || Wrong::Refused("the user's details cannot be asked for".to_owned());
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {access_token}")).map_err(|_bad| unusable())?;
        bearer.set_sensitive(true);
        let request = Request::builder()
            .method(Method::GET)
            .uri(url.as_str())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(AUTHORIZATION, bearer)
            .body(Vec::new())
            .map_err(|_bad| unusable())?;
        let response = self.call(request).await.map_err(Wrong::Outbound)?;
        let is_json = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|media| media.to_ascii_lowercase().starts_with("application/json"));
        if response.status() != StatusCode::OK || !is_json {
            return Err(Wrong::Refused(format!(
                "it does not tell the user's details (HTTP {})",
                response.status().as_u16()
            )));
        }
        serde_json::from_slice(response.body())
            .map_err(|_bad| Wrong::Refused("the user's details are no JSON object".to_owned()))
    }
}

impl AsyncHttpClient<'_> for Http {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send>>;

    fn call(&self, request: HttpRequest) -> Self::Future {
        let (outbound, reach) = (Arc::clone(&self.outbound), self.reach);
        Box::pin(async move {
            let request = request.map(Bytes::from);
            let caps = Caps::starting_now(PATIENCE, MOST);
            let response = outbound.send(reach, &request, &caps).await?;
            Ok(response.map(|body| body.to_vec()))
        })
    }
}
