//! Memoised selectors: derived values, computed again only when their inputs change.

use std::fmt;

use crate::platform::{MaybeSend, MaybeSync};
use crate::sync::{AtomicU64, Mutex, Ordering};

/// Returns a selector that computes `combine` of `inputs` and keeps the last result.
///
/// `inputs` is a tuple of one to four functions of the state. A call runs them, compares
/// their values with those of the last computation, and runs `combine` only if one differs.
/// Inputs should be cheap to get and to compare: an `Arc`, a number, a persistent map.
///
/// # Examples
/// ```
/// use retake_store::create_selector;
///
/// struct App { names: Vec<&'static str>, filter: &'static str }
///
/// let visible = create_selector(
///     (|app: &App| app.names.clone(), |app: &App| app.filter),
///     |names, filter| names.iter().filter(|name| name.contains(filter)).count(),
/// );
/// let app = App { names: vec!["ferris", "corro"], filter: "f" };
/// assert_eq!(visible.select(&app), 1);
/// assert_eq!(visible.select(&app), 1);
/// assert_eq!(visible.recomputations(), 1);
/// ```
///
/// Source: Reselect, `createSelector` with `lruMemoize` of size one.
pub fn create_selector<S: ?Sized, I, F, T>(inputs: I, combine: F) -> Selector<I, F, I::Values, T>
where
    I: Inputs<S, F, T>,
{
    Selector { inputs, combine, last: Mutex::new(None), recomputations: AtomicU64::new(0) }
}

/// A memoised selector; see [`create_selector`].
pub struct Selector<I, F, V, T> {
    inputs: I,
    combine: F,
    last: Mutex<Option<(V, T)>>,
    recomputations: AtomicU64,
}

impl<I, F, V: PartialEq + Clone, T: Clone> Selector<I, F, V, T> {
    /// Returns the value for `state`.
    ///
    /// Neither the inputs nor `combine` runs under a lock: they may use other selectors.
    pub fn select<S: ?Sized>(&self, state: &S) -> T
    where
        I: Inputs<S, F, T, Values = V>,
    {
        let values = self.inputs.values(state);
        if let Some((last, result)) = &*self.last.lock()
            && *last == values
        {
            return result.clone();
        }
        let result = I::combine(&self.combine, &values);
        self.recomputations.fetch_add(1, Ordering::SeqCst);
        let outdated = self.last.lock().replace((values, result.clone()));
        drop(outdated);
        result
    }

    /// Returns the selector as a function of the state, as the `select` of an endpoint does.
    ///
    /// So it can be an input of another selector, or what a keyed listener selects with.
    ///
    /// # Examples
    /// ```
    /// use retake_store::create_selector;
    ///
    /// struct App { names: Vec<&'static str> }
    ///
    /// let count = create_selector((|app: &App| app.names.clone(),), |names| names.len()).into_fn();
    /// let text = create_selector((count,), |count| format!("{count} names"));
    /// assert_eq!(text.select(&App { names: vec!["ferris"] }), "1 names");
    /// ```
    pub fn into_fn<S: ?Sized>(self) -> impl Fn(&S) -> T
    where
        I: Inputs<S, F, T, Values = V>,
    {
        move |state| self.select(state)
    }

    /// Returns how often the value was computed.
    #[must_use]
    pub fn recomputations(&self) -> u64 {
        self.recomputations.load(Ordering::SeqCst)
    }
}

impl<I, F, V, T: fmt::Debug> fmt::Debug for Selector<I, F, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.last.lock();
        f.debug_struct("Selector")
            .field("last", &last.as_ref().map(|(_, result)| result))
            .finish_non_exhaustive()
    }
}

/// A tuple of input functions of a selector over `S`.
///
/// Implemented for tuples of one to four functions; see [`create_selector`].
pub trait Inputs<S: ?Sized, F, T>: MaybeSend + MaybeSync {
    /// The values of the inputs.
    type Values: PartialEq + Clone;

    /// Returns the inputs' values for `state`.
    fn values(&self, state: &S) -> Self::Values;

    /// Returns the derived value.
    fn combine(combine: &F, values: &Self::Values) -> T;
}

macro_rules! inputs {
    ($($input:ident $value:ident $index:tt),+) => {
        impl<S: ?Sized, T, C, $($input, $value),+> Inputs<S, C, T> for ($($input,)+)
        where
            C: Fn($(&$value),+) -> T,
            $($input: Fn(&S) -> $value + MaybeSend + MaybeSync, $value: PartialEq + Clone),+
        {
            type Values = ($($value,)+);

            fn values(&self, state: &S) -> Self::Values {
                ($((self.$index)(state),)+)
            }

            fn combine(combine: &C, values: &Self::Values) -> T {
                combine($(&values.$index),+)
            }
        }
    };
}

inputs!(I0 V0 0);
inputs!(I0 V0 0, I1 V1 1);
inputs!(I0 V0 0, I1 V1 1, I2 V2 2);
inputs!(I0 V0 0, I1 V1 1, I2 V2 2, I3 V3 3);
