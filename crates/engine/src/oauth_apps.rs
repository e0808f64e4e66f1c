//! OAuth apps of accounts: the client id and secret that an admin got at a platform. Their connections show this app
//! there, in place of the operator's.

use crate::Engine;
use crate::broker::app_context;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_connector::Auth;
use solder_model::{OAuthApp, OAuthAppId, Page, Policy, Secret, Timestamp};
use utoipa::ToSchema;

/// What needs an admin, as the refusal names it.
const WHAT: &str = "OAuth apps";

const UNKNOWN: Error = Error::NotFound("The account has no such OAuth app");

/// An OAuth app as the API shows it, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthAppView {
    /// Its id here.
    #[schema(value_type = String, example = "app_4f7k2m9q8r1s5t3v")]
    pub oauth_app_id: OAuthAppId,
    /// The connector.
    #[schema(example = "slack")]
    pub connector_id: String,
    /// The kind of authentication that it is for.
    #[schema(example = "oauth2")]
    pub authentication_type: String,
    /// The client id at the platform.
    pub client_id: String,
    /// Whether a client secret is stored.
    pub has_secret: bool,
    /// What has to be registered at the platform as the redirect URI of the app.
    #[schema(example = "https://solder.example.com/connect/callback/slack")]
    pub redirect_uri: String,
    /// When it was stored.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A page of OAuth apps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthAppList {
    /// This page, newest first.
    pub oauth_apps: Vec<OAuthAppView>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthAppDeleted {
    /// For a person.
    #[schema(example = "OAuth app deleted")]
    pub message: &'static str,
    /// The one that is gone.
    #[schema(value_type = String)]
    pub oauth_app_id: OAuthAppId,
}

impl Engine {
    /// Stores an app: `{"connectorId","authenticationType"?,"clientId","clientSecret"?}`. For admins; one for each
    /// connector and kind.
    pub async fn create_oauth_app(&self, caller: &Caller, body: &Map<String, Value>) -> Result<OAuthAppView> {
        caller.demand_admin(WHAT)?;
        let mut fields = Fields::new(body);
        let connector = fields.required("connectorId", "the connector that the app is for");
        let kind = fields.text("authenticationType", |_| None);
        let client_id = fields.required("clientId", "as the platform shows it");
        let secret = fields.text("clientSecret", key_fault);
        if let Some(fault) = key_fault(&client_id).filter(|_| !client_id.is_empty()) {
            fields.fault("clientId", fault);
        }
        let (connector, kind, client_id, secret) = fields.finish((connector, kind, client_id, secret))?;
        let entry = self
            .seen_connector(&caller.account, &connector, &Policy::default())
            .await?;
        let connector = entry.connector()?;
        let auth = app_kind(&connector, kind.as_deref())?;
        check_secret(auth, secret.is_some())?;
        let now = self.clock.now();
        let mut app = OAuthApp {
            id: OAuthAppId::random(&*self.entropy),
            account: caller.account.clone(),
            connector_owner: entry.identity().to_owned(),
            connector: entry.id.clone(),
            kind: auth.kind.clone(),
            client_id,
            secret: None,
            created_at: now,
            updated_at: now,
        };
        app.secret = secret.map(|secret| self.seal_client_secret(&app, &Secret::new(secret)));
        let details =
            json!({ "connector": app.connector.as_str(), "kind": app.kind, "clientId": app.client_id });
        let audit = self.audit(caller, "oauth_app.create", app.id.as_str(), details);
        let kept = self.storage.create_oauth_app(&app, &audit).await;
        kept.map_err(|error| match error {
            solder_storage::Error::Conflict("OAuth app") => Error::invalid(
                "connectorId",
                "has an OAuth app of this kind already: change that one with PUT /api/oauth-apps/{oauthAppId}",
            ),
            other => Error::Storage(other),
        })?;
        self.warm.forget_oauth_apps(&app.account);
        Ok(self.app_view(&app))
    }

    /// The account's apps, newest first. For admins.
    pub async fn list_oauth_apps(&self, caller: &Caller, page: Page) -> Result<OAuthAppList> {
        caller.demand_admin(WHAT)?;
        let paged = self.storage.list_oauth_apps(&caller.account, page).await?;
        Ok(OAuthAppList {
            oauth_apps: paged.items.iter().map(|app| self.app_view(app)).collect(),
            count: paged.total,
            total: paged.total,
            limit: page.limit,
            offset: page.offset,
            has_more: paged.has_more(),
        })
    }

    /// One app of the account. For admins.
    pub async fn get_oauth_app(&self, caller: &Caller, id: &str) -> Result<OAuthAppView> {
        caller.demand_admin(WHAT)?;
        Ok(self.app_view(&self.own_app(caller, id).await?))
    }

    /// Changes the client id, or rotates the secret: `{"clientId"?,"clientSecret"?}`. A rotated secret serves the
    /// connections that there are; another client id does not, since their tokens were given to the old one. For admins.
    pub async fn update_oauth_app(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<OAuthAppView> {
        caller.demand_admin(WHAT)?;
        let mut app = self.own_app(caller, id).await?;
        let mut fields = Fields::new(body);
        let client_id = fields.text("clientId", key_fault);
        let secret = fields.text("clientSecret", key_fault);
        let clears = fields.is_null("clientSecret");
        if client_id.is_none() && secret.is_none() && !clears {
            fields.fault(
                "clientSecret",
                "is required, or `clientId`: nothing else can be changed",
            );
        }
        let (client_id, secret) = fields.finish((client_id, secret))?;
        let entry = self
            .entry_of(&app.account, app.connector.as_str(), &app.connector_owner)
            .await?
            .ok_or(UNKNOWN)?;
        let connector = entry.connector()?;
        let auth = app_kind(&connector, Some(&app.kind))?;
        check_secret(auth, secret.is_some() || (app.secret.is_some() && !clears))?;
        let mut changed = Vec::new();
        if let Some(client_id) = client_id {
            app.client_id = client_id;
            changed.push("clientId");
        }
        if secret.is_some() || clears {
            app.secret = secret.map(|secret| self.seal_client_secret(&app, &Secret::new(secret)));
            changed.push("clientSecret");
        }
        app.updated_at = self.clock.now();
        let details = json!({ "fields": changed, "clientId": app.client_id });
        let audit = self.audit(caller, "oauth_app.update", app.id.as_str(), details);
        let kept = self.storage.update_oauth_app(&app, &audit).await?;
        self.warm.forget_oauth_apps(&app.account);
        if kept {
            Ok(self.app_view(&app))
        } else {
            Err(UNKNOWN)
        }
    }

    /// Removes an app. Connections that were made with it work until their tokens end. For admins.
    pub async fn delete_oauth_app(&self, caller: &Caller, id: &str) -> Result<OAuthAppDeleted> {
        caller.demand_admin(WHAT)?;
        let app = self.own_app(caller, id).await?;
        let details =
            json!({ "connector": app.connector.as_str(), "kind": app.kind, "clientId": app.client_id });
        let audit = self.audit(caller, "oauth_app.delete", app.id.as_str(), details);
        let gone = self
            .storage
            .delete_oauth_app(&caller.account, &app.id, &audit)
            .await?;
        self.warm.forget_oauth_apps(&app.account);
        if gone {
            Ok(OAuthAppDeleted {
                message: "OAuth app deleted",
                oauth_app_id: app.id,
            })
        } else {
            Err(UNKNOWN)
        }
    }

    async fn own_app(&self, caller: &Caller, id: &str) -> Result<OAuthApp> {
        let id = OAuthAppId::new(id).map_err(|_bad| UNKNOWN)?;
        self.storage
            .find_oauth_app(&caller.account, &id)
            .await?
            .ok_or(UNKNOWN)
    }

    fn seal_client_secret(&self, app: &OAuthApp, secret: &Secret) -> solder_model::Sealed {
        self.vault
            .seal(&*self.entropy, secret.expose().as_bytes(), &app_context(app))
    }

    fn app_view(&self, app: &OAuthApp) -> OAuthAppView {
        OAuthAppView {
            oauth_app_id: app.id.clone(),
            connector_id: app.connector.as_str().to_owned(),
            authentication_type: app.kind.clone(),
            client_id: app.client_id.clone(),
            has_secret: app.secret.is_some(),
            redirect_uri: self.callback_uri(app.connector.as_str()),
            created_at: app.created_at,
            updated_at: app.updated_at,
        }
    }
}

/// The kind that the app is for: the named one, else the only one that needs an app.
fn app_kind<'c>(connector: &'c solder_connector::Connector, named: Option<&str>) -> Result<&'c Auth> {
    let needing = || {
        let needs = |auth: &&Auth| {
            auth.oauth
                .as_ref()
                .is_some_and(solder_connector::OAuth::needs_app)
        };
        connector.auth.iter().filter(needs)
    };
    let found = match named {
        Some(kind) => needing().find(|auth| auth.kind == kind),
        None => needing().next().filter(|_| needing().count() == 1),
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = needing().map(|auth| auth.kind.as_str()).collect();
        if names.is_empty() {
            Error::invalid(
                "connectorId",
                format!("{} connects by no OAuth app", connector.name),
            )
        } else {
            Error::invalid(
                "authenticationType",
                format!("must be one of {}", names.join(", ")),
            )
        }
    })
}

/// Whether a secret stands where the platform asks for one.
fn check_secret(auth: &Auth, has_secret: bool) -> Result<()> {
    let needs = auth
        .oauth
        .as_ref()
        .is_some_and(solder_connector::OAuth::needs_secret);
    if needs && !has_secret {
        return Err(Error::invalid(
            "clientSecret",
            "is required: the platform asks for the app's secret",
        ));
    }
    Ok(())
}

/// What keeps a text from being a client id or a secret, which platforms show on one line.
fn key_fault(text: &str) -> Option<&'static str> {
    if text.is_empty()
        || text
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
    {
        Some("must be written as the platform shows it, without white space")
    } else if text.len() > 4_096 {
        Some("must be at most 4,096 bytes long")
    } else {
        None
    }
}
