//! The envelope: a random key for each record, wrapped by the master key, in XChaCha20-Poly1305.
//!
//! Sealed bytes, version 1: the version (1 byte), the master key's id (8), the nonce of the wrap (24), the wrapped
//! data key (32 and a tag of 16), the nonce of the record (24), the record and its tag (16). Both layers cover the
//! record's context, and the layer's name, the version and the key's id, so that no part fits anywhere else.

use crate::key::{ID_BYTES, KEY_BYTES, KeyRing};
use crate::{Context, Error};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use solder_model::{Entropy, Sealed};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
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
        let master = self.current();
        let mut data_key = Zeroizing::new([0; KEY_BYTES]);
        let (mut wrap_nonce, mut nonce) = ([0; NONCE_BYTES], [0; NONCE_BYTES]);
        entropy.fill(data_key.as_mut_slice());
        entropy.fill(&mut wrap_nonce);
        entropy.fill(&mut nonce);
        let covered = |layer| covered(layer, master.id_bytes(), context);

        let mut sealed = Vec::with_capacity(OVERHEAD + plain.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&master.id_bytes());
        sealed.extend_from_slice(&wrap_nonce);
        let wrapped = encrypt(
            master.bytes(),
            wrap_nonce,
            data_key.as_slice(),
            &covered(Layer::Wrap),
        );
        sealed.extend_from_slice(&wrapped);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&encrypt(&data_key, nonce, plain, &covered(Layer::Record)));
        Sealed(sealed)
    }

    pub(crate) fn open(&self, sealed: &Sealed, context: &Context) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (parts, rest) = Parts::split(&sealed.0).ok_or(Error::Malformed)?;
        let master = self.find(parts.id).ok_or(Error::WrongKey)?;
        let covered = |layer| covered(layer, parts.id, context);
        let unwrapped = decrypt(
            master.bytes(),
            parts.wrap_nonce,
            parts.wrapped,
            &covered(Layer::Wrap),
        )?;
        let data_key: &[u8; KEY_BYTES] = unwrapped
            .as_slice()
            .try_into()
            .map_err(|_wrong_length| Error::Malformed)?;
        decrypt(data_key, parts.nonce, rest, &covered(Layer::Record))
    }
}

struct Parts<'a> {
    id: [u8; ID_BYTES],
    wrap_nonce: [u8; NONCE_BYTES],
    wrapped: &'a [u8],
    nonce: [u8; NONCE_BYTES],
}

impl<'a> Parts<'a> {
    fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&[VERSION], rest) = bytes.split_first_chunk::<1>()? else {
            return None;
        };
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>()?;
        let (wrap_nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (wrapped, rest) = rest.split_first_chunk::<WRAPPED_BYTES>()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let parts = Self {
            id: *id,
            wrap_nonce: *wrap_nonce,
            wrapped,
            nonce: *nonce,
        };
        (rest.len() >= TAG_BYTES).then_some((parts, rest))
    }
}

fn covered(layer: Layer, id: [u8; ID_BYTES], context: &Context) -> Vec<u8> {
    let name: &[u8; 8] = match layer {
        Layer::Wrap => b"data key",
        Layer::Record => b"record  ",
    };
    [name, &[VERSION][..], &id, context.as_bytes()].concat()
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
