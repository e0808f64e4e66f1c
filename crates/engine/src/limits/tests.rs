//! The families of windows, and their memory.

use super::windows::Windows;
use super::{LimitSettings, Limits, WindowKey};
use proptest::prelude::*;
use solder_model::{AccountId, ApiKeyId, Limit, ServerId, Timestamp, UserName, Window};
use std::collections::HashMap;
use std::time::Duration;

fn limit(count: u32, seconds: u64) -> Limit {
    Limit {
        count,
        window: Duration::from_secs(seconds),
    }
}

fn limits(calls: Option<Limit>) -> Limits {
    Limits::new(LimitSettings {
        calls,
        ..LimitSettings::default()
    })
}

fn server(number: u32) -> WindowKey {
    WindowKey::Server(ServerId::new(&format!("s-{number:08}")).unwrap())
}

#[tokio::test]
async fn each_caller_has_a_window_of_its_own() {
    let limits = limits(Some(limit(2, 60)));
    let account = AccountId::new("acc_0123456789abcdef").unwrap();
    let user = |name| WindowKey::User(account.clone(), UserName::new(name).unwrap());
    let keys = [
        WindowKey::ApiKey(ApiKeyId::new("key_0123456789abcdef").unwrap()),
        server(1),
        server(2),
        user("a"),
        user("b"),
    ];
    for key in &keys {
        assert!(limits.calls(key, 2, Timestamp(0)).await.unwrap().verdict.allowed);
        let refused = limits.calls(key, 1, Timestamp(10)).await.unwrap();
        assert_eq!(
            (refused.verdict.allowed, refused.verdict.retry_after_ms),
            (false, 59_990)
        );
        assert!(
            limits
                .calls(key, 1, Timestamp(60_000))
                .await
                .unwrap()
                .verdict
                .allowed
        );
    }
}

#[tokio::test]
async fn a_batch_passes_whole_or_takes_nothing() {
    let limits = limits(Some(limit(3, 60)));
    assert!(
        !limits
            .calls(&server(1), 4, Timestamp(0))
            .await
            .unwrap()
            .verdict
            .allowed
    );
    let taken = limits.calls(&server(1), 3, Timestamp(0)).await.unwrap();
    assert_eq!(
        (taken.verdict.allowed, taken.verdict.remaining, taken.limit),
        (true, 0, limit(3, 60))
    );
}

#[tokio::test]
async fn the_wide_guard_is_ten_times_as_wide_and_apart_from_the_calls() {
    let limits = limits(Some(limit(2, 60)));
    for _ in 0..20 {
        assert!(
            limits
                .wide(&server(1), Timestamp(0))
                .await
                .unwrap()
                .verdict
                .allowed
        );
    }
    assert!(
        !limits
            .wide(&server(1), Timestamp(0))
            .await
            .unwrap()
            .verdict
            .allowed
    );
    assert!(
        limits
            .calls(&server(1), 2, Timestamp(0))
            .await
            .unwrap()
            .verdict
            .allowed
    );
}

#[tokio::test]
async fn off_limits_nothing_but_failed_authentication() {
    let limits = limits(None);
    for _ in 0..1_000 {
        assert!(limits.calls(&server(1), 1, Timestamp(0)).await.is_none());
        assert!(limits.wide(&server(1), Timestamp(0)).await.is_none());
    }
    let client = "192.0.2.1".parse().unwrap();
    let mut allowed = 0;
    for _ in 0..40 {
        allowed += u32::from(
            limits
                .failed_authentication(client, Timestamp(0))
                .await
                .unwrap()
                .verdict
                .allowed,
        );
    }
    assert_eq!(allowed, 30);
}

#[tokio::test]
async fn a_client_is_an_ipv4_address_in_either_spelling_or_a_slash_64() {
    for (first, same, other) in [
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::ffff:1:2:3", "2001:db8:0:1::1"),
    ] {
        let limits = limits(None);
        for _ in 0..30 {
            limits
                .failed_authentication(first.parse().unwrap(), Timestamp(0))
                .await
                .unwrap();
        }
        let allowed = |address: &str| {
            let asked = limits.failed_authentication(address.parse().unwrap(), Timestamp(0));
            async { asked.await.unwrap().verdict.allowed }
        };
        assert!(!allowed(same).await, "{same}");
        assert!(allowed(other).await, "{other}");
    }
}

#[tokio::test]
async fn a_connection_and_an_action_of_it_brake_apart() {
    let limits = limits(None);
    let credential = solder_model::CredentialId::new("0123456789abcdef01234567").unwrap();
    let connection = WindowKey::Connection(credential.clone(), None);
    let action = WindowKey::Connection(credential, Some("chat_postMessage".into()));
    let a_second = limit(1, 1);
    assert!(
        limits
            .brake(&connection, limit(50, 60), Timestamp(0))
            .await
            .allowed
    );
    assert!(limits.brake(&action, a_second, Timestamp(0)).await.allowed);
    assert_eq!(
        limits
            .brake(&action, a_second, Timestamp(400))
            .await
            .retry_after_ms,
        600
    );
    assert!(
        limits
            .brake(&connection, limit(50, 60), Timestamp(400))
            .await
            .allowed
    );
}

#[test]
fn idle_windows_are_dropped_and_busy_ones_are_not() {
    let windows = Windows::default();
    let a_second = limit(5, 1);
    windows.take(&server(0), limit(5, 3_600), Timestamp(0), 5);
    for number in 1..100_000_u32 {
        windows.take(&server(number), a_second, Timestamp(i64::from(number)), 1);
    }
    // A thousand are live at any moment; what is held besides was not swept yet.
    assert!(windows.held() < 10_000, "{}", windows.held());
    assert!(
        !windows
            .take(&server(0), limit(5, 3_600), Timestamp(100_000), 1)
            .allowed
    );
}

#[test]
fn a_flood_of_live_windows_forgets_the_quietest_and_stays_within_its_room() {
    let windows = Windows::holding(1_000);
    for number in 0..20_000_u32 {
        let now = Timestamp(i64::from(number));
        windows.take(&server(number), limit(1, 3_600), now, 1);
        windows.take(&server(1_000_000), limit(30_000, 3_600), now, 1);
    }
    assert!(windows.held() <= 1_100, "{}", windows.held());
    let busy = windows.take(&server(1_000_000), limit(30_000, 3_600), Timestamp(20_000), 1);
    assert_eq!(busy.remaining, 9_999);
}

#[test]
fn a_refused_first_request_leaves_no_window_behind() {
    let windows = Windows::default();
    assert!(!windows.take(&server(1), limit(1, 1), Timestamp(0), 2).allowed);
    assert_eq!(windows.held(), 0);
}

proptest! {
    /// Sweeping and sharding change nothing: each key gets what a window of its own would have said.
    #[test]
    fn each_key_gets_what_a_window_of_its_own_says(
        steps in proptest::collection::vec((0_u32..200, 0_i64..30, 1_u32..3), 0..400),
    ) {
        let limit = Limit { count: 3, window: Duration::from_millis(100) };
        let windows = Windows::default();
        let mut plain: HashMap<u32, Window> = HashMap::new();
        let mut now = Timestamp(0);
        for (key, pause, cost) in steps {
            now = now.plus_ms(pause);
            let verdict = windows.take(&server(key), limit, now, cost);
            prop_assert_eq!(verdict, plain.entry(key).or_default().take(limit, now, cost));
        }
    }
}
