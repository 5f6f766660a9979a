//! `#[derive(Action)]` with `#[action(slice = "..")]`: the action of a slice written by hand.

use retake_macros::Action;
use retake_store::Action as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use std::fmt::Debug;

use crate::wire::{check, read};

#[derive(Clone, Debug, PartialEq, Action)]
#[action(slice = "cart")]
enum CartAction {
    Emptied,
    ItemAdded(u32),
    ItemMoved { from_index: usize, to_index: usize },
    Renamed { r#name: String },
}

/// A value that an action can carry.
trait Item: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static {}
impl Item for u8 {}

#[derive(Clone, Debug, PartialEq, Action)]
#[action(slice = "list")]
enum ListAction<T: Item> {
    Pushed(T),
    Swapped { old: T, new: T },
}

#[test]
fn variants_have_the_json_form_of_a_slices_methods() {
    check(&CartAction::Emptied, json!({"type": "cart/emptied"}));
    check(&CartAction::ItemAdded(5), json!({"type": "cart/itemAdded", "payload": 5}));
    check(
        &CartAction::ItemMoved { from_index: 1, to_index: 0 },
        json!({"type": "cart/itemMoved", "payload": {"from_index": 1, "to_index": 0}}),
    );
    check(
        &CartAction::Renamed { name: "a".into() },
        json!({"type": "cart/renamed", "payload": {"name": "a"}}),
    );
    check(&ListAction::Pushed(1_u8), json!({"type": "list/pushed", "payload": 1}));
    check(
        &ListAction::Swapped { old: 1_u8, new: 2 },
        json!({"type": "list/swapped", "payload": {"old": 1, "new": 2}}),
    );
}

#[test]
fn unknown_types_are_not_read() {
    assert_eq!(read::<CartAction>(json!({"type": "cart/ItemAdded", "payload": 5})), None);
    assert_eq!(read::<CartAction>(json!({"type": "emptied"})), None);
}

#[test]
fn a_leaf_is_itself() {
    let action = CartAction::ItemAdded(5);
    assert_eq!(action.leaf().downcast_ref::<CartAction>(), Some(&action));
}
