//! Sums of usage.

use crate::fixtures::{NOW, account, page};
use solder_model::{Page, ServerId, Timestamp};
use solder_storage::{Storage, Usage};

const HOUR: i64 = 3_600_000;

fn usage(hour: i64, action: &str, calls: i64) -> Usage {
    Usage {
        account: account(1).id,
        server: ServerId::new("one-aaaaaaaa").ok(),
        connector: "slack".to_owned(),
        action: action.to_owned(),
        outcome: "OK".to_owned(),
        hour: Timestamp(hour * HOUR),
        calls,
        total_ms: calls * 10,
    }
}

pub(super) async fn sums_of_usage_grow_and_are_listed_by_the_hour(url: String) -> String {
    let storage = Storage::open(&url).await.unwrap();
    let elsewhere = Usage {
        account: account(2).id,
        ..usage(1, "read", 100)
    };
    let failed = Usage {
        outcome: "PLATFORM_TIMEOUT".to_owned(),
        ..usage(1, "read", 1)
    };
    let nowhere = Usage {
        server: None,
        ..usage(1, "read", 7)
    };
    let first = [
        nowhere.clone(),
        usage(1, "read", 2),
        usage(1, "Write", 1),
        elsewhere,
        failed.clone(),
    ];
    storage.add_usage(&first, NOW).await.unwrap();
    storage
        .add_usage(&[usage(2, "read", 1), usage(1, "read", 3)], NOW)
        .await
        .unwrap();
    storage.add_usage(&[], NOW).await.unwrap();

    let of_one = storage.list_usage(&account(1).id, Page::default()).await.unwrap();
    assert_eq!(
        of_one.items,
        [
            usage(2, "read", 1),
            nowhere,
            usage(1, "Write", 1),
            usage(1, "read", 5),
            failed
        ]
    );
    let last = storage.list_usage(&account(1).id, page(1, 3)).await.unwrap();
    assert_eq!((last.items, last.total), (vec![usage(1, "read", 5)], 5));
    assert_eq!(storage.last_change().await.unwrap(), 0);
    format!("{of_one:?}")
}

pub(super) async fn sums_that_two_write_at_once_lose_nothing(url: String) -> String {
    let storages = [
        Storage::open(&url).await.unwrap(),
        Storage::open(&url).await.unwrap(),
    ];
    let actions: Vec<_> = (0..20).map(|number| format!("action_{number:02}")).collect();
    let tasks: Vec<_> = (0..20)
        .map(|turn| {
            let storage = storages[turn % 2].clone();
            let mut rows: Vec<_> = actions.iter().map(|action| usage(1, action, 1)).collect();
            if turn % 3 == 0 {
                rows.reverse();
            }
            tokio::spawn(async move { storage.add_usage(&rows, NOW).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let sums = storages[0]
        .list_usage(&account(1).id, Page::default())
        .await
        .unwrap();
    assert_eq!(
        sums.items,
        actions
            .iter()
            .map(|action| usage(1, action, 20))
            .collect::<Vec<_>>()
    );
    String::new()
}
