//! Lines that nest so deep that nobody could read them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::WireAction;
use retake_store::log::{AppInfo, LogOptions, LogReader, LogWriter, WriteError};
use serde_json::Value;

fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::from("a \" and a \\ [["), |inner, _| vec![inner].into())
}

#[test]
fn what_can_be_written_can_be_read() {
    let mut refused = 0;
    for levels in 100..140 {
        let (app, options) = (AppInfo::new("a", "1"), LogOptions::new());
        let mut writer = LogWriter::new(Vec::new(), app, &0, options).unwrap();
        let action = WireAction { payload: Some(nested(levels)), ..WireAction::new("a") };
        let written = writer.append_wire(5, action, &0);
        writer.append_wire(6, WireAction::new("b"), &0).unwrap();
        let log = writer.into_inner();
        for entry in LogReader::new(&log[..]).unwrap() {
            entry.unwrap();
        }
        if let Err(error) = written {
            assert!(matches!(error, WriteError::TooDeep { .. }), "{error}");
            refused += 1;
        }
    }
    assert!((1..20).contains(&refused), "{refused}");
}
