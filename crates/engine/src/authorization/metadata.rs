//! What is published of the authorization server (RFC 8414) and of the servers that take its tokens (RFC 9728).

use crate::Engine;
use crate::error::Result;
use serde_json::{Value, json};
use solder_model::{Scopes, ServerId};

impl Engine {
    /// The metadata of a server as a protected resource; none where there is no such server or it takes no OAuth.
    pub async fn protected_resource(&self, server: &str) -> Result<Option<Value>> {
        let Ok(id) = ServerId::new(server) else {
            return Ok(None);
        };
        let Some(entry) = self.oauth_server(&id).await? else {
            return Ok(None);
        };
        Ok(Some(json!({
            "resource": self.resource(&id),
            "authorization_servers": [self.issuer()],
            "scopes_supported": ["read", "write"],
            "bearer_methods_supported": ["header"],
            "resource_name": entry.server.name,
        })))
    }

    /// Where that metadata stands: a path of the origin, with the resource's own path behind it (RFC 9728, 3.1). None
    /// where there is no such server or it takes no OAuth.
    pub async fn resource_metadata_url(&self, server: &str) -> Result<Option<String>> {
        let Ok(id) = ServerId::new(server) else {
            return Ok(None);
        };
        let is_there = self.oauth_server(&id).await?.is_some();
        let (origin, base) = self.settings.origin_and_path();
        Ok(is_there.then(|| format!("{origin}/.well-known/oauth-protected-resource{base}/mcp/{id}")))
    }

    /// The scopes that a client is asked to ask for: all of them, since its user may leave out `write`.
    pub fn challenge_scopes(&self) -> &'static str {
        Scopes::Write.as_str()
    }

    /// The authorization server's metadata.
    pub fn authorization_server(&self) -> Value {
        let issuer = self.issuer();
        let ways = ["none", "client_secret_basic", "client_secret_post"];
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "registration_endpoint": format!("{issuer}/register"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "scopes_supported": ["read", "write"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ways,
            "revocation_endpoint_auth_methods_supported": ways,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "client_id_metadata_document_supported": true,
        })
    }
}
