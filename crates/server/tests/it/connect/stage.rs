//! An installation with Slack played by a fake platform, tickets, and what a person reads on a page.

use serde_json::{Value, json};
use solder_engine::ConnectorSettings;
use solder_testkit::{Answer, Browser, Client, FakePlatform, Received, Solder};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A bot token that the platform takes.
pub(super) const GOOD: &str = "xoxb-good-secret-1";
/// One that it does not.
pub(super) const BAD: &str = "xoxb-bad-secret-2";
/// The token that a consent gives.
pub(super) const CONSENTED: &str = "xoxb-consented-secret-3";

pub(super) struct Stage {
    pub(super) solder: Solder,
    pub(super) slack: FakePlatform,
    /// Whether the platform fails at everything.
    pub(super) is_down: Arc<AtomicBool>,
}

impl Stage {
    /// Slack with keys alone.
    pub(super) async fn start() -> Self {
        Self::with(false).await
    }

    /// Slack with an OAuth app of the operator's.
    pub(super) async fn with_consent() -> Self {
        Self::with(true).await
    }

    async fn with(has_app: bool) -> Self {
        let is_down = Arc::new(AtomicBool::new(false));
        let down = Arc::clone(&is_down);
        let slack = FakePlatform::start(move |asked| {
            if down.load(Ordering::SeqCst) {
                return (503, json!({ "ok": false, "error": "fatal_error" }));
            }
            answer(asked)
        })
        .await;
        let url = |path: &str| Some(format!("{}{path}", slack.url).parse().unwrap());
        let mut settings = ConnectorSettings {
            base_url: url("/api"),
            ..ConnectorSettings::default()
        };
        if has_app {
            settings.authorize_url = url("/oauth/v2/authorize");
            settings.token_url = url("/api/oauth.v2.access");
            settings.client_id = Some("slack-client".to_owned());
            settings.client_secret = Some(solder_model::Secret::new("slack-app-secret"));
        }
        let solder = Solder::build()
            .engine(move |engine| {
                engine.connectors.insert("slack".to_owned(), settings);
            })
            .start()
            .await;
        Self {
            solder,
            slack,
            is_down,
        }
    }

    /// A client that acts as `ada`.
    pub(super) fn ada(&self) -> Client {
        self.solder.admin().as_user("ada")
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(&self.solder.url)
    }

    /// A ticket of ada's: its id, and the path of its link.
    pub(super) async fn ticket(&self, body: &Value) -> (String, String) {
        let made = self.ada().post("/api/connect-tickets", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        let link = made["url"].as_str().unwrap();
        let link = link.strip_prefix(&self.solder.url).unwrap().to_owned();
        (made["ticketId"].as_str().unwrap().to_owned(), link)
    }

    /// A ticket for Slack that a browser has opened by being the first: the browser, the ticket's id and its page.
    pub(super) async fn opened(&self) -> (Browser, String, String) {
        let (id, link) = self.ticket(&json!({ "connectors": ["slack"] })).await;
        let browser = self.browser();
        open(&browser, &link).await;
        (browser, id.clone(), format!("/connect/{id}"))
    }

    /// What the API tells of a ticket.
    pub(super) async fn state(&self, id: &str) -> Value {
        self.ada().get(&format!("/api/connect-tickets/{id}")).await.json()
    }

    /// How many credentials ada has.
    pub(super) async fn credentials(&self) -> Vec<Value> {
        let listed = self.ada().get("/api/credentials").await.json();
        listed["credentials"].as_array().unwrap().clone()
    }
}

fn answer(asked: &Received) -> (u16, Value) {
    let sent = asked.headers.get("authorization");
    let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_good = [GOOD, CONSENTED]
        .iter()
        .any(|token| sent == format!("Bearer {token}"));
    match asked.path.split('?').next() {
        Some("/api/oauth.v2.access") if asked.body.contains("code=code-of-ada") => (
            200,
            json!({ "ok": true, "access_token": CONSENTED, "token_type": "bot", "scope": "chat:write",
                "team": { "id": "T1", "name": "Acme" }, "bot_user_id": "B1" }),
        ),
        Some("/api/oauth.v2.access") => (200, json!({ "ok": false, "error": "invalid_code" })),
        Some("/api/auth.test") if is_good => (
            200,
            json!({ "ok": true, "team": "Acme <Workspace>", "user": "bot", "team_id": "T1", "user_id": "U1" }),
        ),
        Some("/api/auth.test") => (200, json!({ "ok": false, "error": "invalid_auth" })),
        _ => (200, json!({ "ok": true })),
    }
}

/// Opens a ticket's link by the button of its cover; the answer of that.
pub(super) async fn open(browser: &Browser, link: &str) -> Answer {
    let cover = browser.get(link).await;
    assert_eq!(cover.status, 200, "{}", cover.text);
    browser
        .post(link, &[("form_token", &cover.hidden("form_token"))])
        .await
}

/// Posts a form with the token of the ticket's page.
pub(super) async fn post(browser: &Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.get(page).await.hidden("form_token");
    let mut all = vec![("form_token", token.as_str())];
    all.extend(fields);
    browser.post(&format!("{page}{path}"), &all).await
}

/// A bot token, typed into Slack's form.
pub(super) async fn type_key(browser: &Browser, page: &str, key: &str) -> Answer {
    post(
        browser,
        page,
        "/to/slack",
        &[("kind", "bot_token"), ("field.token", key)],
    )
    .await
}

/// What a person reads: the page without its tags, white space run together.
pub(super) fn read(answer: &Answer) -> String {
    let body = answer.text.split_once("<body>").map_or("", |(_, body)| body);
    let mut text = String::new();
    for piece in body.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        // What stands in a line goes on in it; everything else begins a new one.
        let is_inline = ["strong", "/strong", "span", "/span", "a ", "/a"]
            .iter()
            .any(|inline| tag.starts_with(inline));
        if !is_inline {
            text.push(' ');
        }
        text.push_str(words);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

/// Where a page leads on by itself.
pub(super) fn leads_on(answer: &Answer) -> Option<String> {
    let marker = "http-equiv=\"refresh\" content=\"0; url=";
    let (_, rest) = answer.text.split_once(marker)?;
    Some(
        rest.split('"')
            .next()?
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}
