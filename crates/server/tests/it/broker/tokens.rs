//! Tokens at call time: renewed ahead and on the platform's word, once for all who ask.

use super::acme::Acme;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

async fn list(mcp: &solder_testkit::Mcp) -> (bool, Value) {
    mcp.execute("acme", "list_things", &json!({})).await.tool()
}

/// A connection whose token has ended, at the platform too.
async fn ended() -> (Acme, solder_testkit::Mcp, String) {
    let acme = Acme::start().await;
    acme.world().rotates = true;
    let id = acme.connect().await;
    let mcp = acme.mcp().await;
    acme.solder.clock.advance(Duration::from_hours(1));
    acme.world().access.clear();
    (acme, mcp, id)
}

async fn view(acme: &Acme, id: &str) -> Value {
    acme.solder
        .admin()
        .get(&format!("/api/credentials/{id}"))
        .await
        .json()
}

#[tokio::test]
async fn a_hundred_calls_with_an_ended_token_cause_one_refresh() {
    let (acme, mcp, id) = ended().await;
    let before = acme.token_requests();
    let answers = join_all((0..100).map(|_| list(&mcp))).await;
    for (is_error, text) in answers {
        assert!(!is_error, "{text}");
    }
    assert_eq!(acme.token_requests() - before, 1);
    assert_eq!(view(&acme, &id).await["status"], "active");
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let acme = Acme::start().await;
    acme.connect().await;
    let mcp = acme.mcp().await;
    acme.solder.clock.advance(Duration::from_secs(3_239));
    assert!(!list(&mcp).await.0);
    assert_eq!(acme.token_requests(), 1);
    acme.solder.clock.advance(Duration::from_secs(1));
    assert!(!list(&mcp).await.0);
    assert_eq!(acme.token_requests(), 2);
    let used = acme.platform.received().last().unwrap().headers["authorization"].clone();
    assert_eq!(used, "Bearer at-2");
}

#[tokio::test]
async fn a_platform_that_is_down_ahead_of_the_end_stops_nobody() {
    let acme = Acme::start().await;
    acme.connect().await;
    let mcp = acme.mcp().await;
    acme.solder.clock.advance(Duration::from_mins(55));
    acme.world().token_answer = Some((503, json!({})));
    for _ in 0..3 {
        let (is_error, text) = list(&mcp).await;
        assert!(!is_error, "{text}");
    }
    // It is left alone for a while, and not asked with every call.
    assert_eq!(acme.token_requests(), 2);
    acme.solder.clock.advance(Duration::from_mins(5));
    let (is_error, text) = list(&mcp).await;
    assert!(is_error, "{text}");
    acme.world().token_answer = None;
    let (is_error, text) = list(&mcp).await;
    assert!(!is_error, "{text}");
}

#[tokio::test]
async fn a_401_is_answered_by_one_refresh_and_one_more_try() {
    let acme = Acme::start().await;
    acme.connect().await;
    let mcp = acme.mcp().await;
    acme.world().access.clear();
    let before = acme.token_requests();
    let answers = join_all((0..20).map(|_| list(&mcp))).await;
    for (is_error, text) in answers {
        assert!(!is_error, "{text}");
    }
    assert_eq!(acme.token_requests() - before, 1);
    // A write that was refused so was not done, and is sent again too.
    acme.world().access.clear();
    let made = mcp
        .execute("acme", "make_thing", &json!({ "name": "x" }))
        .await
        .tool();
    assert!(!made.0, "{}", made.1);
    let writes = acme
        .platform
        .received()
        .iter()
        .filter(|asked| asked.method == "POST" && asked.path == "/api/things")
        .count();
    assert_eq!(writes, 2);
}

#[tokio::test]
async fn where_the_refresh_token_is_spent_a_person_is_asked_for_and_the_id_lives_on() {
    let (acme, mcp, id) = ended().await;
    acme.world().refresh.clear();
    let (is_error, text) = list(&mcp).await;
    assert!(
        is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
        "{text}"
    );
    let hint = text["error"]["details"]["hint"].as_str().unwrap();
    assert!(
        hint.contains("create_credential_alloy") && hint.contains(&id),
        "{text}"
    );
    let shown = view(&acme, &id).await;
    assert_eq!(shown["status"], "needs_reconnect");
    assert!(
        shown["statusReason"].as_str().unwrap().contains("spent"),
        "{shown}"
    );
    // It is not asked again and again.
    let before = acme.token_requests();
    assert!(list(&mcp).await.0);
    assert_eq!(acme.token_requests(), before);

    // The same account, connected once more without naming the credential, mends it.
    assert_eq!(acme.connect().await, id);
    let (is_error, text) = list(&mcp).await;
    assert!(!is_error, "{text}");
    assert_eq!(view(&acme, &id).await["status"], "active");
    let log = format!("{:?}", acme.audit().await);
    for action in ["credential.mark", "credential.reconnect", "connection.begin"] {
        assert!(log.contains(action), "{action}");
    }
}

#[tokio::test]
async fn an_access_that_was_taken_back_is_called_revoked() {
    let (acme, mcp, id) = ended().await;
    let answer = json!({ "error": "token_revoked", "error_description": "an admin removed the app" });
    acme.world().token_answer = Some((400, answer));
    let (is_error, text) = list(&mcp).await;
    assert!(
        is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
        "{text}"
    );
    let hint = text["error"]["details"]["hint"].as_str().unwrap();
    for part in ["create_credential_alloy", "`acme`", "`oauth2`", &id] {
        assert!(hint.contains(part), "{part}: {hint}");
    }
    let ask = json!({ "connectorId": "acme" });
    let (_, listed) = mcp.call("get_credentials_alloy", &ask).await.tool();
    let all = acme.solder.admin().get("/api/credentials").await.json();
    for shown in [
        &view(&acme, &id).await,
        &all["credentials"][0],
        &listed["credentials"][0],
    ] {
        assert_eq!(
            (&shown["credentialId"], &shown["status"]),
            (&json!(id), &json!("revoked")),
            "{shown}"
        );
        let reason = shown["statusReason"].as_str().unwrap();
        assert!(reason.contains("an admin removed the app"), "{reason}");
    }
    // It is not asked again and again.
    let before = acme.token_requests();
    assert!(list(&mcp).await.0);
    assert_eq!(acme.token_requests(), before);

    acme.world().token_answer = None;
    assert_eq!(acme.connect().await, id);
    assert!(!list(&mcp).await.0);
    assert_eq!(view(&acme, &id).await["status"], "active");
}

#[tokio::test]
async fn a_wrong_client_secret_breaks_no_connection() {
    let (acme, mcp, id) = ended().await;
    acme.world().token_answer = Some((401, json!({ "error": "invalid_client" })));
    let (is_error, text) = list(&mcp).await;
    assert!(is_error && text.to_string().contains("OAuth app"), "{text}");
    assert_eq!(view(&acme, &id).await["status"], "active");
    acme.world().token_answer = None;
    let (is_error, text) = list(&mcp).await;
    assert!(!is_error, "{text}");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_said_to_be_expiring_and_then_to_need_a_person() {
    let acme = Acme::start().await;
    let id = acme.connect().await;
    assert_eq!(view(&acme, &id).await["status"], "active");
    acme.world().token_answer = Some((200, json!({ "access_token": "bare", "expires_in": 10 * 86_400 })));
    acme.world().access.insert("bare".to_owned());
    let id = acme.connect().await;
    assert_eq!(view(&acme, &id).await["status"], "active");
    acme.solder.clock.advance(Duration::from_hours(4 * 24));
    let shown = view(&acme, &id).await;
    assert_eq!(shown["status"], "expiring");
    assert!(shown["statusReason"].is_string());
    acme.solder.clock.advance(Duration::from_hours(6 * 24));
    assert_eq!(view(&acme, &id).await["status"], "needs_reconnect");
    let (is_error, text) = list(&acme.mcp().await).await;
    assert!(
        is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
        "{text}"
    );
}

#[tokio::test]
async fn one_endpoint_that_refuses_marks_nothing_and_a_dead_token_does() {
    let acme = Acme::start().await;
    acme.world().token_answer = Some((200, json!({ "access_token": "bare" })));
    acme.world().access.insert("bare".to_owned());
    let id = acme.connect().await;
    let mcp = acme.mcp().await;
    assert!(!list(&mcp).await.0);
    acme.world().access.clear();
    let (is_error, text) = list(&mcp).await;
    assert!(
        is_error && text["error"]["code"] == "PLATFORM_RECONNECT",
        "{text}"
    );
    assert_eq!(view(&acme, &id).await["status"], "needs_reconnect");
}

#[tokio::test]
async fn a_warm_call_with_a_valid_connection_reads_no_database() {
    let acme = Acme::start_with(|builder| {
        builder.engine(|settings| settings.feed_interval = Duration::from_hours(1))
    })
    .await;
    acme.world().rotates = true;
    acme.connect().await;
    let mcp = acme.mcp().await;
    // Renewed once: what was before is dropped after the first use, and then all is quiet.
    acme.solder.clock.advance(Duration::from_hours(1));
    for _ in 0..2 {
        assert!(!list(&mcp).await.0);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let before = acme.solder.engine.queries();
    for _ in 0..3 {
        assert!(!list(&mcp).await.0);
    }
    assert_eq!(acme.solder.engine.queries() - before, 0);
}
