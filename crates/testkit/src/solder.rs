//! A running installation with a database of its own.

use crate::{Browser, Client, FakeClock, FakePlatform, Mcp, SeededEntropy};
use serde_json::{Value, json};
use solder_engine::{Catalog, ConnectorSettings, Engine, Installation, NewKey};
use solder_model::{AccountId, Limit, Page, Role, UserName};
use solder_storage::{AuditEntry, Storage, Usage};
use solder_vault::{KeyRing, MasterKey};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How an installation shall be.
#[derive(Debug)]
pub struct SolderBuilder {
    engine: solder_engine::Settings,
    server: solder_server::Settings,
    connector_files: Vec<(String, String)>,
    public_url: Option<String>,
}

impl SolderBuilder {
    /// The URL that it hands out, where that is not the address it listens on.
    #[must_use]
    pub fn public_url(mut self, url: &str) -> Self {
        self.public_url = Some(url.to_owned());
        self
    }

    /// At most so many calls (`100/60s`); `off` is the default here.
    #[must_use]
    pub fn rate_limit(mut self, limit: &str) -> Self {
        self.engine.rate_limit = Some(limit.parse::<Limit>().expect("a limit"));
        self
    }

    /// The connector reaches the fake platform, under this path.
    #[must_use]
    pub fn connector(mut self, id: &str, platform: &FakePlatform, path: &str) -> Self {
        let base_url = Some(format!("{}{path}", platform.url).parse().expect("a URL"));
        self.engine.connectors.insert(
            id.to_owned(),
            ConnectorSettings {
                base_url,
                ..ConnectorSettings::default()
            },
        );
        self
    }

    /// One more connector, by the text of its file.
    #[must_use]
    pub fn connector_file(mut self, id: &str, text: &str) -> Self {
        self.connector_files.push((format!("{id}.toml"), text.to_owned()));
        self
    }

    /// Other settings of the HTTP surface.
    #[must_use]
    pub fn server(mut self, change: impl FnOnce(&mut solder_server::Settings)) -> Self {
        change(&mut self.server);
        self
    }

    /// Other settings of the engine.
    #[must_use]
    pub fn engine(mut self, change: impl FnOnce(&mut solder_engine::Settings)) -> Self {
        change(&mut self.engine);
        self
    }

    /// Starts it on a free port, with an account whose user `admin` holds an admin key.
    pub async fn start(mut self) -> Solder {
        let folder = tempfile::tempdir().unwrap();
        if !self.connector_files.is_empty() {
            let files = folder.path().join("connectors");
            std::fs::create_dir(&files).unwrap();
            for (name, text) in &self.connector_files {
                std::fs::write(files.join(name), text).unwrap();
            }
            self.engine.connectors_dir = Some(files);
        }
        let database = format!("sqlite://{}", folder.path().join("solder.db").display());
        let storage = Storage::open(&database).await.expect("a database");
        let entropy = Arc::new(SeededEntropy::new(7));
        let clock = Arc::new(FakeClock::default());
        let ring = KeyRing::new(MasterKey::generate(&*entropy));
        let installation =
            Installation::open(storage.clone(), ring, Arc::<FakeClock>::clone(&clock), entropy)
                .await
                .expect("an installation");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let public_url = self.public_url.unwrap_or_else(|| url.clone());
        self.engine.public_url.clone_from(&public_url);
        self.server.public_url = public_url;
        let catalog = Catalog::open(&self.engine).expect("a catalogue");
        let engine = Engine::start(installation.clone(), catalog, self.engine)
            .await
            .expect("an engine");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = solder_server::serve(listener, Arc::clone(&engine), self.server, async {
            // The sender that is dropped with its test stops it too.
            stopped.await.unwrap_or_default();
        });
        let task = tokio::spawn(serving);
        let first = create_account(&installation, "first").await;
        Solder {
            url,
            engine,
            clock,
            installation,
            storage,
            first,
            folder,
            stop: Some(stop),
            task,
        }
    }
}

/// A running installation. What it made is gone when it is dropped.
#[derive(Debug)]
pub struct Solder {
    /// The base of its addresses.
    pub url: String,
    /// The engine, for what a test looks at from inside.
    pub engine: Arc<Engine>,
    /// Its clock.
    pub clock: Arc<FakeClock>,
    /// Its database and vault, for what the operator does.
    pub installation: Installation,
    /// Its first account.
    pub first: Account,
    /// Where its database lies.
    pub folder: TempDir,
    storage: Storage,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

/// An account with its first key.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// The first key: an admin's, tied to the user `admin`.
    pub key: String,
}

impl Solder {
    /// An installation that is still to be started, without a limit of calls.
    pub fn build() -> SolderBuilder {
        let engine = solder_engine::Settings {
            rate_limit: None,
            ..solder_engine::Settings::default()
        };
        SolderBuilder {
            engine,
            server: solder_server::Settings::default(),
            connector_files: Vec::new(),
            public_url: None,
        }
    }

    /// A running installation as it comes.
    pub async fn start() -> Self {
        Self::build().start().await
    }

    /// A client with the first account's admin key.
    pub fn admin(&self) -> Client {
        self.client(&self.first.key)
    }

    /// A client with a key.
    pub fn client(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key))
    }

    /// A client without a key.
    pub fn nobody(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// One more account.
    pub async fn account(&self, name: &str) -> Account {
        create_account(&self.installation, name).await
    }

    /// One more key of an account.
    pub async fn key(&self, account: &Account, user: &str, role: Role, user_bound: bool) -> String {
        let new = NewKey {
            name: String::new(),
            user: UserName::new(user).unwrap(),
            role,
            user_bound,
            expires_at: None,
        };
        let (_, secret) = self
            .installation
            .create_key(&account.id, &new)
            .await
            .expect("a key");
        secret.expose().to_owned()
    }

    /// Registers a JWT key of an account: the full view.
    pub async fn jwt_key(&self, account: &Account, body: &Value) -> Value {
        let answer = self.client(&account.key).post("/api/jwt-keys", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    /// An account's audit log, newest first.
    pub async fn audit(&self, account: &Account) -> Vec<AuditEntry> {
        let page = Page {
            limit: Page::MOST,
            offset: 0,
        };
        self.storage
            .list_audit(&account.id, page)
            .await
            .expect("the log")
            .items
    }

    /// Claims of a user that hold for an hour from now.
    pub fn claims(&self, user: &str) -> Value {
        json!({ "sub": user, "exp": self.seconds() + 3_600 })
    }

    /// The present moment in whole seconds, as tokens tell it.
    pub fn seconds(&self) -> i64 {
        self.engine.now().0 / 1_000
    }

    /// The same database as another process opens it, with the master keys of this source.
    pub async fn beside(&self, keys: &crate::Keys, seed: u64) -> Installation {
        let database = format!("sqlite://{}", self.folder.path().join("solder.db").display());
        let storage = Storage::open(&database).await.expect("a database");
        let entropy = Arc::new(SeededEntropy::new(seed));
        let opened = Installation::open(
            storage,
            keys.ring(),
            Arc::<FakeClock>::clone(&self.clock),
            entropy,
        );
        let opened = opened.await.expect("an installation");
        opened.following(Arc::new(keys.clone()))
    }

    /// A server of the first account's admin: the full view, with its token.
    pub async fn server(&self, body: &Value) -> Value {
        let answer = self.admin().post("/api/servers", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    /// An MCP client of a new server's token URL.
    pub async fn token_url(&self, body: &Value) -> Mcp {
        let server = self.server(body).await;
        self.mcp_at(server["accessUrl"].as_str().unwrap())
    }

    /// An MCP client of an address, without a key.
    pub fn mcp_at(&self, url: &str) -> Mcp {
        Mcp::new(
            &self.nobody(),
            url.strip_prefix(&self.url)
                .expect("an address of this installation"),
        )
    }

    /// A bot token of the first account's admin for Slack.
    pub async fn slack_credential(&self) -> String {
        let body = json!({
            "connectorId": "slack", "authenticationType": "bot_token", "fields": { "token": "xoxb-a-secret" },
        });
        let answer = self.admin().post("/api/credentials", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["credentialId"].as_str().unwrap().to_owned()
    }

    /// The first account's sums of usage, the latest hour first, once all calls so far are written down. The engine is
    /// stopped for that.
    pub async fn usage(&self) -> Vec<Usage> {
        let database = format!("sqlite://{}", self.folder.path().join("solder.db").display());
        let storage = Storage::open(&database).await.expect("the database again");
        self.engine.stop().await;
        let usage = storage.list_usage(&self.first.id, Page::default()).await;
        usage.expect("sums of usage").items
    }

    /// Stops the listener and waits until it has drained.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap().expect("a clean stop");
        self.engine.stop().await;
    }
}

async fn create_account(installation: &Installation, name: &str) -> Account {
    let admin = UserName::new("admin").unwrap();
    let (account, _, secret) = installation
        .create_account(name, &admin)
        .await
        .expect("an account");
    Account {
        id: account.id,
        key: secret.expose().to_owned(),
    }
}
