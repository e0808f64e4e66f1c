//! `GET /files/{token}`: the file that a link leads to, straight from its platform.
//!
//! What comes is somebody else's: it is saved and never shown, whatever it says that it is.

use crate::App;
use crate::arrival::Arrival;
use crate::path::Segments;
use crate::problem::Failure;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use solder_engine::OpenedFile;
use std::sync::Arc;

/// Nothing of it runs, loads or is framed, even where a browser shows it after all.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'");

/// What a browser would run, or take for a page of ours, goes as plain bytes.
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Follows a link.
pub(crate) async fn download(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    segments: Segments,
) -> Result<Response, Failure> {
    let opening = app.engine.open_file(segments.text("token"), arrival.client());
    // In a place of its own: it is large.
    Ok(response(Box::pin(opening).await?))
}

fn response(file: OpenedFile) -> Response {
    let mut response = Response::new(Body::from_stream(file.body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type(&file.content_type));
    headers.insert(CONTENT_DISPOSITION, disposition(file.name.as_deref()));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    if let Some(size) = file.size {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    }
    response
}

/// The platform's media type, unless it is one of pages, scripts or styles.
fn media_type(told: &str) -> HeaderValue {
    let kind = told
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_active = ["html", "xml", "svg", "script", "css", "mht"]
        .iter()
        .any(|part| kind.contains(part));
    if is_active {
        return BYTES;
    }
    HeaderValue::try_from(told).unwrap_or(BYTES)
}

/// `attachment`, with the name in both spellings of RFC 6266.
fn disposition(name: Option<&str>) -> HeaderValue {
    let name = name.unwrap_or("file");
    let plain: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    HeaderValue::try_from(format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    ))
    .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::{disposition, media_type};

    #[test]
    fn what_a_browser_would_run_goes_as_plain_bytes() {
        for active in [
            "text/html",
            "TEXT/HTML; charset=utf-8",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/javascript",
        ] {
            assert_eq!(media_type(active), "application/octet-stream", "{active}");
        }
        assert_eq!(media_type("application/pdf"), "application/pdf");
        assert_eq!(media_type("bad\nheader"), "application/octet-stream");
    }

    #[test]
    fn a_name_is_an_attachments_and_breaks_no_header() {
        assert_eq!(
            disposition(None),
            "attachment; filename=\"file\"; filename*=UTF-8''file"
        );
        assert_eq!(
            disposition(Some("ä \"x\".txt")),
            "attachment; filename=\"_ _x_.txt\"; filename*=UTF-8''%C3%A4%20%22x%22%2Etxt"
        );
    }
}
