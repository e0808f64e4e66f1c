//! Where a file that goes to a platform comes from: whoever sends it, a URL, or a link of ours to another platform's file.

use super::{Direction, file_name};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::outbound::{Length, OutboundError, Pieces, Reach};
use futures_util::StreamExt;
use http::header::CONTENT_TYPE;
use std::time::Duration;
use url::Url;

/// A file on its way to a platform.
pub struct SentFile {
    /// Its name, where it was told.
    pub name: Option<String>,
    /// Its media type, where it was told.
    pub content_type: Option<String>,
    /// How long it is, where it was told: exactly so long it has to be.
    pub length: Option<u64>,
    /// The file, piece by piece.
    pub pieces: Pieces,
}

impl std::fmt::Debug for SentFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SentFile({:?} bytes)", self.length)
    }
}

impl Engine {
    /// Fetches the file at a URL that a caller chose: nothing of a credential goes along, and only what accounts may reach is
    /// reached. `field` is the argument that the URL stands in.
    pub(crate) async fn fetch_file(
        &self,
        caller: &Caller,
        field: &str,
        text: &str,
        wait: Duration,
    ) -> Result<SentFile> {
        let wrong = |message: String| Error::invalid(field, message);
        let own = text
            .strip_prefix(self.settings.public_url.as_str())
            .and_then(|rest| rest.strip_prefix(Direction::Down.path()));
        if let Some(token) = own {
            let file = self.open_file(token, caller.client).await?;
            return Ok(SentFile {
                name: file.name,
                content_type: Some(file.content_type),
                length: file.size,
                pieces: file.body.boxed(),
            });
        }
        let Ok(url) = Url::parse(text) else {
            return Err(wrong("is no URL: `https://host/path` is one".to_owned()));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("holds a user name, which is not sent".to_owned()));
        }
        let most = self.settings.max_file_bytes;
        let fetched = self.outbound.fetch(Reach::Account, &url, wait, most).await;
        let response = fetched.map_err(|error| wrong(unfetched(&error)))?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(wrong(format!("gives no file: it answers {status}")));
        }
        let last = url.path_segments().and_then(|mut segments| segments.next_back());
        let last = last.and_then(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().ok());
        let content_type = response.headers().get(CONTENT_TYPE);
        Ok(SentFile {
            name: file_name(response.headers()).or_else(|| super::name::clean(&last?)),
            content_type: content_type.and_then(|value| Some(value.to_str().ok()?.to_owned())),
            length: response.extensions().get::<Length>().and_then(|length| length.0),
            pieces: response.into_body().boxed(),
        })
    }
}

/// Why a file was not fetched, for whoever chose its URL.
fn unfetched(error: &OutboundError) -> String {
    match error {
        OutboundError::Refused(_) => {
            "leads where files are not fetched from: a public https address is needed, or a network that the operator allowed"
        }
        OutboundError::BadRequest(_) => "must be an https URL",
        OutboundError::Unreachable(_) | OutboundError::Unusable(_) => "could not be reached",
        OutboundError::Timeout => "did not answer in time",
        OutboundError::TooLarge { limit } => return format!("is larger than the {limit} bytes that are taken"),
        OutboundError::Redirected(_) => "redirects more than three times, or to where files are not fetched from",
        OutboundError::Broken(_) | OutboundError::BadAnswer(_) => "broke off before its file began",
    }
    .to_owned()
}
