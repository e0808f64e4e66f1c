//! Identity providers: the OpenID providers by which an account's users sign in. Admins manage their own account's; the
//! operator's settings may give the first account one more.

mod input;
mod open_id;
mod view;

pub(crate) use open_id::{AtProvider, Descriptions, Proof, word};
pub use view::{IdentityProviderDeleted, IdentityProviderList, IdentityProviderView};

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::outbound::Reach;
use crate::settings::OidcSettings;
use input::{Draft, NewSecret};
use serde_json::{Map, Value, json};
use solder_model::{AccountId, IdentityProvider, IdentityProviderId, Page, Sealed, Secret};
use solder_vault::Context;

/// The most that one account can have.
const MOST: u64 = 20;

/// The id of the provider that the settings give. No other has it: ids are random.
const FROM_SETTINGS: &str = "idp_0000000000000000";

const UNKNOWN: Error = Error::NotFound("The account has no such identity provider");

/// A provider with its secret open, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) id: IdentityProviderId,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) secret: Option<Secret>,
    pub(crate) user_claim: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) allowed_domains: Vec<String>,
    /// Whose URL the issuer is.
    pub(crate) reach: Reach,
}

impl Engine {
    /// Registers a provider, for admins. Its description is read at once, so that what is wrong is told here and not to
    /// the first user who signs in.
    pub async fn create_identity_provider(
        &self,
        caller: &Caller,
        body: &Map<String, Value>,
    ) -> Result<IdentityProviderView> {
        demand_admin(caller)?;
        let draft = Draft::read_new(body)?;
        let now = self.clock.now();
        let blank = IdentityProvider {
            id: IdentityProviderId::random(&*self.entropy),
            account: caller.account().clone(),
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            secret: None,
            user_claim: "sub".to_owned(),
            scopes: Vec::new(),
            allowed_domains: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let provider = self.drafted_provider(&blank, &draft);
        let listed = self
            .storage
            .list_identity_providers(caller.account(), Page { limit: 1, offset: 0 })
            .await?;
        if listed.total >= MOST {
            return Err(Error::Forbidden(format!(
                "An account can have {MOST} identity providers: delete one first"
            )));
        }
        self.check_issuer(&provider).await?;
        let details = json!({ "issuer": provider.issuer });
        let audit = self.audit(caller, "identity_provider.create", provider.id.as_str(), details);
        let kept = self.storage.create_identity_provider(&provider, &audit).await;
        kept.map_err(name_taken)?;
        Ok(self.provider_view(&provider))
    }

    /// The account's providers, newest first, for admins. The one of the settings stands first.
    pub async fn list_identity_providers(&self, caller: &Caller, page: Page) -> Result<IdentityProviderList> {
        demand_admin(caller)?;
        let paged = self
            .storage
            .list_identity_providers(caller.account(), page)
            .await?;
        let paged = paged.map(|provider| self.provider_view(&provider));
        let given = self.provider_of_settings(caller.account()).await?;
        let given = given.map(|provider| self.view_of_settings(&provider));
        Ok(IdentityProviderList::new(given, paged))
    }

    /// One of the account's providers, for admins.
    pub async fn get_identity_provider(&self, caller: &Caller, id: &str) -> Result<IdentityProviderView> {
        demand_admin(caller)?;
        if id == FROM_SETTINGS
            && let Some(given) = self.provider_of_settings(caller.account()).await?
        {
            return Ok(self.view_of_settings(&given));
        }
        Ok(self.provider_view(&self.own_provider(caller, id).await?))
    }

    /// Changes a provider, for admins: any subset of the fields. A new issuer or client needs its secret anew, or whoever
    /// may change a provider could have a secret that they do not know sent to an address of their own.
    pub async fn update_identity_provider(
        &self,
        caller: &Caller,
        id: &str,
        body: &Map<String, Value>,
    ) -> Result<IdentityProviderView> {
        demand_admin(caller)?;
        let draft = Draft::read_change(body)?;
        let before = self.own_provider(caller, id).await?;
        let moved = draft
            .issuer
            .as_ref()
            .is_some_and(|issuer| *issuer != before.issuer)
            || draft.client_id.as_ref().is_some_and(|id| *id != before.client_id);
        if moved && before.secret.is_some() && matches!(draft.secret, NewSecret::Unsaid) {
            return Err(Error::invalid(
                "clientSecret",
                "is required with another issuer or client: the secret that is kept belongs to the old one (null: none)",
            ));
        }
        let mut after = self.drafted_provider(&before, &draft);
        after.updated_at = self.clock.now();
        if after.issuer != before.issuer {
            self.check_issuer(&after).await?;
        }
        let details = json!({ "issuer": after.issuer });
        let audit = self.audit(caller, "identity_provider.update", before.id.as_str(), details);
        let done = self
            .storage
            .update_identity_provider(&before, &after, &audit)
            .await;
        if done.map_err(name_taken)? {
            Ok(self.provider_view(&after))
        } else {
            Err(Error::Forbidden(
                "Somebody else changed this identity provider at the same time: look at it and try again"
                    .to_owned(),
            ))
        }
    }

    /// Deletes a provider, for admins. Whoever signed in by it is signed out.
    pub async fn delete_identity_provider(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<IdentityProviderDeleted> {
        demand_admin(caller)?;
        let provider = self.own_provider(caller, id).await?;
        let details = json!({ "issuer": provider.issuer });
        let audit = self.audit(caller, "identity_provider.delete", provider.id.as_str(), details);
        let gone = self
            .storage
            .delete_identity_provider(caller.account(), &provider.id, &audit)
            .await?;
        if gone {
            Ok(IdentityProviderDeleted::new(&provider.id))
        } else {
            Err(UNKNOWN)
        }
    }

    /// A provider of the account, with its secret open.
    pub(crate) async fn find_provider(
        &self,
        account: &AccountId,
        id: &IdentityProviderId,
    ) -> Result<Option<Provider>> {
        if id.as_str() == FROM_SETTINGS {
            return self.provider_of_settings(account).await;
        }
        let found = self.storage.find_identity_provider(account, id).await?;
        found.map(|provider| self.opened_provider(provider)).transpose()
    }

    /// The provider that the settings give, where this is the first account.
    pub(crate) async fn provider_of_settings(&self, account: &AccountId) -> Result<Option<Provider>> {
        let Some(given) = &self.settings.oidc else {
            return Ok(None);
        };
        let first = self.storage.find_first_account().await?;
        if first.is_none_or(|first| first.id != *account) {
            return Ok(None);
        }
        of_settings(given).map(Some)
    }

    async fn own_provider(&self, caller: &Caller, id: &str) -> Result<IdentityProvider> {
        if id == FROM_SETTINGS && self.provider_of_settings(caller.account()).await?.is_some() {
            return Err(Error::Forbidden(
                "This identity provider comes from the operator's settings and is changed there".to_owned(),
            ));
        }
        let id = IdentityProviderId::new(id).map_err(|_bad| UNKNOWN)?;
        let found = self.storage.find_identity_provider(caller.account(), &id).await?;
        found.ok_or(UNKNOWN)
    }

    /// The provider with what a draft says in place of what it says so far.
    fn drafted_provider(&self, before: &IdentityProvider, draft: &Draft) -> IdentityProvider {
        let mut after = before.clone();
        draft.apply(&mut after);
        match &draft.secret {
            NewSecret::Given(secret) => {
                let context = context(&after);
                after.secret = Some(
                    self.vault
                        .seal(&*self.entropy, secret.expose().as_bytes(), &context),
                );
            }
            NewSecret::None => after.secret = None,
            NewSecret::Unsaid => {}
        }
        after
    }

    /// Reads the provider's description, and tells an admin in words why it cannot be used.
    async fn check_issuer(&self, provider: &IdentityProvider) -> Result<()> {
        let opened = self.opened_provider(provider.clone())?;
        self.discover_anew(&opened)
            .await
            .map(drop)
            .map_err(|wrong| Error::invalid("issuer", wrong.for_admin()))
    }

    fn opened_provider(&self, provider: IdentityProvider) -> Result<Provider> {
        let secret = provider
            .secret
            .as_ref()
            .map(|sealed| self.open_client_secret(&provider, sealed))
            .transpose()?;
        Ok(Provider {
            id: provider.id,
            name: provider.name,
            issuer: provider.issuer,
            client_id: provider.client_id,
            secret,
            user_claim: provider.user_claim,
            scopes: provider.scopes,
            allowed_domains: provider.allowed_domains,
            reach: Reach::Account,
        })
    }

    fn open_client_secret(&self, provider: &IdentityProvider, sealed: &Sealed) -> Result<Secret> {
        let opened = self.vault.open(sealed, &context(provider))?;
        let text = std::str::from_utf8(&opened);
        text.map(Secret::new)
            .map_err(|_bad| Error::Internal("a sealed client secret is no text"))
    }

    fn provider_view(&self, provider: &IdentityProvider) -> IdentityProviderView {
        IdentityProviderView::new(provider, self.redirect_uri())
    }

    fn view_of_settings(&self, provider: &Provider) -> IdentityProviderView {
        IdentityProviderView::of_settings(provider, self.redirect_uri())
    }

    /// Where every provider sends people back to.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}/sign-in/callback", self.settings.public_url)
    }
}

fn demand_admin(caller: &Caller) -> Result<()> {
    caller.demand_admin("Identity providers")
}

fn of_settings(given: &OidcSettings) -> Result<Provider> {
    let name = url::Url::parse(&given.issuer)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    Ok(Provider {
        id: IdentityProviderId::new(FROM_SETTINGS)
            .map_err(|_never| Error::Internal("the id of the settings' provider is no id"))?,
        name: name.unwrap_or_else(|| given.issuer.clone()),
        issuer: given.issuer.clone(),
        client_id: given.client_id.clone(),
        secret: given.client_secret.clone(),
        scopes: input::scopes_for(&given.user_claim, &[]),
        user_claim: given.user_claim.clone(),
        allowed_domains: Vec::new(),
        reach: Reach::Operator,
    })
}

fn name_taken(error: solder_storage::Error) -> Error {
    match error {
        solder_storage::Error::Conflict("identity provider name") => Error::invalid(
            "name",
            "another identity provider of this account has this name already",
        ),
        other => Error::Storage(other),
    }
}

/// What a sealed client secret is: it belongs to this client at this issuer and to no other.
fn context(provider: &IdentityProvider) -> Context {
    Context::new(
        "identity provider",
        &[
            provider.account.as_str(),
            provider.id.as_str(),
            &provider.issuer,
            &provider.client_id,
        ],
    )
}
