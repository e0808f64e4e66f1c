//! Comparing what an answer came to with the recorded outcome.

use super::read::{Expected, Outcome};
use super::sent::same;
use crate::{Failure, Reading};

/// Adds what is not as recorded.
pub(super) fn compare(wanted: &Outcome, reading: &Reading, differences: &mut Vec<String>) {
    match (wanted, reading) {
        (Outcome::Value { value, next_cursor }, Reading::Success(answer)) => {
            if !same(value, &answer.value) {
                differences.push(format!(
                    "outcome value: is `{}`, recorded is `{value}`",
                    answer.value
                ));
            }
            if *next_cursor != answer.next_cursor {
                differences.push(format!(
                    "outcome next_cursor: is {:?}, recorded is {next_cursor:?}",
                    answer.next_cursor
                ));
            }
        }
        (Outcome::Error(expected), Reading::Failure(failure)) => errors(expected, failure, differences),
        (Outcome::Value { .. }, Reading::Failure(failure)) => {
            differences.push(format!(
                "outcome: is the error {}: {}",
                failure.code, failure.message
            ));
        }
        (Outcome::Error(expected), Reading::Success(answer)) => {
            differences.push(format!(
                "outcome: is the value `{}`, recorded is the error {}",
                answer.value, expected.code
            ));
        }
    }
}

fn errors(expected: &Expected, failure: &Failure, differences: &mut Vec<String>) {
    let mut differ = |what: &str, fits: bool, got: String| {
        if !fits {
            differences.push(format!("outcome error {what}: is {got}, recorded is another"));
        }
    };
    let part = |wanted: &Option<String>, got: &str| wanted.as_ref().is_none_or(|wanted| got.contains(wanted));
    differ(
        "code",
        failure.code.as_str() == expected.code,
        failure.code.to_string(),
    );
    differ(
        "message",
        part(&expected.message, &failure.message),
        failure.message.clone(),
    );
    let hint = failure.hint.as_deref().unwrap_or_default();
    differ("hint", part(&expected.hint, hint), format!("`{hint}`"));
    let code = &failure.platform_code;
    differ(
        "platform_code",
        expected.platform_code.is_none() || expected.platform_code == *code,
        format!("{code:?}"),
    );
    let retry = failure.retry;
    differ(
        "retry_after",
        expected.retry_after.is_none() || expected.retry_after == retry,
        format!("{retry:?}"),
    );
    let retryable = failure.retryable;
    differ(
        "retryable",
        expected.retryable.is_none_or(|wanted| wanted == retryable),
        retryable.to_string(),
    );
}
