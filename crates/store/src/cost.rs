//! The work that an operation did, counted in visited nodes.
//!
//! A dispatch must cost O(affected), never O(entries), and a test can hold it to that: the
//! containers of this crate, and whatever else walks state, report each step with
//! [`visit`]. Without the feature `cost` that call compiles to nothing; with it, `measure`
//! returns the number of steps that the current thread took.

#[cfg(feature = "cost")]
thread_local! {
    static VISITED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts `n` visited nodes on the current thread; does nothing without the feature `cost`.
///
/// # Examples
/// ```
/// use retake_store::cost;
/// let timers = [3, 1, 2];
/// let due = timers.iter().inspect(|_| cost::visit(1)).min();
/// assert_eq!(due, Some(&1));
/// ```
#[inline]
pub fn visit(n: u64) {
    #[cfg(feature = "cost")]
    VISITED.set(VISITED.get().wrapping_add(n));
    #[cfg(not(feature = "cost"))]
    let _ = n;
}

/// Returns what `work` returns and the number of nodes that it visited on this thread.
///
/// A measurement inside a measurement counts for both.
///
/// # Examples
/// ```
/// use retake_store::{PropertyMap, cost};
/// let map: PropertyMap<u32> = [("a", 1), ("b", 2), ("c", 3)].into_iter().collect();
/// let (sum, visited) = cost::measure(|| map.values().sum::<u32>());
/// assert_eq!((sum, visited), (6, 3));
/// ```
#[cfg(feature = "cost")]
pub fn measure<R>(work: impl FnOnce() -> R) -> (R, u64) {
    let before = VISITED.get();
    let result = work();
    (result, VISITED.get().wrapping_sub(before))
}
