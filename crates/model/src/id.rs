//! Ids are newtypes, so that one is never taken for another.

use crate::Entropy;
use serde::{Deserialize, Serialize};

/// A text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadId(pub &'static str);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $valid:expr, $rule:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Takes a text that follows the rule of this kind of id.
            pub fn new(text: &str) -> Result<Self, BadId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.into())) } else { Err(BadId($rule)) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

fn lower(text: &str, prefix: &str, least: usize, most: usize) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (least..=most).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

ids! {
    /// An account: `acc_` and 16 characters of `[a-z0-9]`.
    AccountId, |text| lower(text, "acc_", 16, 16), "an account id is `acc_` and 16 characters of a-z and 0-9";
    /// A user's internal id: `usr_` and 16 characters of `[a-z0-9]`. Callers name users by [`UserName`].
    UserId, |text| lower(text, "usr_", 16, 16), "a user id is `usr_` and 16 characters of a-z and 0-9";
    /// An API key's id (not the key): `key_` and 16 characters of `[a-z0-9]`.
    ApiKeyId, |text| lower(text, "key_", 16, 16), "an API key id is `key_` and 16 characters of a-z and 0-9";
    /// An identity provider's id: `idp_` and 16 characters of `[a-z0-9]`.
    IdentityProviderId, |text| lower(text, "idp_", 16, 16),
        "an identity provider id is `idp_` and 16 characters of a-z and 0-9";
    /// A sign-in attempt's id (not the text in its address): `sia_` and 16 characters of `[a-z0-9]`.
    SignInAttemptId, |text| lower(text, "sia_", 16, 16),
        "a sign-in attempt id is `sia_` and 16 characters of a-z and 0-9";
    /// A registered JWT key's id: `jwt_` and 16 characters of `[a-z0-9]`. It is no `kid`, which is the signer's own word.
    JwtKeyId, |text| lower(text, "jwt_", 16, 16), "a JWT key id is `jwt_` and 16 characters of a-z and 0-9";
    /// An OAuth app's id: `app_` and 16 characters of `[a-z0-9]`.
    OAuthAppId, |text| lower(text, "app_", 16, 16), "an OAuth app id is `app_` and 16 characters of a-z and 0-9";
    /// A listed redirect URI's id: `uri_` and 16 characters of `[a-z0-9]`.
    RedirectUriId, |text| lower(text, "uri_", 16, 16), "a redirect URI id is `uri_` and 16 characters of a-z and 0-9";
    /// A flow's id (not its state): `flw_` and 16 characters of `[a-z0-9]`.
    FlowId, |text| lower(text, "flw_", 16, 16), "a flow id is `flw_` and 16 characters of a-z and 0-9";
    /// A credential: 24 lower-case hex characters.
    CredentialId, |text| {
        text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    }, "a credential id is 24 lower-case hex characters";
    /// A ticket to the connect pages (not what stands in its URL): `tkt_` and 16 characters of `[a-z0-9]`.
    TicketId, |text| lower(text, "tkt_", 16, 16), "a ticket id is `tkt_` and 16 characters of a-z and 0-9";
    /// A server: the slug of its first name, `-`, and 8 characters of `[a-z0-9]`; at most 109 characters.
    ServerId, |text| {
        text.len() <= 109
            && text.rsplit_once('-').is_some_and(|(slug, tail)| {
                !slug.is_empty()
                    && slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                    && lower(tail, "", 8, 8)
            })
    }, "a server id is a slug, `-` and 8 characters of a-z and 0-9";
    /// A connector: 1 to 48 characters of `[a-z0-9_]`, a letter first.
    ConnectorId, |text| {
        (1..=48).contains(&text.len())
            && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    }, "a connector id is 1 to 48 characters of a-z, 0-9 and `_`, a letter first";
    /// A grant of a user to an MCP client: `grt_` and 16 characters of `[a-z0-9]`.
    GrantId, |text| lower(text, "grt_", 16, 16), "a grant id is `grt_` and 16 characters of a-z and 0-9";
    /// An MCP client's `client_id`: 1 to 2,000 characters of visible ASCII. Ours are `mcl_` and 24 characters of
    /// `[a-z0-9]`; others are URLs.
    ClientId, |text| (1..=2_000).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()),
        "a client id is 1 to 2,000 characters of visible ASCII";
    /// A user's external id, the customer's own: 1 to 10,000 characters, any but U+0000, compared byte for byte.
    UserName, |text| !text.is_empty() && !text.contains('\0') && text.chars().count() <= 10_000,
        "a user id is 1 to 10,000 characters without U+0000";
}

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// `length` characters of `[a-z0-9]`, each equally likely.
pub fn random_string(entropy: &dyn Entropy, length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        entropy.fill(&mut bytes);
        // 252 is the largest multiple of 36 in a byte; what lies above would favour the first letters.
        let picked = bytes.iter().filter(|byte| **byte < 252);
        let letters = picked.filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()));
        text.extend(letters.take(length - text.len()).map(|byte| char::from(*byte)));
    }
    text
}

macro_rules! random_ids {
    ($($name:ident, $prefix:literal;)*) => {$(
        impl $name {
            /// A new id.
            pub fn random(entropy: &dyn Entropy) -> Self {
                Self(format!("{}{}", $prefix, random_string(entropy, 16)).into())
            }
        }
    )*};
}

random_ids! {
    AccountId, "acc_";
    UserId, "usr_";
    ApiKeyId, "key_";
    JwtKeyId, "jwt_";
    IdentityProviderId, "idp_";
    SignInAttemptId, "sia_";
    TicketId, "tkt_";
    OAuthAppId, "app_";
    RedirectUriId, "uri_";
    FlowId, "flw_";
    GrantId, "grt_";
}

impl ClientId {
    /// A new id of a client that is registered here.
    pub fn random(entropy: &dyn Entropy) -> Self {
        Self(format!("mcl_{}", random_string(entropy, 24)).into())
    }
}

impl CredentialId {
    /// A new id.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 12];
        entropy.fill(&mut bytes);
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let text: String = digits
            .filter_map(|digit| HEX.get(usize::from(digit)))
            .map(|byte| char::from(*byte))
            .collect();
        Self(text.into())
    }
}

impl ServerId {
    /// A new id from a server's name.
    pub fn random(name: &str, entropy: &dyn Entropy) -> Self {
        Self(format!("{}-{}", slug(name), random_string(entropy, 8)).into())
    }
}

/// The slug of a name: its ASCII letters and digits in lower case, every run of others one `-`, none at either
/// end; `server` where nothing is left.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "server".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectorId, CredentialId, ServerId, UserName, random_string, slug};
    use crate::time::tests::Counting;
    use proptest::prelude::*;

    #[test]
    fn a_slug_keeps_letters_and_digits() {
        assert_eq!(slug("Production Server"), "production-server");
        assert_eq!(slug("  --Ünï 7!"), "n-7");
        assert_eq!(slug("日本"), "server");
    }

    #[test]
    fn ids_refuse_what_is_not_theirs() {
        assert!(ServerId::new("my-server-a1b2c3d4").is_ok());
        assert!(ServerId::new("a1b2c3d4").is_err());
        assert!(ServerId::new("../etc-a1b2c3d4").is_err());
        assert!(CredentialId::new("0123456789abcdef01234567").is_ok());
        assert!(CredentialId::new("0123456789ABCDEF01234567").is_err());
        assert!(ConnectorId::new("Slack").is_err());
        assert!(UserName::new("").is_err());
        assert!(UserName::new(&"é".repeat(10_000)).is_ok());
        assert!(UserName::new(&"é".repeat(10_001)).is_err());
    }

    proptest! {
        #[test]
        fn a_new_id_is_valid(name in "\\PC{0,100}") {
            let entropy = Counting::default();
            prop_assert!(ServerId::new(ServerId::random(&name, &entropy).as_str()).is_ok());
            prop_assert!(CredentialId::new(CredentialId::random(&entropy).as_str()).is_ok());
            prop_assert_eq!(random_string(&entropy, 33).len(), 33);
        }
    }
}
