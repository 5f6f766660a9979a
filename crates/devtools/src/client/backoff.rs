//! When to try again.

use std::time::Duration;

use crate::options::Reconnect;

/// How long to wait before the next attempt.
#[derive(Debug)]
pub(super) struct Backoff {
    reconnect: Reconnect,
    last: Option<Duration>,
}

impl Backoff {
    pub(super) fn new(reconnect: Reconnect) -> Self {
        Self { reconnect, last: None }
    }

    /// Begins again: the last attempt succeeded.
    pub(super) fn reset(&mut self) {
        self.last = None;
    }

    /// Returns how long to wait now. Applications that lose one server do not come back at once.
    pub(super) fn next(&mut self) -> Duration {
        let Reconnect { first, max } = self.reconnect;
        let wait = match self.last {
            None => first.saturating_add(first.mul_f64(fastrand::f64())),
            Some(last) => last.saturating_add(last / 2),
        };
        *self.last.insert(wait.min(max))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;
    use crate::options::Reconnect;

    #[test]
    fn waits_grow_by_half_up_to_the_longest() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(Reconnect { first: seconds(10), max: seconds(60) });
        for _ in 0..2 {
            let first = backoff.next();
            assert!((seconds(10)..=seconds(20)).contains(&first), "{first:?}");
            assert_eq!(backoff.next(), first * 3 / 2);
            let last = std::iter::repeat_with(|| backoff.next()).nth(10);
            assert_eq!(last, Some(seconds(60)));
            backoff.reset();
        }
    }
}
