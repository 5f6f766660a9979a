//! Hooks: who is told of a failure, what becomes of it, and which schemas are skipped.

use retake::prelude::*;
use retake::store::cache::{EndpointKind, SkippedSchemas};
use retake::thunks::UntypedMutation;
use serde_json::{Value, json};

use super::app::{
    Things, all_wrapping, answer, base_query_meta, fetch, hear, heard, query, refusal, refusing,
    start, tags,
};

/// What is refused by each schema, with which meta the request is then rejected.
const KINDS: [(SchemaKind, bool, &str, &str); 7] = [
    (SchemaKind::Arg, true, "5", "{}"),
    (SchemaKind::RawResponse, true, "1", r#""meta""#),
    (SchemaKind::Response, true, "1", r#""meta""#),
    (SchemaKind::Meta, true, r#""meta""#, r#""meta""#),
    (SchemaKind::RawErrorResponse, false, r#""e""#, r#""meta""#),
    (SchemaKind::Meta, false, r#""meta""#, r#""meta""#),
    (SchemaKind::ErrorResponse, false, r#""e""#, r#""meta""#),
];

fn reply(is_ok: bool) -> Result<Answer, Failure> {
    if is_ok { answer(json!(1)) } else { refusal(json!("e")) }
}

#[test]
fn a_value_that_does_not_fit_rejects_the_request_without_a_value() {
    for (kind, is_ok, value, _) in KINDS {
        let store = start(SchemaHooks::new());
        let (state, wire) = fetch(&store, query(reply(is_ok), Schemas::new().with(kind, refusing)));
        let error = json!({"name": "SchemaError", "message": format!("no {value}")});
        assert_eq!(*state.error.unwrap().value(), error, "{kind:?}");
        assert_eq!(wire.kind, "things/executeQuery/rejected");
        assert_eq!((wire.payload.as_ref(), wire.error.as_ref()), (None, Some(&error)));
        assert_eq!((base_query_meta(&wire), tags(&wire)), (Value::Null, Value::Null));
    }
}

#[test]
fn a_caught_failure_rejects_the_request_with_a_value_and_its_tags() {
    for (kind, is_ok, value, meta) in KINDS {
        let store = start(SchemaHooks::new());
        let schemas = Schemas::new()
            .with(kind, refusing)
            .catch_failure(|failure| json!([failure.schema.schema_name(), failure.value]));
        let (state, wire) = fetch(&store, query(reply(is_ok), schemas));
        let value: Value = serde_json::from_str(value).unwrap();
        let error = json!([kind.schema_name(), value]);
        assert_eq!(*state.error.unwrap().value(), error, "{kind:?}");
        assert_eq!(wire.payload.as_ref(), Some(&error));
        assert_eq!(wire.error.as_ref(), Some(&json!({"message": "Rejected"})));
        assert_eq!(base_query_meta(&wire), serde_json::from_str::<Value>(meta).unwrap());
        assert_eq!(tags(&wire), json!({"thing(5)": [{"type": "Error", "id": "5"}]}));
    }
}

#[test]
fn the_meta_after_an_error_is_the_checked_one() {
    let store = start(SchemaHooks::new().catch_failure(|_| json!("caught")));
    let schemas = all_wrapping().error_response(refusing);
    let (_, wire) = fetch(&store, query(refusal(json!("e")), schemas));
    assert_eq!(base_query_meta(&wire), json!({"metaSchema": "meta"}));
}

#[test]
fn the_endpoint_is_told_first_and_then_the_api() {
    let store = start(SchemaHooks::new().on_failure(|failure| {
        hear(format!("api: {failure}"));
        assert_eq!(failure.issues.len(), 2);
        assert_eq!(failure.kind, EndpointKind::Query);
        assert_eq!(failure.arg.as_deref(), Some(&json!(5)));
        assert_eq!(failure.query_cache_key.as_deref(), Some("thing(5)"));
    }));
    let schemas = Schemas::new()
        .arg(|_| Ok(json!("another argument")))
        .response(refusing)
        .on_failure(|failure| hear(format!("endpoint: {}", failure.schema.schema_name())))
        .catch_failure(|_| {
            hear("caught");
            Value::Null
        });
    fetch(&store, query(answer(json!(1)), schemas));
    assert_eq!(
        heard(),
        [
            r#"query("another argument")"#,
            "endpoint: responseSchema",
            "api: the value of `thing` does not fit its responseSchema: no 1",
            "caught",
        ]
    );
}

#[test]
fn the_endpoints_catch_replaces_the_apis() {
    for (endpoint, expected) in [(None, "the api's"), (Some("the endpoint's"), "the endpoint's")] {
        let store = start(SchemaHooks::new().catch_failure(|_| json!("the api's")));
        let mut schemas = Schemas::new().response(refusing);
        if let Some(value) = endpoint {
            schemas = schemas.catch_failure(move |_| json!(value));
        }
        let (state, _) = fetch(&store, query(answer(json!(1)), schemas));
        assert_eq!(*state.error.unwrap().value(), json!(expected));
    }
}

/// Which schemas of a request that succeeds are asked.
#[track_caller]
fn check_skip(api: Option<SkippedSchemas>, endpoint: Option<SkippedSchemas>, asked: &[&str]) {
    let hooks = SchemaHooks::new();
    let store = start(match api {
        Some(skipped) => hooks.skip(skipped),
        None => hooks,
    });
    let schemas = match endpoint {
        Some(skipped) => all_wrapping().skip(skipped),
        None => all_wrapping(),
    };
    fetch(&store, query(answer(json!(1)), schemas));
    let heard = heard();
    let of_schemas = heard.iter().filter_map(|line| line.split_once("Schema(")).map(|it| it.0);
    assert_eq!(of_schemas.collect::<Vec<_>>(), asked);
}

#[test]
fn the_endpoints_skip_replaces_the_apis() {
    use SchemaKind::{Arg, Meta, RawResponse};
    let all = ["arg", "rawResponse", "response", "meta"];
    check_skip(None, None, &all);
    check_skip(Some(true.into()), None, &[]);
    check_skip(None, Some(true.into()), &[]);
    check_skip(Some(true.into()), Some(false.into()), &all);
    check_skip(Some([Arg, Meta].into()), None, &["rawResponse", "response"]);
    check_skip(Some([Arg, Meta].into()), Some([RawResponse].into()), &["arg", "response", "meta"]);
}

#[test]
fn mutations_have_schemas_and_invalidate_after_a_caught_failure() {
    let store = start(SchemaHooks::new().on_failure(|failure| {
        assert_eq!((failure.kind, &failure.query_cache_key), (EndpointKind::Mutation, &None));
        hear(failure.schema.schema_name());
    }));
    let outdated = query(refusal(json!("e")), Schemas::new()).build();
    let outdated = store.dispatch(outdated.initiate(json!(5).into()));
    let _ = store.run_until(&outdated);
    let change = UntypedMutation::<Things>::new("change")
        .query(|_| Ok(answer(json!(1))))
        .schemas(Schemas::new().response(refusing).catch_failure(|_| json!("caught")))
        .invalidates_tags(|outcome, _| {
            assert_eq!(outcome.error.unwrap().value(), &json!("caught"));
            ["Error"].into()
        })
        .build();
    let error = store.run_until(store.dispatch(change.initiate(json!(6).into()))).unwrap_err();
    assert_eq!(*error.value(), json!("caught"));
    assert_eq!(heard(), ["query(5)", "responseSchema", "query(5)"], "the tag refetches");
}

#[track_caller]
fn check_panic(schemas: Schemas, told: &[&str]) {
    let store = start(SchemaHooks::new().on_failure(|_| hear("api")));
    let (state, wire) = fetch(&store, query(answer(json!(1)), schemas));
    let error = json!({"name": "Panic", "message": "a bug"});
    assert_eq!(*state.error.unwrap().value(), error);
    assert_eq!((&wire.payload, tags(&wire)), (&None, Value::Null));
    assert_eq!(heard()[1..], *told, "`query` is first");
}

#[test]
fn law_8_closures_that_panic_reject_the_request() {
    let bug = |_: Value| -> Result<Value, Vec<SchemaIssue>> { panic!("a bug") };
    let caught = || Schemas::new().catch_failure(|_| json!("caught"));
    check_panic(caught().response(bug), &[]);
    check_panic(caught().raw_response(bug), &[]);
    check_panic(caught().meta(bug), &[]);
    let refused = || Schemas::new().response(refusing);
    check_panic(refused().on_failure(|_| panic!("a bug")), &[]);
    check_panic(refused().catch_failure(|_| panic!("a bug")), &["api"]);
}

#[test]
fn a_refusal_without_an_issue_is_one() {
    let store = start(SchemaHooks::new());
    let schemas = Schemas::new().response(|_| Err(Vec::new()));
    let (state, _) = fetch(&store, query(answer(json!(1)), schemas));
    assert_eq!(state.error.unwrap().value()["message"], "the schema gives no reason");
}
