//! Signers of JWTs, by key pairs that stand in `keys/` and sign nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("../keys/", $name, ".pem"))
    };
}

/// The public half of [`Signer::rs256`], in the older form that RSA keys have.
pub const RSA_PKCS1: &str = pem!("rsa-one.pkcs1");
/// A private key, for what must not be taken.
pub const RSA_PRIVATE: &str = pem!("rsa-one");
/// A public RSA key of 1024 bits.
pub const RSA_WEAK: &str = pem!("rsa-weak.pub");
/// A public key on the curve P-384.
pub const P384: &str = pem!("p384.pub");

/// What signs tokens.
#[derive(Clone)]
pub struct Signer {
    algorithm: Algorithm,
    key: EncodingKey,
    public: &'static str,
    kid: Option<String>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Signer({:?})", self.algorithm)
    }
}

impl Signer {
    /// By a secret that both sides hold.
    pub fn hs256(secret: &str) -> Self {
        Self::new(Algorithm::HS256, EncodingKey::from_secret(secret.as_bytes()), "")
    }

    /// By an RSA key.
    pub fn rs256() -> Self {
        let key = EncodingKey::from_rsa_pem(pem!("rsa-one").as_bytes()).unwrap();
        Self::new(Algorithm::RS256, key, pem!("rsa-one.pub"))
    }

    /// By another RSA key.
    pub fn other_rs256() -> Self {
        let key = EncodingKey::from_rsa_pem(pem!("rsa-two").as_bytes()).unwrap();
        Self::new(Algorithm::RS256, key, pem!("rsa-two.pub"))
    }

    /// By a key on P-256.
    pub fn es256() -> Self {
        let key = EncodingKey::from_ec_pem(pem!("p256").as_bytes()).unwrap();
        Self::new(Algorithm::ES256, key, pem!("p256.pub"))
    }

    /// By an Ed25519 key.
    pub fn eddsa() -> Self {
        let key = EncodingKey::from_ed_pem(pem!("ed25519").as_bytes()).unwrap();
        Self::new(Algorithm::EdDSA, key, pem!("ed25519.pub"))
    }

    fn new(algorithm: Algorithm, key: EncodingKey, public: &'static str) -> Self {
        Self {
            algorithm,
            key,
            public,
            kid: None,
        }
    }

    /// The same signer, naming its key.
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    /// The algorithm, as tokens and registrations name it.
    pub fn algorithm(&self) -> String {
        format!("{:?}", self.algorithm)
    }

    /// The public key as PEM; empty for HS256.
    pub const fn public_key(&self) -> &'static str {
        self.public
    }

    /// The public key as a key set holds it.
    pub fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        if let Some(kid) = &self.kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    }

    /// A token of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(kid) = &self.kid {
            header["kid"] = json!(kid);
        }
        self.sign_under(&header, claims)
    }

    /// A token under any header: the signature is this signer's, whatever the header says.
    pub fn sign_under(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token of texts that need be no good JSON.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}
