//! Polls a future again at once when it was woken in the middle of its own turn.
//!
//! A connection of HTTP/1.1 wakes itself whenever a handler takes a body from it. To the runtime that is a task that
//! gives up its turn: it goes to the end of the queue, and another thread is woken to look for it there, on every
//! request with a body. Here such a wake costs one more look.

use futures_util::task::AtomicWaker;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Nobody polls: a wake is for the task.
const RESTING: u8 = 0;
/// The future is being polled, and has not been woken since.
const POLLED: u8 = 1;
/// It is being polled and has been woken.
const WOKEN: u8 = 2;

/// Looks in one turn of the task at most, so that no future keeps its thread to itself.
const MOST: usize = 8;

/// The turns of one future.
pub(super) struct Turns {
    turn: Arc<Turn>,
    waker: Waker,
}

struct Turn {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let woken = self
            .state
            .compare_exchange(POLLED, WOKEN, Ordering::AcqRel, Ordering::Acquire);
        // Whoever polls looks again by itself; only at rest the task has to be told.
        if woken == Err(RESTING) {
            self.task.wake();
        }
    }
}

impl Turns {
    pub(super) fn new() -> Self {
        let turn = Arc::new(Turn {
            state: AtomicU8::new(RESTING),
            task: AtomicWaker::new(),
        });
        Self {
            waker: Waker::from(Arc::clone(&turn)),
            turn,
        }
    }

    /// Polls the future until it rests. It is always the same one.
    pub(super) fn poll<F: Future>(&self, context: &Context<'_>, mut future: Pin<&mut F>) -> Poll<F::Output> {
        self.turn.task.register(context.waker());
        let mut own = Context::from_waker(&self.waker);
        for _ in 0..MOST {
            self.turn.state.store(POLLED, Ordering::Release);
            if let Poll::Ready(output) = future.as_mut().poll(&mut own) {
                return Poll::Ready(output);
            }
            if self.turn.state.swap(RESTING, Ordering::AcqRel) == POLLED {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Turns};
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often the future was looked at in one turn, and how often its task was woken for it, where it wakes itself
    /// on the first `wakes` looks.
    fn one_turn(wakes: usize) -> (usize, usize) {
        let task = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&task));
        let mut looks = 0;
        let future = poll_fn(|context| {
            looks += 1;
            if looks <= wakes {
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        });
        assert!(
            Turns::new()
                .poll(&Context::from_waker(&waker), pin!(future))
                .is_pending()
        );
        (looks, task.0.load(Ordering::SeqCst))
    }

    #[test]
    fn who_wakes_itself_in_its_turn_is_looked_at_again_and_its_task_is_let_be() {
        assert_eq!(one_turn(0), (1, 0));
        assert_eq!(one_turn(1), (2, 0));
        assert_eq!(one_turn(MOST - 1), (MOST, 0));
    }

    #[test]
    fn who_never_rests_gives_the_thread_back() {
        assert_eq!(one_turn(usize::MAX), (MOST, 1));
    }

    #[test]
    fn who_is_woken_at_rest_has_its_task_woken() {
        let task = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&task));
        let turns = Turns::new();
        let mut kept = None;
        let mut future = pin!(poll_fn(|context| {
            kept = Some(context.waker().clone());
            Poll::<()>::Pending
        }));
        for turn in 1..4 {
            assert!(
                turns
                    .poll(&Context::from_waker(&waker), future.as_mut())
                    .is_pending()
            );
            turns.waker.wake_by_ref();
            assert_eq!(task.0.load(Ordering::SeqCst), turn);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_wake_of_another_thread_is_lost() {
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<u32>(1);
        let sending = tokio::spawn(async move {
            for number in 0..20_000 {
                sender.send(number).await.unwrap();
            }
        });
        let turns = Turns::new();
        let mut sum = pin!(async move {
            let mut sum = 0_u64;
            while let Some(number) = receiver.recv().await {
                sum += u64::from(number);
            }
            sum
        });
        let sum = poll_fn(|context| turns.poll(context, sum.as_mut())).await;
        sending.await.unwrap();
        assert_eq!(sum, 19_999 * 10_000);
    }
}
