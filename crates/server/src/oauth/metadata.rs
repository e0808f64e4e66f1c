//! What is published: of the authorization server (RFC 8414), and of each server that takes its tokens (RFC 9728).

use crate::App;
use crate::answer::Answer;
use crate::path::Segments;
use crate::problem::{Failure, no_route};
use axum::extract::State;
use serde_json::Value;
use std::sync::Arc;

/// The paths behind which metadata stand: none, and the public URL's own where it has one that a route can name.
pub(super) fn bases(public_url: &str) -> Vec<String> {
    let rest = public_url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest
        .find('/')
        .and_then(|start| rest.get(start..))
        .unwrap_or_default();
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    let mut bases = vec![String::new()];
    if path.len() > 1 && path.bytes().all(is_plain) {
        bases.push(path.trim_end_matches('/').to_owned());
    }
    bases
}

/// The authorization server's metadata.
pub(super) async fn authorization_server(State(app): State<Arc<App>>) -> Answer<Value> {
    Answer::ok(app.engine.authorization_server())
}

/// A server's metadata; there is nothing at this path where it takes no OAuth.
pub(super) async fn protected_resource(
    State(app): State<Arc<App>>,
    segments: Segments,
) -> Result<Answer<Value>, Failure> {
    let found = app.engine.protected_resource(segments.text("serverId")).await?;
    found.map(Answer::ok).ok_or_else(no_route)
}

#[cfg(test)]
mod tests {
    use super::bases;

    #[test]
    fn a_public_url_with_a_path_has_two_places_for_metadata() {
        assert_eq!(bases("https://a.example"), [""]);
        assert_eq!(bases("https://a.example/"), [""]);
        assert_eq!(bases("https://a.example/solder/x"), ["", "/solder/x"]);
        assert_eq!(bases("https://a.example/{x}"), [""]);
    }
}
