//! How identity providers are shown: never a secret.

use super::Provider;
use serde::Serialize;
use solder_model::{IdentityProvider, IdentityProviderId, Paged, Timestamp};
use utoipa::ToSchema;

/// An identity provider as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderView {
    /// Its id.
    #[schema(value_type = String, example = "idp_a1b2c3d4e5f6a7b8")]
    provider_id: IdentityProviderId,
    /// What people are shown on its button.
    name: String,
    /// The issuer, exactly as its tokens name it.
    #[schema(example = "https://login.example.com")]
    issuer: String,
    /// The client that Solder is there.
    client_id: String,
    /// Whether a client secret is kept. Nothing shows it.
    has_client_secret: bool,
    /// The claim whose value is the user's id.
    #[schema(example = "sub")]
    user_claim: String,
    /// What is asked for.
    scopes: Vec<String>,
    /// Where there are any, only users with a verified address of one of these domains are let in.
    allowed_domains: Vec<String>,
    /// What has to be registered at the provider as the redirect URI.
    #[schema(example = "https://solder.example.com/sign-in/callback")]
    redirect_uri: String,
    /// Who gave it: `account`, or `settings` for the operator's, which cannot be changed here.
    #[schema(example = "account")]
    origin: String,
    /// When it was made; null for the one of the settings.
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Timestamp>,
    /// When it was last changed; null for the one of the settings.
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

impl IdentityProviderView {
    pub(super) fn new(provider: &IdentityProvider, redirect_uri: String) -> Self {
        Self {
            provider_id: provider.id.clone(),
            name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            has_client_secret: provider.secret.is_some(),
            user_claim: provider.user_claim.clone(),
            scopes: provider.scopes.clone(),
            allowed_domains: provider.allowed_domains.clone(),
            redirect_uri,
            origin: "account".to_owned(),
            created_at: Some(provider.created_at),
            updated_at: Some(provider.updated_at),
        }
    }

    pub(super) fn of_settings(provider: &Provider, redirect_uri: String) -> Self {
        Self {
            provider_id: provider.id.clone(),
            name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            has_client_secret: provider.secret.is_some(),
            user_claim: provider.user_claim.clone(),
            scopes: provider.scopes.clone(),
            allowed_domains: provider.allowed_domains.clone(),
            redirect_uri,
            origin: "settings".to_owned(),
            created_at: None,
            updated_at: None,
        }
    }
}

/// A page of identity providers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderList {
    /// This page, newest first; the first page begins with the one of the settings, where there is one, which is not
    /// counted.
    identity_providers: Vec<IdentityProviderView>,
    /// How many the account has of its own.
    count: u64,
    /// The same as `count`.
    total: u64,
    /// The largest number on this page.
    limit: u32,
    /// How many were passed over.
    offset: u64,
    /// Whether more follow.
    has_more: bool,
}

impl IdentityProviderList {
    pub(super) fn new(given: Option<IdentityProviderView>, paged: Paged<IdentityProviderView>) -> Self {
        let (count, has_more, page) = (paged.total, paged.has_more(), paged.page);
        let given = given.filter(|_| page.offset == 0);
        Self {
            identity_providers: given.into_iter().chain(paged.items).collect(),
            count,
            total: count,
            limit: page.limit,
            offset: page.offset,
            has_more,
        }
    }
}

/// That an identity provider is gone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderDeleted {
    /// For a person.
    #[schema(example = "Identity provider deleted")]
    message: String,
    /// Its id.
    #[schema(value_type = String, example = "idp_a1b2c3d4e5f6a7b8")]
    provider_id: IdentityProviderId,
}

impl IdentityProviderDeleted {
    pub(super) fn new(id: &IdentityProviderId) -> Self {
        Self {
            message: "Identity provider deleted".to_owned(),
            provider_id: id.clone(),
        }
    }
}
