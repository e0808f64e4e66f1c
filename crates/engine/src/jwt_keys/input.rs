//! The body that registers a JWT key, over REST and from the command line.

use crate::error::Result;
use crate::fields::Fields;
use crate::jwt::{MAX_KID, from_pem, is_kid};
use crate::outbound::OutboundError;
use serde_json::{Map, Value};
use solder_model::{JwtAlgorithm, Secret};
use url::Url;

/// HS256 takes a secret of at least so many bytes: RFC 7518, 3.2.
const MIN_SECRET: usize = 32;
const MAX_SECRET: usize = 1_024;
const MAX_PEM: usize = 16 * 1_024;
const MAX_URL: usize = 2_000;
/// Longest issuer and audience, in characters.
const MAX_NAME: usize = 512;

const KINDS: [&str; 3] = ["secret", "publicKey", "jwksUrl"];

/// A key that shall be registered.
#[derive(Debug)]
pub(super) struct NewJwtKey {
    pub(super) name: String,
    pub(super) algorithm: Option<JwtAlgorithm>,
    pub(super) material: Material,
    pub(super) kid: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
}

/// What it verifies with; the secret is still open.
#[derive(Debug)]
pub(super) enum Material {
    Secret(Secret),
    PublicKey(String),
    Jwks(String),
}

impl NewJwtKey {
    /// Reads the body, or lists everything that is wrong with it. `refused` says why a key set's address is out of
    /// reach. Fields that are not known are refused: a mistyped `audience` must never mean none.
    pub(super) fn read(
        body: &Map<String, Value>,
        refused: impl Fn(&Url) -> Option<OutboundError>,
    ) -> Result<Self> {
        let mut fields = Fields::new(body);
        fields.only(&[
            "name",
            "algorithm",
            "secret",
            "publicKey",
            "jwksUrl",
            "kid",
            "issuer",
            "audience",
        ]);
        let name = fields.text("name", name_fault).unwrap_or_default();
        let kid = fields.text("kid", |kid| {
            (!is_kid(kid)).then_some("must be 1 to 256 characters without control characters")
        });
        let issuer = fields.text("issuer", party_fault);
        let audience = fields.text("audience", party_fault);
        let (algorithm, material) = read_material(&mut fields, &refused);
        if matches!(material, Some(Material::Jwks(_))) || fields.sent("jwksUrl").is_some() {
            demand_set_fields(&mut fields);
        }
        let read = material.map(|material| Self {
            name,
            algorithm,
            material,
            kid,
            issuer,
            audience,
        });
        // Without material there is a fault already.
        fields.finish(read)?.ok_or_else(|| {
            crate::error::Error::invalid("", "must hold a `secret`, a `publicKey` or a `jwksUrl`")
        })
    }
}

/// What a key set needs beside its URL, since anybody's tokens may be signed by the same set.
fn demand_set_fields(fields: &mut Fields<'_>) {
    for (name, why) in [
        ("issuer", "the `iss` that its tokens have"),
        (
            "audience",
            "the `aud` that its tokens name; else tokens for others would do",
        ),
    ] {
        if fields.sent(name).is_none() {
            fields.fault(name, format!("is required with `jwksUrl`: {why}"));
        }
    }
    if fields.sent("kid").is_some() {
        fields.fault(
            "kid",
            "is not for `jwksUrl`: the keys of a set have names of their own",
        );
    }
}

fn read_material(
    fields: &mut Fields<'_>,
    refused: &impl Fn(&Url) -> Option<OutboundError>,
) -> (Option<JwtAlgorithm>, Option<Material>) {
    let sent: Vec<&str> = KINDS
        .into_iter()
        .filter(|name| fields.sent(name).is_some())
        .collect();
    let algorithm = read_algorithm(fields, &sent);
    match sent.as_slice() {
        [] => {
            let field = match algorithm {
                Some(JwtAlgorithm::Hs256) => "secret",
                Some(_) => "publicKey",
                None => "",
            };
            fields.fault(
                field,
                "is missing: a `secret` for HS256, a `publicKey` for RS256, ES256 and EdDSA, or a `jwksUrl`",
            );
            (algorithm, None)
        }
        ["secret"] => (algorithm, read_secret(fields, algorithm)),
        ["publicKey"] => (algorithm, read_public_key(fields, algorithm)),
        ["jwksUrl"] => (algorithm, read_url(fields, algorithm, refused)),
        [_, more @ ..] => {
            for name in more {
                fields.fault(
                    name,
                    "is one too many: send one of `secret`, `publicKey` and `jwksUrl`",
                );
            }
            (algorithm, None)
        }
    }
}

fn read_algorithm(fields: &mut Fields<'_>, sent: &[&str]) -> Option<JwtAlgorithm> {
    const KNOWN: &str = "must be HS256, RS256, ES256 or EdDSA";
    let name = match fields.sent("algorithm") {
        // A set's keys say it themselves.
        None if sent == ["jwksUrl"] => return None,
        None => {
            fields.fault("algorithm", "is required: HS256, RS256, ES256 or EdDSA");
            return None;
        }
        Some(value) => value.as_str().unwrap_or_default(),
    };
    let algorithm = JwtAlgorithm::from_name(name);
    if algorithm.is_none() {
        fields.fault("algorithm", KNOWN);
    }
    algorithm
}

fn read_secret(fields: &mut Fields<'_>, algorithm: Option<JwtAlgorithm>) -> Option<Material> {
    let secret = fields.text("secret", |secret| match secret.len() {
        0..MIN_SECRET => Some("must be at least 32 bytes long: a shorter one can be guessed"),
        MIN_SECRET..=MAX_SECRET => None,
        _ => Some("must be at most 1024 bytes long"),
    });
    if algorithm.is_some_and(|algorithm| algorithm != JwtAlgorithm::Hs256) {
        fields.fault(
            "secret",
            "is for HS256 alone: RS256, ES256 and EdDSA take a `publicKey`",
        );
        return None;
    }
    secret.map(|secret| Material::Secret(Secret::new(secret)))
}

fn read_public_key(fields: &mut Fields<'_>, algorithm: Option<JwtAlgorithm>) -> Option<Material> {
    let pem = fields.text("publicKey", |pem| {
        (pem.len() > MAX_PEM).then_some("must be at most 16 KB long")
    })?;
    let pem = pem.trim();
    match from_pem(algorithm?, pem) {
        Ok(_key) => Some(Material::PublicKey(pem.to_owned())),
        Err(wrong) => {
            fields.fault("publicKey", wrong);
            None
        }
    }
}

fn read_url(
    fields: &mut Fields<'_>,
    algorithm: Option<JwtAlgorithm>,
    refused: &impl Fn(&Url) -> Option<OutboundError>,
) -> Option<Material> {
    const RULE: &str =
        "must be an absolute `https` URL of at most 2000 characters, without user name and fragment";
    if algorithm == Some(JwtAlgorithm::Hs256) {
        fields.fault(
            "algorithm",
            "is not for `jwksUrl`: a key set never supplies a secret",
        );
    }
    let text = fields.text("jwksUrl", |_any| None)?;
    let parsed = Url::parse(&text).ok().filter(|url| {
        text.len() <= MAX_URL
            && matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    });
    let Some(url) = parsed else {
        fields.fault("jwksUrl", RULE);
        return None;
    };
    match refused(&url) {
        Some(OutboundError::BadRequest(_)) => fields.fault("jwksUrl", RULE),
        Some(_) => fields.fault(
            "jwksUrl",
            "must lead to a public address by `https`; others are reached only where the operator allows them \
             (SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS)",
        ),
        None => return Some(Material::Jwks(url.into())),
    }
    None
}

fn name_fault(name: &str) -> Option<&'static str> {
    (name.chars().count() > 100 || name.contains(char::is_control))
        .then_some("must be at most 100 characters long, without control characters")
}

fn party_fault(text: &str) -> Option<&'static str> {
    (text.is_empty() || text.chars().count() > MAX_NAME || text.contains(char::is_control))
        .then_some("must be 1 to 512 characters without control characters, as it stands in the tokens")
}

const _: () = assert!(MAX_KID == 256, "the rule of `kid` above says so");
