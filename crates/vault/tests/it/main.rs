//! The vault as its users see it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod timing;

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use solder_model::{Clock, Entropy, Sealed, Timestamp};
use solder_vault::{Context, Error, KeyRing, KeySource, MasterKey, Vault, sealed_by};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

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
    assert!(vault.digest("token") == vault.digest("token"));
    assert!(vault.digest("token") != vault.digest("tokem"));
    let hash_key = Vault::new_hash_key(&KeyRing::new(key(&master)), &entropy);
    let other = Vault::open_with(KeyRing::new(key(&master)), &hash_key).unwrap();
    assert!(vault.digest("token") != other.digest("token"));
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

/// The bytes that a text of hex digits stands for.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap());
    pairs.collect()
}

const KEPT_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const KEPT_HASH_KEY: &str = "015723e769858ca8708f3651f51fb29c18c9142414726469a8679ead7d71d204e86b4f02377f6120ee68a01269a02e65\
    7b59960d3553470506cac206b9ddbe12eda5ca2706b07da0f3c134c9750398dfc38c09910c3b4b0ee185c4f99f0bae5a\
    ea209dcf7502f572ea5a1dca9cfaf00a08695fa27ece7ac6622e562446924d0f268ca4561e07c68f0a240b71bf7214e5\
    532c1a2e282e1954c1";
const KEPT_RECORD: &str = "015723e769858ca870ef606944cb4885cd485b3fa82107dd6facdd2f73b225db37639449e4b20ad398b05be82e43fa2c\
    cfbaba51cd013040847fb6406d74ca5f9fd8e0bca5f9a186fd447d421f50a101a638c681bb61fd708b4b7044e78abf42\
    da572cceae8614dba7942e2ce069652a17db35980ec8e04cdaacd4e9c405577ad4f61bae";
const KEPT_DIGEST: &str = "9e3338f9fd826094f63b0b095f26dba812a10350705be1b5b6afe88c979c0642";

#[test]
fn what_earlier_programs_sealed_and_hashed_still_holds() {
    let hash_key = Sealed(bytes(KEPT_HASH_KEY));
    let vault = Vault::open_with(KeyRing::new(key(KEPT_KEY)), &hash_key).unwrap();
    let record = Sealed(bytes(KEPT_RECORD));
    let opened = vault.open(&record, &Context::new("credential", &["acc", "usr"]));
    assert_eq!(opened.unwrap().as_slice(), b"xoxb-secret");
    assert_eq!(vault.digest("slk_1").0.as_slice(), bytes(KEPT_DIGEST));
    assert_eq!(vault.key_id(), "5723e769858ca870");
}

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::parse(&keys.join("\n")).unwrap()
}

fn new_key(entropy: &Seeded) -> String {
    MasterKey::generate(entropy).to_text().expose().to_owned()
}

#[test]
fn a_record_is_brought_under_another_master_key_without_its_record_layer_being_touched() {
    let Installation {
        vault,
        entropy,
        master,
        hash_key,
    } = installation();
    let context = Context::new("credential", &["usr"]);
    let sealed = vault.seal(&entropy, b"xoxb-secret", &context);
    assert_eq!(
        vault.rewrap(&entropy, &sealed, &context),
        Ok(None),
        "nothing to do"
    );
    let new = new_key(&entropy);
    vault.replace(ring(&[&new, &master]));
    let rewrapped = vault.rewrap(&entropy, &sealed, &context).unwrap().unwrap();
    assert_eq!(rewrapped.0[81..], sealed.0[81..]);
    assert_ne!(rewrapped.0[..81], sealed.0[..81]);
    assert_eq!(sealed_by(&rewrapped), Ok(key(&new).id()));

    let digest = vault.digest("token");
    let hash_key = vault
        .rewrap(&entropy, &hash_key, &Context::new("hash key", &[]))
        .unwrap()
        .unwrap();
    let alone = Vault::open_with(ring(&[&new]), &hash_key).unwrap();
    assert_eq!(
        alone.open(&rewrapped, &context).unwrap().as_slice(),
        b"xoxb-secret"
    );
    assert!(alone.digest("token") == digest, "what is looked up by stays");
    assert_eq!(alone.open(&sealed, &context).err(), Some(Error::WrongKey));
    let other = Context::new("credential", &["other"]);
    assert_eq!(alone.open(&rewrapped, &other).err(), Some(Error::Refused));
    vault.replace(ring(&[&new_key(&entropy), &master]));
    assert_eq!(vault.rewrap(&entropy, &sealed, &other), Err(Error::Refused));
}

#[test]
fn a_record_of_the_first_version_is_sealed_anew_under_another_master_key() {
    let entropy = Seeded::new();
    let new = new_key(&entropy);
    let vault = Vault::open_with(ring(&[&new, KEPT_KEY]), &Sealed(bytes(KEPT_HASH_KEY))).unwrap();
    let context = Context::new("credential", &["acc", "usr"]);
    let record = Sealed(bytes(KEPT_RECORD));
    let rewrapped = vault.rewrap(&entropy, &record, &context).unwrap().unwrap();
    assert_eq!((record.0[0], rewrapped.0[0]), (1, 2));
    vault.replace(ring(&[&new]));
    assert_eq!(
        vault.open(&rewrapped, &context).unwrap().as_slice(),
        b"xoxb-secret"
    );
    assert_eq!(vault.open(&record, &context).err(), Some(Error::WrongKey));
}

#[test]
fn the_version_of_a_record_cannot_be_changed_into_another() {
    let Installation { vault, entropy, .. } = installation();
    let context = Context::new("credential", &["usr"]);
    let mut sealed = vault.seal(&entropy, b"xoxb-secret", &context);
    sealed.0[0] = 1;
    assert_eq!(vault.open(&sealed, &context).err(), Some(Error::Refused));
}

/// A source that gives what it is told to, and counts how often it is asked.
#[derive(Default)]
struct Source {
    gives: Mutex<Option<KeyRing>>,
    asked: AtomicU32,
}

impl KeySource for Source {
    fn read(&self) -> Option<KeyRing> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.gives.lock().unwrap().clone()
    }
}

#[derive(Default)]
struct Now(AtomicI64);

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[test]
fn a_record_under_an_unknown_key_makes_the_source_be_asked_again_at_a_bounded_rate() {
    let Installation {
        vault,
        entropy,
        master,
        hash_key,
    } = installation();
    let (new, strange) = (new_key(&entropy), new_key(&entropy));
    let other = Vault::open_with(ring(&[&new, &master]), &hash_key).unwrap();
    let context = Context::new("credential", &["usr"]);
    let sealed = other.seal(&entropy, b"xoxb-secret", &context);
    assert_eq!(
        vault.open(&sealed, &context).err(),
        Some(Error::WrongKey),
        "nobody to ask"
    );

    let (source, now) = (Arc::new(Source::default()), Arc::new(Now::default()));
    vault.follow(Arc::<Source>::clone(&source), Arc::<Now>::clone(&now));
    let asked = || source.asked.load(Ordering::SeqCst);
    // A source that gives nothing, or a ring that does not have the key, changes nothing.
    assert_eq!(vault.open(&sealed, &context).err(), Some(Error::WrongKey));
    assert_eq!(vault.open(&sealed, &context).err(), Some(Error::WrongKey));
    assert_eq!(asked(), 1, "once a second");
    now.0.fetch_add(1_000, Ordering::SeqCst);
    *source.gives.lock().unwrap() = Some(ring(&[&strange]));
    assert_eq!(vault.open(&sealed, &context).err(), Some(Error::WrongKey));
    assert_eq!((asked(), vault.key_id()), (2, key(&master).id()));

    now.0.fetch_add(1_000, Ordering::SeqCst);
    *source.gives.lock().unwrap() = Some(ring(&[&new]));
    assert_eq!(vault.open(&sealed, &context).unwrap().as_slice(), b"xoxb-secret");
    assert_eq!(vault.key_id(), key(&new).id(), "the newest seals");
    let before = Vault::open_with(ring(&[&master]), &hash_key).unwrap();
    let before = before.seal(&entropy, b"before", &context);
    assert_eq!(
        vault.open(&before, &context).unwrap().as_slice(),
        b"before",
        "what it had it keeps"
    );
    assert_eq!(asked(), 3);
}
