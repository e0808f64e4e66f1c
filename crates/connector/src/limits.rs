//! How platforms ask to slow down, and how long they ask to wait.

use crate::pointer::Pointer;
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use solder_model::{Pattern, Timestamp};
use std::time::Duration;

/// What a file's `[limits]` says.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) retry: Vec<u16>,
    pub(crate) retry_after: HeaderName,
    pub(crate) remaining: Option<HeaderName>,
    pub(crate) reset: Option<HeaderName>,
    pub(crate) reset_is: ResetIs,
    pub(crate) in_body: Option<Pointer>,
    pub(crate) also: Vec<Also>,
    pub(crate) usage: Option<(HeaderName, String)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retry: vec![429, 502, 503, 504],
            retry_after: http::header::RETRY_AFTER,
            remaining: None,
            reset: None,
            reset_is: ResetIs::Seconds,
            in_body: None,
            also: Vec::new(),
            usage: None,
        }
    }
}

/// What a reset header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResetIs {
    Seconds,
    Epoch,
    EpochMs,
    HttpDate,
    Iso,
}

/// A further sign of a rate limit. All that it states must hold.
#[derive(Debug, Default)]
pub(crate) struct Also {
    pub(crate) status: Option<u16>,
    pub(crate) header: Option<HeaderName>,
    pub(crate) is: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) text: Option<Pattern>,
}

impl Also {
    /// Whether an answer shows the sign.
    pub(crate) fn holds(&self, status: u16, headers: &HeaderMap, code: Option<&str>, text: &str) -> bool {
        let header = self.header.as_ref().is_none_or(|name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.is_some_and(|value| self.is.as_deref().is_none_or(|wanted| wanted == value.trim()))
        });
        header
            && self.status.is_none_or(|wanted| wanted == status)
            && self.code.as_deref().is_none_or(|wanted| code == Some(wanted))
            && self.text.as_ref().is_none_or(|pattern| pattern.matches(text))
    }
}

/// The longest wait that is believed: a week. A platform that says more has mixed up its units.
const LONGEST: Duration = Duration::from_hours(7 * 24);

impl Limits {
    /// How long the platform asks to wait, by the first of: `retry_after`, the body, `reset`.
    pub(crate) fn wait(&self, headers: &HeaderMap, body: Option<&Value>, now: Timestamp) -> Option<Duration> {
        let header = |name: &HeaderName| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::trim)
        };
        let asked =
            header(&self.retry_after).and_then(|text| seconds(text).or_else(|| until(http_date(text)?, now)));
        let in_body = || match self.in_body.as_ref()?.find(body?)? {
            Value::Number(number) => from_seconds(number.as_f64()?),
            Value::String(text) => seconds(text),
            _ => None,
        };
        let reset = || {
            let spent = self
                .remaining
                .as_ref()
                .and_then(header)
                .is_none_or(|left| left == "0");
            let text = self.reset.as_ref().and_then(header).filter(|_| spent)?;
            self.reset_is.wait(text, now)
        };
        asked.or_else(in_body).or_else(reset)
    }
}

impl ResetIs {
    fn wait(self, text: &str, now: Timestamp) -> Option<Duration> {
        match self {
            Self::Seconds => seconds(text),
            Self::Epoch => until(epoch(text, 1_000.0)?, now),
            Self::EpochMs => until(epoch(text, 1.0)?, now),
            Self::HttpDate => until(http_date(text)?, now),
            Self::Iso => {
                let moment: jiff::Timestamp = text.parse().ok()?;
                until(Timestamp(moment.as_millisecond()), now)
            }
        }
    }
}

fn seconds(text: &str) -> Option<Duration> {
    from_seconds(text.trim().parse().ok()?)
}

fn from_seconds(number: f64) -> Option<Duration> {
    let wait = Duration::try_from_secs_f64(number).ok()?;
    (wait <= LONGEST).then_some(wait)
}

/// A moment that is told as a number, whole or with fractions.
fn epoch(text: &str, to_ms: f64) -> Option<Timestamp> {
    let ms = text.parse::<f64>().ok()? * to_ms;
    let wait = Duration::try_from_secs_f64(ms / 1_000.0).ok()?;
    i64::try_from(wait.as_millis()).ok().map(Timestamp)
}

fn http_date(text: &str) -> Option<Timestamp> {
    let moment = httpdate::parse_http_date(text).ok()?;
    let since = moment.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

/// From now to a moment; nothing where that is over, as then there is nothing to wait for.
fn until(moment: Timestamp, now: Timestamp) -> Option<Duration> {
    let ms = u64::try_from(moment.since(now)).unwrap_or(0);
    let wait = Duration::from_millis(ms);
    (wait <= LONGEST).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::{Also, Limits, ResetIs};
    use crate::pointer::Pointer;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde_json::json;
    use solder_model::{Pattern, Timestamp};
    use std::time::Duration;

    /// 2026-01-01T00:00:00Z.
    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn every_dialect_of_waiting_is_understood() {
        let limits = |reset_is| Limits {
            reset: Some(HeaderName::from_static("x-reset")),
            remaining: Some(HeaderName::from_static("x-left")),
            in_body: Some(Pointer::parse("/retry_after").unwrap()),
            reset_is,
            ..Limits::default()
        };
        let wait = |reset_is, pairs: &[(&'static str, &str)], body: serde_json::Value| {
            limits(reset_is)
                .wait(&headers(pairs), Some(&body), NOW)
                .map(|wait| wait.as_millis())
        };
        let none = json!({});
        let plain = ResetIs::Seconds;
        for (reset_is, pairs, body, wanted) in [
            (plain, vec![("retry-after", "30")], &none, Some(30_000)),
            (plain, vec![("retry-after", "0.5")], &none, Some(500)),
            (
                plain,
                vec![("retry-after", "Thu, 01 Jan 2026 00:01:00 GMT")],
                &none,
                Some(60_000),
            ),
            (plain, vec![("retry-after", "soon")], &none, None),
            (plain, vec![("retry-after", "-1")], &none, None),
            (plain, vec![("retry-after", "1e300")], &none, None),
            (plain, vec![], &json!({"retry_after": 1.25}), Some(1_250)),
            (plain, vec![], &json!({"retry_after": "2"}), Some(2_000)),
            (plain, vec![("x-reset", "7")], &none, Some(7_000)),
            (plain, vec![("x-reset", "7"), ("x-left", "0")], &none, Some(7_000)),
            (plain, vec![("x-reset", "7"), ("x-left", "4")], &none, None),
            (
                ResetIs::Epoch,
                vec![("x-reset", "1767225610")],
                &none,
                Some(10_000),
            ),
            (ResetIs::Epoch, vec![("x-reset", "1767225500")], &none, Some(0)),
            (
                ResetIs::EpochMs,
                vec![("x-reset", "1767225601500")],
                &none,
                Some(1_500),
            ),
            (ResetIs::EpochMs, vec![("x-reset", "x")], &none, None),
            (
                ResetIs::HttpDate,
                vec![("x-reset", "Thu, 01 Jan 2026 00:00:05 GMT")],
                &none,
                Some(5_000),
            ),
            (
                ResetIs::Iso,
                vec![("x-reset", "2026-01-01T01:00:00+00:30")],
                &none,
                Some(1_800_000),
            ),
            (
                plain,
                vec![("retry-after", "3"), ("x-reset", "7")],
                &json!({"retry_after": 5}),
                Some(3_000),
            ),
            (plain, vec![], &none, None),
        ] {
            assert_eq!(
                wait(reset_is, &pairs, body.clone()),
                wanted,
                "{reset_is:?} {pairs:?} {body}"
            );
        }
    }

    #[test]
    fn a_wait_in_mixed_up_units_is_not_believed() {
        let limits = Limits {
            reset: Some(HeaderName::from_static("x-reset")),
            ..Limits::default()
        };
        assert_eq!(
            limits.wait(&headers(&[("x-reset", "1767225610")]), None, NOW),
            None
        );
        assert_eq!(
            limits.wait(&headers(&[("x-reset", "604800")]), None, NOW),
            Some(Duration::from_hours(168))
        );
    }

    #[test]
    fn a_further_sign_holds_where_all_that_it_states_holds() {
        let also = Also {
            status: Some(403),
            header: Some(HeaderName::from_static("x-left")),
            is: Some("0".to_owned()),
            text: Some(Pattern::new("*limit*")),
            ..Also::default()
        };
        let spent = headers(&[("x-left", "0")]);
        assert!(also.holds(403, &spent, None, "rate limit exceeded"));
        assert!(!also.holds(429, &spent, None, "rate limit exceeded"));
        assert!(!also.holds(403, &headers(&[("x-left", "1")]), None, "rate limit exceeded"));
        assert!(!also.holds(403, &HeaderMap::new(), None, "rate limit exceeded"));
        assert!(!also.holds(403, &spent, None, "no"));
        let by_code = Also {
            code: Some("slow".to_owned()),
            ..Also::default()
        };
        assert!(by_code.holds(200, &spent, Some("slow"), ""));
        assert!(!by_code.holds(200, &spent, None, ""));
    }
}
