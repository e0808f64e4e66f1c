//! One request, one answer, within its size.

use super::client::{Clients, explain};
use super::{Caps, OutboundError, Reach};
use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName, HeaderValue, Method};
use url::Url;

/// These frame the message, or say what can be decompressed: they are the client's to set, and a request that
/// brings its own could be read as two.
const OURS: [HeaderName; 9] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Room that is made for an answer whose length is not told, or not believed.
const FIRST_ROOM: usize = 64 * 1024;

/// The URL that a request is for, once it is certain that reading it changes nothing of where it leads.
pub(super) fn target(uri: &http::Uri) -> Result<Url, OutboundError> {
    let bad = OutboundError::BadRequest;
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err(bad("the URL holds a user name"));
    }
    if uri.path().split(['/', '\\']).any(climbs) {
        return Err(bad("the URL's path holds a `.` or `..` segment"));
    }
    Url::parse(&uri.to_string()).map_err(|_not_it| bad("the URL cannot be read"))
}

/// Whether a URL parser would take the segment for a step within the path, and leave it out.
fn climbs(segment: &str) -> bool {
    let dots = segment.len() <= 6
        && segment
            .bytes()
            .next()
            .is_some_and(|byte| byte == b'.' || byte == b'%');
    dots && matches!(
        segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
        "." | ".."
    )
}

/// Sends `request` to `url` and reads the answer, whatever its status.
pub(super) async fn exchange(
    clients: &Clients,
    reach: Reach,
    url: Url,
    request: &http::Request<Bytes>,
    caps: &Caps,
) -> Result<http::Response<Bytes>, OutboundError> {
    let (response, plain) = ask(clients, reach, url, request).await?;
    read(response, caps, plain).await
}

/// Sends `request` to `url`; the answer has begun, and nothing of it is read. Whether it came without TLS is told too.
pub(super) async fn ask(
    clients: &Clients,
    reach: Reach,
    url: Url,
    request: &http::Request<Bytes>,
) -> Result<(reqwest::Response, bool), OutboundError> {
    let plain = url.scheme() == "http";
    let client = clients.find(reach, &url)?;
    let sent = client.execute(outgoing(url, request)).await;
    Ok((sent.map_err(|error| explain(error, plain))?, plain))
}

pub(super) fn outgoing(url: Url, request: &http::Request<Bytes>) -> reqwest::Request {
    let mut outgoing = reqwest::Request::new(request.method().clone(), url);
    let mut headers = request.headers().clone();
    for name in &OURS {
        headers.remove(name);
    }
    if !request.body().is_empty() {
        *outgoing.body_mut() = Some(request.body().clone().into());
    } else if matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
        // Many platforms answer 411 to a write that does not say that it is empty.
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    *outgoing.headers_mut() = headers;
    outgoing
}

/// Reads an answer whole, within its size.
pub(super) async fn read(
    mut response: reqwest::Response,
    caps: &Caps,
    plain: bool,
) -> Result<http::Response<Bytes>, OutboundError> {
    let encoded = is_encoded(&response);
    let length = response.content_length();
    let limit = caps.max_response_bytes;
    let is_large = length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit));
    if is_large && !caps.is_peek {
        return Err(OutboundError::TooLarge { limit });
    }
    let mut answer = http::Response::new(Bytes::new());
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    if encoded && answer.status().is_success() {
        return Err(OutboundError::BadAnswer(
            "it is compressed in a way that was not asked for",
        ));
    }
    let (body, is_cut) = read_body(response, caps, plain).await?;
    *answer.body_mut() = body;
    if is_cut {
        answer.extensions_mut().insert(Cut { length });
    }
    Ok(answer)
}

/// Whether an answer is compressed in a way that is not spoken here.
pub(super) fn is_encoded(response: &reqwest::Response) -> bool {
    response
        .headers()
        .get(CONTENT_ENCODING)
        .is_some_and(|value| value != "identity")
}

/// Marks an answer of which only the beginning was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// How long all of it is, where the platform says.
    pub(crate) length: Option<u64>,
}

/// An answer of one piece, as most are, is handed on as it came.
async fn read_body(
    mut response: reqwest::Response,
    caps: &Caps,
    plain: bool,
) -> Result<(Bytes, bool), OutboundError> {
    let limit = caps.max_response_bytes;
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| explain(error, plain))? {
        if first.len() + whole.len() + piece.len() > limit {
            return if caps.is_peek {
                Ok((if whole.is_empty() { first } else { whole.freeze() }, true))
            } else {
                Err(OutboundError::TooLarge { limit })
            };
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
            continue;
        }
        if !first.is_empty() {
            let told = response
                .content_length()
                .and_then(|length| usize::try_from(length).ok());
            whole.reserve(
                told.unwrap_or(FIRST_ROOM)
                    .min(limit)
                    .max(first.len() + piece.len()),
            );
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        whole.extend_from_slice(&piece);
    }
    Ok((if whole.is_empty() { first } else { whole.freeze() }, false))
}
