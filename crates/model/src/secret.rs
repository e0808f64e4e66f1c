//! Secrets: what must not be shown has no way to be shown.

use secrecy::{ExposeSecret, SecretString};
use std::hash::{Hash, Hasher};
use subtle::ConstantTimeEq;

/// A secret in the clear: an API key, an access token, a field of a credential. It has no `Display` and no
/// `Serialize`, prints as `Secret(…)`, and its memory is wiped when it is dropped. Nor can it be compared:
///
/// ```compile_fail,E0369
/// use solder_model::Secret;
/// assert!(Secret::new("a") == Secret::new("a"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Bytes that the vault sealed. Storage moves them and cannot open them.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

/// The keyed hash of an API key or an access token, under the installation's hash key. It is what such a secret
/// is looked up by, and the only form in which two are compared: [`Secret`] has no `==`, and this one takes the same time
/// wherever two digests differ, so that no answer's time tells how much of a guess was right.
#[derive(Clone, Copy)]
pub struct Digest(pub [u8; 32]);

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Digest(…)")
    }
}
