//! Typed endpoints: their values are checked in their JSON form and read back.

use std::cell::Cell;

use retake::prelude::*;
use retake::thunks::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app::{Things, answer, start};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Thing {
    id: u32,
    name: String,
    /// Not in the JSON form: it is kept where no schema changes the data.
    #[serde(skip)]
    #[patch(ignore)]
    length: usize,
}

thread_local! {
    static BUILT: Cell<u32> = const { Cell::new(0) };
}

/// Trims names; ids are clamped, and 13 is turned into something that is no id.
struct GetThing;
impl Query for GetThing {
    type Api = Things;
    type Arg = u32;
    type Output = Thing;
    const NAME: &'static str = "getThing";
    fn query(&self, id: &u32) -> Result<Answer, Failure> {
        answer(json!({"id": id, "name": format!(" thing {id} ")}))
    }
    fn transform_response(
        &self,
        response: Value,
        _: Option<&Value>,
        _: &u32,
    ) -> Result<Thing, SerializedError> {
        let name = response["name"].as_str().unwrap_or_default().to_owned();
        let id = response["id"].as_u64().unwrap_or_default() as u32;
        Ok(Thing { id, length: name.len(), name })
    }
    fn schemas(&self) -> Schemas {
        BUILT.set(BUILT.get() + 1);
        Schemas::new()
            .arg(|id: Value| match id.as_u64() {
                Some(13) => Ok(json!("thirteen")),
                Some(id) => Ok(json!(id.min(100))),
                None => Err(vec![SchemaIssue::new("no id")]),
            })
            .response(|mut thing: Value| {
                match thing["id"].as_u64() {
                    Some(1) => {}
                    Some(2) => thing["name"] = json!(2),
                    _ => thing["name"] = json!(thing["name"].as_str().unwrap_or("").trim()),
                }
                Ok(thing)
            })
    }
}

#[track_caller]
fn check(id: u32, expected: Result<(u32, &str, usize), &str>) {
    let store = start(SchemaHooks::new());
    let handle = store.dispatch(GetThing.initiate(id));
    let result = store.run_until(&handle);
    match (result, expected) {
        (Ok(thing), Ok(expected)) => {
            assert_eq!((thing.id, thing.name.as_str(), thing.length), expected);
        }
        (Err(error), Err(expected)) => {
            assert_eq!(error.value()["name"], "DecodeError");
            assert!(error.to_string().contains(expected), "{error}");
        }
        (result, _) => panic!("{result:?}"),
    }
    let original_args = handle.state().original_args;
    assert_eq!(original_args.as_deref(), Some(&json!(id)));
}

#[test]
fn typed_values_are_checked_as_json_and_read_back() {
    check(1, Ok((1, " thing 1 ", 9)));
    check(3, Ok((3, "thing 3", 0)));
    check(500, Ok((100, "thing 100", 0)));
    check(2, Err("correct the endpoint's `Output`"));
    check(13, Err("the schema of the argument returns no `u32`"));
}

#[test]
fn schemas_are_built_once_for_an_endpoint() {
    let store = start(SchemaHooks::new());
    BUILT.set(0);
    for id in 20..25 {
        store.run_until(store.dispatch(GetThing.initiate(id))).unwrap();
        store.run_until(store.dispatch(GetThing.initiate(id).force_refetch(true))).unwrap();
    }
    assert_eq!(BUILT.get(), 1);
}

/// Panics when it is asked for its schemas.
struct Broken;
impl Mutation for Broken {
    type Api = Things;
    type Arg = ();
    type Output = ();
    const NAME: &'static str = "broken";
    fn query(&self, (): &()) -> Result<Answer, Failure> {
        answer(Value::Null)
    }
    fn schemas(&self) -> Schemas {
        panic!("a bug")
    }
}

#[test]
fn law_8_schemas_that_panic_reject_the_request() {
    let store = start(SchemaHooks::new());
    for _ in 0..2 {
        let error = store.run_until(store.dispatch(Broken.initiate(()))).unwrap_err();
        assert_eq!(*error.value(), json!({"name": "Panic", "message": "a bug"}));
    }
}

/// An argument that is none is `null` to its schema, and stays none.
struct Ping;
impl Mutation for Ping {
    type Api = Things;
    type Arg = ();
    type Output = Value;
    const NAME: &'static str = "ping";
    fn query(&self, (): &()) -> Result<Answer, Failure> {
        Ok(Answer::new(json!("pong")))
    }
    fn schemas(&self) -> Schemas {
        Schemas::new().arg(serde_schema::<()>()).meta(serde_schema::<u32>())
    }
}

#[test]
fn what_is_absent_is_null_to_an_argument_and_not_asked_of_an_answers_meta() {
    let store = start(SchemaHooks::new());
    assert_eq!(*store.run_until(store.dispatch(Ping.initiate(()))).unwrap(), json!("pong"));
}
