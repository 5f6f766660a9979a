//! Schemas: which values are checked, when, and what becomes of those that do not fit.

mod app;
mod hooks;
mod kinds;
mod typed;

use retake::thunks::{Failure, UntypedQuery};
use serde_json::{Value, json};

use app::{all_wrapping, answer, base_query_meta, fetch, hear, heard, query, refusal, start, tags};
use retake::prelude::*;

#[test]
fn an_answer_passes_its_schemas_in_order_and_each_replaces_the_value() {
    let store = start(SchemaHooks::new());
    let query = query(answer(json!(1)), all_wrapping()).transform_response(|value, meta, arg| {
        hear(format!("transform({value}, {}, {})", meta.unwrap(), arg.value().unwrap()));
        Ok(json!({ "transformed": value }))
    });
    let (state, wire) = fetch(&store, query);
    assert_eq!(
        heard(),
        [
            "argSchema(5)",
            r#"query({"argSchema":5})"#,
            "rawResponseSchema(1)",
            r#"transform({"rawResponseSchema":1}, "meta", {"argSchema":5})"#,
            r#"responseSchema({"transformed":{"rawResponseSchema":1}})"#,
            r#"metaSchema("meta")"#,
        ]
    );
    let expected = json!({"responseSchema": {"transformed": {"rawResponseSchema": 1}}});
    assert_eq!(*state.data.unwrap(), expected);
    assert_eq!(base_query_meta(&wire), json!({"metaSchema": "meta"}));
    assert_eq!(*state.original_args.unwrap(), json!(5), "the state keeps the argument as given");
    assert_eq!(tags(&wire), json!({"thing(5)": [{"type": "Thing", "id": "5"}]}));
}

#[test]
fn an_error_passes_its_schemas_in_order_and_each_replaces_the_value() {
    let store = start(SchemaHooks::new());
    let query =
        query(refusal(json!("e")), all_wrapping()).transform_error_response(|error, meta, arg| {
            hear(format!("transform({error}, {}, {})", meta.unwrap(), arg.value().unwrap()));
            Ok(json!({ "transformed": error }))
        });
    let (state, wire) = fetch(&store, query);
    assert_eq!(
        heard(),
        [
            "argSchema(5)",
            r#"query({"argSchema":5})"#,
            r#"rawErrorResponseSchema("e")"#,
            r#"metaSchema("meta")"#,
            // As in RTK Query, errors are transformed with the argument as it was given.
            r#"transform({"rawErrorResponseSchema":"e"}, {"metaSchema":"meta"}, 5)"#,
            r#"errorResponseSchema({"transformed":{"rawErrorResponseSchema":"e"}})"#,
        ]
    );
    let expected = json!({"errorResponseSchema": {"transformed": {"rawErrorResponseSchema": "e"}}});
    assert_eq!(*state.error.unwrap().value(), expected);
    assert_eq!(base_query_meta(&wire), json!({"metaSchema": "meta"}));
    assert_eq!(tags(&wire), json!({"thing(5)": [{"type": "Error", "id": "5"}]}));
}

/// What `reply` of a `query_fn` becomes, and which schemas see it.
#[track_caller]
fn check_query_fn(reply: Result<Value, Failure>, expected: Result<Value, Value>, seen: &[&str]) {
    let store = start(SchemaHooks::new());
    let query = UntypedQuery::new("thing").schemas(all_wrapping()).query_fn(move |arg, _| {
        hear(format!("query_fn({})", arg.value().unwrap()));
        let reply = reply.clone();
        async move { reply.map(Into::into) }
    });
    let (state, _) = fetch(&store, query);
    let result = state.into_result();
    let result = result.map(|data| (*data).clone()).map_err(|error| error.value().clone());
    assert_eq!(result, expected);
    assert_eq!(heard(), seen);
}

#[test]
fn a_query_fn_is_followed_by_all_schemas() {
    check_query_fn(
        Ok(json!(1)),
        Ok(json!({"responseSchema": {"rawResponseSchema": 1}})),
        &[
            "argSchema(5)",
            r#"query_fn({"argSchema":5})"#,
            "rawResponseSchema(1)",
            r#"responseSchema({"rawResponseSchema":1})"#,
        ],
    );
    // The meta of an error is checked even if there is none.
    check_query_fn(
        Err(Failure::error(json!("e"))),
        Err(json!({"errorResponseSchema": {"rawErrorResponseSchema": "e"}})),
        &[
            "argSchema(5)",
            r#"query_fn({"argSchema":5})"#,
            r#"rawErrorResponseSchema("e")"#,
            "metaSchema(null)",
            r#"errorResponseSchema({"rawErrorResponseSchema":"e"})"#,
        ],
    );
    check_query_fn(
        Err(Failure::Unhandled(SerializedError::new("Error", "broken"))),
        Err(json!({"name": "Error", "message": "broken"})),
        &["argSchema(5)", r#"query_fn({"argSchema":5})"#],
    );
}

#[test]
fn an_upserted_value_is_checked_but_not_transformed() {
    let store = start(SchemaHooks::new());
    let thing = query(answer(json!(1)), all_wrapping())
        .transform_response(|_, _, _| unreachable!("it is not asked"))
        .build();
    let upserted = store.dispatch(thing.clone().upsert_query_data(json!(5).into(), json!(2)));
    let data = store.run_until(upserted).unwrap();
    assert_eq!(*data, json!({"responseSchema": {"rawResponseSchema": 2}}));
    let seen =
        ["argSchema(5)", "rawResponseSchema(2)", r#"responseSchema({"rawResponseSchema":2})"#];
    assert_eq!(heard(), seen);

    store.dispatch(upsert_query_entries([thing.clone().upsert_entry(json!(6).into(), json!(3))]));
    assert_eq!(*thing.select(&json!(6).into())(&store.state()).data.unwrap(), json!(3));
    assert_eq!(heard(), [""; 0], "many at once go into the cache as they are");
}

#[test]
fn an_upserted_value_that_does_not_fit_is_rejected_and_the_old_one_stays() {
    let store = start(SchemaHooks::new());
    let small = |value: Value| match value.as_u64() {
        Some(0..10) => Ok(value),
        _ => app::refusing(value),
    };
    let thing = query(answer(json!(1)), Schemas::new().response(small)).build();
    let upsert = |arg: u32, value: u32| {
        store.run_until(
            store.dispatch(thing.clone().upsert_query_data(json!(arg).into(), json!(value))),
        )
    };
    let error = upsert(5, 20).unwrap_err();
    assert_eq!(*error.value(), json!({"name": "SchemaError", "message": "no 20"}));
    assert!(thing.select(&json!(5).into())(&store.state()).is_error());

    upsert(6, 2).unwrap();
    let _ = upsert(6, 20);
    assert_eq!(store.types().pop().unwrap(), "things/executeQuery/rejected");
    assert_eq!(*thing.select(&json!(6).into())(&store.state()).data.unwrap(), json!(2));
}

/// What a log says is enough: nothing is checked again.
#[test]
fn law_1_a_log_replays_without_schemas() {
    let store = start(SchemaHooks::new().catch_failure(|failure| json!(failure.to_string())));
    let schemas = all_wrapping().error_response(app::refusing);
    fetch(&store, query(refusal(json!("e")), schemas));
    let mut replayed = app::App::default();
    for wire in store.log().wires() {
        let _ = replayed.reduce(&app::AppAction::from_wire(&wire).unwrap().unwrap());
    }
    let entries = |app: &app::App| serde_json::to_value(app.things.queries()).unwrap();
    assert_eq!(entries(&replayed), entries(&store.state()));
    assert_eq!(
        entries(&replayed)["thing(5)"]["error"],
        json!(
            r#"the value of `thing` does not fit its errorResponseSchema: no {"rawErrorResponseSchema":"e"}"#
        )
    );
}
