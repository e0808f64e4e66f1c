//! How JWT keys are shown: public parts alone.

use serde::Serialize;
use solder_model::{JwtAlgorithm, JwtKey, JwtKeyId, JwtMaterial, Paged, Timestamp};
use utoipa::ToSchema;

/// A JWT key as the API shows it; a secret is never shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JwtKeyView {
    /// The id: `jwt_` and 16 characters. It is not the `kid`.
    #[schema(value_type = String, example = "jwt_4f0m2k9q8w1x7c3v")]
    pub jwt_key_id: JwtKeyId,
    /// A name for people; may be empty.
    pub name: String,
    /// What it verifies with: `secret`, `publicKey` or `jwksUrl`.
    #[schema(example = "publicKey")]
    pub kind: &'static str,
    /// The algorithm; null for a key set whose keys say it themselves.
    #[schema(example = "RS256")]
    pub algorithm: Option<&'static str>,
    /// The public key as PEM, where it is one.
    pub public_key: Option<String>,
    /// The key set's URL, where it is one.
    pub jwks_url: Option<String>,
    /// The signer's own name of the key.
    pub kid: Option<String>,
    /// The `iss` that tokens must have.
    pub issuer: Option<String>,
    /// The `aud` that tokens must name.
    pub audience: Option<String>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl JwtKeyView {
    pub(super) fn new(key: &JwtKey) -> Self {
        let (public_key, jwks_url) = match &key.material {
            JwtMaterial::Secret(_) => (None, None),
            JwtMaterial::PublicKey(pem) => (Some(pem.clone()), None),
            JwtMaterial::Jwks(url) => (None, Some(url.clone())),
        };
        Self {
            jwt_key_id: key.id.clone(),
            name: key.name.clone(),
            kind: kind(&key.material),
            algorithm: key.algorithm.map(JwtAlgorithm::as_str),
            public_key,
            jwks_url,
            kid: key.kid.clone(),
            issuer: key.issuer.clone(),
            audience: key.audience.clone(),
            created_at: key.created_at,
        }
    }
}

/// The field that a key was registered by.
pub(super) const fn kind(material: &JwtMaterial) -> &'static str {
    match material {
        JwtMaterial::Secret(_) => "secret",
        JwtMaterial::PublicKey(_) => "publicKey",
        JwtMaterial::Jwks(_) => "jwksUrl",
    }
}

/// A page of JWT keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JwtKeyList {
    /// This page, newest first.
    pub jwt_keys: Vec<JwtKeyView>,
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

impl JwtKeyList {
    pub(super) fn new(paged: &Paged<JwtKey>) -> Self {
        Self {
            jwt_keys: paged.items.iter().map(JwtKeyView::new).collect(),
            count: paged.total,
            total: paged.total,
            limit: paged.page.limit,
            offset: paged.page.offset,
            has_more: paged.has_more(),
        }
    }
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JwtKeyDeleted {
    /// For a person.
    #[schema(example = "JWT key deleted")]
    pub message: &'static str,
    /// The key that is gone.
    #[schema(value_type = String)]
    pub jwt_key_id: JwtKeyId,
}

impl JwtKeyDeleted {
    pub(super) fn new(id: &JwtKeyId) -> Self {
        Self {
            message: "JWT key deleted",
            jwt_key_id: id.clone(),
        }
    }
}
