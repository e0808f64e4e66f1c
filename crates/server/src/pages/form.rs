//! Posted forms.

use super::notice::Notice;
use crate::App;
use crate::body::read_body;
use crate::gate::Origin;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use solder_model::Problem;
use std::sync::Arc;

/// The fields of a form, in their order, and whether it came from a page of ours.
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    is_own: bool,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Form({} fields)", self.fields.len())
    }
}

impl Form {
    /// The first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Every field.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the browser says that the form came from a page of this origin, or says nothing.
    pub(crate) fn is_own(&self) -> bool {
        self.is_own
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Notice;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Notice> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(app, &parts.headers, body)
            .await
            .map_err(|problem: Problem| Notice::of(&problem))?;
        let media = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media = media
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Notice::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This form cannot be read",
                "Forms are sent as application/x-www-form-urlencoded.",
            ));
        }
        Ok(Self {
            fields: form_urlencoded::parse(&bytes).into_owned().collect(),
            is_own: is_own(app, &parts.headers),
        })
    }
}

/// Browsers name the origin of the page that posts, and how it stands to ours (Fetch Metadata).
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    let same_site = site.is_none_or(|site| site == b"same-origin" || site == b"none");
    same_site && app.gate.origin(headers) != Origin::Refused
}
