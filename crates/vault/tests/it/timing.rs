//! That comparing digests tells nothing by the time that it takes. Instructions are counted, which does not depend on
//! what else the machine does: the test runs itself once more for each pair, under valgrind's callgrind.

use solder_model::Digest;
use std::hint::black_box;
use std::process::Command;

const THIS: &str = "timing::digests_are_compared_in_the_same_number_of_instructions_wherever_they_differ";
/// Set in the runs that are measured.
const MEASURED: &str = "SOLDER_TEST_COMPARED_AT";

/// What every comparison of a key, token, code or form's token comes down to.
#[inline(never)]
fn compared_as_digests(one: &[u8; 32], other: &[u8; 32]) -> bool {
    black_box(Digest(*one) == Digest(*other))
}

/// The comparison that stops at the first difference: the control, which shows that the count would tell.
#[inline(never)]
fn compared_byte_by_byte(one: &[u8; 32], other: &[u8; 32]) -> bool {
    black_box(one.iter().zip(other).all(|(a, b)| a == b))
}

/// Two digests that differ at this byte; beyond the last they are the same.
fn pair(at: usize) -> ([u8; 32], [u8; 32]) {
    let one = [0x5a; 32];
    let mut other = one;
    if let Some(byte) = other.get_mut(at) {
        *byte ^= 1;
    }
    (black_box(one), black_box(other))
}

/// The instructions of one comparison by the function.
fn instructions(function: &str, at: usize) -> u64 {
    let folder =
        std::env::temp_dir().join(format!("solder-callgrind-{}-{function}-{at}", std::process::id()));
    let ran = Command::new("valgrind")
        .args([
            "--quiet",
            "--tool=callgrind",
            &format!("--callgrind-out-file={}", folder.display()),
        ])
        .arg(format!("--toggle-collect=*{function}*"))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", THIS, "--test-threads=1"])
        .env(MEASURED, at.to_string())
        .output();
    // Debian's package valgrind has to be there.
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let text = std::fs::read_to_string(&folder).unwrap();
    std::fs::remove_file(&folder).unwrap();
    let totals = text
        .lines()
        .find_map(|line| line.strip_prefix("totals: "))
        .unwrap();
    totals.trim().parse().unwrap()
}

/// The place that this run is to compare at, where it is one that is measured.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that runs itself has no other way to tell it"
)]
fn measured_at() -> Option<usize> {
    std::env::var(MEASURED).ok().map(|at| at.parse().unwrap())
}

#[test]
fn digests_are_compared_in_the_same_number_of_instructions_wherever_they_differ() {
    if let Some(at) = measured_at() {
        let (one, other) = pair(at);
        let same = compared_as_digests(&one, &other);
        assert_eq!(same, compared_byte_by_byte(&one, &other));
        return;
    }
    let places = [0, 1, 15, 31, 32];
    let counts = places.map(|at| instructions("compared_as_digests", at));
    assert!(counts[0] > 32, "{counts:?}: nothing was counted");
    assert_eq!(
        counts, [counts[0]; 5],
        "by the place of the difference: {places:?}"
    );
    let first = instructions("compared_byte_by_byte", 0);
    let last = instructions("compared_byte_by_byte", 31);
    assert!(first < last, "the control: {first} and {last}");
}
