//! Why a token endpoint gave no tokens, and who can mend it.

use super::parts::Blame;
use super::tokens::content;
use super::{Asked, OAuth};
use crate::Connector;
use crate::pointer::{Pointer, scalar_text};
use bytes::Bytes;
use http::Response;
use serde_json::Value;
use solder_model::Timestamp;
use std::time::Duration;

/// The longest text of a platform that is passed on, in characters.
const LONGEST: usize = 300;

/// Why there are no tokens. Texts are sentences for people; what looks like a token is cut out of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFailure {
    /// The authorization is gone, or the code was: a person has to connect again.
    #[error("{text}")]
    Gone {
        /// The platform's own code: `invalid_grant`.
        code: Option<String>,
        /// What happened.
        text: String,
    },
    /// The platform does not take the OAuth app: the operator has to mend it.
    #[error("{text}")]
    Misconfigured {
        /// The platform's own code: `invalid_client`.
        code: Option<String>,
        /// What happened.
        text: String,
    },
    /// Refused for a reason that says nothing about the authorization. What was stored stays good as far as is known.
    #[error("{text}")]
    Refused {
        /// The platform's own code.
        code: Option<String>,
        /// What happened.
        text: String,
    },
    /// It passes: the platform is busy or out of order.
    #[error("{text}")]
    Later {
        /// How long the platform asks to wait, at most a week.
        wait: Option<Duration>,
        /// What happened.
        text: String,
    },
    /// The answer is none that can be read.
    #[error("{text}")]
    Unreadable {
        /// What happened.
        text: String,
    },
}

impl TokenFailure {
    pub(super) fn unreadable(connector: &Connector, what: &str) -> Self {
        Self::Unreadable {
            text: format!("{} {what}", connector.name),
        }
    }

    /// The platform's own code, where it told one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Gone { code, .. } | Self::Misconfigured { code, .. } | Self::Refused { code, .. } => {
                code.as_deref()
            }
            Self::Later { .. } | Self::Unreadable { .. } => None,
        }
    }
}

impl Connector {
    /// What an answer without tokens means.
    pub(super) fn token_failure(
        &self,
        oauth: &OAuth,
        asked: Asked<'_>,
        response: &Response<Bytes>,
        now: Timestamp,
    ) -> TokenFailure {
        let status = response.status().as_u16();
        let body = content(response.body());
        let code = body.as_ref().and_then(|body| self.token_error_code(oauth, body));
        let text = body.as_ref().map(|body| self.token_error_text(oauth, body));
        let told = told(code.as_deref(), text.as_deref().unwrap_or_default(), status);
        let name = &self.name;
        let later = || TokenFailure::Later {
            wait: self.limits.wait(response.headers(), body.as_ref(), now),
            text: format!("{name} gives no tokens for the moment ({told}): try again later"),
        };
        let by_code = code.as_deref().and_then(|code| oauth.blame(code));
        let by_status = || oauth.answers.error_map.get(status.to_string().as_str()).copied();
        let blame = by_code.or_else(by_status).or(match status {
            429 | 500..=599 => Some(Blame::Later),
            401 if code.is_none() && !matches!(asked, Asked::Refresh(_)) => Some(Blame::Misconfigured),
            _ => None,
        });
        // Where there is no app, what is wrong is the person's own.
        let own = asked == Asked::Client && !oauth.needs_app() && blame == Some(Blame::Misconfigured);
        match blame.map(|blame| if own { Blame::Gone } else { blame }) {
            Some(Blame::Later) => later(),
            Some(Blame::Gone) => TokenFailure::Gone {
                text: gone(name, asked, &told),
                code,
            },
            Some(Blame::Misconfigured) => TokenFailure::Misconfigured {
                text: format!(
                    "{name} does not take the OAuth app that Solder shows ({told}): whoever runs Solder has to look at its \
                     client id, client secret, redirect URI and scopes"
                ),
                code,
            },
            None if code.is_some() || (body.is_some() && !response.status().is_success()) => {
                TokenFailure::Refused {
                    text: format!("{name} gave no tokens: {told}"),
                    code,
                }
            }
            None => TokenFailure::unreadable(
                self,
                &format!("answered with no tokens that can be read ({status})"),
            ),
        }
    }

    fn token_error_code(&self, oauth: &OAuth, body: &Value) -> Option<String> {
        let own = oauth.answers.error_code.iter().chain(&self.errors.code);
        let standard = Pointer::parse("/error").ok();
        own.chain(&standard).find_map(|pointer| {
            let text = scalar_text(pointer.find(body)?)?;
            is_code(&text).then(|| text.into_owned())
        })
    }

    fn token_error_text(&self, oauth: &OAuth, body: &Value) -> String {
        let standard = ["/error_description", "/error/message", "/message"];
        let standard: Vec<Pointer> = standard
            .iter()
            .filter_map(|text| Pointer::parse(text).ok())
            .collect();
        let all = oauth
            .answers
            .error_text
            .iter()
            .chain(&standard)
            .chain(&self.errors.text);
        let found = all
            .filter_map(|pointer| pointer.find(body)?.as_str())
            .find(|text| !text.trim().is_empty());
        cleaned(found.unwrap_or_default())
    }
}

impl OAuth {
    /// Whom a code concerns: as the file says, else as RFC 6749, 5.2 and 4.1.2.1, RFC 8628, 3.5 and the platforms that
    /// follow them mean it.
    fn blame(&self, code: &str) -> Option<Blame> {
        if let Some(blame) = self.answers.error_map.get(code) {
            return Some(*blame);
        }
        match code {
            "invalid_grant" | "access_denied" | "expired_token" => Some(Blame::Gone),
            "invalid_client"
            | "unauthorized_client"
            | "unsupported_grant_type"
            | "invalid_scope"
            | "invalid_request"
            | "redirect_uri_mismatch"
            | "invalid_redirect_uri" => Some(Blame::Misconfigured),
            "server_error" | "temporarily_unavailable" | "slow_down" => Some(Blame::Later),
            _ => None,
        }
    }
}

fn gone(name: &str, asked: Asked<'_>, told: &str) -> String {
    match asked {
        Asked::Code => format!("{name} does not take the consent any more ({told}): begin again"),
        Asked::Refresh(_) => format!("{name} has ended the connection ({told}): connect again"),
        Asked::Client => {
            format!("{name} does not take the credential ({told}): connect again with a valid one")
        }
    }
}

/// What the platform said, in one short text.
fn told(code: Option<&str>, text: &str, status: u16) -> String {
    match (code, text) {
        (None, "") => format!("HTTP {status}"),
        (None, text) => text.to_owned(),
        (Some(code), text) if text.is_empty() || text == code => code.to_owned(),
        (Some(code), text) => format!("{text}, {code}"),
    }
}

/// Whether a text is a code and nothing else, least of all a token.
fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    text.len() <= 64 && text.bytes().all(plain) && !looks_secret(text)
}

/// A platform's text for people: one line, cut, and without what looks like a token.
pub(super) fn cleaned(text: &str) -> String {
    let words = text
        .split_whitespace()
        .map(|word| if looks_secret(word) { "…" } else { word });
    let line: String = words.collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.trim_end_matches('.').to_owned(),
    }
}

/// Whether a word may be a token: a long run of letters and digits mixed, or a run that no word is as long as.
fn looks_secret(word: &str) -> bool {
    let token = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '%')
    };
    word.split(|letter: char| !token(letter)).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        (run.len() >= 16 && digits >= 2) || run.len() >= 48
    })
}

#[cfg(test)]
mod tests {
    use super::{cleaned, is_code};
    use proptest::prelude::*;

    #[test]
    fn words_of_people_stay_and_what_may_be_a_token_goes() {
        for (text, wanted) in [
            (
                "The code passed is incorrect or expired.",
                "The code passed is incorrect or expired",
            ),
            ("two\nlines\u{7} of text", "two lines of text"),
            ("Token xoxe.xoxb-1-MS0yLTY1 is revoked", "Token … is revoked"),
            ("token='1//0gLx3k9aZ2pQ7rT5'", "…"),
            (
                "missing scope crm.objects.contacts.read",
                "missing scope crm.objects.contacts.read",
            ),
            (
                "see https://a.example/help/oauth",
                "see https://a.example/help/oauth",
            ),
        ] {
            assert_eq!(cleaned(text), wanted);
        }
        assert_eq!(cleaned(&"a ".repeat(500)).chars().count(), 301);
        assert!(
            is_code("BAD_REFRESH_TOKEN")
                && is_code("20003")
                && !is_code("xoxe-1-My0xLTE5ODc2")
                && !is_code("a b")
        );
    }

    proptest! {
        #[test]
        fn no_token_of_a_platform_survives(token in "[a-z]{2,5}[-_.][A-Za-z0-9]{6}[0-9]{2}[A-Za-z0-9_-]{8,40}", before in "[ a-z:='\"(]{0,8}", after in "[ a-z.,;)'\"]{0,8}") {
            let text = format!("the token {before}{token}{after} is bad");
            prop_assert!(!cleaned(&text).contains(&token));
            prop_assert!(!is_code(&token));
        }
    }
}
