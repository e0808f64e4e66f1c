//! The keys that verify an account's JWTs.

use crate::{AccountId, JwtKeyId, Sealed, Timestamp};

/// How a JWT is signed. These four and no others: RFC 7518, 3.1, and RFC 8037, 3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256, by a secret that both sides hold.
    Hs256,
    /// RSA with SHA-256, PKCS #1 v1.5.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl JwtAlgorithm {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name that `alg` has in a token's header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of that name, compared byte for byte: RFC 7515, 4.1.1. `none` is not among them.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// What signatures are verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwtMaterial {
    /// A secret of HS256, sealed.
    Secret(Sealed),
    /// A public key as PEM.
    PublicKey(String),
    /// The URL of a JSON Web Key Set: RFC 7517, 5.
    Jwks(String),
}

/// A key that verifies an account's JWTs. Several live at once, so that a rotation has no gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtKey {
    /// Its id.
    pub id: JwtKeyId,
    /// The account.
    pub account: AccountId,
    /// A name for people; may be empty.
    pub name: String,
    /// The one algorithm that it verifies. Absent for a key set alone, whose keys say it themselves.
    pub algorithm: Option<JwtAlgorithm>,
    /// What verifies.
    pub material: JwtMaterial,
    /// The signer's own name of the key; never given to a key set, whose keys have their own.
    pub kid: Option<String>,
    /// The `iss` that its tokens must have; where absent, theirs is not looked at.
    pub issuer: Option<String>,
    /// The `aud` that its tokens must name; where absent, they must name none.
    pub audience: Option<String>,
    /// When it was registered.
    pub created_at: Timestamp,
}
