//! Makes the server slow and unreliable on request, in a way that can be repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ServerError;
use super::refusal::Refusal;

/// Which requests wait, and which writes are refused.
#[derive(Debug)]
pub(crate) struct Faults {
    /// From 0 to 1.
    fail_rate: f64,
    seed: u64,
    latency: Duration,
    /// How many writes have arrived.
    writes: AtomicU64,
}

impl Faults {
    /// Returns the faults of a new server.
    ///
    /// # Errors
    /// [`ServerError::FailRate`] when `fail_rate` does not lie from 0 to 1.
    pub(crate) fn new(
        fail_rate: f64,
        seed: u64,
        latency: Duration,
    ) -> Result<Arc<Self>, ServerError> {
        if !(0.0..=1.0).contains(&fail_rate) {
            return Err(ServerError::FailRate { given: fail_rate });
        }
        Ok(Arc::new(Self { fail_rate, seed, latency, writes: AtomicU64::new(0) }))
    }
}

/// Lets a request wait before anything else happens to it.
pub(crate) async fn delay(
    State(faults): State<Arc<Faults>>,
    request: Request,
    next: Next,
) -> Response {
    if !faults.latency.is_zero() {
        tokio::time::sleep(faults.latency).await;
    }
    next.run(request).await
}

/// Refuses the chosen share of writes; reads pass and do not count.
pub(crate) async fn refuse_some_writes(
    State(faults): State<Arc<Faults>>,
    request: Request,
    next: Next,
) -> Response {
    if !request.method().is_safe() {
        let nth = faults.writes.fetch_add(1, Ordering::Relaxed);
        if chance(faults.seed, nth) < faults.fail_rate {
            let message = format!(
                "the server is told to refuse writes (fail rate {}): try again",
                faults.fail_rate
            );
            return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response();
        }
    }
    next.run(request).await
}

/// Returns the `nth` number of the sequence of `seed`, at least 0 and less than 1.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (`SplitMix64`).
fn chance(seed: u64, nth: u64) -> f64 {
    let mut mixed = seed.wrapping_add(nth.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    // 53 bits are what an f64 holds exactly.
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::chance;

    #[test]
    fn the_sequence_is_splitmix64() {
        // The first numbers of the published generator for the state 1234567.
        for (nth, published) in
            [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973].into_iter().enumerate()
        {
            let expected = (published >> 11) as f64 / (1_u64 << 53) as f64;
            assert_eq!(chance(1_234_567, nth as u64), expected);
        }
    }

    #[test]
    fn a_share_of_the_numbers_lies_below_that_share() {
        for (share, about) in [(0.0, 0), (0.25, 2500), (0.5, 5000), (1.0, 10_000)] {
            let below = (0..10_000).filter(|&nth| chance(7, nth) < share).count();
            assert!(below.abs_diff(about) < 150, "{below} of 10000 lie below {share}");
        }
    }
}
