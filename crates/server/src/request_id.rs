//! Request ids: 32 hex characters that no two requests of an installation share. They find a request in the log and
//! are no secret.

use http::HeaderValue;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of the splitmix64 sequence.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Makes ids: the half that is this process's own, and a count that is scrambled, so that nobody reads from two ids
/// how many requests lie between them. Asking the system for random bytes would cost a call on every request.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that follow from a random text.
    pub(crate) fn new(random: &str) -> Self {
        let half = |place: u8| {
            let mut hasher = DefaultHasher::new();
            (place, random).hash(&mut hasher);
            hasher.finish()
        };
        Self {
            process: half(0),
            next: AtomicU64::new(half(1)),
        }
    }

    /// A new id.
    pub(crate) fn next(&self) -> HeaderValue {
        let scrambled = scramble(self.next.fetch_add(STEP, Ordering::Relaxed));
        let mut text = [0_u8; 32];
        let bytes = self
            .process
            .to_be_bytes()
            .into_iter()
            .chain(scrambled.to_be_bytes());
        let digits = bytes.flat_map(|byte| [byte >> 4, byte & 15]);
        for (place, digit) in text.iter_mut().zip(digits) {
            *place = if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            };
        }
        // Hex digits are a header's value in any case.
        HeaderValue::from_bytes(&text).unwrap_or_else(|_never| HeaderValue::from_static("none"))
    }
}

/// The finisher of splitmix64: one to one, so that different counts stay different.
const fn scramble(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::RequestIds;
    use std::collections::HashSet;

    #[test]
    fn ids_are_hex_and_never_come_twice() {
        let (one, other) = (RequestIds::new("a"), RequestIds::new("b"));
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            for ids in [&one, &other] {
                let id = ids.next().to_str().unwrap().to_owned();
                assert!(
                    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{id}"
                );
                assert!(seen.insert(id));
            }
        }
    }
}
