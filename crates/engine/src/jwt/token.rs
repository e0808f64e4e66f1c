//! A token, taken apart and not yet believed: RFC 7515, 3.1, and RFC 7519, 7.2.
//!
//! Strict on purpose: what two readers could read differently is read by neither.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use solder_model::JwtAlgorithm;

/// The longest token that is looked at, in bytes.
pub(crate) const MAX_TOKEN: usize = 8 * 1024;

/// The longest `kid`, in characters.
pub(crate) const MAX_KID: usize = 256;

/// Headers that bring a key along, say where one lies, or change what is signed: a token with any of them is refused.
const REFUSED: [&str; 8] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/// A token whose form is right. Nothing that it says is true before its signature has been verified.
pub(super) struct Token<'t> {
    /// What its header says; a key of another algorithm never verifies it.
    pub(super) algorithm: JwtAlgorithm,
    /// The signer's name of the key; it is only ever compared.
    pub(super) kid: Option<String>,
    /// The claims.
    pub(super) claims: Map<String, Value>,
    /// What is signed: header and claims as they came.
    pub(super) signed: &'t str,
    /// The signature, in base64url.
    pub(super) signature: &'t str,
}

impl<'t> Token<'t> {
    /// Takes the compact form apart; `None` where it is none that is taken here.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        if text.len() > MAX_TOKEN {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        if claims.contains('.') {
            return None;
        }
        let header = object(header)?;
        if REFUSED.iter().any(|name| header.contains_key(*name)) || !is_known_type(header.get("typ")) {
            return None;
        }
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if is_kid(kid) => Some(kid.clone()),
            Some(_) => return None,
        };
        Some(Self {
            algorithm: JwtAlgorithm::from_name(header.get("alg")?.as_str()?)?,
            kid,
            claims: object(claims)?,
            signed,
            signature,
        })
    }

    /// The `iss` claim, where it is a text.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }
}

/// Whether a text can be the name of a key: 1 to 256 characters, none of them a control character.
pub(crate) fn is_kid(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_KID && !text.contains(char::is_control)
}

/// Tokens of other kinds (logout tokens, proofs of possession) may bear the same signer's name: RFC 8725, 3.11.
fn is_known_type(sent: Option<&Value>) -> bool {
    match sent {
        None => true,
        Some(Value::String(sent)) => {
            let bare = sent.strip_prefix("application/").unwrap_or(sent);
            bare.eq_ignore_ascii_case("jwt") || bare.eq_ignore_ascii_case("at+jwt")
        }
        Some(_) => false,
    }
}

fn object(encoded: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let object = reader.deserialize_map(UniqueNames).ok()?;
    reader.end().ok()?;
    Some(object)
}

/// An object in which no name stands twice: RFC 7519, 4, leaves refusing such a one to us.
struct UniqueNames;

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TOKEN, Token};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn token(header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(claims))
    }

    #[test]
    fn a_token_of_the_usual_form_is_taken_apart() {
        let text = token(
            r#"{"alg":"RS256","typ":"at+JWT","kid":"2026-11","x5t":"thumb"}"#,
            r#"{"iss":"me"}"#,
        );
        let read = Token::read(&text).unwrap();
        assert_eq!(
            (read.algorithm.as_str(), read.kid.as_deref()),
            ("RS256", Some("2026-11"))
        );
        assert_eq!((read.issuer(), read.signature), (Some("me"), "c2ln"));
        assert_eq!(format!("{}.{}", read.signed, read.signature), text);
    }

    #[test]
    fn headers_that_choose_their_own_rules_are_refused() {
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"PS256"}"#,
            r#"{"alg":["HS256"]}"#,
            r#"{"alg":null}"#,
            r"{}",
            r#"["HS256"]"#,
            r#"{"alg":"HS256","crit":["exp"]}"#,
            r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
            r#"{"alg":"HS256","b64":true}"#,
            r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AA"}}"#,
            r#"{"alg":"RS256","jku":"https://a.example/"}"#,
            r#"{"alg":"RS256","x5u":"https://a.example/"}"#,
            r#"{"alg":"RS256","x5c":["AA"]}"#,
            r#"{"alg":"HS256","zip":"DEF"}"#,
            r#"{"alg":"HS256","typ":"logout+jwt"}"#,
            r#"{"alg":"HS256","typ":7}"#,
            r#"{"alg":"HS256","alg":"HS256"}"#,
            r#"{"alg":"none","alg":"HS256"}"#,
            r#"{"alg":"HS256","kid":"a","kid":"a"}"#,
            r#"{"alg":"HS256","kid":7}"#,
            r#"{"alg":"HS256","kid":""}"#,
            r#"{"alg":"HS256","kid":"a\u0000b"}"#,
            r#"{"alg":"HS256","kid":"a\nb"}"#,
            r#"{"alg":"HS256"} {"alg":"HS256"}"#,
        ] {
            assert!(Token::read(&token(header, "{}")).is_none(), "{header}");
        }
        let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(257));
        assert!(Token::read(&token(&long, "{}")).is_none());
    }

    #[test]
    fn claims_that_stand_twice_or_are_no_object_are_refused() {
        for claims in [
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":"a","sub":"a"}"#,
            "[]",
            "7",
            "",
            "{",
        ] {
            assert!(
                Token::read(&token(r#"{"alg":"HS256"}"#, claims)).is_none(),
                "{claims}"
            );
        }
    }

    #[test]
    fn what_is_not_three_parts_of_unpadded_base64url_is_refused() {
        let good = token(r#"{"alg":"HS256"}"#, "{}");
        assert!(Token::read(&good).is_some());
        let (header, rest) = good.split_once('.').unwrap();
        for bad in [
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            header.to_owned(),
            format!("{header}.e30"),
            format!("{good}.e30"),
            format!("{header}=.{rest}"),
            format!(" {good}"),
            format!("{header}.e3+.c2ln"),
        ] {
            assert!(Token::read(&bad).is_none(), "{bad}");
        }
        let long = token(
            r#"{"alg":"HS256"}"#,
            &format!(r#"{{"a":"{}"}}"#, "a".repeat(MAX_TOKEN)),
        );
        assert!(Token::read(&long).is_none());
    }
}
