//! An allocator that counts the bytes that are asked for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The allocator of the system, with a count of the live bytes: one addition per allocation.
///
/// # Examples
/// ```
/// use retake_counting_alloc::CountingAlloc;
///
/// #[global_allocator]
/// static ALLOC: CountingAlloc = CountingAlloc::new();
///
/// let before = ALLOC.live();
/// let text = vec![0_u8; 1000];
/// assert_eq!(ALLOC.live() - before, 1000);
/// drop(text);
/// assert_eq!(ALLOC.live(), before);
/// ```
#[derive(Debug, Default)]
pub struct CountingAlloc {
    live: AtomicUsize,
}

impl CountingAlloc {
    /// Returns an allocator that has counted nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { live: AtomicUsize::new(0) }
    }

    /// Returns how many bytes are allocated, as they were asked for: without what the system
    /// rounds up.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.load(Relaxed)
    }
}

#[allow(unsafe_code, reason = "an allocator is an unsafe trait; every call goes to the system's")]
// SAFETY: each function passes its arguments on to the system's allocator, unchanged.
unsafe impl GlobalAlloc for CountingAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.live.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.live.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.live.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.live.fetch_add(size, Relaxed);
        self.live.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
