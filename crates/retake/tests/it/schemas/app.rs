//! The application of these tests: an api with hooks, whose requests are their own answers.

use std::cell::RefCell;
use std::sync::Arc;

use retake::prelude::*;
use retake::store::WireAction;
use retake::thunks::{JsonArg, QueryState, Schema, UntypedQuery, UntypedQueryBuilder};
use retake_testing::{ActionLog, TestStore};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
pub(crate) struct App {
    pub(crate) things: ApiState<Things>,
}

#[derive(Clone, Debug, Action)]
pub(crate) enum AppAction {
    Things(ApiAction<Things>),
}

pub(crate) struct Things(SchemaHooks);
impl Api for Things {
    const REDUCER_PATH: &'static str = "things";
    const TAG_TYPES: &'static [&'static str] = &["Thing", "Error"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = Given;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.things
    }
    fn schema_hooks(&self) -> SchemaHooks {
        self.0.clone()
    }
}

/// Answers with what it is asked.
pub(crate) struct Given;
impl BaseQuery for Given {
    type Args = Result<Answer, Failure>;
    async fn run(&self, answer: Self::Args, _: RequestContext) -> Result<Answer, Failure> {
        answer
    }
}

thread_local! {
    static HEARD: RefCell<Vec<String>> = RefCell::default();
}

pub(crate) fn hear(line: impl Into<String>) {
    HEARD.with_borrow_mut(|heard| heard.push(line.into()));
}

/// Returns what was heard on this thread, and forgets it.
pub(crate) fn heard() -> Vec<String> {
    HEARD.take()
}

pub(crate) fn start(hooks: SchemaHooks) -> TestStore<App, AppAction> {
    TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(Things(hooks), Given)
            .middleware(log.clone())
            .build()
            .unwrap()
    })
}

pub(crate) fn answer(data: Value) -> Result<Answer, Failure> {
    Ok(Answer { data, meta: Some(Arc::new(json!("meta"))) })
}

pub(crate) fn refusal(error: Value) -> Result<Answer, Failure> {
    Err(Failure::Error { error, meta: Some(Arc::new(json!("meta"))) })
}

/// A schema that tells of its work, and wraps the value.
pub(crate) fn wrapping(kind: SchemaKind) -> impl Schema {
    move |value: Value| {
        hear(format!("{}({value})", kind.schema_name()));
        Ok(json!({ kind.schema_name(): value }))
    }
}

pub(crate) fn refusing(value: Value) -> Result<Value, Vec<SchemaIssue>> {
    let issue = SchemaIssue::new(format!("no {value}"));
    Err(vec![issue, SchemaIssue::new("and another reason")])
}

pub(crate) fn all_wrapping() -> Schemas {
    SchemaKind::ALL.into_iter().fold(Schemas::new(), |all, kind| all.with(kind, wrapping(kind)))
}

/// A query that is answered with `reply`, and provides tags of its outcome.
pub(crate) fn query(
    reply: Result<Answer, Failure>,
    schemas: Schemas,
) -> UntypedQueryBuilder<Things> {
    UntypedQuery::new("thing")
        .query(move |arg: &JsonArg| {
            hear(format!("query({})", arg.value().unwrap()));
            Ok(reply.clone())
        })
        .provides_tags(|outcome, arg| {
            let kind = if outcome.error.is_some() { "Error" } else { "Thing" };
            [tag(kind, arg.value().unwrap().to_string())].into()
        })
        .schemas(schemas)
}

/// Fetches once with the argument 5; returns the entry and the last action.
pub(crate) fn fetch(
    store: &TestStore<App, AppAction>,
    query: UntypedQueryBuilder<Things>,
) -> (QueryState<Value>, WireAction) {
    let handle = store.dispatch(query.build().initiate(json!(5).into()));
    let _ = store.run_until(&handle);
    (handle.state(), store.log().wires().pop().unwrap())
}

/// Returns the meta of the base query that an action carries.
pub(crate) fn base_query_meta(wire: &WireAction) -> Value {
    wire.meta.as_ref().unwrap()["baseQueryMeta"].clone()
}

/// Returns the tags that an action carries.
pub(crate) fn tags(wire: &WireAction) -> Value {
    wire.meta.as_ref().unwrap()["retake"]["tags"].clone()
}
