//! Key sets: fetched when they are needed, by one caller at a time and not too often, and only from where accounts'
//! URLs may lead.

use serde_json::{Value, json};
use solder_testkit::{FakePlatform, Mcp, Signer, Solder, SolderBuilder};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ISSUER: &str = "https://login.example";

/// A platform that publishes a set, which a test can change.
struct Publisher {
    platform: FakePlatform,
    answer: Arc<Mutex<(u16, Value)>>,
}

impl Publisher {
    async fn new(keys: &[Value], wait: Duration) -> Self {
        let answer = Arc::new(Mutex::new((200, json!({ "keys": keys }))));
        let told = Arc::clone(&answer);
        let platform = FakePlatform::start_slow(wait, move |_| told.lock().unwrap().clone()).await;
        Self { platform, answer }
    }

    fn publish(&self, status: u16, document: Value) {
        *self.answer.lock().unwrap() = (status, document);
    }

    fn fetches(&self) -> usize {
        self.platform.received().len()
    }

    fn body(&self) -> Value {
        json!({
            "jwksUrl": format!("{}/jwks.json", self.platform.url), "issuer": ISSUER, "audience": "us",
        })
    }
}

/// An installation whose accounts may reach this machine.
fn near() -> SolderBuilder {
    Solder::build().engine(|settings| {
        settings.account_networks = vec!["127.0.0.0/8".parse().unwrap()];
        settings.failure_limit = None;
    })
}

async fn server(solder: &Solder) -> Mcp {
    let server = solder.server(&json!({ "name": "One" })).await;
    let path = format!("/mcp/{}", server["serverId"].as_str().unwrap());
    Mcp::new(&solder.nobody(), &path)
}

fn token(solder: &Solder, signer: &Signer) -> String {
    let mut claims = solder.claims("zoe");
    claims["iss"] = json!(ISSUER);
    claims["aud"] = json!("us");
    signer.sign(&claims)
}

async fn ping(mcp: &Mcp, jwt: &str) -> u16 {
    let client = mcp.with("authorization", &format!("Bearer {jwt}"));
    client.legacy("ping", &json!({})).await.status
}

#[tokio::test]
async fn a_sets_keys_verify_and_are_fetched_once() {
    let signers = [
        Signer::rs256().named("a"),
        Signer::es256().named("b"),
        Signer::eddsa().named("c"),
    ];
    let keys: Vec<Value> = signers.iter().map(Signer::jwk).collect();
    let publisher = Publisher::new(&keys, Duration::ZERO).await;
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    for signer in &signers {
        assert_eq!(ping(&mcp, &token(&solder, signer)).await, 200, "{signer:?}");
    }
    let nameless = token(&solder, &Signer::rs256());
    assert_eq!(ping(&mcp, &nameless).await, 200);
    assert_eq!(
        solder.client(&nameless).get("/api/servers").await.status,
        200,
        "by its issuer on /api too"
    );
    assert_eq!(publisher.fetches(), 1);
    assert_eq!(publisher.platform.received()[0].path, "/jwks.json");
}

#[tokio::test]
async fn a_set_never_supplies_a_secret_and_other_kinds_are_passed_over() {
    let secret = "a secret of at least thirty-two bytes";
    let signer = Signer::hs256(secret).named("s");
    let mut rs512 = Signer::rs256().named("r").jwk();
    rs512["alg"] = json!("RS512");
    let publisher = Publisher::new(
        &[
            signer.jwk(),
            json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }),
            json!("nonsense"),
            rs512,
            Signer::es256().named("e").jwk(),
        ],
        Duration::ZERO,
    )
    .await;
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    assert_eq!(ping(&mcp, &token(&solder, &signer)).await, 401);
    assert_eq!(
        ping(&mcp, &token(&solder, &Signer::rs256().named("r"))).await,
        401
    );
    assert_eq!(
        ping(&mcp, &token(&solder, &Signer::es256().named("e"))).await,
        200
    );
}

#[tokio::test]
async fn an_unknown_kid_fetches_the_set_again_at_a_bounded_rate() {
    let (old, new) = (Signer::rs256().named("old"), Signer::other_rs256().named("new"));
    let publisher = Publisher::new(&[old.jwk()], Duration::ZERO).await;
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    assert_eq!(ping(&mcp, &token(&solder, &old)).await, 200);
    publisher.publish(200, json!({ "keys": [old.jwk(), new.jwk()] }));
    for kid in 0..20 {
        let unknown = Signer::rs256().named(&format!("unknown {kid}"));
        assert_eq!(ping(&mcp, &token(&solder, &unknown)).await, 401);
    }
    assert_eq!(publisher.fetches(), 1, "the set was fetched a moment ago");
    solder.clock.advance(Duration::from_secs(30));
    assert_eq!(ping(&mcp, &token(&solder, &new)).await, 200);
    assert_eq!(publisher.fetches(), 2);
    for kid in 0..20 {
        let unknown = Signer::rs256().named(&format!("unknown {kid}"));
        assert_eq!(ping(&mcp, &token(&solder, &unknown)).await, 401);
    }
    assert_eq!(publisher.fetches(), 2);
}

#[tokio::test]
async fn many_that_need_a_set_together_fetch_it_once() {
    let signer = Signer::rs256().named("a");
    let publisher = Publisher::new(&[signer.jwk()], Duration::from_millis(300)).await;
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    let mut tasks = tokio::task::JoinSet::new();
    for user in 0..20 {
        let mut claims = solder.claims(&format!("user {user}"));
        claims["iss"] = json!(ISSUER);
        claims["aud"] = json!("us");
        let (mcp, jwt) = (mcp.clone(), signer.sign(&claims));
        tasks.spawn(async move { ping(&mcp, &jwt).await });
    }
    assert_eq!(tasks.join_all().await, [200; 20]);
    assert_eq!(publisher.fetches(), 1);
}

#[tokio::test]
async fn a_withdrawn_key_ends_within_minutes_and_the_last_good_set_outlives_failures() {
    let (old, new) = (Signer::rs256().named("old"), Signer::other_rs256().named("new"));
    let publisher = Publisher::new(&[old.jwk()], Duration::ZERO).await;
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    let jwt = token(&solder, &old);
    assert_eq!(ping(&mcp, &jwt).await, 200);
    for (status, document) in [
        (500, json!({ "keys": [] })),
        (200, json!({ "error": "maintenance" })),
        (302, json!({})),
    ] {
        publisher.publish(status, document);
        solder.clock.advance(Duration::from_mins(5));
        let before = publisher.fetches();
        assert_eq!(ping(&mcp, &jwt).await, 200, "{status}");
        assert_eq!(publisher.fetches(), before + 1, "it was asked for again");
    }
    publisher.publish(200, json!({ "keys": [new.jwk()] }));
    assert_eq!(ping(&mcp, &jwt).await, 200, "what was verified is believed");
    solder.clock.advance(Duration::from_mins(5));
    assert_eq!(ping(&mcp, &jwt).await, 401);
    assert_eq!(ping(&mcp, &token(&solder, &new)).await, 200);
}

#[tokio::test]
async fn a_set_that_is_too_large_is_not_taken() {
    let signer = Signer::rs256().named("a");
    let publisher = Publisher::new(&[signer.jwk()], Duration::ZERO).await;
    publisher.publish(
        200,
        json!({ "keys": [signer.jwk()], "filler": "x".repeat(300_000) }),
    );
    let solder = near().start().await;
    solder.jwt_key(&solder.first, &publisher.body()).await;
    let mcp = server(&solder).await;
    assert_eq!(ping(&mcp, &token(&solder, &signer)).await, 401);
    publisher.publish(200, json!({ "keys": [signer.jwk()] }));
    solder.clock.advance(Duration::from_secs(30));
    assert_eq!(ping(&mcp, &token(&solder, &signer)).await, 200);
}

#[tokio::test]
async fn a_set_at_a_private_address_is_refused_when_it_is_registered_and_when_it_is_fetched() {
    let signer = Signer::rs256().named("a");
    let publisher = Publisher::new(&[signer.jwk()], Duration::ZERO).await;
    let solder = Solder::start().await;
    let port = publisher.platform.url.rsplit(':').next().unwrap().to_owned();
    for url in [
        publisher.platform.url.clone(),
        format!("https://127.0.0.1:{port}/jwks"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::1]/jwks".to_owned(),
        "https://[::ffff:10.0.0.1]/jwks".to_owned(),
        "https://0x7f000001/jwks".to_owned(),
        "https://10.1.2.3/jwks".to_owned(),
    ] {
        let body = json!({ "jwksUrl": url, "issuer": ISSUER, "audience": "us" });
        let answer = solder.admin().post("/api/jwt-keys", &body).await;
        assert_eq!(
            (answer.status, answer.faults()),
            (400, vec!["jwksUrl".to_owned()]),
            "{url}"
        );
    }
    // What a name leads to is known when it is fetched; and the operator's command line judges no address at all.
    for url in [
        format!("http://localhost:{port}/jwks"),
        format!("https://localhost:{port}/jwks"),
        format!("{}/jwks", publisher.platform.url),
    ] {
        let body = json!({ "jwksUrl": url, "issuer": ISSUER, "audience": "us" });
        let made = solder
            .installation
            .create_jwt_key(&solder.first.id, body.as_object().unwrap())
            .await;
        assert!(made.is_ok(), "{url}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mcp = server(&solder).await;
    assert_eq!(ping(&mcp, &token(&solder, &signer)).await, 401);
    assert_eq!(publisher.fetches(), 0, "nobody knocked at the private address");
}
