//! Durations and limits in one grammar everywhere: `250ms`, `30s`, `5m`, `2h`, `7d`; `100/60s`, `1/s`.

use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// A text that is neither a duration nor a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLimit {
    /// Not a duration.
    #[error("`{0}` is not a duration: write a whole number and ms, s, m, h or d, such as `30s`")]
    Duration(String),
    /// Not a limit.
    #[error("`{0}` is not a limit: write a count, `/` and a duration, such as `100/60s`")]
    Limit(String),
}

/// Reads a duration such as `30s`; a unit alone (`s`) is one of it. Never zero, at most 366 days.
pub fn parse_duration(text: &str) -> Result<Duration, BadLimit> {
    let bad = || BadLimit::Duration(text.to_owned());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(bad)?;
    let count: u64 = if number.is_empty() {
        1
    } else {
        number.parse().map_err(|_not_it| bad())?
    };
    let unit_ms: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(bad()),
    };
    let ms = count.checked_mul(unit_ms).ok_or_else(bad)?;
    if ms == 0 || ms > 366 * 86_400_000 {
        Err(bad())
    } else {
        Ok(Duration::from_millis(ms))
    }
}

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many, at least 1.
    pub count: u32,
    /// In what time.
    pub window: Duration,
}

impl Limit {
    /// The window's length in milliseconds.
    pub fn window_ms(self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX)
    }
}

impl std::str::FromStr for Limit {
    type Err = BadLimit;

    fn from_str(text: &str) -> Result<Self, BadLimit> {
        let bad = || BadLimit::Limit(text.to_owned());
        let (count, window) = text.split_once('/').ok_or_else(bad)?;
        let count: u32 = count.parse().map_err(|_not_it| bad())?;
        let window = parse_duration(window).map_err(|_not_it| bad())?;
        if count == 0 {
            Err(bad())
        } else {
            Ok(Self { count, window })
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = self.window.as_millis();
        if ms.is_multiple_of(1_000) {
            write!(formatter, "{}/{}s", self.count, ms / 1_000)
        } else {
            write!(formatter, "{}/{ms}ms", self.count)
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, parse_duration};
    use std::time::Duration;

    #[test]
    fn the_grammar_reads_what_it_writes() {
        assert_eq!(parse_duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(parse_duration("s"), Ok(Duration::from_secs(1)));
        for bad in ["", "5", "0s", "-1s", "1.5s", "9999999d", "5 m", "é"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
        let limit: Limit = "100/60s".parse().unwrap();
        assert_eq!((limit.count, limit.window), (100, Duration::from_mins(1)));
        assert_eq!(limit.to_string(), "100/60s");
        assert_eq!("1/s".parse::<Limit>().unwrap().to_string(), "1/1s");
        for bad in ["100", "0/1s", "a/1s", "1/", "1/0s"] {
            assert!(bad.parse::<Limit>().is_err(), "{bad}");
        }
    }
}
