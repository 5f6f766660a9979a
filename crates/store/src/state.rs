//! What a store needs to know of its state.

use crate::reducer::Changed;

/// A value that a [`Store`](crate::Store) can hold.
///
/// The store keeps two states and brings the older one up to the newer one after each
/// action; [`sync_from`](State::sync_from) does that. `#[derive(State)]` writes it field by
/// field, so that an action pays only for the slice it touched. The default copies the
/// whole state and is right for every type:
///
/// ```
/// #[derive(Clone)]
/// struct Counter { count: i64 }
/// impl retake_store::State for Counter {}
/// ```
pub trait State: Clone + Send + Sync + 'static {
    /// The names of the fields, in the order of the bits of [`Changed`].
    ///
    /// These are the names that subscriptions to a slice use. Empty: the state has no slices.
    const FIELDS: &'static [&'static str] = &[];

    /// Makes this state equal to `newer`.
    ///
    /// `changed` names every field in which the two can differ.
    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        if !changed.is_none() {
            self.clone_from(newer);
        }
    }
}
