//! A platform with OAuth, and an installation that knows it by a connector file of the operator's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use solder_testkit::{Answer, FakePlatform, Mcp, Received, Solder, SolderBuilder};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub(super) const FILE: &str = r#"
id = "acme"
name = "Acme"
about = "Things of a company"
categories = ["crm"]
base = "https://api.acme.example/api"
hosts = ["*.acme.example", "acme.example"]
check = "me"
identity = "/name"

[resources]
things = "Things | What there is"

[vars]
region = { line = "string = eu | Which data centre", pattern = "^[a-z]{2}$" }

[auth.oauth2]
name = "Acme account"
authorize = "https://acme.example/oauth/authorize"
token = "https://acme.example/oauth/token"
revoke = "https://acme.example/oauth/revoke"
scopes = ["read"]
optional_scopes = ["write", "erase"]
error_map = { token_revoked = "gone" }

[auth.service]
name = "Acme service"
grant = "client_credentials"
token = "https://acme.example/oauth/token"
scopes = ["read"]

[auth.device]
name = "Acme on another device"
grant = "device_code"
device = "https://acme.example/oauth/device"
token = "https://acme.example/oauth/token"
client = "none"
scopes = ["read"]

[auth.token]
name = "API token"
secrets.token = "An API token"
apply = { header = "Authorization", value = "Bearer {token}" }

[errors]
code = "/error"
text = "/message"

[[action]]
name = "me"
title = "Who is connected"
about = "Say who is connected"
resource = "things"
call = "GET /me"
kind = "read"

[[action]]
name = "list_things"
title = "List things"
about = "List what there is"
resource = "things"
call = "GET /things"
kind = "read"
result = "/things"

[[action]]
name = "make_thing"
title = "Make a thing"
about = "Make one"
resource = "things"
call = "POST /things"
kind = "write"
scopes = ["write"]
[action.params]
name = "string! | Its name"

[[action]]
name = "erase_thing"
title = "Erase a thing"
about = "Erase one"
resource = "things"
call = "DELETE /things/{name}"
kind = "destructive"
scopes = ["erase"]
[action.params]
name = "string! | Its name"
"#;

/// What the platform knows.
#[derive(Default)]
pub(super) struct World {
    /// Codes that were given out, with the PKCE challenge of their consent.
    pub(super) codes: HashMap<String, String>,
    pub(super) access: HashSet<String>,
    pub(super) refresh: HashSet<String>,
    pub(super) issued: u32,
    /// Whether a refresh token works once.
    pub(super) rotates: bool,
    /// Seconds; none is told where absent.
    pub(super) expires_in: Option<u64>,
    /// What the token endpoint answers in place of tokens.
    pub(super) token_answer: Option<(u16, Value)>,
    pub(super) name: String,
    pub(super) revoked: Vec<String>,
    /// Whether the person typed the device's code.
    pub(super) typed: bool,
}

impl World {
    fn tokens(&mut self) -> (u16, Value) {
        self.issued += 1;
        let (access, refresh) = (format!("at-{}", self.issued), format!("rt-{}", self.issued));
        self.access.insert(access.clone());
        self.refresh.insert(refresh.clone());
        let mut answer = json!({ "access_token": access, "refresh_token": refresh, "token_type": "bearer" });
        if let Some(seconds) = self.expires_in {
            answer["expires_in"] = json!(seconds);
        }
        (200, answer)
    }

    fn token_request(&mut self, form: &BTreeMap<String, String>) -> (u16, Value) {
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if let Some(answer) = self.token_answer.clone() {
            return answer;
        }
        let grant = get("grant_type");
        let is_device = grant.ends_with("device_code");
        if get("client_id") != "acme-client" || (!is_device && get("client_secret") != "acme-secret") {
            return (401, json!({ "error": "invalid_client" }));
        }
        let invalid = (
            400,
            json!({ "error": "invalid_grant", "error_description": "it is spent" }),
        );
        match grant {
            "authorization_code" => {
                let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier")));
                match self.codes.remove(get("code")) {
                    Some(challenge) if challenge == verifier => self.tokens(),
                    _ => invalid,
                }
            }
            "refresh_token" => {
                let known = self.refresh.contains(get("refresh_token"));
                if known && self.rotates {
                    self.refresh.remove(get("refresh_token"));
                }
                if known { self.tokens() } else { invalid }
            }
            "client_credentials" => self.tokens(),
            _ if is_device && self.typed => self.tokens(),
            _ if is_device => (400, json!({ "error": "authorization_pending" })),
            _ => (400, json!({ "error": "unsupported_grant_type" })),
        }
    }

    fn answer(&mut self, asked: &Received) -> (u16, Value) {
        let form: BTreeMap<String, String> = form_urlencoded::parse(asked.body.as_bytes())
            .into_owned()
            .collect();
        match asked.path.as_str() {
            "/oauth/token" => self.token_request(&form),
            "/oauth/revoke" => {
                self.revoked.push(form["token"].clone());
                (200, json!({}))
            }
            "/oauth/device" => (
                200,
                json!({
                    "device_code": "dc-1", "user_code": "WDJB-MJHT", "interval": 1, "expires_in": 600,
                    "verification_uri": "https://acme.example/device",
                }),
            ),
            path => {
                let bearer = asked
                    .headers
                    .get("authorization")
                    .map_or("", |value| value.to_str().unwrap());
                if !self
                    .access
                    .contains(bearer.strip_prefix("Bearer ").unwrap_or_default())
                {
                    return (
                        401,
                        json!({ "error": "token_ended", "message": "The token has ended" }),
                    );
                }
                match path {
                    "/api/me" => (200, json!({ "name": self.name })),
                    "/api/sites" => (
                        200,
                        json!([{ "id": "north", "name": "Acme North" }, { "id": "south", "name": "Acme South" }]),
                    ),
                    path if path.starts_with("/api/files") => (200, json!({ "content": "x".repeat(20_000) })),
                    _ => (200, json!({ "things": [{ "name": "one" }] })),
                }
            }
        }
    }
}

/// An installation beside the platform.
pub(super) struct Acme {
    pub(super) solder: Solder,
    pub(super) platform: FakePlatform,
    pub(super) world: Arc<Mutex<World>>,
    _folder: TempDir,
}

impl Acme {
    /// With an OAuth app of the operator's.
    pub(super) async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    pub(super) async fn start_with(change: impl FnOnce(SolderBuilder) -> SolderBuilder) -> Self {
        Self::build(true, change).await
    }

    pub(super) async fn build(has_app: bool, change: impl FnOnce(SolderBuilder) -> SolderBuilder) -> Self {
        Self::of(FILE, has_app, |_, builder| change(builder)).await
    }

    /// With another file of the connector; what changes the builder knows the platform's address.
    pub(super) async fn of(
        file: &str,
        has_app: bool,
        change: impl FnOnce(&str, SolderBuilder) -> SolderBuilder,
    ) -> Self {
        let world = Arc::new(Mutex::new(World {
            expires_in: Some(3_600),
            name: "Acme Corp".to_owned(),
            ..World::default()
        }));
        let shared = Arc::clone(&world);
        let platform = FakePlatform::start_slow(Duration::from_millis(20), move |asked| {
            shared.lock().unwrap().answer(asked)
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("acme.toml"), file).unwrap();
        let (dir, base) = (folder.path().to_owned(), platform.url.clone());
        let builder = Solder::build().engine(|settings| {
            settings.connectors_dir = Some(dir);
            let own = settings.connectors.entry("acme".to_owned()).or_default();
            own.base_url = Some(format!("{base}/api").parse().unwrap());
            if has_app {
                own.client_id = Some("acme-client".to_owned());
                own.client_secret = Some(solder_model::Secret::new("acme-secret"));
            }
        });
        Self {
            solder: change(&platform.url, builder).start().await,
            platform,
            world,
            _folder: folder,
        }
    }

    pub(super) fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The admin begins a connection over REST; the URL's query.
    pub(super) async fn begin(&self, more: &Value) -> Consent {
        let mut body = json!({ "connectorId": "acme", "authenticationType": "oauth2" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self.solder.admin().post("/api/credentials", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        Consent::read(answer.json()["oauthUrl"].as_str().unwrap())
    }

    /// The person consents: the platform gives a code for the consent's challenge.
    pub(super) fn consent(&self, consent: &Consent, code: &str) -> String {
        self.world()
            .codes
            .insert(code.to_owned(), consent.query["code_challenge"].clone());
        format!(
            "/connect/callback/acme?code={code}&state={}",
            consent.query["state"]
        )
    }

    /// The whole way: a new credential of the admin's.
    pub(super) async fn connect(&self) -> String {
        let consent = self
            .begin(&json!({ "redirectUri": "http://127.0.0.1:4711/done" }))
            .await;
        let code = format!("code-{}", self.world().issued);
        let back = self.consent(&consent, &code);
        let answer = self.solder.nobody().get(&back).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        told(&answer)["credentialId"].clone()
    }

    /// A server of the admin's, by its token URL.
    pub(super) async fn mcp(&self) -> Mcp {
        self.solder.token_url(&json!({ "name": "One" })).await
    }

    /// How often the token endpoint was asked so far.
    pub(super) fn token_requests(&self) -> usize {
        self.platform
            .received()
            .iter()
            .filter(|asked| asked.path == "/oauth/token")
            .count()
    }

    /// The audit log, oldest first.
    pub(super) async fn audit(&self) -> Vec<solder_storage::AuditEntry> {
        let url = format!(
            "sqlite://{}",
            self.solder.folder.path().join("solder.db").display()
        );
        let storage = solder_storage::Storage::open(&url).await.unwrap();
        let page = solder_model::Page {
            limit: 1_000,
            offset: 0,
        };
        let mut entries = storage
            .list_audit(&self.solder.first.id, page)
            .await
            .unwrap()
            .items;
        storage.close().await;
        entries.reverse();
        entries
    }
}

/// A consent's URL, taken apart.
pub(super) struct Consent {
    pub(super) url: String,
    pub(super) query: BTreeMap<String, String>,
}

impl Consent {
    pub(super) fn read(url: &str) -> Self {
        let (_, query) = url.split_once('?').unwrap();
        Self {
            url: url.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        }
    }
}

/// What a redirect tells.
pub(super) fn told(answer: &Answer) -> BTreeMap<String, String> {
    let to = answer.header("location");
    let (_, query) = to.split_once('?').unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
