//! OAuth for MCP clients over HTTP: metadata, the authorization endpoint with its page, and the endpoints that clients
//! post to. What is allowed and what happens is the engine's.
//!
//! The issuer has a path, so that nothing of it stands at the origin's root but what RFC 8414 and RFC 9728 put there.

mod authorize;
mod consent;
mod metadata;
mod post;

use crate::App;
use axum::Router;
use axum::routing::{get, post as posting};
use std::sync::Arc;

/// The routes. Where the public URL has a path, metadata stand at both places to which a proxy can lead: with that
/// path in the middle, as the specifications have it, and without.
pub(crate) fn routes(app: &App) -> Router<Arc<App>> {
    let mut router = Router::new()
        .route(
            "/oauth/authorize",
            get(authorize::by_query).post(authorize::by_form),
        )
        .route(
            "/oauth/authorize/{request}",
            get(consent::show).post(consent::decide),
        )
        .route("/oauth/token", posting(post::token))
        .route("/oauth/register", posting(post::register))
        .route("/oauth/revoke", posting(post::revoke))
        .route(
            "/oauth/.well-known/oauth-authorization-server",
            get(metadata::authorization_server),
        )
        .route(
            "/oauth/.well-known/openid-configuration",
            get(metadata::authorization_server),
        );
    for base in metadata::bases(&app.settings.public_url) {
        router = router
            .route(
                &format!("/.well-known/oauth-authorization-server{base}/oauth"),
                get(metadata::authorization_server),
            )
            .route(
                &format!("/.well-known/oauth-protected-resource{base}/mcp/{{serverId}}"),
                get(metadata::protected_resource),
            );
    }
    router
}
