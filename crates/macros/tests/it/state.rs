//! `#[derive(State)]`: names, synchronisation and the combined reducer.

use retake_macros::State;
use retake_store::{Action, Changed, Reducer, State as _};

use crate::by_hand::{Counter, CounterAction};

/// Reduces one concrete action only.
#[derive(Clone, Debug, PartialEq)]
struct Doubled(i64);

impl retake_store::State for Doubled {}
impl Reducer<CounterAction> for Doubled {
    fn reduce(&mut self, action: &CounterAction) -> Changed {
        match action {
            CounterAction::Added(by) => self.0 += 2 * by,
            _ => return Changed::NONE,
        }
        Changed::ALL
    }
}

/// Not a state at all, and without a default.
#[derive(Clone, Debug, PartialEq)]
struct Title(&'static str);

#[derive(Clone, Debug, PartialEq, State, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct App {
    first_counter: Counter,
    #[serde(skip)]
    #[state(skip)]
    title: Title,
    #[serde(rename = "second")]
    other: Counter,
    r#type: Counter,
}

#[derive(Clone, Debug, PartialEq, State)]
#[state(action = CounterAction)]
struct Concrete {
    counter: Counter,
    doubled: Doubled,
}

#[derive(Clone, Debug, PartialEq, State)]
struct Nested<T, const N: usize> {
    inner: T,
    #[state(skip)]
    values: [u8; N],
}

#[derive(Clone, Debug, PartialEq, State)]
struct Empty {}

fn app(counts: [i64; 3], title: &'static str) -> App {
    let [first_counter, other, r#type] = counts.map(Counter::at);
    App { first_counter, title: Title(title), other, r#type }
}

#[test]
fn fields_are_named_as_serde_writes_them() {
    assert_eq!(App::FIELDS, ["firstCounter", "title", "second", "type"]);
    assert_eq!(Concrete::FIELDS, ["counter", "doubled"]);
    assert_eq!(Nested::<App, 2>::FIELDS, ["inner", "values"]);
    assert_eq!(Empty::FIELDS, &[] as &[&str]);
    let written = serde_json::to_string(&app([1, 2, 3], "t")).unwrap_or_default();
    let positions = ["\"firstCounter\"", "\"second\"", "\"type\""].map(|name| written.find(name));
    assert!(positions.is_sorted() && positions[0].is_some(), "{written}");
}

#[test]
fn only_the_fields_that_changed_are_brought_up() {
    let newer = app([1, 2, 3], "new");
    let cases = [
        (Changed::NONE, app([0, 0, 0], "old")),
        (Changed::field(0), app([1, 0, 0], "old")),
        (Changed::field(1), app([0, 0, 0], "new")),
        (Changed::field(2) | Changed::field(3), app([0, 2, 3], "old")),
        (Changed::ALL, newer.clone()),
    ];
    for (changed, expected) in cases {
        let mut older = app([0, 0, 0], "old");
        older.sync_from(&newer, changed);
        assert_eq!(older, expected, "{changed:?}");
    }
}

#[test]
fn every_field_reduces_and_its_bit_says_whether_it_changed() {
    let mut state = app([0, 0, 9], "old");
    let changed = state.reduce(&CounterAction::Set(9));
    assert_eq!(state, app([9, 9, 9], "old"));
    assert_eq!(changed, Changed::field(0) | Changed::field(2));
}

#[test]
fn a_state_may_reduce_one_action_type_only() {
    let mut state = Concrete { counter: Counter::at(1), doubled: Doubled(1) };
    assert_eq!(state.reduce(&CounterAction::Added(2)), Changed::field(0) | Changed::field(1));
    assert_eq!(state, Concrete { counter: Counter::at(3), doubled: Doubled(5) });
    assert_eq!(state.reduce(&CounterAction::Reset), Changed::field(0));
}

#[test]
fn states_nest_and_may_be_generic() {
    fn reduce<A: Action>(state: &mut impl Reducer<A>, action: A) -> Changed {
        state.reduce(&action)
    }
    let mut state = Nested { inner: app([0, 0, 0], "t"), values: [1, 2] };
    assert_eq!(reduce(&mut state, CounterAction::Added(1)), Changed::field(0));
    assert_eq!(state.inner, app([1, 1, 1], "t"));
    let mut older = Nested { inner: app([0, 0, 0], "t"), values: [0, 0] };
    older.sync_from(&state, Changed::ALL);
    assert_eq!(older, state);
    assert_eq!(Empty {}.reduce(&CounterAction::Reset), Changed::NONE);
}
