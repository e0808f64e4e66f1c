//! The parameters of a path, decoded.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use std::convert::Infallible;

/// The parameters of the route that was matched.
#[derive(Debug)]
pub(crate) struct Segments(Option<RawPathParams>);

impl Segments {
    /// A parameter of the route. One that is no UTF-8 once decoded names nothing, as an empty one does.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .as_ref()
            .and_then(|all| all.iter().find(|(key, _)| *key == name));
        found.map(|(_, value)| value)
    }

    /// The same for a parameter that the route is known to have.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(RawPathParams::from_request_parts(parts, state).await.ok()))
    }
}
