//! Which OAuth app a connection goes through: the account's own, else the operator's.

use crate::Engine;
use crate::catalog::{Entry, Owner};
use crate::error::{Error, Result};
use crate::outbound::Reach;
use solder_connector::{Auth, Endpoints, OAuthApp, OAuthInput};
use solder_model::{AccountId, Secret};
use solder_vault::Context;
use std::collections::BTreeMap;

/// An OAuth app with its secret open, for as long as one request is built.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<Secret>,
}

impl Client {
    fn app(&self) -> OAuthApp<'_> {
        OAuthApp {
            client_id: &self.id,
            client_secret: self.secret.as_ref(),
        }
    }
}

impl Engine {
    /// The app that new connections go through; none where the kind needs none. Where it needs one and there is none,
    /// the error says who has to do what.
    pub(super) async fn client_for(
        &self,
        account: &AccountId,
        entry: &Entry,
        auth: &Auth,
    ) -> Result<Option<Client>> {
        if !super::oauth_of(auth)?.needs_app() {
            return Ok(None);
        }
        match self.configured_client(account, entry, auth).await? {
            Some(client) => Ok(Some(client)),
            None => Err(Error::invalid("authenticationType", self.no_app(entry, auth))),
        }
    }

    /// The app with that client id. Tokens are worth nothing in another app's hands: a secret that was rotated is
    /// followed, another client id is not.
    pub(super) async fn client_with_id(
        &self,
        account: &AccountId,
        entry: &Entry,
        auth: &Auth,
        id: &str,
    ) -> Result<Option<Client>> {
        let account_app = self.account_client(account, entry, auth).await?;
        let found = account_app.filter(|client| client.id == id);
        Ok(found.or_else(|| operator_client(entry).filter(|client| client.id == id)))
    }

    /// Whether connections of this kind can be begun.
    pub(crate) async fn has_client(&self, account: &AccountId, entry: &Entry, auth: &Auth) -> Result<bool> {
        if !super::oauth_of(auth)?.needs_app() || entry.settings.client_id.is_some() {
            return Ok(true);
        }
        let apps = self.warm.oauth_apps(&self.storage, account).await?;
        Ok(apps.iter().any(|app| is_for(app, entry, auth)))
    }

    /// Why no connection of this kind can be begun, and who has to do what.
    pub(crate) fn no_app(&self, entry: &Entry, auth: &Auth) -> String {
        let id = entry.id.as_str();
        let variable = id.to_uppercase();
        // Settings of the operator's are for no connector of an account's.
        let or = if entry.owner == Owner::Account {
            String::new()
        } else {
            format!(
                "; or whoever runs Solder sets SOLDER_CONNECTOR_{variable}_CLIENT_ID and \
                 SOLDER_CONNECTOR_{variable}_CLIENT_SECRET"
            )
        };
        format!(
            "`{kind}` of {id} needs an OAuth app, and none is set up: an admin of the account registers one at the \
             platform, with the redirect URI {uri}, and stores it with POST /api/oauth-apps{or}",
            kind = auth.kind,
            uri = self.callback_uri(id),
        )
    }

    /// Where platforms send browsers back to, which has to be registered there.
    pub(crate) fn callback_uri(&self, connector: &str) -> String {
        format!("{}/connect/callback/{connector}", self.settings.public_url)
    }

    async fn configured_client(
        &self,
        account: &AccountId,
        entry: &Entry,
        auth: &Auth,
    ) -> Result<Option<Client>> {
        let own = self.account_client(account, entry, auth).await?;
        Ok(own.or_else(|| operator_client(entry)))
    }

    async fn account_client(
        &self,
        account: &AccountId,
        entry: &Entry,
        auth: &Auth,
    ) -> Result<Option<Client>> {
        let apps = self.warm.oauth_apps(&self.storage, account).await?;
        let found = apps.iter().find(|app| is_for(app, entry, auth));
        let Some(app) = found else { return Ok(None) };
        let secret = match &app.secret {
            Some(sealed) => {
                let opened = self.vault.open(sealed, &app_context(app))?;
                let text = std::str::from_utf8(&opened)
                    .map_err(|_bad| Error::Internal("a client secret is no text"))?;
                Some(Secret::new(text))
            }
            None => None,
        };
        Ok(Some(Client {
            id: app.client_id.clone(),
            secret,
        }))
    }
}

/// Whether an app is for this kind of authentication.
fn is_for(app: &solder_model::OAuthApp, entry: &Entry, auth: &Auth) -> bool {
    app.connector == entry.id && app.connector_owner == entry.identity() && app.kind == auth.kind
}

fn operator_client(entry: &Entry) -> Option<Client> {
    Some(Client {
        id: entry.settings.client_id.clone()?,
        secret: entry.settings.client_secret.clone(),
    })
}

/// What the secret of an app is sealed for.
pub(crate) fn app_context(app: &solder_model::OAuthApp) -> Context {
    Context::new(
        "oauth app",
        &[
            app.account.as_str(),
            &app.connector_owner,
            app.connector.as_str(),
            &app.kind,
            app.id.as_str(),
        ],
    )
}

/// What OAuth requests of a connection are made of.
pub(super) fn input<'a>(
    entry: &'a Entry,
    client: Option<&'a Client>,
    fields: &'a BTreeMap<String, Secret>,
) -> OAuthInput<'a> {
    OAuthInput {
        app: client.map(Client::app),
        fields,
        endpoints: Endpoints {
            authorize: entry.settings.authorize_url.as_ref(),
            token: entry.settings.token_url.as_ref(),
            base: entry.settings.base_url.as_ref(),
        },
    }
}

/// Which addresses the platform's OAuth endpoints may have: any where the operator named one.
pub(super) fn reach(entry: &Entry) -> Reach {
    if entry.settings.token_url.is_some() {
        Reach::Override
    } else {
        entry.reach_of_file()
    }
}
