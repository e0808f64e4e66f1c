//! Public keys: from PEM and from key sets, each for one algorithm alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use solder_model::JwtAlgorithm;

/// RSA keys are at least this long, in bits: RFC 7518, 3.3.
const MIN_RSA_BITS: usize = 2_048;
/// And at most this long, since a longer one only costs time.
const MAX_RSA_BITS: usize = 8_192;

/// The algorithm as the library names it.
pub(super) const fn named(algorithm: JwtAlgorithm) -> Algorithm {
    match algorithm {
        JwtAlgorithm::Hs256 => Algorithm::HS256,
        JwtAlgorithm::Rs256 => Algorithm::RS256,
        JwtAlgorithm::Es256 => Algorithm::ES256,
        JwtAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

/// Whether the signature is one of what was signed, by this key and this algorithm.
pub(super) fn verifies(key: &DecodingKey, algorithm: JwtAlgorithm, signed: &str, signature: &str) -> bool {
    jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key, named(algorithm)).unwrap_or(false)
}

/// A public key from PEM, or what is wrong with it, as a sentence for whoever registers it.
pub(crate) fn from_pem(algorithm: JwtAlgorithm, pem: &str) -> Result<DecodingKey, &'static str> {
    let bytes = pem.as_bytes();
    if pem.contains("PRIVATE KEY-----") {
        return Err(
            "is a private key: register the public one, and treat the private one as known, since it was sent",
        );
    }
    let is_spki = pem.starts_with("-----BEGIN PUBLIC KEY-----");
    let is_pkcs1 = pem.starts_with("-----BEGIN RSA PUBLIC KEY-----") && algorithm == JwtAlgorithm::Rs256;
    if !is_spki && !is_pkcs1 {
        return Err("must be a public key as PEM: it begins with `-----BEGIN PUBLIC KEY-----`");
    }
    match algorithm {
        JwtAlgorithm::Hs256 => Err("is not for HS256, which takes a `secret`"),
        JwtAlgorithm::Rs256 => {
            let key =
                DecodingKey::from_rsa_pem(bytes).map_err(|_bad| "is no RSA public key that can be read")?;
            match rsa_bits(&key) {
                Some(bits) if bits < MIN_RSA_BITS => {
                    Err("is an RSA key of less than 2048 bits, which is too weak")
                }
                Some(bits) if bits <= MAX_RSA_BITS => Ok(key),
                Some(_) => Err("is an RSA key of more than 8192 bits"),
                None => Err("is no RSA public key that can be read"),
            }
        }
        JwtAlgorithm::Es256 => DecodingKey::from_ec_pem(bytes)
            .ok()
            .filter(is_p256)
            .ok_or("is no public key on the curve P-256, which ES256 takes"),
        JwtAlgorithm::EdDsa => DecodingKey::from_ed_pem(bytes)
            .ok()
            .filter(|key| length(key) == Some(32))
            .ok_or("is no Ed25519 public key, which EdDSA takes"),
    }
}

/// An RSA key from the parts that a key set gives.
pub(super) fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Option<DecodingKey> {
    let bits = bits(modulus);
    ((MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) && (1..=8).contains(&exponent.len()))
        .then(|| DecodingKey::from_rsa_raw_components(modulus, exponent))
}

/// A key on P-256 from its coordinates.
pub(super) fn from_p256(x: &[u8], y: &[u8]) -> Option<DecodingKey> {
    (x.len() == 32 && y.len() == 32).then(|| DecodingKey::from_ec_der(&[&[4], x, y].concat()))
}

/// An Ed25519 key from its coordinate.
pub(super) fn from_ed25519(x: &[u8]) -> Option<DecodingKey> {
    (x.len() == 32).then(|| DecodingKey::from_ed_der(x))
}

fn rsa_bits(key: &DecodingKey) -> Option<usize> {
    let jwk = Jwk::from_decoding_key(key, Some(Algorithm::RS256)).ok()?;
    let AlgorithmParameters::RSA(parts) = jwk.algorithm else {
        return None;
    };
    Some(bits(&URL_SAFE_NO_PAD.decode(parts.n).ok()?))
}

/// The length of a number in bits, without the zeros before it.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let leading = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - leading
}

fn length(key: &DecodingKey) -> Option<usize> {
    key.try_get_as_bytes().ok().map(<[u8]>::len)
}

/// An uncompressed point on a curve of 256 bits.
fn is_p256(key: &DecodingKey) -> bool {
    length(key) == Some(65)
        && key
            .try_get_as_bytes()
            .is_ok_and(|bytes| bytes.first() == Some(&4))
}
