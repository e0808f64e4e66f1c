//! Master keys and the ring that holds the present one and those before it.

use crate::Error;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use solder_model::{Entropy, Secret};
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// The length of every key here, in bytes.
pub(crate) const KEY_BYTES: usize = 32;
/// The length of a key's id, in bytes.
pub(crate) const ID_BYTES: usize = 8;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key that wraps every record's own key: 32 random bytes, wiped when dropped.
pub struct MasterKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    id: [u8; ID_BYTES],
}

impl MasterKey {
    /// A new key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        Self::from_bytes(bytes)
    }

    /// Reads a key: 32 bytes as 64 hex characters or in base64, with or without padding. White space at the ends is
    /// passed over, since key files end in a line break.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let decoded = if text.len() == KEY_BYTES * 2 {
            from_hex(text)
        } else {
            BASE64.decode(text).ok().map(Zeroizing::new)
        };
        let decoded = decoded.ok_or(Error::BadMasterKey)?;
        if decoded.len() != KEY_BYTES {
            return Err(Error::BadMasterKey);
        }
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        bytes.copy_from_slice(&decoded);
        Ok(Self::from_bytes(bytes))
    }

    /// The key in base64, as [`MasterKey::parse`] reads it.
    pub fn to_text(&self) -> Secret {
        Secret::new(BASE64.encode(self.bytes.as_slice()))
    }

    /// A short name of the key, derived from it by a keyed hash: 16 hex characters, not secret.
    pub fn id(&self) -> String {
        id_text(self.id)
    }

    pub(crate) fn id_bytes(&self) -> [u8; ID_BYTES] {
        self.id
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    fn from_bytes(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let mut mac = keyed_hash(&bytes);
        mac.update(b"solder: master key id");
        let mut hash = mac.finalize().into_bytes();
        let mut id = [0; ID_BYTES];
        for (to, from) in id.iter_mut().zip(hash.iter()) {
            *to = *from;
        }
        hash.zeroize();
        Self { bytes, id }
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MasterKey({})", self.id())
    }
}

/// The current master key and older ones. Seals with the current; opens with the one that the sealed bytes name.
#[derive(Debug, Clone)]
pub struct KeyRing {
    current: Arc<MasterKey>,
    older: Vec<Arc<MasterKey>>,
}

impl KeyRing {
    /// The most keys of a ring.
    pub const MOST: usize = 16;

    /// A ring of one key.
    pub fn new(current: MasterKey) -> Self {
        Self {
            current: Arc::new(current),
            older: Vec::new(),
        }
    }

    /// Reads keys as [`MasterKey::parse`] takes each, one a line or with commas or white space between. The first
    /// seals, the others open only. What follows a `#` is passed over to the line's end.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let lines = text
            .lines()
            .map(|line| line.split_once('#').map_or(line, |(keys, _)| keys));
        let texts = lines.flat_map(|line| line.split([',', ' ', '\t', '\r']).filter(|text| !text.is_empty()));
        let mut ring: Option<Self> = None;
        for (number, text) in texts.enumerate() {
            if number == Self::MOST {
                return Err(Error::BadKeyRing);
            }
            let key = MasterKey::parse(text)?;
            ring = Some(match ring {
                None => Self::new(key),
                Some(ring) => ring.with_older(key),
            });
        }
        ring.ok_or(Error::BadKeyRing)
    }

    /// The keys as [`KeyRing::parse`] reads them, one a line.
    pub fn to_text(&self) -> Secret {
        let keys: Vec<Secret> = self.keys().map(MasterKey::to_text).collect();
        let mut text = Zeroizing::new(String::with_capacity(keys.len() * 45));
        for key in &keys {
            text.push_str(key.expose());
            text.push('\n');
        }
        Secret::new(text.as_str())
    }

    /// The ring with one more key, which opens and never seals. One that is there already is not taken twice.
    #[must_use]
    pub fn with_older(mut self, key: MasterKey) -> Self {
        self.add(Arc::new(key));
        self
    }

    /// The ring with a new key in front, which seals from now on; the one before goes on opening.
    #[must_use]
    pub fn with_newer(self, key: MasterKey) -> Self {
        let newer = Self::new(key);
        newer.and_keys_of(&self)
    }

    /// The ring with the keys of another, which open only.
    #[must_use]
    pub fn and_keys_of(mut self, other: &Self) -> Self {
        self.add(Arc::clone(&other.current));
        for key in &other.older {
            self.add(Arc::clone(key));
        }
        self
    }

    /// The ring with nothing but the key that seals.
    #[must_use]
    pub fn current_alone(&self) -> Self {
        Self {
            current: Arc::clone(&self.current),
            older: Vec::new(),
        }
    }

    /// The key that seals.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The ids of the keys, the one that seals first.
    pub fn ids(&self) -> Vec<String> {
        self.keys().map(MasterKey::id).collect()
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .map(|key| &**key)
    }

    fn add(&mut self, key: Arc<MasterKey>) {
        if self.find(key.id).is_none() {
            self.older.push(key);
        }
    }

    pub(crate) fn find(&self, id: [u8; ID_BYTES]) -> Option<&MasterKey> {
        self.keys().find(|key| key.id == id)
    }
}

/// HMAC-SHA256 (RFC 2104) under a key of 32 bytes.
pub(crate) fn keyed_hash(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    // A key that is shorter than the hash's block is filled up with zeros: RFC 2104, section 2.
    let mut block = Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new((&*block).into())
}

/// An id as people read it.
pub(crate) fn id_text(bytes: [u8; ID_BYTES]) -> String {
    format!("{:016x}", u64::from_be_bytes(bytes))
}

fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut digits = text.chars().map(|digit| digit.to_digit(16));
    while let Some(high) = digits.next() {
        let low = digits.next().flatten()?;
        bytes.push(u8::try_from(high? * 16 + low).ok()?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{KeyRing, MasterKey, keyed_hash};
    use crate::Error;
    use hmac::Mac;

    #[test]
    fn a_key_is_read_from_hex_and_from_base64_alike() {
        let hex = "00".repeat(31) + "fF";
        let base64 = "A".repeat(41) + "P8=";
        let unpadded = base64.trim_end_matches('=');
        let expected = MasterKey::parse(&hex).unwrap();
        assert_eq!(expected.bytes()[31], 255);
        for text in [&format!(" {base64}\r\n"), unpadded] {
            assert_eq!(
                MasterKey::parse(text).unwrap().bytes(),
                expected.bytes(),
                "{text}"
            );
        }
        assert_eq!(expected.to_text().expose(), base64);
    }

    #[test]
    fn what_is_not_32_bytes_is_no_key() {
        let (short, long) = ("0".repeat(62), "0".repeat(66));
        let (not_hex, wide) = ("g".repeat(64), "é".repeat(32));
        for text in [
            "",
            "  ",
            "password",
            &short,
            &long,
            &not_hex,
            &wide,
            &"A".repeat(44),
        ] {
            assert_eq!(MasterKey::parse(text).err(), Some(Error::BadMasterKey), "{text}");
        }
    }

    #[test]
    fn a_ring_is_read_from_several_keys_of_which_the_first_seals() {
        let (one, two, three) = ("01".repeat(32), "02".repeat(32), "03".repeat(32));
        let id = |text: &str| MasterKey::parse(text).unwrap().id();
        for text in [
            format!("{one}\n{two}\n"),
            format!("# ours\r\n\n  {one} # new\r\n{two}"),
            format!("{one},{two}"),
            format!("{one} {two} {one}"),
        ] {
            let ring = KeyRing::parse(&text).unwrap();
            assert_eq!(ring.ids(), [id(&one), id(&two)], "{text}");
            assert_eq!(KeyRing::parse(ring.to_text().expose()).unwrap().ids(), ring.ids());
        }
        let ring = KeyRing::parse(&one)
            .unwrap()
            .with_newer(MasterKey::parse(&three).unwrap());
        assert_eq!(ring.ids(), [id(&three), id(&one)]);
        assert_eq!(ring.current_alone().ids(), [id(&three)]);
        assert_eq!(KeyRing::parse(" # none\n\n").err(), Some(Error::BadKeyRing));
        assert_eq!(
            KeyRing::parse(&format!("{one}\npassword")).err(),
            Some(Error::BadMasterKey)
        );
        let many: Vec<String> = (0..17).map(|number| format!("{number:064x}")).collect();
        assert_eq!(KeyRing::parse(&many.join("\n")).err(), Some(Error::BadKeyRing));
        assert_eq!(KeyRing::parse(&many[..16].join("\n")).unwrap().ids().len(), 16);
    }

    #[test]
    fn the_keyed_hash_is_hmac_sha256() {
        // RFC 4231, test case 1, whose key of 20 bytes is filled up with zeros like any other.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let mut mac = keyed_hash(&key);
        mac.update(b"Hi There");
        let expected = 0xb034_4c61_d8db_3853_5ca8_afce_af0b_f12b_u128.to_be_bytes();
        assert_eq!(mac.finalize().into_bytes()[..16], expected);
    }
}
