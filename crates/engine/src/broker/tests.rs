//! Renewals that are stopped at every step, as a process that dies stops, and two engines on one database.

use super::Opener;
use super::renewal::Step;
use crate::credentials::OpenedFields;
use crate::{Catalog, ConnectorSettings, Engine, Error, Installation, Settings};
use futures_util::future::join_all;
use serde_json::json;
use solder_model::{
    Code, Connection, ConnectorId, Credential, CredentialId, CredentialStatus, Entropy, Sealed, Secret,
    Timestamp, UserName,
};
use solder_storage::Storage;
use solder_vault::{KeyRing, MasterKey};
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const FILE: &str = r#"
id = "acme"
name = "Acme"
about = "Things of a company"
categories = ["crm"]
base = "https://api.acme.example/api"
hosts = ["*.acme.example", "acme.example"]

[resources]
things = "Things | What there is"

[auth.oauth2]
name = "Acme account"
authorize = "https://acme.example/oauth/authorize"
token = "https://acme.example/oauth/token"
scopes = ["read"]

[[action]]
name = "list_things"
title = "List things"
about = "List what there is"
resource = "things"
call = "GET /things"
kind = "read"
"#;

struct Clock(AtomicI64);

impl solder_model::Clock for Clock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

struct Numbers(AtomicU64);

impl Entropy for Numbers {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let number = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = u8::try_from((number ^ (number >> 31)) & 0xff).unwrap();
        }
    }
}

/// The platform's token endpoint.
#[derive(Clone)]
struct Platform(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    refresh: HashSet<String>,
    asked: u32,
    /// Whether a refresh token works once.
    rotates: bool,
}

impl Respond for Platform {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let form: std::collections::HashMap<_, _> =
            url::form_urlencoded::parse(&request.body).into_owned().collect();
        let mut world = self.0.lock().unwrap();
        world.asked += 1;
        let number = world.asked;
        let token = form.get("refresh_token").cloned().unwrap_or_default();
        let known = world.refresh.contains(&token);
        if known && world.rotates {
            world.refresh.remove(&token);
        }
        if !known {
            return ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant" }));
        }
        world.refresh.insert(format!("rt-{number}"));
        let tokens = json!({
            "access_token": format!("at-{number}"), "refresh_token": format!("rt-{number}"), "expires_in": 3_600,
        });
        ResponseTemplate::new(200)
            .set_body_json(tokens)
            .set_delay(Duration::from_millis(50))
    }
}

/// A database with a credential whose token has ended, and the platform.
struct Ground {
    folder: TempDir,
    platform: MockServer,
    world: Arc<Mutex<World>>,
    clock: Arc<Clock>,
    master: String,
    id: CredentialId,
}

impl Ground {
    async fn new(rotates: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("connectors")).unwrap();
        std::fs::write(folder.path().join("connectors/acme.toml"), FILE).unwrap();
        let world = Arc::new(Mutex::new(World {
            refresh: HashSet::from(["rt-0".to_owned()]),
            rotates,
            ..World::default()
        }));
        let platform = MockServer::start().await;
        Mock::given(wiremock::matchers::any())
            .respond_with(Platform(Arc::clone(&world)))
            .mount(&platform)
            .await;
        let master = MasterKey::generate(&Numbers(AtomicU64::new(3)))
            .to_text()
            .expose()
            .to_owned();
        let mut ground = Self {
            folder,
            platform,
            world,
            clock: Arc::new(Clock(AtomicI64::new(1_750_000_000_000))),
            master,
            id: CredentialId::new(&"0".repeat(24)).unwrap(),
        };
        let engine = ground.engine(1).await;
        ground.id = ground.credential(&engine).await;
        ground.pass(3_600);
        ground
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    fn asked(&self) -> u32 {
        self.world.lock().unwrap().asked
    }

    async fn installation(&self, seed: u64) -> Installation {
        let url = format!("sqlite://{}/solder.db", self.folder.path().display());
        let storage = Storage::open(&url).await.unwrap();
        let ring = KeyRing::new(MasterKey::parse(&self.master).unwrap());
        let entropy = Arc::new(Numbers(AtomicU64::new(seed.wrapping_mul(0xdead_beef_1234_5678))));
        Installation::open(storage, ring, Arc::<Clock>::clone(&self.clock), entropy)
            .await
            .unwrap()
    }

    /// One more process on the database.
    async fn engine(&self, seed: u64) -> Arc<Engine> {
        let own = ConnectorSettings {
            base_url: Some(format!("{}/api", self.platform.uri()).parse().unwrap()),
            client_id: Some("client".to_owned()),
            client_secret: Some(Secret::new("secret")),
            ..ConnectorSettings::default()
        };
        let settings = Settings {
            connectors_dir: Some(self.folder.path().join("connectors")),
            connectors: std::iter::once(("acme".to_owned(), own)).collect(),
            ..Settings::default()
        };
        let catalog = Catalog::open(&settings).unwrap();
        Engine::start(self.installation(seed).await, catalog, settings)
            .await
            .unwrap()
    }

    async fn credential(&self, engine: &Engine) -> CredentialId {
        let installation = self.installation(2).await;
        let name = UserName::new("ada").unwrap();
        let (account, key, _) = installation.create_account("first", &name).await.unwrap();
        let opener = Opener {
            account: account.id.clone(),
            user: Some(key.user.clone()),
            user_name: name,
            server: None,
            made_through: None,
            ticket: None,
            actor: "test".to_owned(),
            from: None,
        };
        let now = engine.now();
        let draft = Credential {
            id: CredentialId::random(&*engine.entropy),
            account: account.id,
            user: key.user,
            connector_owner: "operator".to_owned(),
            connector: ConnectorId::new("acme").unwrap(),
            kind: "oauth2".to_owned(),
            name: "Acme".to_owned(),
            made_through: None,
            sealed: Sealed(Vec::new()),
            connection: Connection {
                client_id: Some("client".to_owned()),
                refreshable: true,
                issued_at: Some(now),
                expires_at: Some(now.plus_ms(3_600_000)),
                ..Connection::default()
            },
            created_at: now,
            updated_at: now,
        };
        let fields = fields("at-0", "rt-0");
        engine
            .keep_new_credential(&opener, draft, &fields)
            .await
            .unwrap()
            .id
    }

    async fn stored(&self, engine: &Engine) -> Arc<Credential> {
        Arc::new(engine.storage.find_credential(&self.id).await.unwrap().unwrap())
    }
}

fn fields(access: &str, refresh: &str) -> OpenedFields {
    [("access_token", access), ("refresh_token", refresh)]
        .into_iter()
        .map(|(name, text)| (name.to_owned(), Secret::new(text)))
        .collect()
}

async fn usable(engine: &Arc<Engine>, credential: Arc<Credential>) -> Result<Arc<Credential>, Error> {
    let (connector, _) = engine.catalog.load().find("acme").unwrap();
    engine.usable_credential(&connector, credential).await
}

/// Stops a first engine's renewal at the step, lets its lease end, and gives what a second one makes of it.
async fn stopped_at(ground: &Ground, step: Step) -> (Result<Arc<Credential>, Error>, Arc<Engine>) {
    let first = ground.engine(5).await;
    *first.refreshes.stop_at.lock() = Some(step);
    let seen = ground.stored(&first).await;
    let call = tokio::spawn({
        let first = Arc::clone(&first);
        async move { usable(&first, seen).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(!call.is_finished(), "{step:?}: nothing was stopped");
    // The process is gone: nobody goes on with it, and its lease stands.
    call.abort();
    let second = ground.engine(6).await;
    ground.pass(91);
    let seen = ground.stored(&second).await;
    (usable(&second, seen).await, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_was_stopped_anywhere_is_made_good_by_the_next_call() {
    // A platform that gives the same refresh token a second time, as they do to be safe against a lost answer.
    for step in [
        Step::BeforeSend,
        Step::AfterSend,
        Step::AfterAnswer,
        Step::BeforeWrite,
        Step::AfterWrite,
    ] {
        let ground = Ground::new(false).await;
        let (outcome, second) = stopped_at(&ground, step).await;
        let renewed = outcome.unwrap_or_else(|error| panic!("{step:?}: {error}"));
        assert_eq!(renewed.connection.version, 1, "{step:?}");
        assert_eq!(renewed.connection.status, CredentialStatus::Active, "{step:?}");
        let opened = second.open_credential(&renewed).unwrap();
        assert!(opened["access_token"].expose() != "at-0", "{step:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_lost_answer_spent_the_refresh_token_the_person_is_asked_for_with_the_reason() {
    for (step, spent) in [
        (Step::BeforeSend, false),
        (Step::AfterSend, true),
        (Step::AfterAnswer, true),
        (Step::BeforeWrite, true),
        (Step::AfterWrite, false),
    ] {
        let ground = Ground::new(true).await;
        let (outcome, second) = stopped_at(&ground, step).await;
        let stored = ground.stored(&second).await;
        if spent {
            let Err(Error::Platform(problem)) = outcome else {
                panic!("{step:?}: a spent token was taken for good");
            };
            assert_eq!(problem.code, Code::PlatformReconnect, "{step:?}");
            assert!(
                problem.details["hint"]
                    .as_str()
                    .unwrap()
                    .contains("create_credential_alloy")
            );
            assert_eq!(
                stored.connection.status,
                CredentialStatus::NeedsReconnect,
                "{step:?}"
            );
            assert!(stored.connection.status_reason.is_some(), "{step:?}");
        } else {
            assert_eq!(outcome.unwrap().connection.version, 1, "{step:?}");
            assert_eq!(stored.connection.status, CredentialStatus::Active, "{step:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_on_one_database_refresh_once_for_a_hundred_calls() {
    let ground = Ground::new(true).await;
    let (first, second) = (ground.engine(7).await, ground.engine(8).await);
    let seen = ground.stored(&first).await;
    let calls = (0..100).map(|number| {
        let engine = if number % 2 == 0 { &first } else { &second };
        usable(engine, Arc::clone(&seen))
    });
    for outcome in join_all(calls).await {
        assert_eq!(outcome.unwrap().connection.version, 1);
    }
    assert_eq!(ground.asked(), 1);
    first.stop().await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_refresh_token_that_the_platform_does_not_know_gives_way_to_the_last_good_one() {
    let ground = Ground::new(true).await;
    let engine = ground.engine(9).await;
    let renewed = usable(&engine, ground.stored(&engine).await).await.unwrap();
    assert!(renewed.connection.sealed_before.is_some());
    {
        let mut world = ground.world.lock().unwrap();
        world.refresh.clear();
        world.refresh.insert("rt-0".to_owned());
    }
    ground.pass(3_600);
    let again = usable(&engine, renewed).await.unwrap();
    let opened = engine.open_credential(&again).unwrap();
    // The second request was refused, the third, with the token before, was not.
    assert_eq!((ground.asked(), opened["access_token"].expose()), (3, "at-3"));

    // Once the new ones were used, those before are gone.
    engine.settle_later(&again);
    for _ in 0..50 {
        if ground.stored(&engine).await.connection.sealed_before.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the secrets before were kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_goes_on_when_its_caller_goes_away_and_a_stop_waits_for_it() {
    let ground = Ground::new(true).await;
    let engine = ground.engine(10).await;
    let seen = ground.stored(&engine).await;
    let gone = tokio::time::timeout(Duration::from_millis(20), usable(&engine, seen)).await;
    assert!(gone.is_err(), "the caller was answered before it could go away");
    engine.stop().await;
    let after = ground.engine(11).await;
    assert_eq!(ground.stored(&after).await.connection.version, 1);
    assert_eq!(ground.asked(), 1);
}
