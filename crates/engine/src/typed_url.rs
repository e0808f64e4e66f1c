//! Reading what stands at a URL that somebody has typed: the operator, or an account.

use crate::outbound::{Caps, Outbound, OutboundError, OutboundSettings, Reach};
use bytes::Bytes;
use solder_model::Entropy;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long the answer may take.
const TIME: Duration = Duration::from_mins(1);

/// Reads what stands at a URL: any address, by HTTP too, since whoever runs the binary chose it. At most `most` bytes are
/// taken, in a minute; a redirect is followed within the same scheme, host and port.
///
/// # Errors
///
/// A sentence: not a URL, out of reach, too large, too slow, or answered with anything but success.
pub async fn read_typed_url(url: &str, most: usize, entropy: Arc<dyn Entropy>) -> Result<Bytes, String> {
    let outbound = Outbound::new(OutboundSettings::default(), entropy);
    read_url(&outbound, Reach::Override, url, most).await
}

/// The same within a reach, which says what may be asked for.
pub(crate) async fn read_url(
    outbound: &Outbound,
    reach: Reach,
    url: &str,
    most: usize,
) -> Result<Bytes, String> {
    let url = Url::parse(url).map_err(|error| format!("is not a URL: {error}"))?;
    let request = http::Request::get(url.as_str())
        .header(http::header::ACCEPT, "application/json, application/yaml, */*")
        .header(http::header::USER_AGENT, "solder")
        .body(Bytes::new())
        .map_err(|error| format!("cannot be asked for: {error}"))?;
    let answer = outbound
        .send(reach, &request, &Caps::starting_now(TIME, most))
        .await
        .map_err(|error| told(&error))?;
    if !answer.status().is_success() {
        return Err(format!(
            "was answered with the status {}",
            answer.status().as_u16()
        ));
    }
    Ok(answer.into_body())
}

fn told(error: &OutboundError) -> String {
    match error {
        OutboundError::TooLarge { limit } => format!("is larger than {limit} bytes, the most that is read"),
        OutboundError::Redirected(_) => "leads to another address: give that one instead".to_owned(),
        other => format!("could not be read: {other}"),
    }
}
