//! The locks of `retake-store` for model checking: the ones that the store uses, over a raw
//! lock and atomics that [shuttle](https://docs.rs/shuttle) schedules.
//!
//! `lock_api::ReentrantMutex` is the very code that the store ships with (`parking_lot` is
//! `lock_api` over another raw lock), so that what is checked is what runs. Everything here
//! exists under `--cfg shuttle` only, and so does the dependency on shuttle; without it the
//! crate is empty.
//!
//! # Trade-offs
//!
//! Shuttle runs the threads of a model one at a time and explores schedules at random: it
//! finds wrong orders of operations, not wrong memory orderings. The store uses `SeqCst`
//! throughout, so that there are none to be wrong.
#![cfg(shuttle)]
#![allow(unsafe_code, reason = "a raw lock is an unsafe trait: its user relies on exclusion")]

use std::num::NonZeroUsize;

use lock_api::{GetThreadId, GuardNoSend};
use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};

/// Atomic integers, each operation of which is a point where shuttle may switch threads.
pub mod atomic {
    pub use shuttle::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
}

/// A mutual exclusion lock that shuttle schedules.
pub type Mutex<T> = lock_api::Mutex<RawMutex, T>;

/// A lock that its holder can take again; shuttle schedules it.
pub type ReentrantMutex<T> = lock_api::ReentrantMutex<RawMutex, ThreadId, T>;

/// A level of a held [`ReentrantMutex`].
pub type ReentrantMutexGuard<'a, T> = lock_api::ReentrantMutexGuard<'a, RawMutex, ThreadId, T>;

/// A lock without content: a semaphore of shuttle's with one permit.
///
/// Unfair, as `parking_lot`'s is: a thread that comes while others wait may be first.
#[derive(Debug)]
pub struct RawMutex(BatchSemaphore);

// SAFETY: a lock is one permit of a semaphore that has one, so that at most one is held;
// `lock` returns only with the permit, and `unlock` gives back the permit of its guard.
unsafe impl lock_api::RawMutex for RawMutex {
    const INIT: Self = Self(BatchSemaphore::const_new(1, Fairness::Unfair));

    type Guard = GuardNoSend;

    fn lock(&self) -> GuardNoSend {
        // Only a semaphore that was closed refuses: shuttle does that when it ends a model,
        // and then no other thread runs.
        let _ = self.0.acquire_blocking(1);
        GuardNoSend::new()
    }

    fn try_lock(&self) -> Option<GuardNoSend> {
        self.0.try_acquire(1).ok().map(|()| GuardNoSend::new())
    }

    unsafe fn unlock(&self, _: GuardNoSend) {
        self.0.release(1);
    }

    fn is_locked(&self) -> bool {
        self.0.available_permits() == 0
    }
}

/// Tells shuttle's threads apart; all of them run on one thread of the system.
#[derive(Debug)]
pub struct ThreadId;

// SAFETY: shuttle numbers the threads of a model and gives no number twice in it.
unsafe impl GetThreadId for ThreadId {
    const INIT: Self = Self;

    fn nonzero_thread_id(&self) -> NonZeroUsize {
        let id: usize = shuttle::thread::current().id().into();
        NonZeroUsize::MIN.saturating_add(id)
    }
}
