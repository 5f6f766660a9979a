//! `#[derive(Action)]` on the root enum of an application.

use std::any::Any;
use std::borrow::Cow;

use retake_macros::Action;
use retake_store::{Action, Topic, WireAction, WireError};
use serde_json::json;

use crate::wire::{check, read};

#[derive(Clone, Debug, PartialEq, Action)]
#[action(slice = "filter")]
enum FilterAction {
    Cleared,
    TextChanged(String),
}

#[derive(Clone, Debug, PartialEq, Action)]
#[action(slice = "cart")]
enum CartAction {
    Emptied,
}

/// Names entries, and reads everything of its slice.
#[derive(Clone, Debug, PartialEq)]
struct EntryAction<T> {
    slice: &'static str,
    key: T,
}

impl<T: AsRef<str> + From<String> + Clone + std::fmt::Debug + Send + Sync + 'static> Action
    for EntryAction<T>
{
    fn action_type(&self) -> Cow<'_, str> {
        format!("{}/executeQuery/pending", self.slice).into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new(self.action_type()).with_payload(self.key.as_ref())
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        wire.kind
            .starts_with("filter/")
            .then(|| Ok(Self { slice: "filter", key: T::from(wire.payload_as::<String>()?) }))
    }
    fn affects(&self, visit: &mut dyn FnMut(Topic<'_>)) {
        visit(Topic::entry(self.slice, self.key.as_ref()));
    }
}

#[derive(Clone, Debug, PartialEq, Action)]
enum AppAction {
    Filter(FilterAction),
    Entry(EntryAction<String>),
    Cart(self::CartAction),
}

#[derive(Clone, Debug, PartialEq, Action)]
enum Outer<T>
where
    T: PartialEq,
{
    App(AppAction),
    Entry(EntryAction<T>),
}

fn entry(key: &str) -> EntryAction<String> {
    EntryAction { slice: "filter", key: key.into() }
}

#[test]
fn the_content_decides_type_json_and_leaf() {
    check(
        &AppAction::from(FilterAction::TextChanged("rust".into())),
        json!({"type": "filter/textChanged", "payload": "rust"}),
    );
    check(&AppAction::from(CartAction::Emptied), json!({"type": "cart/emptied"}));
    check(
        &AppAction::from(entry("getPost(5)")),
        json!({"type": "filter/executeQuery/pending", "payload": "getPost(5)"}),
    );
    let action = AppAction::from(CartAction::Emptied);
    assert_eq!(action.leaf().downcast_ref(), Some(&CartAction::Emptied));
    assert!(action.leaf().downcast_ref::<AppAction>().is_none());
}

#[test]
fn the_first_variant_that_knows_the_type_reads_it() {
    assert_eq!(
        read(json!({"type": "filter/cleared"})),
        Some(Ok(AppAction::Filter(FilterAction::Cleared))),
    );
    assert_eq!(
        read(json!({"type": "filter/other", "payload": "x"})),
        Some(Ok(AppAction::Entry(entry("x")))),
    );
    // Known to the first, so its error stands although the second would read it.
    let error = read::<AppAction>(json!({"type": "filter/textChanged", "payload": 1}));
    assert!(matches!(error, Some(Err(_))));
    assert_eq!(read::<AppAction>(json!({"type": "@@INIT"})), None);
}

#[test]
fn affected_entries_are_those_of_the_content() {
    let topics = |action: AppAction| {
        let mut topics = Vec::new();
        action.affects(&mut |topic| topics.push(topic.into_owned()));
        topics
    };
    assert_eq!(topics(entry("a").into()), [Topic::entry("filter", "a")]);
    assert_eq!(topics(FilterAction::Cleared.into()), []);
}

#[test]
fn roots_nest_and_may_be_generic() {
    let action = Outer::<String>::from(AppAction::from(CartAction::Emptied));
    assert_eq!(action.leaf().downcast_ref(), Some(&CartAction::Emptied));
    check(&action, json!({"type": "cart/emptied"}));
    let action = Outer::from(entry("a"));
    assert_eq!(action.leaf().downcast_ref(), Some(&entry("a")));
}
