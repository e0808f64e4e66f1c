//! A platform that plays one dialect: it gives tokens by code and by refresh token, takes only the newest of them, and
//! says in its own way when one has ended.

use super::table::{Dialect, Ending};
use serde_json::Value;
use solder_testkit::{FakePlatform, PlatformAnswer, Received};
use std::sync::{Arc, Mutex};

/// The access and refresh tokens are `token-1`, `fresh-1` and so on.
#[derive(Clone)]
pub(super) struct Scripted {
    pub(super) platform: FakePlatform,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// How many tokens were given out.
    given: usize,
    /// Tokens up to this one have ended.
    ended: usize,
    /// The last refresh token that was given out.
    refresh: usize,
    /// The number of the token with which a call last succeeded.
    used: usize,
    refreshes: usize,
    refusal: Option<(u16, &'static str)>,
    revoked: Option<String>,
}

impl Scripted {
    pub(super) async fn start(dialect: &Dialect) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let (shared, dialect) = (Arc::clone(&state), dialect.clone());
        let platform = FakePlatform::start_playing(move |asked| {
            let mut state = shared.lock().unwrap();
            answer(&dialect, &mut state, asked)
        })
        .await;
        Self { platform, state }
    }

    /// Ends every token that was given out so far.
    pub(super) fn end_tokens(&self) {
        let mut state = self.state.lock().unwrap();
        state.ended = state.given;
    }

    /// From now on refresh tokens are refused in these words.
    pub(super) fn refuse_refresh(&self, status: u16, body: &'static str) {
        self.state.lock().unwrap().refusal = Some((status, body));
    }

    /// The number of the token that the last good call carried.
    pub(super) fn authorized_with(&self) -> usize {
        self.state.lock().unwrap().used
    }

    pub(super) fn refreshes(&self) -> usize {
        self.state.lock().unwrap().refreshes
    }

    /// Method and path of the revocation.
    pub(super) fn revoked(&self) -> Option<String> {
        self.state.lock().unwrap().revoked.clone()
    }
}

fn answer(dialect: &Dialect, state: &mut State, asked: &Received) -> PlatformAnswer {
    let path = asked.path.split('?').next().unwrap_or_default();
    if path == dialect.token || Some(path) == dialect.refresh {
        return token(dialect, state, asked);
    }
    let line = format!("{} {path}", asked.method);
    if let Some(revoke) = dialect.revoke
        && line == *revoke
    {
        state.revoked = Some(line);
        return PlatformAnswer::json(200, r#"{"ok":true}"#);
    }
    // A credential is where the platform wants it, or nowhere.
    let carried = asked.headers.get(dialect.header).and_then(|value| {
        value
            .to_str()
            .ok()?
            .strip_prefix(dialect.prefix)?
            .strip_prefix("token-")?
            .parse::<usize>()
            .ok()
    });
    let Some(carried) = carried.filter(|carried| *carried > state.ended) else {
        return match dialect.ending {
            Ending::Told { .. } => PlatformAnswer::json(401, r#"{"message":"this token has ended"}"#),
            Ending::Shown { status, body } | Ending::Final { status, body } => {
                PlatformAnswer::json(status, body)
            }
        };
    };
    for (known, body) in dialect.calls {
        if *known == line {
            state.used = carried;
            return PlatformAnswer::json(200, *body);
        }
    }
    PlatformAnswer::json(404, format!(r#"{{"message":"nothing is at {line}"}}"#))
}

/// Gives tokens for the code, or for the last refresh token.
fn token(dialect: &Dialect, state: &mut State, asked: &Received) -> PlatformAnswer {
    let sent: Vec<(String, String)> = if let Ok(Value::Object(map)) = serde_json::from_str(&asked.body) {
        map.into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
            .collect()
    } else {
        let pairs = form_urlencoded::parse(asked.body.as_bytes());
        pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    };
    let get = |name: &str| {
        let found = sent.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let basic = asked.headers.contains_key("authorization");
    let shown = basic == dialect.basic && (basic || get("client_secret") == "the-apps-secret");
    let json = asked
        .headers
        .get("content-type")
        .is_some_and(|kind| kind == "application/json");
    if !shown || json != dialect.json {
        return PlatformAnswer::json(401, r#"{"error":"invalid_client"}"#);
    }
    let refreshing = get("grant_type") == "refresh_token";
    if refreshing {
        state.refreshes += 1;
        if let Some((status, body)) = state.refusal {
            return PlatformAnswer::json(status, body);
        }
        if get("refresh_token") != format!("fresh-{}", state.refresh) {
            return PlatformAnswer::json(
                400,
                r#"{"error":"invalid_grant","error_description":"not the last refresh token"}"#,
            );
        }
    } else if get("code") != "the-code" || get("code_verifier").is_empty() == dialect.pkce {
        return PlatformAnswer::json(400, r#"{"error":"invalid_grant"}"#);
    }
    state.given += 1;
    let template = if refreshing {
        dialect.refreshed
    } else {
        dialect.tokens
    };
    if template.contains("fresh-N") {
        state.refresh = state.given;
    }
    let body = template
        .replace("token-N", &format!("token-{}", state.given))
        .replace("fresh-N", &format!("fresh-{}", state.given));
    if body.starts_with('{') {
        PlatformAnswer::json(200, body)
    } else {
        PlatformAnswer::of(200, "application/x-www-form-urlencoded", body)
    }
}
