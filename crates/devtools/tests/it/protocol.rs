//! Texts that people and JavaScript write.

use retake_devtools::protocol::{FromMonitor, parse_jsan, parse_literal};
use serde_json::{Value, json};

#[track_caller]
fn check(source: &str, expected: Value) {
    assert_eq!(parse_literal(source), Ok(Some(expected)), "{source}");
}

#[test]
fn javascript_literals() {
    check("{\n  type: ''\n}", json!({"type": ""}));
    check("({type: 'a/b', payload: [1, -2.5, +3, .5, 0x1F, 1e3,],})", {
        json!({"type": "a/b", "payload": [1, -2.5, 3, 0.5, 31, 1000.0]})
    });
    check("{a: undefined, b: null, $c_1: true, 'd e': false}", {
        json!({"b": null, "$c_1": true, "d e": false})
    });
    check("[undefined, NaN, -Infinity]", json!([null, null, null]));
    check(r#"'it\'s \u0041\x42\u{1F600}\uD83D\uDE00 "\n'"#, json!("it's AB😀😀 \"\n"));
    check("`two\nlines`", json!("two\nlines"));
    check("// why\n{a /* what */: 1} ;", json!({"a": 1}));
    check("18446744073709551615", json!(u64::MAX));
    assert_eq!(parse_literal(" \n"), Ok(None));
    assert_eq!(parse_literal("undefined"), Ok(None));
}

#[test]
fn what_is_no_literal_is_refused_and_located() {
    let deep = "[".repeat(100_000);
    let sources = [
        "add(5)",
        "{type: kind}",
        "{type 'a'}",
        "{a: 1",
        "[1 2]",
        "'open",
        "`${a}`",
        "1 + 1",
        "/*",
        "{'\\u12': 1}",
        "'\\uD83D'",
        "'\\u{110000}'",
        "1n",
        "--1",
        "{: 1}",
        "é",
        "]",
        deep.as_str(),
    ];
    for source in sources {
        assert!(parse_literal(source).is_err(), "{source:.40}");
    }
    let error = parse_literal("{type: 'ä', payload: now}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "character 22: a value was expected; write JSON or a JavaScript literal, \
         such as {type: 'a/b', payload: 1}"
    );
}

#[test]
fn jsan_has_what_json_does_not() {
    let text = r#"{
        "shared":{"list":[{"$jsan":"u"},1],"a b":{"x":1}},
        "again":{"$jsan":"$.shared.list"}, "quoted":{"$jsan":"$.shared[\"a b\"].x"},
        "item":{"$jsan":"$.shared.list[1]"}, "none":{"$jsan":"u"}, "nan":{"$jsan":"n"},
        "at":{"$jsan":"d1700000000000"}, "error":{"$jsan":"eno"}, "symbol":{"$jsan":"sname"},
        "set":{"$jsan":"l[1,{\"$jsan\":\"u\"}]"}, "literal":{"$jsan":[5]}
    }"#;
    let expected = json!({
        "shared": {"list": [null, 1], "a b": {"x": 1}}, "again": [null, 1], "quoted": 1, "item": 1,
        "nan": null, "at": 1_700_000_000_000_u64, "error": {"message": "no"}, "symbol": "name",
        "set": [1, null], "literal": {"$jsan": 5},
    });
    assert_eq!(parse_jsan(text).unwrap(), expected);
}

#[test]
fn references_cannot_explode() {
    // Each level refers to the one before twice: 2^60 values.
    let levels: Vec<Value> = (0..60)
        .map(|at: usize| match at.checked_sub(1) {
            None => json!([0]),
            Some(last) => {
                let reference = json!({"$jsan": format!("$[{last}]")});
                json!([reference, reference])
            }
        })
        .collect();
    for text in [
        serde_json::to_string(&levels).unwrap(),
        r#"{"a":{"$jsan":"$"}}"#.to_owned(),
        r#"{"a":{"$jsan":"$.b"},"b":{"$jsan":"$.a"}}"#.to_owned(),
        r#"{"a":{"$jsan":"$.b.c"}}"#.to_owned(),
        r#"{"a":{"$jsan":"$[\"b"}}"#.to_owned(),
        r#"{"a":{"$jsan":"l[{\"$jsan\":\"$\"}]"}}"#.to_owned(),
    ] {
        assert!(parse_jsan(&text).is_err(), "{text:.60}");
    }
}

#[test]
fn messages_that_cannot_be_read_say_so() {
    for (message, expected) in [
        (json!({"type": "DANCE"}), "a monitor sent a message of the unknown type `DANCE`"),
        (json!({"type": "DISPATCH", "action": {"type": "DANCE"}}), "cannot be read"),
        (json!({"type": "DISPATCH", "action": {"type": "TOGGLE_ACTION", "id": -1}}), "cannot be"),
        (json!({"type": "ACTION", "action": {"name": "a"}}), "cannot be read"),
        (json!({"type": "DISPATCH"}), "cannot be read"),
        (json!([]), "cannot be read"),
        (json!(null), "cannot be read"),
    ] {
        let error = FromMonitor::read(message.clone()).unwrap_err().to_string();
        assert!(error.contains(expected), "{message}: {error}");
    }
}
