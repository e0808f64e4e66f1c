//! A file that goes by a session: a first call says where, the bytes go there, whole or in parts, and perhaps a last call ends
//! it. No credential goes where the bytes go: the URL that the platform has said is one.

use super::Request;
use super::dispatch::unanswered;
use super::resolve::Target;
use super::upload::Source;
use crate::Engine;
use crate::error::{Error, Result};
use crate::outbound::{Caps, Flow, Pieces, SourceFault};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use solder_connector::{Reading, Session};
use solder_model::{Code, Credential, Problem};
use std::time::Duration;
use tokio::time::timeout;

/// How long a source may pause between two pieces.
const PAUSE: Duration = Duration::from_mins(1);

impl Engine {
    /// Sends a file by a session. What the source holds is left alone until the platform has said where it goes.
    pub(super) async fn send_by_session(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        request: &Request,
        source: &mut Source,
    ) -> Result<Reading> {
        let coming = source.coming("");
        let begin = self.build_with(
            target,
            credential,
            &request.parameters,
            |connector, action, input| connector.begin_upload(action, input, &coming),
        )?;
        if let Some(credential) = credential {
            self.brake(target, credential).await?;
        }
        let begun = self.ask_once(target, request, begin).await?;
        let session = self.build_with(
            target,
            credential,
            &request.parameters,
            |connector, action, input| connector.session(action, input, &coming, &begun),
        )?;
        let Some(session) = session.filter(|_| begun.status().is_success()) else {
            return match self.read_plainly(target, &begun) {
                Reading::Success(_) => Err(nowhere(target)),
                failure @ Reading::Failure(_) => Ok(failure),
            };
        };
        let end = self.build_with(
            target,
            credential,
            &request.parameters,
            |connector, action, input| connector.end_upload(action, input, &coming, &session),
        )?;
        let length = source.length;
        let Some(pieces) = source.pieces.take() else {
            return Err(Error::Internal("a file is sent twice"));
        };
        let sent = match session.part {
            None => {
                self.send_whole(target, request, &session, (pieces, length))
                    .await?
            }
            Some(part) => {
                self.send_parts(target, request, &session, (pieces, length, part))
                    .await?
            }
        };
        let Some(end) = end else {
            return Ok(self.read_plainly(target, &sent));
        };
        if !sent.status().is_success() {
            return Ok(self.read_plainly(target, &sent));
        }
        let ended = self.ask_once(target, request, end).await?;
        Ok(self.read_plainly(target, &ended))
    }

    fn read_plainly(&self, target: &Target, answer: &http::Response<Bytes>) -> Reading {
        target
            .connector
            .read(&target.action, None, answer, self.clock.now())
    }

    async fn ask_once(
        &self,
        target: &Target,
        request: &Request,
        asked: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>> {
        let wait = self.timeout(target, request);
        let caps = Caps::starting_now(wait, self.settings.max_answer_bytes);
        let reach = target.entry.reach_of(&target.connector, &asked);
        let sent = self.outbound.send(reach, &asked, &caps).await;
        sent.map_err(|error| Error::Platform(unanswered(target, &error, wait)))
    }

    async fn send_whole(
        &self,
        target: &Target,
        request: &Request,
        session: &Session,
        (pieces, length): (Pieces, Option<u64>),
    ) -> Result<http::Response<Bytes>> {
        let asked = to_session(session)?.map(|()| Flow {
            head: Bytes::new(),
            pieces,
            tail: Bytes::new(),
            length,
            most: self.settings.max_file_bytes,
        });
        self.flow(target, request, asked).await
    }

    /// Sends a file so many bytes at a time. One part is held, and what follows it is looked at before it goes, since the last
    /// one has to say that it is.
    async fn send_parts(
        &self,
        target: &Target,
        request: &Request,
        session: &Session,
        (pieces, length, part): (Pieces, Option<u64>, usize),
    ) -> Result<http::Response<Bytes>> {
        let most = self.settings.max_file_bytes;
        let mut parts = Parts::new(pieces, part);
        let mut start = 0_u64;
        loop {
            let (held, is_last) = parts.next().await.map_err(|fault| self.unread(&fault))?;
            let end = start + held.len() as u64;
            if end > most {
                return Err(self.unread(&SourceFault::TooLarge(most)));
            }
            if length.is_some_and(|length| end > length || (is_last && end < length)) {
                return Err(self.unread(&SourceFault::OtherLength));
            }
            let total = length.or_else(|| is_last.then_some(end));
            let mut asked = to_session(session)?.map(|()| held);
            asked
                .headers_mut()
                .insert(CONTENT_RANGE, range(start, end, total));
            let answer = self.ask_once(target, request, asked).await?;
            let goes_on = answer.status().is_success() || answer.status() == StatusCode::PERMANENT_REDIRECT;
            if is_last || !goes_on {
                return Ok(answer);
            }
            start = end;
        }
    }
}

/// A file in parts of one size, but for the last.
struct Parts {
    pieces: Pieces,
    size: usize,
    held: BytesMut,
    ended: bool,
}

impl Parts {
    fn new(pieces: Pieces, size: usize) -> Self {
        Self {
            pieces,
            size,
            held: BytesMut::new(),
            ended: false,
        }
    }

    /// The next part, and whether it is the last.
    async fn next(&mut self) -> std::result::Result<(Bytes, bool), SourceFault> {
        while !self.ended && self.held.len() <= self.size {
            match timeout(PAUSE, self.pieces.next()).await {
                Err(_elapsed) => return Err(SourceFault::Paused),
                Ok(Some(Err(_broken))) => return Err(SourceFault::Broken),
                Ok(Some(Ok(piece))) => self.held.extend_from_slice(&piece),
                Ok(None) => self.ended = true,
            }
        }
        let size = self.size.min(self.held.len());
        let part = self.held.split_to(size).freeze();
        Ok((part, self.ended && self.held.is_empty()))
    }
}

/// A request to where the bytes go.
fn to_session(session: &Session) -> Result<http::Request<()>> {
    let mut request = http::Request::new(());
    *request.method_mut() = session.method.clone();
    let uri = session.url.as_str().parse();
    *request.uri_mut() = uri.map_err(|_not_it| Error::Internal("a session's URL is none"))?;
    if let Ok(kind) = HeaderValue::from_str(&session.media_type) {
        request.headers_mut().insert(CONTENT_TYPE, kind);
    }
    Ok(request)
}

/// `Content-Range` (RFC 9110, 14.4): the bytes from `start` on and before `end`.
fn range(start: u64, end: u64, total: Option<u64>) -> HeaderValue {
    let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
    let text = if start == end {
        format!("bytes */{total}")
    } else {
        format!("bytes {start}-{}/{total}", end - 1)
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("bytes */*"))
}

fn nowhere(target: &Target) -> Error {
    let text = format!(
        "{} did not say where the file goes, or named a place that is not its own",
        target.connector.name
    );
    Error::Platform(Problem::new(Code::PlatformError, text).with("step", Value::from("begin")))
}

#[cfg(test)]
mod tests {
    use super::{Parts, range};
    use bytes::Bytes;
    use futures_util::StreamExt;
    use proptest::prelude::*;

    #[test]
    fn a_range_says_the_whole_where_it_is_known() {
        for (start, end, total, wanted) in [
            (0, 5, Some(5), "bytes 0-4/5"),
            (5, 10, None, "bytes 5-9/*"),
            (0, 0, Some(0), "bytes */0"),
        ] {
            assert_eq!(range(start, end, total), wanted);
        }
    }

    proptest! {
        #[test]
        fn parts_are_of_one_size_but_the_last_and_nothing_is_lost(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..12),
            size in 1_usize..7,
        ) {
            let all: Vec<u8> = pieces.concat();
            let given: Vec<_> = pieces.into_iter().map(|piece| Ok(Bytes::from(piece))).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let got = runtime.block_on(async {
                let mut parts = Parts::new(futures_util::stream::iter(given).boxed(), size);
                let mut got = Vec::new();
                loop {
                    let (part, is_last) = parts.next().await.unwrap();
                    got.push(part);
                    if is_last {
                        return got;
                    }
                }
            });
            prop_assert_eq!(got.concat(), all);
            let (last, before) = got.split_last().unwrap();
            prop_assert!(before.iter().all(|part| part.len() == size) && last.len() <= size);
            prop_assert!(got.len() == 1 || !last.is_empty());
        }
    }
}
