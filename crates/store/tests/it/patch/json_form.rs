//! Operations have the JSON form of RFC 6902, and only that.

use retake_store::patch::{PatchOp, Pointer};
use serde_json::json;

#[track_caller]
fn check(op: PatchOp, text: &str) {
    assert_eq!(serde_json::to_string(&op).unwrap(), text);
    assert_eq!(serde_json::from_str::<PatchOp>(text).unwrap(), op);
}

fn at(text: &str) -> Pointer {
    Pointer::parse(text).unwrap()
}

#[test]
fn of_every_operation() {
    check(
        PatchOp::Add { path: at("/a~1b/0"), value: json!({"x": null}) },
        r#"{"op":"add","path":"/a~1b/0","value":{"x":null}}"#,
    );
    check(PatchOp::Remove { path: at("/a") }, r#"{"op":"remove","path":"/a"}"#);
    check(
        PatchOp::Replace { path: at(""), value: json!(null) },
        r#"{"op":"replace","path":"","value":null}"#,
    );
    check(
        PatchOp::Move { from: at("/a"), path: at("/b") },
        r#"{"op":"move","from":"/a","path":"/b"}"#,
    );
    check(
        PatchOp::Copy { from: at("/a"), path: at("/-") },
        r#"{"op":"copy","from":"/a","path":"/-"}"#,
    );
    check(
        PatchOp::Test { path: at("/a"), value: json!(18_446_744_073_709_551_615_u64) },
        r#"{"op":"test","path":"/a","value":18446744073709551615}"#,
    );
}

#[test]
fn members_come_in_any_order_and_unknown_ones_are_ignored() {
    let op: PatchOp = serde_json::from_str(r#"{"x":1,"path":"/a","op":"remove"}"#).unwrap();
    assert_eq!(op, PatchOp::Remove { path: at("/a") });
}

#[test]
fn of_nothing_else() {
    for text in [
        r#"{"op":"add","path":"/a"}"#,
        r#"{"op":"replace","path":"a","value":1}"#,
        r#"{"op":"remove","path":"/~"}"#,
        r#"{"op":"move","path":"/a"}"#,
        r#"{"op":"merge","path":"/a","value":1}"#,
        r#"{"op":"remove","path":["a"]}"#,
        r#"{"path":"/a"}"#,
    ] {
        assert!(serde_json::from_str::<PatchOp>(text).is_err(), "{text}");
    }
}
