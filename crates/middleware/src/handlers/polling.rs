//! Polling: entries are fetched again and again, for as long as a subscription asks for it.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use retake_store::KeyList;
use retake_store::cache::{
    CacheAction, CacheState, InvalidatedEntry, QueryEntry, QueryStatus, Step, SubscriptionOptions,
};

use crate::effect::{Effect, TimerKey, TimerKind};
use crate::handler::{Frame, Handler, HandlerContext, TimerContext};

/// The longest wait in milliseconds: RTK Query's timers count them in 31 bits.
const LONGEST: u64 = 2_147_483_647;

/// Fetches an entry again some time after each of its answers: the lowest interval that its
/// subscriptions ask for.
///
/// Changes of subscriptions are gathered, and take effect together on the runtime's next
/// turn: several views that appear or disappear at once are one change.
///
/// Source: RTK Query, `polling`.
#[derive(Clone, Debug, Default)]
pub struct Polling {
    /// The entries whose timer is running.
    polls: BTreeMap<Arc<str>, Poll>,
    /// Entries whose subscriptions have changed; if there are any, a timer is running for them.
    changed: KeyList,
}

/// A wait for the next fetch of an entry. Times are milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug)]
struct Poll {
    next_at: u64,
    interval: u64,
}

/// What the subscriptions of an entry ask for together.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    /// In milliseconds.
    interval: u64,
    skip_if_unfocused: bool,
}

fn timer(entry: &Arc<str>) -> TimerKey {
    TimerKey { kind: TimerKind::Poll, entry: Arc::clone(entry) }
}

/// The one timer for all changes: it belongs to no entry.
fn changes_timer() -> TimerKey {
    TimerKey { kind: TimerKind::PollChanges, entry: "".into() }
}

/// Returns the interval in milliseconds that a subscription asks for, if it does.
fn interval(options: &SubscriptionOptions) -> Option<u64> {
    let interval = options.polling_interval.filter(|interval| interval.as_millis() > 0)?;
    Some(u64::try_from(interval.as_millis()).unwrap_or(LONGEST).min(LONGEST))
}

/// Returns whether the subscription `request_id` of the entry `key` asks for polling.
fn asks(state: &CacheState, key: &str, request_id: &str) -> bool {
    let subscribers = state.subscriptions().get(key);
    subscribers.and_then(|all| all.get(request_id)).is_some_and(|it| interval(it).is_some())
}

/// Returns how the entry `key` is polled; `None` when no subscription asks for it.
fn wanted(state: &CacheState, key: &str) -> Option<Wanted> {
    let subscribers = state.subscriptions().get(key)?;
    let mut wanted: Option<Wanted> = None;
    for options in subscribers.values() {
        let Some(interval) = interval(options) else { continue };
        let skip = options.skip_polling_if_unfocused == Some(true);
        wanted =
            Some(wanted.map_or(Wanted { interval, skip_if_unfocused: skip }, |wanted| Wanted {
                interval: wanted.interval.min(interval),
                skip_if_unfocused: wanted.skip_if_unfocused || skip,
            }));
    }
    wanted
}

/// Returns the entry `key` if a request was ever made for it.
fn started<'a>(state: &'a CacheState, key: &str) -> Option<&'a Arc<QueryEntry>> {
    state.query(key).filter(|entry| entry.status != QueryStatus::Uninitialized)
}

impl Polling {
    /// Notes that the subscription `request_id` of the entry `key` has changed.
    ///
    /// Of an entry that is not polled only that one can ask for it: the others were asked
    /// before. So a subscriber more costs the same however many there are.
    fn change(&mut self, key: &Arc<str>, request_id: &str, now: &CacheState) -> Option<Effect> {
        if !self.polls.contains_key(key) && !asks(now, key, request_id) {
            return None;
        }
        let is_first = self.changed.is_empty();
        self.changed.push(Arc::clone(key));
        is_first.then(|| Effect::SetTimer { key: changes_timer(), after: Duration::ZERO })
    }

    /// Waits anew for the next fetch of the entry `key`: an interval, or the time `after`.
    fn wait(
        &mut self,
        key: &Arc<str>,
        now: &CacheState,
        at: u64,
        after: Option<u64>,
    ) -> Option<Effect> {
        let Some(wanted) = started(now, key).and_then(|_| wanted(now, key)) else {
            return self.stop(key);
        };
        let after = after.unwrap_or(wanted.interval);
        let poll = Poll { next_at: at.saturating_add(after), interval: wanted.interval };
        self.polls.insert(Arc::clone(key), poll);
        Some(Effect::SetTimer { key: timer(key), after: Duration::from_millis(after) })
    }

    fn stop(&mut self, key: &Arc<str>) -> Option<Effect> {
        self.polls.remove(key).map(|_| Effect::ClearTimer(timer(key)))
    }

    /// Adjusts the wait for the entry `key` to the interval that is wanted by now.
    fn adjust(&mut self, key: &Arc<str>, now: &CacheState, at: u64) -> Option<Effect> {
        started(now, key)?;
        let Some(wanted) = wanted(now, key) else { return self.stop(key) };
        let Some(poll) = self.polls.get(key).copied() else {
            return self.wait(key, now, at, None);
        };
        if wanted.interval > poll.interval {
            // Counted from when the current wait started.
            let next_at = poll.next_at.saturating_sub(poll.interval) + wanted.interval;
            return self.wait(key, now, at, Some(next_at.saturating_sub(at)));
        }
        if at.saturating_add(wanted.interval) < poll.next_at {
            return self.wait(key, now, at, None);
        }
        None
    }

    /// Fetches the entry whose wait is over, and then waits anew.
    fn poll(&mut self, cx: &TimerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let key = &cx.timer.entry;
        if frame.steps > 0 {
            let polled = frame.keys.pop_front()?;
            return self.wait(&polled, cx.now, cx.at, None);
        }
        let polled = started(cx.now, key).and_then(|it| Some((it, wanted(cx.now, key)?)));
        // The answer to a request under way starts the next wait.
        let Some((entry, wanted)) = polled.filter(|(it, _)| it.status != QueryStatus::Pending)
        else {
            return self.stop(key);
        };
        if wanted.skip_if_unfocused && !cx.now.config().focused {
            return self.wait(key, cx.now, cx.at, None);
        }
        frame.keys.push_back(Arc::clone(key));
        Some(Effect::Refetch(InvalidatedEntry::new(key, entry)))
    }
}

impl Handler for Polling {
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        if frame.steps > 0 {
            return match (cx.action, frame.steps) {
                (CacheAction::ResetApiState, 1) => {
                    Some(Effect::ClearTimers(TimerKind::PollChanges))
                }
                _ => None,
            };
        }
        match cx.action {
            CacheAction::Query(request) => {
                let key = &request.arg.query_cache_key;
                match &request.step {
                    Step::Pending { .. } => self.change(key, &request.request_id, cx.now),
                    Step::Rejected(rejected) if rejected.condition => {
                        self.change(key, &request.request_id, cx.now)
                    }
                    Step::Fulfilled(_) | Step::Rejected(_) => self.wait(key, cx.now, cx.at, None),
                }
            }
            CacheAction::UpdateSubscriptionOptions { query_cache_key, request_id, .. }
            | CacheAction::UnsubscribeQueryResult { query_cache_key, request_id } => {
                self.change(query_cache_key, request_id, cx.now)
            }
            CacheAction::RemoveQueryResult { query_cache_key } => self.stop(query_cache_key),
            CacheAction::ResetApiState => {
                *self = Self::default();
                Some(Effect::ClearTimers(TimerKind::Poll))
            }
            _ => None,
        }
    }

    fn fired(&mut self, cx: &TimerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        match cx.timer.kind {
            TimerKind::Poll => self.poll(cx, frame),
            TimerKind::PollChanges => {
                if frame.steps == 0 {
                    frame.keys.extend(mem::take(&mut self.changed).iter().cloned());
                }
                while let Some(key) = frame.keys.pop_front() {
                    if let Some(effect) = self.adjust(&key, cx.now, cx.at) {
                        return Some(effect);
                    }
                }
                None
            }
            TimerKind::Removal => None,
        }
    }
}
