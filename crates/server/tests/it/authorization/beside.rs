//! Two engines on one database: what ends at one has ended at the other as soon as it looks at the feed.

use super::{World, error};
use solder_engine::{Catalog, Engine, Settings};
use solder_testkit::{Answer, Client, Keys, Mcp, Solder};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const FEED: Duration = Duration::from_millis(200);
/// How long an end may take to be known: the interval, and time for a machine with much to do.
const KNOWN: Duration = Duration::from_secs(2);

/// A second engine on the world's database, behind the same public URL, as behind one balancer.
struct Beside {
    url: String,
    engine: Arc<Engine>,
}

async fn pair() -> (World, Beside) {
    let world = World::of(Solder::build().engine(|settings| settings.feed_interval = FEED)).await;
    let keys = Keys::new((*world.solder.installation.ring()).clone());
    let installation = world.solder.beside(&keys, 1_001).await;
    let settings = Settings {
        public_url: world.solder.url.clone(),
        rate_limit: None,
        feed_interval: FEED,
        ..Settings::default()
    };
    let catalog = Catalog::open(&settings).unwrap();
    let engine = Engine::start(installation, catalog, settings).await.unwrap();
    let served = solder_server::Settings {
        public_url: world.solder.url.clone(),
        ..solder_server::Settings::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = solder_server::serve(listener, Arc::clone(&engine), served, std::future::pending());
    drop(tokio::spawn(serving));
    (world, Beside { url, engine })
}

impl Beside {
    /// The status that a list of tools is answered with here.
    async fn opens(&self, world: &World, token: &str) -> u16 {
        let mcp = Mcp::new(
            &Client::new(&self.url, Some(token)),
            &format!("/mcp/{}", world.server),
        );
        mcp.legacy("tools/list", &serde_json::json!({})).await.status
    }

    async fn refresh(&self, world: &World, token: &str) -> Answer {
        let form = super::owned(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", &world.client),
        ]);
        super::posted(&Client::new(&self.url, None), "/oauth/token", &form).await
    }
}

/// Looks until a token is refused.
async fn ends(opens: impl AsyncFn() -> u16) {
    let began = Instant::now();
    loop {
        match opens().await {
            401 => return,
            status => assert_eq!(status, 200),
        }
        assert!(began.elapsed() < KNOWN, "the token still works");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_grant_that_is_taken_back_at_one_engine_ends_at_the_other() {
    let (world, other) = pair().await;
    let tokens = world.tokens().await;
    let access = tokens["access_token"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(
            (world.opens(access).await, other.opens(&world, access).await),
            (200, 200)
        );
    }
    let ada = world.solder.admin().as_user("ada");
    let listed = ada.get("/api/oauth-grants").await.json();
    let path = format!(
        "/api/oauth-grants/{}",
        listed["grants"][0]["grantId"].as_str().unwrap()
    );
    assert_eq!(ada.delete(&path).await.status, 200);
    assert_eq!(world.opens(access).await, 401);
    ends(async || other.opens(&world, access).await).await;
    other.engine.stop().await;
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_at_one_engine_ends_its_family_at_the_other() {
    let (world, other) = pair().await;
    let first = world.tokens().await;
    let old = first["refresh_token"].as_str().unwrap();
    let second = world.refresh(old, &[]).await.json();
    let access = second["access_token"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(
            (world.opens(access).await, other.opens(&world, access).await),
            (200, 200)
        );
    }
    assert_eq!(error(&other.refresh(&world, old).await), "invalid_grant");
    assert_eq!(other.opens(&world, access).await, 401);
    ends(async || world.opens(access).await).await;
    let newest = second["refresh_token"].as_str().unwrap();
    assert_eq!(error(&world.refresh(newest, &[]).await), "invalid_grant");
    other.engine.stop().await;
}
