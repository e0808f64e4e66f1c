//! What a token claims, and whether a key takes it: RFC 7519, 4.1.

use serde_json::{Map, Value};
use solder_model::{JwtKey, Timestamp, UserName};

/// Clocks differ: so long a token is still taken after its `exp` and already before its `nbf`.
pub(super) const LEEWAY_MS: i64 = 60_000;

/// The claims that count, in their right form.
pub(super) struct Claims {
    /// The user: `userId`, else `sub`.
    pub(super) user: UserName,
    /// `exp`, which every token has to have.
    pub(super) expires_at: Timestamp,
    not_before: Option<Timestamp>,
}

/// How a token stands to the present moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It holds.
    Live,
    /// It has ended, or has not begun.
    OutOfTime,
}

impl Claims {
    /// Reads them; `None` where one is missing that has to be there, or has a wrong form. A `userId` that is there
    /// and wrong is never passed over for `sub`.
    pub(super) fn read(claims: &Map<String, Value>) -> Option<Self> {
        let user = claims.get("userId").or_else(|| claims.get("sub"))?.as_str()?;
        Some(Self {
            user: UserName::new(user).ok()?,
            expires_at: moment(claims.get("exp")?)?,
            not_before: match claims.get("nbf") {
                None => None,
                Some(value) => Some(moment(value)?),
            },
        })
    }

    /// Whether they hold now.
    pub(super) fn standing(&self, now: Timestamp) -> Standing {
        let begun = self
            .not_before
            .is_none_or(|begin| now.plus_ms(LEEWAY_MS) >= begin);
        if begun && now < self.expires_at.plus_ms(LEEWAY_MS) {
            Standing::Live
        } else {
            Standing::OutOfTime
        }
    }
}

/// Whether the token is from the key's issuer and for its audience.
///
/// A token that names an audience is for nobody else, so a key that was registered without one takes only tokens
/// that name none: RFC 7519, 4.1.3.
pub(super) fn is_for(key: &JwtKey, claims: &Map<String, Value>) -> bool {
    let from = key
        .issuer
        .as_deref()
        .is_none_or(|issuer| claims.get("iss").and_then(Value::as_str) == Some(issuer));
    let to = match (claims.get("aud"), key.audience.as_deref()) {
        (None, None) => true,
        (Some(Value::String(named)), Some(audience)) => named == audience,
        (Some(Value::Array(named)), Some(audience)) => {
            named.iter().all(Value::is_string) && named.iter().any(|one| one == audience)
        }
        _ => false,
    };
    from && to
}

/// A `NumericDate`: seconds since 1970, which may have a fraction.
fn moment(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is beyond the range ends at its end, which is as good as for ever"
    )]
    Some(Timestamp((seconds * 1_000.0) as i64))
}

#[cfg(test)]
mod tests {
    use super::{Claims, Standing, is_for};
    use serde_json::{Value, json};
    use solder_model::{AccountId, JwtKey, JwtKeyId, JwtMaterial, Timestamp};

    fn read(claims: &Value) -> Option<Claims> {
        Claims::read(claims.as_object().unwrap())
    }

    #[test]
    fn the_user_is_the_claim_user_id_else_sub_and_a_wrong_one_is_nobody() {
        let user = |claims: Value| read(&claims).map(|claims| claims.user.as_str().to_owned());
        assert_eq!(
            user(json!({ "userId": "a", "sub": "b", "exp": 1 })),
            Some("a".to_owned())
        );
        assert_eq!(user(json!({ "sub": "b", "exp": 1 })), Some("b".to_owned()));
        for wrong in [
            json!({ "exp": 1 }),
            json!({ "userId": "", "sub": "b", "exp": 1 }),
            json!({ "userId": null, "sub": "b", "exp": 1 }),
            json!({ "userId": 7, "sub": "b", "exp": 1 }),
            json!({ "userId": ["a"], "exp": 1 }),
            json!({ "sub": "a\u{0}b", "exp": 1 }),
        ] {
            assert_eq!(user(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn exp_is_required_and_both_times_are_numbers() {
        for wrong in [
            json!({ "sub": "a" }),
            json!({ "sub": "a", "exp": "4070908800" }),
            json!({ "sub": "a", "exp": null }),
            json!({ "sub": "a", "exp": -1 }),
            json!({ "sub": "a", "exp": 1, "nbf": "0" }),
            json!({ "sub": "a", "exp": 1, "nbf": null }),
        ] {
            assert!(read(&wrong).is_none(), "{wrong}");
        }
        assert_eq!(
            read(&json!({ "sub": "a", "exp": 1.5 })).unwrap().expires_at,
            Timestamp(1_500)
        );
        assert_eq!(
            read(&json!({ "sub": "a", "exp": 1e300 }))
                .unwrap()
                .standing(Timestamp(1 << 60)),
            Standing::Live
        );
    }

    #[test]
    fn times_hold_with_a_minute_of_leeway() {
        let claims = read(&json!({ "sub": "a", "nbf": 1_000, "exp": 2_000 })).unwrap();
        for (now, standing) in [
            (939_999, Standing::OutOfTime),
            (940_000, Standing::Live),
            (2_059_999, Standing::Live),
            (2_060_000, Standing::OutOfTime),
        ] {
            assert_eq!(claims.standing(Timestamp(now)), standing, "{now}");
        }
    }

    #[test]
    fn issuer_and_audience_are_compared_byte_for_byte() {
        let key = |issuer: Option<&str>, audience: Option<&str>| JwtKey {
            id: JwtKeyId::new("jwt_0000000000000001").unwrap(),
            account: AccountId::new("acc_0000000000000001").unwrap(),
            name: String::new(),
            algorithm: None,
            material: JwtMaterial::Jwks(String::new()),
            kid: None,
            issuer: issuer.map(str::to_owned),
            audience: audience.map(str::to_owned),
            created_at: Timestamp(0),
        };
        let takes = |key: &JwtKey, claims: Value| is_for(key, claims.as_object().unwrap());
        let bare = key(None, None);
        assert!(takes(&bare, json!({})) && takes(&bare, json!({ "iss": "any" })));
        assert!(!takes(&bare, json!({ "aud": "somebody" })) && !takes(&bare, json!({ "aud": null })));
        let named = key(Some("https://i"), Some("us"));
        assert!(takes(&named, json!({ "iss": "https://i", "aud": "us" })));
        assert!(takes(
            &named,
            json!({ "iss": "https://i", "aud": ["them", "us"] })
        ));
        for wrong in [
            json!({ "iss": "https://i" }),
            json!({ "aud": "us" }),
            json!({ "iss": "https://i/", "aud": "us" }),
            json!({ "iss": ["https://i"], "aud": "us" }),
            json!({ "iss": "https://i", "aud": "US" }),
            json!({ "iss": "https://i", "aud": [] }),
            json!({ "iss": "https://i", "aud": ["us", 7] }),
            json!({ "iss": "https://i", "aud": { "us": true } }),
        ] {
            assert!(!takes(&named, wrong.clone()), "{wrong}");
        }
    }
}
