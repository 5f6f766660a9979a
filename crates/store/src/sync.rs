//! The locks of the store, exchanged for instrumented ones under `--cfg shuttle`.

#[cfg(not(shuttle))]
pub(crate) use parking_lot::{Mutex, ReentrantMutex, ReentrantMutexGuard};
#[cfg(shuttle)]
pub(crate) use retake_model_locks::{Mutex, ReentrantMutex, ReentrantMutexGuard};

#[cfg(shuttle)]
pub(crate) use retake_model_locks::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
#[cfg(not(shuttle))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
