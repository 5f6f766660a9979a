//! Frames that no server should send.

use retake_devtools::transport::{Link, LinkError, LinkEvent, Packet};
use serde_json::json;

fn shaken() -> Link {
    let mut link = Link::new();
    let _ = link.open();
    let _ = link.receive(r#"{"rid":1,"data":{"id":"a1"}}"#).unwrap();
    link
}

#[test]
fn garbage_can_be_ignored() {
    let deep = "[".repeat(100_000);
    for frame in ["{", "null", "5", "\"#1\"", "[[]]", r#"{"rid":-1}"#, deep.as_str()] {
        let error = shaken().receive(frame).unwrap_err();
        assert!(error.is_ignorable(), "{frame:.20}: {error}");
    }
    for frame in ["[]", "{}", r#"{"rid":77}"#, r##"{"event":"#removeAuthToken"}"##] {
        assert_eq!(shaken().receive(frame).unwrap(), [], "{frame}");
    }
}

#[test]
fn packets_come_in_batches() {
    let frame = r##"[{"rid":2,"data":"respond"},
        {"event":"#publish","data":{"channel":"respond","data":{"type":"START"}}}]"##;
    let events = shaken().receive(frame).unwrap();
    assert_eq!(events.len(), 3);
    assert_eq!(events[2], LinkEvent::Message(json!({"type": "START"})));
}

#[test]
fn a_refusal_says_which_step_was_refused() {
    let refused = r#"{"rid":2,"error":{"message":"Not today","name":"AuthError"}}"#;
    let error = shaken().receive(refused).unwrap_err();
    assert!(!error.is_ignorable());
    assert_eq!(error.to_string(), "the server refused the login: Not today (AuthError)");
    let error = shaken().receive(r#"{"rid":2,"error":"no"}"#).unwrap_err();
    assert_eq!(error.to_string(), "the server refused the login: \"no\" (Error)");
}

#[test]
fn another_kind_of_server_is_noticed() {
    for frame in [r#"{"rid":2}"#, r#"{"rid":2,"data":{"channel":"x"}}"#] {
        let error = shaken().receive(frame).unwrap_err();
        assert!(matches!(error, LinkError::Unexpected { step: "login" }), "{error}");
    }
}

#[test]
fn a_link_opens_when_both_channels_are_subscribed() {
    let mut link = shaken();
    let subscribed = link.receive(r#"{"rid":2,"data":"respond"}"#).unwrap();
    let expected = [
        r##"{"event":"#subscribe","data":{"channel":"respond"},"cid":3}"##,
        r##"{"event":"#subscribe","data":{"channel":"sc-a1"},"cid":4}"##,
    ];
    assert_eq!(subscribed, expected.map(|frame| LinkEvent::Send(frame.to_owned())));
    assert_eq!(link.receive(r#"{"rid":4}"#).unwrap(), []);
    assert_eq!(link.receive(r#"{"rid":3}"#).unwrap(), [LinkEvent::Opened("a1".to_owned())]);
}

#[test]
fn a_heartbeat_is_an_empty_frame() {
    assert_eq!(Packet::decode("").unwrap(), [Packet::Heartbeat]);
    assert_eq!(Link::new().receive("").unwrap(), [LinkEvent::Send(String::new())]);
}
