//! Listeners: who is told that the state may have changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use crate::action::Action;
use crate::cost;
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::Changed;
use crate::state::State;
use crate::sync::{AtomicUsize, Mutex, Ordering};
use crate::topic::Topic;

/// Something to call with the newest state.
pub(crate) trait Listen<S>: MaybeSend + MaybeSync {
    fn notify(&self, state: &Arc<S>);
}

impl<S, F: Fn(&Arc<S>) + MaybeSend + MaybeSync> Listen<S> for F {
    fn notify(&self, state: &Arc<S>) {
        self(state);
    }
}

type Shared<S> = Arc<dyn Listen<S>>;

/// The listeners of a store.
pub(crate) struct Listeners<S>(Arc<Registered<S>>);

/// The counts change under the lock and are read without it: a dispatch that nobody listens
/// to costs a load.
struct Registered<S> {
    registry: Mutex<Registry<S>>,
    plain: AtomicUsize,
    keyed: AtomicUsize,
}

struct Registry<S> {
    next_id: u64,
    plain: BTreeMap<u64, Shared<S>>,
    /// `plain` in order, built by the first notification after a change.
    snapshot: Option<Arc<[Shared<S>]>>,
    keyed: BTreeMap<Topic<'static>, BTreeMap<u64, Shared<S>>>,
    /// Keyed listeners of the entries that actions affected since the last notification.
    touched: BTreeMap<u64, Shared<S>>,
}

/// The listeners of one notification.
pub(crate) struct Round<S> {
    pub(crate) plain: Arc<[Shared<S>]>,
    pub(crate) keyed: Vec<Shared<S>>,
}

impl<S: State> Listeners<S> {
    pub(crate) fn new() -> Self {
        let registry = Registry {
            next_id: 0,
            plain: BTreeMap::new(),
            snapshot: None,
            keyed: BTreeMap::new(),
            touched: BTreeMap::new(),
        };
        let (plain, keyed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self(Arc::new(Registered { registry: Mutex::new(registry), plain, keyed }))
    }

    /// Returns whether nobody listens.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.plain.load(Ordering::SeqCst) == 0 && self.0.keyed.load(Ordering::SeqCst) == 0
    }

    pub(crate) fn add(&self, listener: Shared<S>) -> Subscription {
        let mut registry = self.0.registry.lock();
        let id = registry.id();
        registry.plain.insert(id, listener);
        self.0.plain.store(registry.plain.len(), Ordering::SeqCst);
        let outdated = registry.snapshot.take();
        drop(registry);
        drop(outdated);
        self.subscription(id, None)
    }

    pub(crate) fn add_keyed(&self, topic: Topic<'static>, listener: Shared<S>) -> Subscription {
        let mut registry = self.0.registry.lock();
        let id = registry.id();
        registry.keyed.entry(topic.clone()).or_default().insert(id, listener);
        self.0.keyed.fetch_add(1, Ordering::SeqCst);
        drop(registry);
        self.subscription(id, Some(topic))
    }

    fn subscription(&self, id: u64, topic: Option<Topic<'static>>) -> Subscription {
        let registered: Weak<Registered<S>> = Arc::downgrade(&self.0);
        Subscription { registered: Some(registered), id, topic }
    }

    /// Notes which keyed listeners `action` concerns.
    pub(crate) fn touch<A: Action>(&self, action: &A) {
        if self.0.keyed.load(Ordering::SeqCst) == 0 {
            return;
        }
        action.affects(&mut |topic| self.touch_topic(&topic));
    }

    /// Notes the keyed listeners of `topic`.
    pub(crate) fn touch_topic(&self, topic: &Topic<'_>) {
        let mut registry = self.0.registry.lock();
        if topic.is_slice() { registry.touch_slice(topic) } else { registry.touch(topic) }
    }

    /// Notes every keyed listener.
    pub(crate) fn touch_all(&self) {
        let mut registry = self.0.registry.lock();
        let registry = &mut *registry;
        for listeners in registry.keyed.values() {
            touch_all(&mut registry.touched, listeners);
        }
    }

    /// Returns whom to tell of `changed`.
    pub(crate) fn round(&self, changed: Changed) -> Round<S> {
        let mut registry = self.0.registry.lock();
        if self.0.keyed.load(Ordering::SeqCst) > 0 {
            for (index, field) in S::FIELDS.iter().enumerate() {
                if changed.has_field(index) {
                    registry.touch(&Topic::slice(*field));
                }
            }
        }
        let keyed = std::mem::take(&mut registry.touched).into_values().collect();
        let registry = &mut *registry;
        let plain = registry
            .snapshot
            .get_or_insert_with(|| registry.plain.values().map(Arc::clone).collect());
        Round { plain: Arc::clone(plain), keyed }
    }
}

impl<S> Registry<S> {
    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn touch(&mut self, topic: &Topic<'_>) {
        cost::visit(1);
        let keyed: &BTreeMap<Topic<'_>, BTreeMap<u64, Shared<S>>> = &self.keyed;
        if let Some(listeners) = keyed.get(topic) {
            touch_all(&mut self.touched, listeners);
        }
    }

    /// Touches the listeners of `slice` and of each of its entries.
    fn touch_slice(&mut self, slice: &Topic<'_>) {
        cost::visit(1);
        let keyed: &BTreeMap<Topic<'_>, BTreeMap<u64, Shared<S>>> = &self.keyed;
        let of_slice = keyed.range(slice..).take_while(|(topic, _)| topic.is_within(slice));
        for (_, listeners) in of_slice {
            touch_all(&mut self.touched, listeners);
        }
    }
}

fn touch_all<S>(touched: &mut BTreeMap<u64, Shared<S>>, listeners: &BTreeMap<u64, Shared<S>>) {
    cost::visit(listeners.len() as u64);
    touched.extend(listeners.iter().map(|(id, listener)| (*id, Arc::clone(listener))));
}

trait Unsubscribe: MaybeSend + MaybeSync {
    fn unsubscribe(&self, id: u64, topic: Option<&Topic<'static>>);
}

impl<S> Unsubscribe for Registered<S> {
    /// The listener is dropped after the lock was released: its destructor is user code.
    fn unsubscribe(&self, id: u64, topic: Option<&Topic<'static>>) {
        let mut registry = self.registry.lock();
        let touched = registry.touched.remove(&id);
        let removed = match topic {
            None => {
                let removed = registry.plain.remove(&id);
                self.plain.store(registry.plain.len(), Ordering::SeqCst);
                (removed, registry.snapshot.take())
            }
            Some(topic) => {
                let listeners = registry.keyed.get_mut(topic);
                let removed = listeners.and_then(|listeners| listeners.remove(&id));
                if removed.is_some() {
                    self.keyed.fetch_sub(1, Ordering::SeqCst);
                }
                if registry.keyed.get(topic).is_some_and(BTreeMap::is_empty) {
                    registry.keyed.remove(topic);
                }
                (removed, None)
            }
        };
        drop(registry);
        drop((touched, removed));
    }
}

/// A listener's place in the store; dropping it unsubscribes the listener.
///
/// A listener that unsubscribes while a notification is under way is still called by that
/// notification, and by none after it.
#[must_use = "dropping the subscription unsubscribes the listener; keep it, or call `detach`"]
pub struct Subscription {
    registered: Option<Weak<dyn Unsubscribe>>,
    id: u64,
    topic: Option<Topic<'static>>,
}

impl Subscription {
    /// Ends the subscription; the same as dropping it.
    pub fn unsubscribe(self) {}

    /// Keeps the listener for as long as the store lives.
    pub fn detach(mut self) {
        self.registered = None;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(registered) = self.registered.as_ref().and_then(Weak::upgrade) {
            registered.unsubscribe(self.id, self.topic.as_ref());
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).field("topic", &self.topic).finish()
    }
}
