//! The master key is rotated while servers serve and write: nothing fails on the way, and nothing changes for anybody.

use serde_json::json;
use solder_engine::{Catalog, Engine, Installation, Settings};
use solder_testkit::{Client, FakePlatform, Keys, SeededEntropy, Solder};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

const FEED: Duration = Duration::from_millis(20);
/// Long enough for every engine here to have looked at the feed and at its source.
const FOLLOWED: Duration = Duration::from_millis(400);

/// A second process on the same database: its engine, and a client of it with the same key.
async fn second_server(solder: &Solder, keys: &Keys, settings: Settings) -> (Arc<Engine>, Client) {
    let installation = solder.beside(keys, 1_001).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let settings = Settings {
        public_url: url.clone(),
        rate_limit: None,
        feed_interval: FEED,
        ..settings
    };
    let catalog = Catalog::open(&settings).unwrap();
    let engine = Engine::start(installation, catalog, settings).await.unwrap();
    let served = solder_server::Settings {
        public_url: url.clone(),
        ..solder_server::Settings::default()
    };
    let serving = solder_server::serve(listener, Arc::clone(&engine), served, std::future::pending());
    drop(tokio::spawn(serving));
    (engine, Client::new(&url, Some(&solder.first.key)))
}

/// Creates, rotates and lists until it is told to stop; every answer has to be a good one.
async fn write(client: Client, name: &'static str, stop: Arc<AtomicBool>, done: Arc<AtomicU32>) {
    let mut number = 0;
    while !stop.load(Ordering::SeqCst) {
        number += 1;
        let made = client
            .post("/api/servers", &json!({ "name": format!("{name} {number}") }))
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/api/servers/{}", made.json()["serverId"].as_str().unwrap());
        let turned = client.post(&format!("{path}/token"), &json!({})).await;
        assert_eq!(turned.status, 200, "{}", turned.text);
        // A list opens every token there is.
        let listed = client.get("/api/servers").await;
        assert_eq!(listed.status, 200, "{}", listed.text);
        done.fetch_add(3, Ordering::SeqCst);
    }
}

async fn pass_until_done(operator: &Installation) -> u64 {
    let mut rewrapped = 0;
    for _ in 0..50 {
        let pass = operator.rewrap().await.unwrap();
        rewrapped += pass.rewrapped;
        if pass.is_last() {
            return rewrapped;
        }
    }
    unreachable!("it does not come to an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rotation_beside_two_servers_leaves_no_gap_and_changes_no_token() {
    let platform = FakePlatform::slack().await;
    let built = Solder::build().connector("slack", &platform, "/api");
    let mut connectors = None;
    let built = built.engine(|settings| {
        settings.feed_interval = FEED;
        connectors = Some(settings.connectors.clone());
    });
    let solder = built.start().await;
    let keys = Keys::new((*solder.installation.ring()).clone());
    drop(solder.installation.clone().following(Arc::new(keys.clone())));
    let settings = Settings {
        connectors: connectors.unwrap(),
        ..Settings::default()
    };
    let (other, beside) = second_server(&solder, &keys, settings).await;
    solder.slack_credential().await;
    let server = solder.server(&json!({ "name": "Stands" })).await;
    let access = server["accessUrl"].as_str().unwrap().to_owned();
    let mcp = solder.mcp_at(&access);
    for number in 0..150 {
        solder.server(&json!({ "name": format!("many {number}") })).await;
    }
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let writers = [(solder.admin(), "here"), (beside.clone(), "there")]
        .map(|(client, name)| tokio::spawn(write(client, name, Arc::clone(&stop), Arc::clone(&done))));
    let caller = {
        let (mcp, stop, done) = (mcp.clone(), Arc::clone(&stop), Arc::clone(&done));
        let clock = Arc::clone(&solder.clock);
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                let (failed, answer) = mcp.execute("slack", "users_list", &json!({})).await.tool();
                assert!(!failed, "{answer}");
                done.fetch_add(1, Ordering::SeqCst);
                // The connector takes a hundred calls a minute.
                clock.advance(Duration::from_secs(1));
            }
        })
    };

    let operator = solder.beside(&keys, 2_002).await;
    let before = operator.ring().current().id();
    keys.put_newer(&SeededEntropy::new(3_003));
    operator.seal_with(keys.ring());
    operator.tell_of_master_key("vault.rotate").await.unwrap();
    tokio::time::sleep(FOLLOWED).await;
    let rewrapped = pass_until_done(&operator).await;
    assert!(rewrapped > 150, "{rewrapped}");
    let report = operator.verify_vault().await.unwrap();
    let now = keys.ring().current().id();
    assert_ne!(now, before);
    assert_eq!(
        (report.unopened, report.keys().into_keys().collect::<Vec<_>>()),
        (0, vec![now.as_str()])
    );

    // The old key goes, with everybody still at work.
    keys.drop_old();
    operator.seal_with(keys.ring());
    operator.tell_of_master_key("vault.forget").await.unwrap();
    tokio::time::sleep(FOLLOWED).await;
    let at = done.load(Ordering::SeqCst);
    tokio::time::sleep(FOLLOWED).await;
    assert!(done.load(Ordering::SeqCst) > at, "they are still at work");
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    caller.await.unwrap();

    // Whoever starts now has the new key alone.
    let late = solder.beside(&Keys::new(keys.ring()), 4_004).await;
    assert_eq!(late.ring().ids(), [now.as_str()]);
    let report = late.verify_vault().await.unwrap();
    assert_eq!((report.unopened, report.keys().len()), (0, 1), "{report:?}");
    assert!(!mcp.execute("slack", "users_list", &json!({})).await.tool().0);
    let path = format!("/api/servers/{}", server["serverId"].as_str().unwrap());
    assert_eq!(
        solder.admin().get(&path).await.json()["accessUrl"],
        access,
        "the token is the same"
    );
    assert_eq!(beside.get(&path).await.status, 200, "so is the API key");
    let log = solder
        .admin()
        .get("/api/audit?actor=operator&target=master-key")
        .await
        .json();
    let actions: Vec<_> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].clone())
        .collect();
    assert_eq!(actions, ["vault.forget", "vault.rotate"]);
    assert_eq!(log["entries"][1]["details"], json!({ "keyId": now }));
    other.stop().await;
}

#[tokio::test]
async fn a_rotation_that_is_broken_off_anywhere_goes_on() {
    let solder = Solder::start().await;
    solder.slack_credential().await;
    for number in 0..120 {
        solder.server(&json!({ "name": format!("many {number}") })).await;
    }
    let keys = Keys::new((*solder.installation.ring()).clone());
    keys.put_newer(&SeededEntropy::new(3_003));
    for round in 0..8_u64 {
        // Each time another process, which knows nothing of the one before and is gone in the middle.
        let operator = solder.beside(&keys, 5_000 + round).await;
        let broken_off = tokio::time::timeout(Duration::from_micros(700 * round), operator.rewrap()).await;
        drop(broken_off);
        let report = operator.verify_vault().await.unwrap();
        assert_eq!(report.unopened, 0, "round {round}");
    }
    let operator = solder.beside(&keys, 6_000).await;
    pass_until_done(&operator).await;
    keys.drop_old();
    let late = solder.beside(&keys, 7_000).await;
    let report = late.verify_vault().await.unwrap();
    let counts: u64 = report.keys().values().sum();
    assert_eq!(
        (report.unopened, report.keys().len(), counts),
        (0, 1, 122),
        "{report:?}"
    );
}

#[tokio::test]
async fn what_does_not_open_is_named_and_never_touched() {
    let solder = Solder::start().await;
    solder.slack_credential().await;
    let stranger = Keys::new((*solder.installation.ring()).clone());
    stranger.put_newer(&SeededEntropy::new(3_003));
    // Somebody's server seals with a key that is lost afterwards.
    let lost = solder.beside(&stranger, 8_000).await;
    lost.rewrap().await.unwrap();
    let report = solder.installation.verify_vault().await.unwrap();
    let id = stranger.ring().current().id();
    assert_eq!(report.unopened, 2, "{report:?}");
    let columns: Vec<&str> = report.faults.iter().map(|fault| fault.column.as_str()).collect();
    assert_eq!(columns, ["installation.hash_key", "credentials.sealed"]);
    assert!(
        report.faults.iter().all(|fault| fault.why.contains(&id)),
        "{report:?}"
    );
    let pass = solder.installation.rewrap().await.unwrap();
    assert_eq!((pass.rewrapped, pass.unopened), (0, 2));
    assert_eq!(lost.verify_vault().await.unwrap().unopened, 0);
}
