//! The races of the cache, with loads that are stopped and let go by hand.

use super::{Found, Guarded};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use proptest::prelude::*;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

type Answer = Result<Option<Arc<u64>>, Infallible>;

/// What is known of a key: a value, that there is none, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Value(u64),
    Absent,
    Nothing,
}

impl From<Option<u64>> for Known {
    fn from(value: Option<u64>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

fn known(cache: &Guarded<u8, u64>, key: u8) -> Known {
    match cache.find(&key) {
        Some(Found::Present(value)) => Known::Value(*value),
        Some(Found::Absent) => Known::Absent,
        None => Known::Nothing,
    }
}

/// A load of `value` that is under way, and what lets it go on.
fn begin(
    cache: &Guarded<u8, u64>,
    key: u8,
    value: Option<u64>,
) -> (BoxFuture<'_, Answer>, oneshot::Sender<()>) {
    let (go, gone) = oneshot::channel::<()>();
    let mut load = async move {
        let load = || async move {
            gone.await.unwrap();
            Ok(value)
        };
        cache.get_or_load(&key, load).await
    }
    .boxed();
    assert!(
        load.as_mut().now_or_never().is_none(),
        "the load has begun and waits"
    );
    (load, go)
}

fn end(load: BoxFuture<'_, Answer>, go: oneshot::Sender<()>) -> Option<u64> {
    go.send(()).unwrap();
    let loaded = load.now_or_never().unwrap().unwrap();
    loaded.map(|value| *value)
}

#[test]
fn what_was_loaded_is_found_present_or_absent() {
    let cache = Guarded::new(10);
    for (key, value) in [(1, Some(5)), (2, None)] {
        assert_eq!(known(&cache, key), Known::Nothing);
        let (load, go) = begin(&cache, key, value);
        assert_eq!(end(load, go), value);
        assert_eq!(known(&cache, key), value.into());
    }
}

#[test]
fn an_error_is_handed_through_and_not_kept() {
    let cache = Guarded::<u8, u64>::new(10);
    let failed = cache.get_or_load(&1, || async { Err::<Option<u64>, _>("down") });
    assert_eq!(failed.now_or_never().unwrap(), Err("down"));
    assert_eq!(known(&cache, 1), Known::Nothing);
}

#[test]
fn what_was_loaded_while_its_key_was_invalidated_is_answered_and_not_kept() {
    for value in [Some(1), None] {
        let cache = Guarded::new(10);
        let (load, go) = begin(&cache, 1, value);
        cache.invalidate(&1);
        assert_eq!(end(load, go), value);
        assert_eq!(known(&cache, 1), Known::Nothing);
    }
}

#[test]
fn what_was_loaded_while_all_was_cleared_is_not_kept() {
    let cache = Guarded::new(10);
    let (load, go) = begin(&cache, 1, Some(1));
    cache.clear();
    end(load, go);
    assert_eq!(known(&cache, 1), Known::Nothing);
}

#[test]
fn clearing_forgets_both_kinds_at_once() {
    let cache = Guarded::new(10);
    for (key, value) in [(1, Some(5)), (2, None)] {
        let (load, go) = begin(&cache, key, value);
        end(load, go);
    }
    cache.clear();
    assert_eq!(
        (known(&cache, 1), known(&cache, 2)),
        (Known::Nothing, Known::Nothing)
    );
}

#[test]
fn an_old_load_does_not_replace_what_a_newer_one_kept() {
    let forget: [fn(&Guarded<u8, u64>); 2] = [|cache| cache.invalidate(&1), Guarded::clear];
    for forget in forget {
        let cache = Guarded::new(10);
        let (old, go_old) = begin(&cache, 1, None);
        let (older, go_older) = begin(&cache, 1, Some(1));
        forget(&cache);
        let (new, go_new) = begin(&cache, 1, Some(2));
        assert_eq!(end(new, go_new), Some(2));
        assert_eq!((end(old, go_old), end(older, go_older)), (None, Some(1)));
        assert_eq!(known(&cache, 1), Known::Value(2));
    }
}

#[test]
fn a_flood_of_absent_keys_pushes_nothing_out() {
    let cache = Guarded::<u32, u32>::new(8);
    let load = |key: u32, value| {
        cache
            .get_or_load(&key, || async move { Ok::<_, Infallible>(value) })
            .now_or_never()
    };
    for key in 0..8 {
        assert!(load(key, Some(key)).is_some());
    }
    for key in 100..10_000 {
        assert!(load(key, None).is_some());
    }
    cache.present.run_pending_tasks();
    cache.absent.run_pending_tasks();
    assert!((0..8).all(|key| matches!(cache.find(&key), Some(Found::Present(_)))));
    assert!(cache.absent.entry_count() <= 2);
}

#[test]
fn values_beyond_the_room_are_dropped() {
    let cache = Guarded::<u32, u32>::new(10);
    for key in 0..100 {
        let loaded = cache.get_or_load(&key, || async move { Ok::<_, Infallible>(Some(key)) });
        assert!(loaded.now_or_never().is_some());
    }
    cache.present.run_pending_tasks();
    assert!(cache.present.entry_count() <= 10);
}

#[derive(Debug, Clone)]
enum Step {
    /// Begin to load a key: the truth is read now.
    Begin(u8),
    /// Let one of the loads under way end.
    End(usize),
    /// Change the truth, then invalidate.
    Change(u8),
    /// Change everything, then clear.
    ChangeAll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_u8..3).prop_map(Step::Begin),
        4 => any::<usize>().prop_map(Step::End),
        2 => (0_u8..3).prop_map(Step::Change),
        1 => Just(Step::ChangeAll),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Whatever the order of loads, ends, changes and clearings: what the cache knows is the truth.
    #[test]
    fn what_is_known_is_never_older_than_the_last_invalidation(steps in steps()) {
        let cache = Guarded::<u8, u64>::new(100);
        let mut truth: HashMap<u8, u64> = HashMap::new();
        let mut under_way = Vec::new();
        for step in steps {
            match step {
                Step::Begin(key) => {
                    let now = truth.get(&key).copied();
                    if known(&cache, key) == Known::Nothing {
                        // Odd versions are absent: both kinds race alike.
                        let value = now.filter(|version| version % 2 == 0);
                        under_way.push(begin(&cache, key, value));
                    }
                }
                Step::End(which) if !under_way.is_empty() => {
                    let (load, go) = under_way.swap_remove(which % under_way.len());
                    end(load, go);
                }
                Step::End(_) => {}
                Step::Change(key) => {
                    *truth.entry(key).or_default() += 1;
                    cache.invalidate(&key);
                }
                Step::ChangeAll => {
                    (0..3).for_each(|key| *truth.entry(key).or_default() += 1);
                    cache.clear();
                }
            }
            for key in 0..3 {
                let now = truth.get(&key).copied().filter(|version| version % 2 == 0);
                let known = known(&cache, key);
                prop_assert!(known == Known::Nothing || known == now.into());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_race_never_leave_an_old_value_behind() {
    let cache = Arc::new(Guarded::<u8, u64>::new(100));
    let truth = Arc::new(AtomicU64::new(0));
    let faults = Arc::new(Mutex::new(Vec::new()));
    let loaders: Vec<_> = (0..3)
        .map(|_| {
            let (cache, truth) = (Arc::clone(&cache), Arc::clone(&truth));
            tokio::spawn(async move {
                for _ in 0..20_000 {
                    let load = || async {
                        let version = truth.load(Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, Infallible>(Some(version))
                    };
                    cache.get_or_load(&1, load).await.unwrap();
                }
            })
        })
        .collect();
    let changer = {
        let (cache, truth, faults) = (Arc::clone(&cache), Arc::clone(&truth), Arc::clone(&faults));
        tokio::spawn(async move {
            for version in 1..=5_000 {
                truth.store(version, Ordering::SeqCst);
                if version % 50 == 0 {
                    cache.clear();
                } else {
                    cache.invalidate(&1);
                }
                for _ in 0..3 {
                    let known = known(&cache, 1);
                    if known != Known::Nothing && known != Known::Value(version) {
                        faults.lock().push((version, known));
                    }
                    tokio::task::yield_now().await;
                }
            }
        })
    };
    changer.await.unwrap();
    for loader in loaders {
        loader.await.unwrap();
    }
    assert!(faults.lock().is_empty(), "{:?}", faults.lock());
}
