//! Notifications: outside the gate, in order, newest state only.

use std::cell::Cell;
use std::sync::Arc;

use crate::action::Action;
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::{Changed, Reducer};
use crate::state::State;
use crate::store::gate::DEPTH_LIMIT;
use crate::store::{DispatchError, Store, Subscription};
use crate::sync::{AtomicU32, AtomicU64, Mutex, Ordering, ReentrantMutex};
use crate::topic::Topic;

/// The right to notify. Its holder reads the state after taking it, so that no listener
/// sees an older state after a newer one; it is re-entrant because listeners dispatch.
pub(super) struct Notify {
    lock: ReentrantMutex<Cell<u32>>,
    /// The nesting of notifications, as the holder of `lock` last wrote it.
    depth: AtomicU32,
    /// Grows with each notification that follows a change.
    version: AtomicU64,
}

impl Notify {
    pub(super) fn new() -> Self {
        Self {
            lock: ReentrantMutex::new(Cell::new(0)),
            depth: AtomicU32::new(0),
            version: AtomicU64::new(0),
        }
    }
}

/// One level of nested notifications.
struct Level<'a>(&'a Notify, &'a Cell<u32>);

impl<'a> Level<'a> {
    fn enter(notify: &'a Notify, depth: &'a Cell<u32>) -> Self {
        depth.set(depth.get() + 1);
        notify.depth.store(depth.get(), Ordering::SeqCst);
        Self(notify, depth)
    }
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.1.set(self.1.get() - 1);
        self.0.depth.store(self.1.get(), Ordering::SeqCst);
    }
}

impl<S: State + Reducer<A>, A: Action> Store<S, A> {
    /// Calls `listener` with the newest state after every outermost dispatch.
    ///
    /// Listeners run outside the gate and may dispatch. Each notification calls the
    /// listeners that were subscribed when it began. A panic in a listener goes on to the
    /// dispatcher; the remaining listeners are not called, and the state stays changed.
    ///
    /// Source: Redux, `store.subscribe`.
    pub fn subscribe<F>(&self, listener: F) -> Subscription
    where
        F: Fn(&Arc<S>) + MaybeSend + MaybeSync + 'static,
    {
        self.0.listeners.add(Arc::new(listener))
    }

    /// Lets the next notification call the keyed listeners of `topic`.
    ///
    /// For middleware that knows of a change which the action at hand does not name in
    /// [`affects`](Action::affects). The topic of a slice stands for all of its entries.
    pub fn touch(&self, topic: &Topic<'_>) {
        self.0.listeners.touch_topic(topic);
    }

    /// Calls `listener` with the value of `select` when it has changed.
    ///
    /// `select` runs only after actions that concern `topic`: however many subscriptions
    /// there are, an action costs only those that it affects.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() {
    /// use retake_store::{Store, Topic};
    /// let store = Store::new(Counter { count: 0 });
    /// let subscription = store.subscribe_to(
    ///     Topic::slice("count"),
    ///     |state| state.count > 9,
    ///     |large| println!("the count is large: {large}"),
    /// );
    /// # drop(subscription);
    /// # store.dispatch(Count::Up);
    /// # }
    /// ```
    pub fn subscribe_to<T, G, F>(&self, topic: Topic<'_>, select: G, listener: F) -> Subscription
    where
        T: Clone + PartialEq + MaybeSend + 'static,
        G: Fn(&S) -> T + MaybeSend + MaybeSync + 'static,
        F: Fn(&T) + MaybeSend + MaybeSync + 'static,
    {
        let known = Arc::new((select, Mutex::new(None)));
        let first = Arc::clone(&known);
        let listen = move |state: &Arc<S>| {
            let (select, last) = &*known;
            let value = select(state);
            let mut last = last.lock();
            if last.as_ref() == Some(&value) {
                return;
            }
            let outdated = last.replace(value.clone());
            drop(last);
            drop(outdated);
            listener(&value);
        };
        let subscription = self.0.listeners.add_keyed(topic.into_owned(), Arc::new(listen));
        // Read after subscribing: of a change in between, one of the two knows.
        let (select, last) = &*first;
        let value = select(&self.state());
        let mut last = last.lock();
        let superseded = if last.is_none() {
            *last = Some(value);
            None
        } else {
            Some(value)
        };
        drop(last);
        drop(superseded);
        subscription
    }

    /// Refuses a dispatch from a listener whose dispatches go round in a cycle.
    pub(super) fn check_notifications(&self) -> Result<(), DispatchError> {
        let notify = &self.0.notify;
        if notify.depth.load(Ordering::SeqCst) < DEPTH_LIMIT {
            return Ok(());
        }
        match notify.lock.try_lock() {
            Some(depth) if depth.get() >= DEPTH_LIMIT => {
                Err(DispatchError::TooDeep { limit: DEPTH_LIMIT })
            }
            _ => Ok(()),
        }
    }

    /// Tells listeners what they have not been told; `None`: no action was reduced.
    pub(super) fn notify(&self, unnotified: Option<Changed>) {
        let Some(changed) = unnotified else { return };
        if self.0.listeners.is_empty() {
            return;
        }
        let notify = &self.0.notify;
        notify.version.fetch_add(1, Ordering::SeqCst);
        let depth = notify.lock.lock();
        let _level = Level::enter(notify, &depth);
        let round = self.0.listeners.round(changed);
        if round.plain.is_empty() && round.keyed.is_empty() {
            return;
        }
        let mut version = notify.version.load(Ordering::SeqCst);
        let mut state = self.state();
        for listener in round.plain.iter().chain(&round.keyed) {
            let newest = notify.version.load(Ordering::SeqCst);
            if newest != version {
                version = newest;
                state = self.state();
            }
            listener.notify(&state);
        }
    }
}
