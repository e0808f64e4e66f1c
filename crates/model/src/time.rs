//! Time and randomness, passed in.

use serde::{Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// One day of 86,400 s, in milliseconds.
    pub const DAY_MS: i64 = 86_400_000;

    /// The moment `ms` milliseconds later (earlier where negative); stays at the ends of the range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative where `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = BadTimestamp;

    /// RFC 3339, with any offset; what is finer than a millisecond is cut.
    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        let moment: jiff::Timestamp = text.parse().map_err(|_not_it| BadTimestamp)?;
        Ok(Self(moment.as_millisecond()))
    }
}

/// The text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a moment as RFC 3339 writes it, such as 2026-01-31T12:00:00Z")]
pub struct BadTimestamp;

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds and `Z`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(formatter, "{moment:.3}"),
            Err(_) => write!(formatter, "{}", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes that nobody can foretell.
pub trait Entropy: Send + Sync {
    /// Fills the whole of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Entropy, Timestamp};
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Bytes that count up: enough for tests that ask for different ones.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_moment_is_read_as_rfc_3339() {
        for text in ["2024-01-01T00:00:00.123Z", "2024-01-01T01:30:00.1239+01:30"] {
            assert_eq!(text.parse(), Ok(Timestamp(1_704_067_200_123)), "{text}");
        }
        for text in ["", "now", "2024-01-01", "2024-13-01T00:00:00Z", "1704067200123"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_written_as_rfc_3339() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp(1_704_067_200_123).to_string(),
            "2024-01-01T00:00:00.123Z"
        );
    }
}
