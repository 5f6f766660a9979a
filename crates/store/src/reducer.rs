//! Reducers: total functions of state and action.

use std::ops::{BitOr, BitOrAssign};

/// Changes a state by an action.
///
/// A reducer is a total function of data: no clock, no randomness, no I/O, no dispatch,
/// and no panic on any action. Whoever calls it owns `self`; on a panic the store puts the
/// previous state back.
///
/// `#[slice]` writes the reducer of a slice and `#[derive(State)]` the one that combines
/// the reducers of its fields. By hand:
///
/// ```
/// use retake_store::{Changed, Reducer};
///
/// enum Count { Up, Down }
/// struct Counter(i64);
///
/// impl Reducer<Count> for Counter {
///     fn reduce(&mut self, action: &Count) -> Changed {
///         match action {
///             Count::Up => self.0 += 1,
///             Count::Down => self.0 -= 1,
///         }
///         Changed::ALL
///     }
/// }
///
/// let mut counter = Counter(1);
/// assert_eq!(counter.reduce(&Count::Up), Changed::ALL);
/// assert_eq!(counter.0, 2);
/// ```
///
/// Source: Redux, `Reducer`.
pub trait Reducer<A> {
    /// Applies `action` and returns what may have changed.
    ///
    /// [`Changed::NONE`] promises that the state is as before; saying more than changed
    /// only costs time.
    fn reduce(&mut self, action: &A) -> Changed;
}

/// Which fields of a state an action may have changed.
///
/// One bit per field in the order of declaration; fields from the 64th on share the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "the store copies only what is said to have changed"]
pub struct Changed(u64);

impl Changed {
    /// Nothing changed.
    pub const NONE: Self = Self(0);
    /// Anything may have changed.
    pub const ALL: Self = Self(u64::MAX);

    /// Returns the change of the field at `index`.
    pub const fn field(index: usize) -> Self {
        Self(1 << if index < 63 { index } else { 63 })
    }

    /// Returns whether the field at `index` may have changed.
    #[must_use]
    pub const fn has_field(self, index: usize) -> bool {
        self.0 & Self::field(index).0 != 0
    }

    /// Returns whether nothing changed.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Changed {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Changed {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Returns the change of a state from the changes of its fields, in order.
///
/// This is what `#[derive(State)]` generates:
///
/// ```
/// use retake_store::{combine, Changed, Reducer};
///
/// struct Up;
/// struct Counter(i64);
/// impl Reducer<Up> for Counter {
///     fn reduce(&mut self, _: &Up) -> Changed { self.0 += 1; Changed::ALL }
/// }
/// struct Fixed;
/// impl Reducer<Up> for Fixed {
///     fn reduce(&mut self, _: &Up) -> Changed { Changed::NONE }
/// }
/// struct App { fixed: Fixed, counter: Counter }
/// impl Reducer<Up> for App {
///     fn reduce(&mut self, action: &Up) -> Changed {
///         combine([self.fixed.reduce(action), self.counter.reduce(action)])
///     }
/// }
///
/// let mut app = App { fixed: Fixed, counter: Counter(0) };
/// assert_eq!(app.reduce(&Up), Changed::field(1));
/// ```
///
/// Source: Redux, `combineReducers`.
pub fn combine<const N: usize>(fields: [Changed; N]) -> Changed {
    fields.iter().enumerate().fold(Changed::NONE, |all, (index, field)| {
        if field.is_none() { all } else { all | Changed::field(index) }
    })
}
