//! Links to files: what a platform gives that is no small text goes past the model, as a link with an expiry; so does what a
//! user's machine sends to a platform.
//!
//! A link carries, sealed, who may follow it and what it asks of the platform, so that every node can open it and none has to
//! keep it. Following it goes the way of a call once more: whatever has been closed meanwhile, the server, the key, the
//! credential, the restrictions, closes the link too. The file streams through, and is never held as a whole.

mod holder;
mod link;
mod name;
mod source;

pub(crate) use link::Direction;
pub use name::file_name;
pub use source::SentFile;

use crate::Engine;
use crate::call::{Answer, Request};
use crate::caller::Caller;
use crate::error::Result;
use crate::outbound::{Body, Cut};
use crate::scope::Scope;
use link::gone;
use serde_json::{Map, Value, json};
use solder_connector::{Action, Connector};
use solder_model::Credential;
use std::net::IpAddr;

/// What is read of a file to tell whether it is a small text, in bytes.
pub(crate) const PEEK: usize = 64 * 1024;

/// A file on its way from a platform.
#[derive(Debug)]
pub struct OpenedFile {
    /// The media type, as the platform says.
    pub content_type: String,
    /// How long it is, where the platform says.
    pub size: Option<u64>,
    /// Its name, where the platform says.
    pub name: Option<String>,
    /// The file, piece by piece.
    pub body: Body,
}

/// What is told of a file that was looked at: all of it where it is a small text.
pub(crate) fn peeked(value: Value, response: &http::Response<bytes::Bytes>) -> Value {
    let cut = response.extensions().get::<Cut>();
    if cut.is_none() && value.get("text").is_some() {
        return value;
    }
    let kind = value.get("contentType").cloned().unwrap_or_default();
    let size = cut.map_or_else(|| Some(response.body().len() as u64), |cut| cut.length);
    let mut file = Map::from_iter([("contentType".to_owned(), kind)]);
    file.extend(size.map(|size| ("size".to_owned(), json!(size))));
    file.extend(file_name(response.headers()).map(|name| ("name".to_owned(), json!(name))));
    Value::Object(file)
}

impl Engine {
    /// Adds a link to what is told of a file, where what is told is not all of it.
    pub(crate) fn with_link(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        (connector, action): (&Connector, &Action),
        request: &Request,
        (credential, mut value): (Option<&Credential>, Value),
    ) -> Result<Value> {
        let is_whole = value
            .get("text")
            .and_then(Value::as_str)
            .is_some_and(|text| text.len() <= self.settings.shaping.string_bytes);
        let Some(file) = value.as_object_mut().filter(|_| !is_whole) else {
            return Ok(value);
        };
        let (url, until) = self.link(
            Direction::Down,
            (caller, scope),
            (connector, action),
            request,
            credential,
        )?;
        file.insert("url".to_owned(), json!(url));
        file.insert("expiresAt".to_owned(), json!(until.to_string()));
        Ok(value)
    }

    /// What is answered in place of an outcome where a file is to be sent first.
    pub(crate) fn upload_offer(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        (connector, action): (&Connector, &Action),
        request: &Request,
        credential: Option<&Credential>,
    ) -> Result<Value> {
        let (url, until) = self.link(
            Direction::Up,
            (caller, scope),
            (connector, action),
            request,
            credential,
        )?;
        Ok(json!({
            "uploadUrl": url,
            "expiresAt": until.to_string(),
            "next": "Nothing is done yet. Send the file's bytes to uploadUrl by PUT or POST, once, from where the file is: \
                     curl -T FILE 'URL'. What that request answers is the outcome.",
        }))
    }

    /// Follows a link to a file.
    pub async fn open_file(&self, token: &str, client: IpAddr) -> Result<OpenedFile> {
        let followed = self.follow_link(Direction::Down, token, client).await?;
        // In a place of its own: it is large.
        Box::pin(self.stream_file(&followed.caller, followed.scope(), &followed.request)).await
    }

    /// Takes the file that a link was made for, and executes the action with it: once for each link, on all nodes.
    ///
    /// # Errors
    ///
    /// Those of an execution. A link whose file was begun to be sent to the platform is used up, however that ended.
    pub async fn take_file(&self, token: &str, client: IpAddr, file: SentFile) -> Result<Answer> {
        let followed = self.follow_link(Direction::Up, token, client).await?;
        let (link, until) = (followed.link, followed.until);
        let spend = async || {
            let fresh = self.storage.spend_link(&link, until, self.clock.now()).await?;
            if fresh { Ok(()) } else { Err(gone()) }
        };
        // In a place of its own: it is large.
        let sending = self.execute_with(&followed.caller, followed.scope(), &followed.request, file, spend);
        Box::pin(sending).await
    }
}
