//! A key set, read: RFC 7517. Keys of kinds that are not taken here are passed over, never guessed at; a secret is
//! never taken from a key set, whoever published it.

use super::key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};
use solder_model::JwtAlgorithm;

/// So many keys of a set are looked at, and no more.
const MAX_KEYS: usize = 100;

/// The keys of a set that can verify.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<SetKey>);

#[derive(Debug)]
pub(super) struct SetKey {
    kid: Option<String>,
    pub(super) algorithm: JwtAlgorithm,
    pub(super) key: DecodingKey,
}

impl KeySet {
    /// Reads a set; `None` where it is none at all.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(bytes).ok()?;
        let listed = document.get("keys")?.as_array()?;
        let taken = listed
            .iter()
            .take(MAX_KEYS)
            .filter_map(|one| SetKey::read(one.as_object()?));
        Some(Self(taken.collect()))
    }

    /// Whether a key of that name is in it.
    pub(super) fn knows(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// The keys that may have signed a token of this algorithm and `kid`.
    pub(super) fn candidates<'s>(
        &'s self,
        algorithm: JwtAlgorithm,
        kid: Option<&'s str>,
    ) -> impl Iterator<Item = &'s SetKey> {
        self.0.iter().filter(move |key| {
            let same_name = match (key.kid.as_deref(), kid) {
                (Some(own), Some(asked)) => own == asked,
                _ => true,
            };
            key.algorithm == algorithm && same_name
        })
    }
}

impl SetKey {
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        // A key whose private half is published verifies nothing any more.
        if jwk.contains_key("d") || jwk.contains_key("k") || !is_for_signatures(jwk) {
            return None;
        }
        let (algorithm, key) = match (text("kty")?, text("crv")) {
            ("RSA", None) => (JwtAlgorithm::Rs256, key::from_rsa(&bytes("n")?, &bytes("e")?)?),
            ("EC", Some("P-256")) => (JwtAlgorithm::Es256, key::from_p256(&bytes("x")?, &bytes("y")?)?),
            ("OKP", Some("Ed25519")) => (JwtAlgorithm::EdDsa, key::from_ed25519(&bytes("x")?)?),
            _ => return None,
        };
        match jwk.get("alg") {
            Some(named) if named != algorithm.as_str() => None,
            _ => Some(Self {
                kid: text("kid").map(str::to_owned),
                algorithm,
                key,
            }),
        }
    }
}

fn is_for_signatures(jwk: &Map<String, Value>) -> bool {
    let by_use = jwk.get("use").is_none_or(|named| named == "sig");
    let by_operations = jwk.get("key_ops").is_none_or(|named| {
        named
            .as_array()
            .is_some_and(|named| named.iter().any(|one| one == "verify"))
    });
    by_use && by_operations
}

#[cfg(test)]
mod tests {
    use super::KeySet;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn number(bits: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![0xff; bits / 8])
    }

    fn taken(keys: &[Value]) -> usize {
        let document = json!({ "keys": keys }).to_string();
        KeySet::read(document.as_bytes()).unwrap().0.len()
    }

    #[test]
    fn keys_of_the_three_kinds_are_taken() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let set = [
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "kid": "a", "use": "sig", "alg": "RS256" }),
            json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x, "key_ops": ["verify"] }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA" }),
        ];
        assert_eq!(taken(&set), 3);
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over_and_a_secret_is_never_taken() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let others = [
            json!({ "kty": "oct", "k": x, "alg": "HS256" }),
            json!({ "kty": "RSA", "n": number(1_024), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": number(16_384), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "alg": "RS512" }),
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "alg": "HS256" }),
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "use": "enc" }),
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "key_ops": ["encrypt"] }),
            json!({ "kty": "RSA", "n": number(2_048), "e": "AQAB", "d": x }),
            json!({ "kty": "EC", "crv": "P-384", "x": x, "y": x }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": x }),
            json!({ "kty": "OKP", "crv": "X25519", "x": x }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" }),
            json!({}),
            json!(7),
        ];
        assert_eq!(taken(&others), 0);
    }

    #[test]
    fn what_is_no_set_is_told_from_an_empty_one() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"keys":{}}"#,
            r#"{"keys":null}"#,
            "<html></html>",
        ] {
            assert!(KeySet::read(bad.as_bytes()).is_none(), "{bad}");
        }
        assert_eq!(taken(&[]), 0);
    }
}
