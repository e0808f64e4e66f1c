//! The envelope: a random key for each record, wrapped by the master key, in XChaCha20-Poly1305.
//!
//! Sealed bytes: the version (1 byte), the master key's id (8), the nonce of the wrap (24), the wrapped data key (32 and
//! a tag of 16), the nonce of the record (24), the record and its tag (16). Both layers cover the record's context, the
//! layer's name and the version; the wrap covers the master key's id too. So no part fits anywhere else.
//!
//! Version 2, which is what is written, lets the record layer be as it is when the master key changes: only the wrap is
//! made anew. In version 1 the record layer covers the master key's id as well, so that such a record is sealed anew.

use crate::key::{ID_BYTES, KEY_BYTES, KeyRing, id_text};
use crate::{Context, Error};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use solder_model::{Entropy, Sealed};
use zeroize::Zeroizing;

/// What is written.
const VERSION: u8 = 2;
/// What is opened besides.
const FIRST_VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const WRAPPED_BYTES: usize = KEY_BYTES + TAG_BYTES;

/// What stands around a record, in bytes.
const OVERHEAD: usize = 1 + ID_BYTES + NONCE_BYTES + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES;

#[derive(Clone, Copy)]
enum Layer {
    Wrap,
    Record,
}

impl KeyRing {
    pub(crate) fn seal(&self, entropy: &dyn Entropy, plain: &[u8], context: &Context) -> Sealed {
        let mut data_key = Zeroizing::new([0; KEY_BYTES]);
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(data_key.as_mut_slice());
        entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(OVERHEAD + plain.len());
        self.wrap(entropy, &data_key, context, &mut sealed);
        sealed.extend_from_slice(&nonce);
        let covered = covered(Layer::Record, VERSION, None, context);
        sealed.extend_from_slice(&encrypt(&data_key, nonce, plain, &covered));
        Sealed(sealed)
    }

    pub(crate) fn open(&self, sealed: &Sealed, context: &Context) -> Result<Zeroizing<Vec<u8>>, Error> {
        let parts = Parts::split(&sealed.0)?;
        let data_key = self.unwrap(&parts, context)?;
        let id = (parts.version == FIRST_VERSION).then_some(parts.id);
        let covered = covered(Layer::Record, parts.version, id, context);
        decrypt(&data_key, parts.nonce, parts.record, &covered)
    }

    /// The record under the key that seals; none where it is already. The record layer of version 2 is taken over as
    /// it is, unseen.
    pub(crate) fn rewrap(
        &self,
        entropy: &dyn Entropy,
        sealed: &Sealed,
        context: &Context,
    ) -> Result<Option<Sealed>, Error> {
        let parts = Parts::split(&sealed.0)?;
        if parts.id == self.current().id_bytes() {
            return Ok(None);
        }
        if parts.version == FIRST_VERSION {
            let opened = self.open(sealed, context)?;
            return Ok(Some(self.seal(entropy, &opened, context)));
        }
        let data_key = self.unwrap(&parts, context)?;
        let mut rewrapped = Vec::with_capacity(sealed.0.len());
        self.wrap(entropy, &data_key, context, &mut rewrapped);
        rewrapped.extend_from_slice(&parts.nonce);
        rewrapped.extend_from_slice(parts.record);
        Ok(Some(Sealed(rewrapped)))
    }

    /// Writes all that stands before the record layer.
    fn wrap(&self, entropy: &dyn Entropy, data_key: &[u8; KEY_BYTES], context: &Context, to: &mut Vec<u8>) {
        let master = self.current();
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        to.push(VERSION);
        to.extend_from_slice(&master.id_bytes());
        to.extend_from_slice(&nonce);
        let covered = covered(Layer::Wrap, VERSION, Some(master.id_bytes()), context);
        to.extend_from_slice(&encrypt(master.bytes(), nonce, data_key, &covered));
    }

    fn unwrap(&self, parts: &Parts<'_>, context: &Context) -> Result<Zeroizing<[u8; KEY_BYTES]>, Error> {
        let master = self.find(parts.id).ok_or(Error::WrongKey)?;
        let covered = covered(Layer::Wrap, parts.version, Some(parts.id), context);
        let unwrapped = decrypt(master.bytes(), parts.wrap_nonce, parts.wrapped, &covered)?;
        if unwrapped.len() != KEY_BYTES {
            return Err(Error::Malformed);
        }
        let mut data_key = Zeroizing::new([0; KEY_BYTES]);
        data_key.copy_from_slice(&unwrapped);
        Ok(data_key)
    }
}

/// The id of the master key that sealed a record: 16 hex characters, not secret.
pub fn sealed_by(sealed: &Sealed) -> Result<String, Error> {
    Ok(id_text(Parts::split(&sealed.0)?.id))
}

/// The same as the ring compares it.
pub(crate) fn key_of(sealed: &Sealed) -> Result<[u8; ID_BYTES], Error> {
    Ok(Parts::split(&sealed.0)?.id)
}

struct Parts<'a> {
    version: u8,
    id: [u8; ID_BYTES],
    wrap_nonce: [u8; NONCE_BYTES],
    wrapped: &'a [u8],
    nonce: [u8; NONCE_BYTES],
    record: &'a [u8],
}

impl<'a> Parts<'a> {
    fn split(bytes: &'a [u8]) -> Result<Self, Error> {
        let parts = Self::cut(bytes).ok_or(Error::Malformed)?;
        let is_known = matches!(parts.version, VERSION | FIRST_VERSION);
        if is_known && parts.record.len() >= TAG_BYTES {
            Ok(parts)
        } else {
            Err(Error::Malformed)
        }
    }

    fn cut(bytes: &'a [u8]) -> Option<Self> {
        let (&[version], rest) = bytes.split_first_chunk::<1>()?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>()?;
        let (wrap_nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (wrapped, rest) = rest.split_first_chunk::<WRAPPED_BYTES>()?;
        let (nonce, record) = rest.split_first_chunk::<NONCE_BYTES>()?;
        Some(Self {
            version,
            id: *id,
            wrap_nonce: *wrap_nonce,
            wrapped,
            nonce: *nonce,
            record,
        })
    }
}

/// What a layer covers beside its own bytes.
fn covered(layer: Layer, version: u8, id: Option<[u8; ID_BYTES]>, context: &Context) -> Vec<u8> {
    let name: &[u8; 8] = match layer {
        Layer::Wrap => b"data key",
        Layer::Record => b"record  ",
    };
    let id = id.as_ref().map_or(&[][..], |id| &id[..]);
    [&name[..], &[version][..], id, context.as_bytes()].concat()
}

#[expect(
    clippy::expect_used,
    reason = "the cipher refuses only what is longer than 256 GiB, which no memory holds"
)]
fn encrypt(key: &[u8; KEY_BYTES], nonce: [u8; NONCE_BYTES], plain: &[u8], covered: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: covered,
            },
        )
        .expect("shorter than the cipher's limit")
}

fn decrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    bytes: &[u8],
    covered: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: bytes,
                aad: covered,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_no_cause_is_given| Error::Refused)
}
