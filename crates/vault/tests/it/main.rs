//! The vault as its users see it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use solder_model::{Entropy, Sealed};
use solder_vault::{Context, Error, KeyRing, MasterKey, Vault, same};
use std::sync::Mutex;

/// Bytes that are the same in every run and never repeat within one.
struct Seeded(Mutex<TestRng>);

impl Seeded {
    fn new() -> Self {
        Self(Mutex::new(TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        )))
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

struct Installation {
    vault: Vault,
    entropy: Seeded,
    master: String,
    hash_key: Sealed,
}

fn installation() -> Installation {
    let entropy = Seeded::new();
    let key = MasterKey::generate(&entropy);
    let master = key.to_text().expose().to_owned();
    let ring = KeyRing::new(key);
    let hash_key = Vault::new_hash_key(&ring, &entropy);
    let vault = Vault::open_with(ring, &hash_key).unwrap();
    Installation {
        vault,
        entropy,
        master,
        hash_key,
    }
}

fn key(text: &str) -> MasterKey {
    MasterKey::parse(text).unwrap()
}

proptest! {
    #[test]
    fn what_was_sealed_opens_and_is_not_seen_in_the_seal(plain in proptest::collection::vec(any::<u8>(), 0..400)) {
        let Installation { vault, entropy, .. } = installation();
        let context = Context::new("credential", &["acc", "usr"]);
        let sealed = vault.seal(&entropy, &plain, &context);
        let opened = vault.open(&sealed, &context).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
        prop_assert!(plain.len() < 8 || !sealed.0.windows(plain.len()).any(|window| window == plain));
    }

    #[test]
    fn another_context_opens_nothing(
        sealed_for in proptest::collection::vec("[ab]{0,2}", 0..4),
        asked_for in proptest::collection::vec("[ab]{0,2}", 0..4),
    ) {
        let Installation { vault, entropy, .. } = installation();
        let context = |parts: &[String]| Context::new("x", &parts.iter().map(String::as_str).collect::<Vec<_>>());
        let sealed = vault.seal(&entropy, b"secret", &context(&sealed_for));
        let opened = vault.open(&sealed, &context(&asked_for));
        prop_assert_eq!(opened.is_ok(), sealed_for == asked_for);
    }
}

#[test]
fn any_flipped_bit_is_refused() {
    let Installation { vault, entropy, .. } = installation();
    let context = Context::new("credential", &["usr"]);
    let sealed = vault.seal(&entropy, b"xoxb-secret", &context);
    for bit in 0..sealed.0.len() * 8 {
        let mut altered = sealed.clone();
        altered.0[bit / 8] ^= 1 << (bit % 8);
        let expected = match bit / 8 {
            0 => Error::Malformed,
            1..=8 => Error::WrongKey,
            _ => Error::Refused,
        };
        assert_eq!(
            vault.open(&altered, &context).err(),
            Some(expected),
            "bit {bit} was flipped"
        );
    }
}

#[test]
fn bytes_that_are_cut_or_lengthened_are_refused() {
    let Installation { vault, entropy, .. } = installation();
    let context = Context::new("credential", &["usr"]);
    let sealed = vault.seal(&entropy, b"xoxb-secret", &context);
    for length in 0..sealed.0.len() {
        assert!(
            vault
                .open(&Sealed(sealed.0[..length].to_vec()), &context)
                .is_err(),
            "{length} bytes"
        );
    }
    let mut longer = sealed;
    longer.0.push(0);
    assert_eq!(vault.open(&longer, &context).err(), Some(Error::Refused));
}

#[test]
fn layers_of_two_records_cannot_be_mixed() {
    let Installation { vault, entropy, .. } = installation();
    let context = Context::new("credential", &["usr"]);
    let one = vault.seal(&entropy, b"one", &context);
    let two = vault.seal(&entropy, b"two", &context);
    let mixed = [&one.0[..81], &two.0[81..]].concat();
    assert_eq!(vault.open(&Sealed(mixed), &context).err(), Some(Error::Refused));
}

#[test]
fn the_same_record_is_sealed_differently_each_time() {
    let Installation { vault, entropy, .. } = installation();
    let context = Context::new("credential", &["usr"]);
    assert_ne!(
        vault.seal(&entropy, b"one", &context),
        vault.seal(&entropy, b"one", &context)
    );
}

#[test]
fn another_master_key_is_told_as_such() {
    let Installation {
        entropy, hash_key, ..
    } = installation();
    let other = KeyRing::new(MasterKey::generate(&entropy));
    assert_eq!(Vault::open_with(other, &hash_key).err(), Some(Error::WrongKey));
}

#[test]
fn an_older_key_opens_and_the_current_one_seals() {
    let Installation {
        vault,
        entropy,
        master,
        hash_key,
    } = installation();
    let context = Context::new("credential", &["usr"]);
    let before = vault.seal(&entropy, b"before", &context);
    let new_key = MasterKey::generate(&entropy).to_text().expose().to_owned();

    let rotated = KeyRing::new(key(&new_key)).with_older(key(&master));
    let rotated = Vault::open_with(rotated, &hash_key).unwrap();
    assert_eq!(rotated.key_id(), key(&new_key).id());
    assert_eq!(rotated.digest("slk_1"), vault.digest("slk_1"));
    assert_eq!(rotated.open(&before, &context).unwrap().as_slice(), b"before");
    let after = rotated.seal(&entropy, b"after", &context);
    assert_eq!(rotated.open(&after, &context).unwrap().as_slice(), b"after");
    assert_eq!(vault.open(&after, &context).err(), Some(Error::WrongKey));
}

#[test]
fn a_sealed_record_is_no_hash_key() {
    let Installation {
        vault,
        entropy,
        master,
        ..
    } = installation();
    let sealed = vault.seal(&entropy, &[7; 32], &Context::new("credential", &[]));
    let opened = Vault::open_with(KeyRing::new(key(&master)), &sealed);
    assert_eq!(opened.err(), Some(Error::Refused));
}

#[test]
fn digests_depend_on_the_secret_and_on_the_installation() {
    let Installation {
        vault,
        entropy,
        master,
        ..
    } = installation();
    assert!(same(&vault.digest("token"), &vault.digest("token")));
    assert!(!same(&vault.digest("token"), &vault.digest("tokem")));
    let hash_key = Vault::new_hash_key(&KeyRing::new(key(&master)), &entropy);
    let other = Vault::open_with(KeyRing::new(key(&master)), &hash_key).unwrap();
    assert!(!same(&vault.digest("token"), &other.digest("token")));
}

#[test]
fn nothing_prints_a_secret() {
    let Installation {
        vault,
        entropy,
        master,
        hash_key,
    } = installation();
    let master_key = key(&master);
    let sealed = vault.seal(&entropy, b"xoxb-secret", &Context::new("credential", &[]));
    let digest = vault.digest("x");
    let printed = format!("{master_key:?} {vault:?} {sealed:?} {hash_key:?} {digest:?}");
    assert!(printed.contains(&master_key.id()));
    let (start, _) = master.split_at(8);
    let [first, second, ..] = digest.0;
    let shown = [format!("{first}, {second}"), format!("{first:02x}{second:02x}")];
    for secret in [start, "xoxb", &shown[0], &shown[1]] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
