//! The revocation endpoint (RFC 7009). A refresh token ends its grant with everything that came of it; an access token
//! ends alone, so that a client that tidies up stays signed in.

use super::form::OauthForm;
use super::refusal::{OauthError, OauthRefusal};
use crate::Engine;
use serde_json::json;
use solder_model::TokenKind;

impl Engine {
    /// Revokes a token of the client that asks. What is unknown is revoked already; another client's token stays.
    pub async fn revoke_token(&self, form: &OauthForm<'_>) -> Result<(), OauthRefusal> {
        let client = self.proven_client(form).await?;
        let sent = form.required("token")?;
        let Some(token) = self.storage.find_token(&self.vault.digest(sent)).await? else {
            return Ok(());
        };
        let Some(grant) = self.storage.find_grant(&token.grant).await? else {
            return Ok(());
        };
        if grant.client != client {
            let words = "The token was given to another client";
            return Err(OauthRefusal::new(OauthError::InvalidGrant, words));
        }
        match token.kind {
            TokenKind::Refresh => {
                let why = json!({ "why": "revoked by the client" });
                let entry = self.grant_audit(&grant, "oauth-grant.revoke", form.from, why);
                self.storage.end_grant(&grant.id, &entry).await?;
                self.warm.forget_grant(&grant.id);
            }
            TokenKind::Access => {
                let entry = self.grant_audit(&grant, "oauth-token.revoke", form.from, json!({}));
                self.storage.end_token(&token.digest, &entry).await?;
                self.warm.forget_token(&token.digest);
            }
        }
        Ok(())
    }
}
