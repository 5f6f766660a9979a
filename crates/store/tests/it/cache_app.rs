//! A cache slice, short ways to write its actions, and the laws that every fold is held to.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::sync::Arc;

use retake_store::cache::{
    Api, ApiAction, ApiOptions, ApiState, CacheAction, CacheData, CacheState, Config, Delta,
    Fulfilled, MutationArg, PageArg, QueryArg, Rejected, Request, SerializedError, Step, Tag, Tags,
    UpsertedEntry,
};
use retake_store::patch::{Diff, Edit, PatchError, PatchOp, Patchable, Path};
use retake_store::{Action, Changed, Reducer, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default)]
pub(crate) struct App {
    pub(crate) api: ApiState<PostsApi>,
}

impl State for App {
    const FIELDS: &'static [&'static str] = &["api"];

    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        self.api.sync_from(&newer.api, changed);
    }
}

impl<A: Action> Reducer<A> for App {
    fn reduce(&mut self, action: &A) -> Changed {
        retake_store::combine([self.api.reduce(action)])
    }
}

pub(crate) struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "api";
    type State = App;
    type Action = ApiAction<Self>;
    type BaseQuery = ();

    fn slice(app: &App) -> &ApiState<Self> {
        &app.api
    }
}

pub(crate) type PostsAction = ApiAction<PostsApi>;

/// A row of typed data, with its patches written by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) likes: i64,
}

pub(crate) fn post(id: u32, title: &str) -> Post {
    Post { id, title: title.to_owned(), likes: 0 }
}

impl Patchable for Post {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
    fn is_equal(&self, other: &Self) -> bool {
        self == other
    }
    fn share_with(&mut self, old: &Self) -> bool {
        self == old
    }
    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        diff.member("id", &self.id, &next.id)?;
        diff.member("title", &self.title, &next.title)?;
        diff.member("likes", &self.likes, &next.likes)
    }
    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        let Some((name, rest)) = path.split() else { return edit.assign(self, path) };
        match &*name {
            "id" => self.id.apply_at(rest, edit),
            "title" => self.title.apply_at(rest, edit),
            "likes" => self.likes.apply_at(rest, edit),
            _ => Err(rest.unresolved()),
        }
    }
    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        let Some((name, rest)) = path.split() else { return path.value(self) };
        match &*name {
            "id" => self.id.value_at(rest),
            "title" => self.title.value_at(rest),
            "likes" => self.likes.value_at(rest),
            _ => Err(rest.unresolved()),
        }
    }
    fn key(&self) -> Option<Cow<'_, str>> {
        self.id.key()
    }
}

/// Returns a state that nothing has happened to.
pub(crate) fn empty() -> CacheState {
    CacheState::new(Config::new("api", &ApiOptions::default()))
}

/// Returns `action` after it was written as JSON text and read back.
#[track_caller]
pub(crate) fn through_json(action: &CacheAction) -> CacheAction {
    let text = serde_json::to_string(&PostsAction::new(action.clone())).unwrap();
    let read: PostsAction = serde_json::from_str(&text).unwrap();
    CacheAction::clone(read.action())
}

#[track_caller]
pub(crate) fn to_json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap()
}

/// Folds `actions` and holds every step to the laws of reducers: the same action on the same
/// state gives the same state, after a round trip through JSON as well; `NONE` is said only
/// when nothing changed; the state itself survives its JSON form; the tag index is one.
#[track_caller]
pub(crate) fn fold<'a>(actions: impl IntoIterator<Item = &'a CacheAction>) -> CacheState {
    let (mut live, mut replayed) = (empty(), empty());
    for action in actions {
        let before = live.clone();
        let (text_before, mut again) = (text(&before), before.clone());
        let changed = live.reduce(action);
        assert_eq!(again.reduce(action), changed, "{action:?}");
        assert_eq!(text(&again), text(&live), "not a function: {action:?}");
        assert_eq!(text(&before), text_before, "a snapshot changed: {action:?}");
        if changed.is_none() {
            assert_eq!(text(&live), text_before, "an unannounced change: {action:?}");
        }
        let _ = replayed.reduce(&through_json(action));
        assert_eq!(text(&replayed), text(&live), "JSON replays to another state: {action:?}");
        let read: CacheState = serde_json::from_str(&text(&live)).unwrap();
        assert_eq!((&read, text(&read)), (&live, text(&live)));
        assert_index(&live);
    }
    live
}

fn text(state: &CacheState) -> String {
    serde_json::to_string(state).unwrap()
}

/// A key stands in the row of a tag exactly if the tag stands in the key's list; few rows are
/// empty; only entries have tags.
#[track_caller]
fn assert_index(state: &CacheState) {
    let json = to_json(state.provided());
    let row = |tag: &Value| match &tag["id"] {
        Value::Null => "__internal_without_id".to_owned(),
        Value::String(id) => id.clone(),
        id => id.to_string(),
    };
    let mut forward = Vec::new();
    for (kind, rows) in json["tags"].as_object().unwrap() {
        assert!(!rows.as_object().unwrap().is_empty(), "{kind} has no rows");
        let mut empty = 0;
        for (id, keys) in rows.as_object().unwrap() {
            let keys = keys.as_array().unwrap();
            empty += usize::from(keys.is_empty());
            forward.extend(keys.iter().map(|key| (json!(kind), id.clone(), key.clone())));
        }
        assert!(empty <= 64, "{kind} has {empty} empty rows");
    }
    let mut back = Vec::new();
    for (key, tags) in json["keys"].as_object().unwrap() {
        let tags = tags.as_array().unwrap();
        assert!(tags.is_empty() || state.query(key).is_some(), "{key} has tags and no entry");
        for tag in tags {
            back.push((tag["type"].clone(), row(tag), json!(key)));
        }
    }
    let sorted = |mut rows: Vec<(Value, String, Value)>| {
        rows.sort_by_key(|row| format!("{row:?}"));
        rows.dedup();
        rows
    };
    assert_eq!(sorted(forward), sorted(back));
}

/// Returns what a subscribing query for post `id` asks.
pub(crate) fn arg(id: u32) -> QueryArg {
    QueryArg {
        subscribe: true,
        force_refetch: None,
        subscription_options: None,
        endpoint_name: "getPost".into(),
        original_args: Some(Arc::new(json!(id))),
        query_cache_key: key(id),
        page: PageArg::default(),
    }
}

pub(crate) fn key(id: u32) -> Arc<str> {
    format!("getPost({id})").into()
}

pub(crate) fn query(arg: QueryArg, request_id: &str, step: Step) -> CacheAction {
    let (arg, request_id) = (Arc::new(arg), request_id.into());
    CacheAction::Query(Request { arg, request_id, upsert: false, step })
}

/// Marks the query `action` as an upsert.
pub(crate) fn upsert(action: CacheAction) -> CacheAction {
    match action {
        CacheAction::Query(request) => CacheAction::Query(Request { upsert: true, ..request }),
        other => panic!("{other:?} is no query"),
    }
}

pub(crate) fn pending_at(at: u64) -> Step {
    Step::Pending { started_time_stamp: at }
}

pub(crate) fn fulfilled_at(at: u64, payload: CacheData, tags: impl Into<Tags>) -> Step {
    Step::Fulfilled(Fulfilled {
        payload,
        started_time_stamp: 10,
        fulfilled_time_stamp: at,
        base_query_meta: None,
        merged: None,
        tags: tags.into(),
    })
}

pub(crate) fn rejected_with(payload: Value, tags: impl Into<Tags>) -> Step {
    Step::Rejected(Rejected {
        payload: Some(Arc::new(payload)),
        error: SerializedError::rejected(),
        aborted: false,
        condition: false,
        started_time_stamp: Some(10),
        base_query_meta: None,
        tags: tags.into(),
    })
}

pub(crate) fn aborted() -> Step {
    Step::Rejected(Rejected {
        payload: None,
        error: SerializedError::aborted(None),
        aborted: true,
        condition: false,
        started_time_stamp: Some(10),
        base_query_meta: None,
        tags: Tags::none(),
    })
}

pub(crate) fn data(json: Value) -> CacheData {
    CacheData::from_json(Arc::new(json))
}

/// `getPost(id)` starts and succeeds with `payload`, which provides `tags`.
pub(crate) fn cached(id: u32, payload: Value, tags: impl Into<Tags>) -> [CacheAction; 2] {
    let request = format!("r{id}");
    [
        query(arg(id), &request, pending_at(10)),
        query(arg(id), &request, fulfilled_at(15, data(payload), tags)),
    ]
}

pub(crate) fn ops(json: Value) -> Vec<PatchOp> {
    serde_json::from_value(json).unwrap()
}

pub(crate) fn patched(id: u32, patches: Value) -> CacheAction {
    CacheAction::QueryResultPatched {
        query_cache_key: key(id),
        patches: Delta::from_patches(ops(patches)),
    }
}

pub(crate) fn upserted(id: u32, value: CacheData, tags: impl Into<Tags>) -> UpsertedEntry {
    UpsertedEntry {
        endpoint_name: "getPost".into(),
        original_args: Some(Arc::new(json!(id))),
        query_cache_key: key(id),
        value,
        provided_tags: tags.into(),
        merged: None,
    }
}

pub(crate) fn upsert_entries(
    request_id: &str,
    at: u64,
    entries: impl Into<Vec<UpsertedEntry>>,
) -> CacheAction {
    CacheAction::CacheEntriesUpserted {
        entries: entries.into(),
        request_id: request_id.into(),
        timestamp: at,
    }
}

pub(crate) fn remove(id: u32) -> CacheAction {
    CacheAction::RemoveQueryResult { query_cache_key: key(id) }
}

pub(crate) fn mutation(
    request_id: &str,
    fixed: Option<&str>,
    track: bool,
    step: Step,
) -> CacheAction {
    let arg = MutationArg {
        endpoint_name: "setPost".into(),
        original_args: None,
        track,
        fixed_cache_key: fixed.map(Into::into),
    };
    let (arg, request_id) = (Arc::new(arg), request_id.into());
    CacheAction::Mutation(Request { arg, request_id, upsert: false, step })
}

pub(crate) fn no_tags() -> [Tag; 0] {
    []
}
