//! `PUT /uploads/{token}` and `POST /uploads/{token}`: a file that goes to a platform, straight from whoever has it.
//!
//! The link is all that such a request has: no key, no cookie. So a page that knows no link can do nothing here, and one that
//! was told one is let in no more than at the MCP endpoints: by its origin.

use crate::App;
use crate::api::connectors::Shaped;
use crate::arrival::Arrival;
use crate::path::Segments;
use crate::problem::Failure;
use axum::body::Body;
use axum::extract::State;
use futures_util::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use solder_engine::SentFile;
use solder_model::{Code, Problem};
use std::sync::Arc;

/// Takes a file, and answers what the action came to.
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    arrival: Arrival,
    segments: Segments,
    headers: HeaderMap,
    body: Body,
) -> Result<Shaped, Failure> {
    let content_type = media_type(&headers)?;
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|value| value != "identity")
    {
        let message = "The file must come as it is: leave out `Content-Encoding`";
        return Err(Problem::new(Code::UnsupportedMediaType, message).into());
    }
    let file = SentFile {
        name: solder_engine::file_name(&headers),
        content_type,
        length: headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok()),
        pieces: body
            .into_data_stream()
            .map(|piece| piece.map_err(std::io::Error::other))
            .boxed(),
    };
    let taking = app
        .engine
        .take_file(segments.text("token"), arrival.client(), file);
    // In a place of its own: it is large.
    Ok(Shaped(Box::pin(taking).await?))
}

/// The file's media type. What `curl --data-binary` says of everything says nothing; a form is no file.
fn media_type(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let told = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = told.and_then(|told| told.split(';').next()).unwrap_or_default();
    match bare.trim().to_ascii_lowercase().as_str() {
        "multipart/form-data" => {
            let message = "The body must be the file's bytes and no form: `curl -T FILE 'URL'` sends them so";
            Err(Problem::new(Code::UnsupportedMediaType, message))
        }
        "" | "application/x-www-form-urlencoded" => Ok(None),
        _ => Ok(told.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::media_type;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_form_is_no_file_and_curls_default_says_nothing() {
        let told = |text: &'static str| {
            let headers =
                HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static(text))]);
            media_type(&headers)
        };
        assert_eq!(told("image/png"), Ok(Some("image/png".to_owned())));
        assert_eq!(
            told("Text/CSV; charset=utf-8"),
            Ok(Some("Text/CSV; charset=utf-8".to_owned()))
        );
        assert_eq!(told("application/x-www-form-urlencoded"), Ok(None));
        assert_eq!(media_type(&HeaderMap::new()), Ok(None));
        assert!(told("Multipart/Form-Data; boundary=x").is_err());
    }
}
