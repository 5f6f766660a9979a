//! `#[slice]`: the actions, their JSON forms and the reducer.

use std::borrow::Cow;

use retake_macros::slice;
use retake_store::{Action, Changed, Reducer, State};
use serde_json::json;

use crate::wire::{check, read};

#[derive(Clone, Debug, Default, PartialEq)]
struct Filter {
    text: String,
    limit: Option<u32>,
    log: Vec<&'static str>,
}

#[slice(name = "filter")]
impl Filter {
    const LIMIT: u32 = 100;

    fn new(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The user typed.
    fn text_changed(&mut self, text: String) {
        self.text = text;
    }

    pub(crate) fn cleared(&mut self) {
        *self = Self::default();
    }

    fn replaced(&mut self, from: char, mut to: String, r#type: Option<u8>) {
        to.extend(r#type.map(|it| char::from(b'0' + it)));
        self.text = self.text.replace(from, &to);
    }

    fn limited(&mut self, limit: Option<u32>) -> Changed {
        let limit = limit.filter(|limit| *limit < Self::LIMIT);
        if self.limit == limit {
            return Changed::NONE;
        }
        self.limit = limit;
        Changed::ALL
    }

    #[allow(
        clippy::needless_arbitrary_self_type,
        clippy::unused_unit,
        reason = "also a way to say it"
    )]
    fn spanned(self: &mut Self, (from, to): (usize, usize)) -> () {
        self.text = self.text.chars().skip(from).take(to - from).collect();
    }

    fn r#move(&mut self) {
        self.log.push("own");
    }

    #[cfg(any())]
    fn never_compiled(&mut self, nothing: Nothing) {}

    #[slice(on)]
    fn on_session(&mut self, action: &SessionAction) {
        match action {
            SessionAction::LoggedIn(name) => self.text = format!("by:{name}"),
            SessionAction::LoggedOut => self.text.clear(),
        }
    }

    #[slice(on)]
    fn on_tick(&mut self, _: &Tick) -> retake_store::Changed {
        Changed::NONE
    }

    #[slice(on)]
    fn on_own(&mut self, action: &FilterAction) -> Changed {
        if *action != FilterAction::Move {
            return Changed::NONE;
        }
        self.log.push("extra");
        Changed::ALL
    }

    #[slice(skip)]
    fn shorten<T: Into<usize>>(&mut self, length: T) {
        self.text.truncate(length.into());
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn into_text(mut self) -> String {
        self.shorten(3_u8);
        self.text
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Session {
    user: Option<String>,
}

#[slice(name = "session")]
impl Session {
    fn logged_in(&mut self, name: String) {
        self.user = Some(name);
    }

    fn logged_out(&mut self) {
        self.user = None;
    }
}

/// An action of no slice.
#[derive(Clone, Debug, PartialEq)]
struct Tick;

impl Action for Tick {
    fn action_type(&self) -> Cow<'_, str> {
        "tick".into()
    }
    fn leaf(&self) -> &dyn std::any::Any {
        self
    }
    fn to_wire(&self) -> Result<retake_store::WireAction, retake_store::WireError> {
        Ok(retake_store::WireAction::new("tick"))
    }
    fn from_wire(wire: &retake_store::WireAction) -> Option<Result<Self, retake_store::WireError>> {
        (wire.kind == "tick").then_some(Ok(Self))
    }
}

fn replaced(r#type: Option<u8>) -> FilterAction {
    FilterAction::Replaced { from: 'r', to: "j".into(), r#type }
}

#[test]
fn actions_have_reduxs_json_form() {
    check(&FilterAction::Cleared, json!({"type": "filter/cleared"}));
    check(
        &FilterAction::TextChanged("rust".into()),
        json!({"type": "filter/textChanged", "payload": "rust"}),
    );
    check(
        &replaced(Some(1)),
        json!({"type": "filter/replaced", "payload": {"from": "r", "to": "j", "type": 1}}),
    );
    check(
        &replaced(None),
        json!({"type": "filter/replaced", "payload": {"from": "r", "to": "j", "type": null}}),
    );
    check(&FilterAction::Limited(None), json!({"type": "filter/limited", "payload": null}));
    check(&FilterAction::Spanned((1, 3)), json!({"type": "filter/spanned", "payload": [1, 3]}));
    check(&FilterAction::Move, json!({"type": "filter/move"}));
}

#[test]
fn serde_writes_the_same_form() {
    let actions = [
        FilterAction::Cleared,
        FilterAction::TextChanged("rust".into()),
        replaced(Some(1)),
        replaced(None),
        FilterAction::Limited(None),
        FilterAction::Limited(Some(3)),
        FilterAction::Spanned((1, 3)),
    ];
    for action in actions {
        let wire = action.to_wire().map(|wire| serde_json::to_value(wire).ok());
        let json = serde_json::to_value(&action).ok();
        assert_eq!(wire, Ok(json.clone()));
        let back = json.and_then(|json| serde_json::from_value(json).ok());
        assert_eq!(back, Some(action));
    }
}

#[test]
fn reading_is_lenient_about_absence_and_strict_about_content() {
    assert_eq!(read::<FilterAction>(json!({"type": "session/loggedOut"})), None);
    assert_eq!(read::<FilterAction>(json!({"type": "filter/text_changed"})), None);
    assert_eq!(read(json!({"type": "filter/limited"})), Some(Ok(FilterAction::Limited(None))),);
    assert_eq!(
        read(json!({"type": "filter/replaced", "payload": {"from": "r", "to": "j"}})),
        Some(Ok(replaced(None))),
    );
    let refused = [
        (json!({"type": "filter/textChanged"}), "unexpected payload"),
        (json!({"type": "filter/textChanged", "payload": 1}), "unexpected payload"),
        (json!({"type": "filter/replaced", "payload": "r"}), "an object is needed"),
        (json!({"type": "filter/replaced", "payload": {"from": 1, "to": "j"}}), "member `from`"),
    ];
    for (json, reason) in refused {
        let error = read::<FilterAction>(json).and_then(Result::err).unwrap_or_default();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn the_reducer_runs_the_method_of_the_action() {
    let mut filter = Filter::new("error");
    assert_eq!(filter.reduce(&replaced(Some(2))), Changed::ALL);
    assert_eq!(filter.text, "ej2j2oj2");
    assert_eq!(filter.reduce(&FilterAction::Spanned((1, 3))), Changed::ALL);
    assert_eq!(filter.text, "j2");
    assert!(!filter.is_empty());
    assert_eq!(filter.reduce(&FilterAction::Cleared), Changed::ALL);
    assert!(filter.is_empty());
    assert_eq!(Filter::new("error").into_text(), "err");
}

#[test]
fn a_method_may_say_that_nothing_changed() {
    let mut filter = Filter::default();
    assert_eq!(filter.reduce(&FilterAction::Limited(Some(200))), Changed::NONE);
    assert_eq!(filter.reduce(&FilterAction::Limited(Some(20))), Changed::ALL);
    assert_eq!(filter.reduce(&FilterAction::Limited(Some(20))), Changed::NONE);
}

#[test]
fn other_actions_reach_the_methods_that_ask_for_them() {
    let mut filter = Filter::new("error");
    assert_eq!(filter.reduce(&SessionAction::LoggedIn("ada".into())), Changed::ALL);
    assert_eq!(filter.text, "by:ada");
    assert_eq!(filter.reduce(&Tick), Changed::NONE);
    let mut session = Session::default();
    assert_eq!(session.reduce(&FilterAction::Cleared), Changed::NONE);
    assert_eq!(session, Session::default());
}

#[test]
fn own_methods_run_before_extra_ones() {
    let mut filter = Filter::default();
    assert_eq!(filter.reduce(&FilterAction::Move), Changed::ALL);
    assert_eq!(filter.log, ["own", "extra"]);
}

#[test]
fn a_slice_is_a_state_without_fields() {
    assert_eq!(Filter::FIELDS, &[] as &[&str]);
    let (mut older, newer) = (Filter::default(), Filter::new("rust"));
    older.sync_from(&newer, Changed::NONE);
    assert_ne!(older, newer);
    older.sync_from(&newer, Changed::ALL);
    assert_eq!(older, newer);
}

mod named {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Position<T>(pub(crate) T);

    #[slice(name = "map/position", action = Moved, vis = pub(crate))]
    impl Position<i32> {
        fn to(&mut self, other: Self) {
            *self = other;
        }

        fn went_along(&mut self, others: Vec<Option<Self>>) {
            self.0 = others.into_iter().flatten().last().map_or(self.0, |other| other.0);
        }
    }

    impl serde::Serialize for Position<i32> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }

    impl<'de> serde::Deserialize<'de> for Position<i32> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            i32::deserialize(deserializer).map(Self)
        }
    }

    /// Only answers to the actions of others.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Steps(pub(crate) u32);

    #[slice(name = "steps")]
    impl Steps {
        #[slice(on)]
        fn on_moved(&mut self, _: &Moved) {
            self.0 += 1;
        }
    }
}

#[test]
fn names_and_visibility_can_be_chosen() {
    use named::{Moved, Position, Steps};
    check(&Moved::To(Position(3)), json!({"type": "map/position/to", "payload": 3}));
    let mut position = Position(1);
    assert_eq!(position.reduce(&Moved::To(Position(3))), Changed::ALL);
    assert_eq!(position, Position(3));
    let several = Moved::WentAlong(vec![Some(Position(4)), None]);
    assert_eq!(position.reduce(&several), Changed::ALL);
    assert_eq!(position, Position(4));
    let mut steps = Steps(0);
    assert_eq!(steps.reduce(&several), Changed::ALL);
    assert_eq!(steps, Steps(1));
}
