//! Every platform's dialect of OAuth from end to end: consent, call, a token that has ended, refresh, call, and the end of
//! the connection, over a scripted platform. The connector files are those of the format's own tests.

mod platform;
mod table;
mod without_browser;

use platform::Scripted;
use serde_json::{Value, json};
use solder_engine::ConnectorSettings;
use solder_model::Secret;
use solder_testkit::{Mcp, Solder, http_client};
use std::time::Duration;
use table::{Dialect, Ending, dialects};

/// One dialect in a running installation.
struct Played {
    dialect: Dialect,
    scripted: Scripted,
    solder: Solder,
    mcp: Mcp,
    _folder: tempfile::TempDir,
}

impl Played {
    async fn start(dialect: Dialect) -> Self {
        let scripted = Scripted::start(&dialect).await;
        let folder = tempfile::tempdir().unwrap();
        if !dialect.file.is_empty() {
            std::fs::write(folder.path().join(format!("{}.toml", dialect.id)), dialect.file).unwrap();
        }
        let settings = ConnectorSettings {
            base_url: Some(
                format!("{}{}", scripted.platform.url, dialect.base)
                    .parse()
                    .unwrap(),
            ),
            client_id: Some("the-app".to_owned()),
            client_secret: Some(Secret::new("the-apps-secret")),
            ..ConnectorSettings::default()
        };
        let solder = Solder::build()
            .engine(|engine| {
                engine.connectors_dir = Some(folder.path().to_owned());
                engine.connectors.insert(dialect.id.to_owned(), settings);
            })
            .start()
            .await;
        let mcp = solder.token_url(&json!({ "name": "One" })).await;
        Self {
            dialect,
            scripted,
            solder,
            mcp,
            _folder: folder,
        }
    }

    /// Connects: what the person gives, the consent, and the callback. Gives the credential's id.
    async fn connect(&self) -> String {
        let id = self.dialect.id;
        let body = json!({
            "connectorId": id, "authenticationType": "oauth2", "fields": self.dialect.fields,
            "redirectUri": "http://127.0.0.1:7777/done",
        });
        let begun = self.solder.admin().post("/api/credentials", &body).await;
        assert_eq!(begun.status, 200, "{id}: {}", begun.text);
        let url: reqwest::Url = begun.json()["oauthUrl"].as_str().unwrap().parse().unwrap();
        let query = |name: &str| {
            let found = url.query_pairs().find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        assert_eq!(query("client_id"), "the-app", "{id}");
        assert_eq!(
            query("redirect_uri"),
            format!("{}/connect/callback/{id}", self.solder.url)
        );
        assert_eq!(query("code_challenge").is_empty(), !self.dialect.pkce, "{id}");
        let mut back: reqwest::Url = query("redirect_uri").parse().unwrap();
        back.query_pairs_mut()
            .append_pair("code", "the-code")
            .append_pair("state", &query("state"))
            .extend_pairs(self.dialect.callback);
        let answer = http_client().get(back.as_str()).send().await.unwrap();
        let location = answer.headers().get("location").cloned();
        let text = answer.text().await.unwrap();
        assert!(location.is_some(), "{id}: {text}");
        let landed: reqwest::Url = location.unwrap().to_str().unwrap().parse().unwrap();
        let told: std::collections::HashMap<_, _> = landed.query_pairs().into_owned().collect();
        assert_eq!(
            told.get("status").map(String::as_str),
            Some("success"),
            "{id}: {landed}"
        );
        told["credentialId"].clone()
    }

    /// The credential as its owner sees it.
    async fn credential(&self, id: &str) -> Value {
        self.solder
            .admin()
            .get(&format!("/api/credentials/{id}"))
            .await
            .json()
    }

    async fn call(&self) -> (bool, Value) {
        let (action, parameters) = &self.dialect.action;
        self.mcp.execute(self.dialect.id, action, parameters).await.tool()
    }
}

/// Plays dialects, several at a time; what one of them fails with is told.
async fn each<F>(all: Vec<Dialect>, play: impl Fn(Played) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut running = tokio::task::JoinSet::new();
    for dialect in all {
        let played = Played::start(dialect).await;
        running.spawn(play(played));
    }
    let mut failed = Vec::new();
    while let Some(ended) = running.join_next().await {
        failed.extend(ended.err().map(|error| error.to_string()));
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn no_dialect_with_a_consent_is_left_out() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../connector/tests/it/dialects");
    let played: Vec<&str> = dialects().iter().map(|dialect| dialect.file).collect();
    let mut consents = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("\n[auth.oauth2]") {
            consents += 1;
            assert!(played.contains(&text.as_str()), "{}", path.display());
        }
    }
    assert!(consents > 20, "{consents}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_dialect_connects_calls_and_names_the_account() {
    each(dialects(), |played| async move {
        let id = played.connect().await;
        let credential = played.credential(&id).await;
        let name = played.dialect.id;
        assert_eq!(credential["status"], "active", "{name}: {credential}");
        assert_eq!(
            credential["identity"], played.dialect.identity,
            "{name}: {credential}"
        );
        let (is_error, text) = played.call().await;
        assert!(!is_error, "{name}: {text}");
        assert_eq!(played.scripted.authorized_with(), 1, "{name}");
        played.solder.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_dialect_gets_a_new_token_when_the_old_one_has_ended_or_says_that_a_person_has_to_connect_again()
 {
    each(dialects(), |played| async move {
        let (name, ending) = (played.dialect.id, played.dialect.ending);
        let id = played.connect().await;
        match ending {
            Ending::Told { seconds } => played.solder.clock.advance(Duration::from_secs(seconds + 1)),
            Ending::Shown { .. } | Ending::Final { .. } => {}
        }
        played.scripted.end_tokens();
        let (is_error, text) = played.call().await;
        if matches!(ending, Ending::Final { .. }) {
            assert!(is_error, "{name}: {text}");
            assert_eq!(text["error"]["code"], "PLATFORM_RECONNECT", "{name}: {text}");
            assert_eq!(
                played.credential(&id).await["status"],
                "needs_reconnect",
                "{name}"
            );
            assert_eq!(played.scripted.refreshes(), 0, "{name}");
        } else {
            assert!(!is_error, "{name}: {text}");
            assert_eq!(played.scripted.refreshes(), 1, "{name}");
            assert_eq!(played.scripted.authorized_with(), 2, "{name}");
            assert_eq!(played.credential(&id).await["status"], "active", "{name}");
            // Once more: the refresh token that the platform gave with the new token works, as does the first where it stays.
            played.scripted.end_tokens();
            if let Ending::Told { seconds } = ending {
                played.solder.clock.advance(Duration::from_secs(seconds + 1));
            }
            let (is_error, text) = played.call().await;
            assert!(!is_error, "{name}: {text}");
            assert_eq!(played.scripted.authorized_with(), 3, "{name}");
        }
        played.solder.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_dialect_says_in_its_own_way_that_the_connection_is_over() {
    let all = dialects().into_iter().filter(|dialect| dialect.refused.is_some());
    each(all.collect(), |played| async move {
        let (name, refused) = (played.dialect.id, played.dialect.refused);
        let (status, body) = refused.unwrap();
        let id = played.connect().await;
        if let Ending::Told { seconds } = played.dialect.ending {
            played.solder.clock.advance(Duration::from_secs(seconds + 1));
        }
        played.scripted.end_tokens();
        played.scripted.refuse_refresh(status, body);
        let (is_error, text) = played.call().await;
        assert!(
            is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
            "{name}: {text}"
        );
        let credential = played.credential(&id).await;
        assert_eq!(credential["status"], "needs_reconnect", "{name}: {credential}");
        assert!(!credential["statusReason"].as_str().unwrap().is_empty(), "{name}");
        assert!(
            !text.to_string().contains("token-") && !credential.to_string().contains("token-"),
            "{name}"
        );
        played.solder.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_credential_is_revoked_where_the_platform_has_a_way() {
    let all = dialects().into_iter().filter(|dialect| dialect.revoke.is_some());
    each(all.collect(), |played| async move {
        let name = played.dialect.id;
        let id = played.connect().await;
        let deleted = played
            .solder
            .admin()
            .delete(&format!("/api/credentials/{id}"))
            .await;
        assert_eq!(deleted.status, 200, "{name}: {}", deleted.text);
        let scripted = played.scripted.clone();
        // Stopping waits for what is still under way.
        played.solder.stop().await;
        assert_eq!(scripted.revoked().as_deref(), played.dialect.revoke, "{name}");
    })
    .await;
}
