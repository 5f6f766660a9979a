//! Entries as `select` shows them, flags included.

use retake::store::cache::QueryStatus;
use retake::thunks::{InfiniteQueryState, MutationState, QueryState};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Returns what RTK Query's `select` of a query returns.
#[must_use]
pub fn query_view<T: Serialize>(state: &QueryState<T>) -> Value {
    Value::Object(query_members(state))
}

/// Returns what RTK Query's `select` of an infinite query returns.
#[must_use]
pub fn infinite_query_view<P, Q>(state: &InfiniteQueryState<P, Q>) -> Value
where
    P: Serialize + Clone,
    Q: Serialize + Clone,
{
    let mut view = query_members(&state.query);
    let direction = state.direction.map(|direction| ("direction", json!(direction)));
    let flags = [
        ("hasNextPage", state.has_next_page),
        ("hasPreviousPage", state.has_previous_page),
        ("isFetchingNextPage", state.is_fetching_next_page()),
        ("isFetchingPreviousPage", state.is_fetching_previous_page()),
        ("isFetchNextPageError", state.is_fetch_next_page_error()),
        ("isFetchPreviousPageError", state.is_fetch_previous_page_error()),
    ];
    let members = flags.map(|(name, flag)| (name, flag.into())).into_iter().chain(direction);
    view.extend(members.map(|(name, member)| (name.to_owned(), member)));
    Value::Object(view)
}

fn query_members<T: Serialize>(state: &QueryState<T>) -> Map<String, Value> {
    let mut view = flags(state.status);
    let mut set = |name: &str, member: Option<Value>| {
        view.extend(member.map(|member| (name.to_owned(), member)));
    };
    set("endpointName", state.endpoint_name.as_deref().map(Value::from));
    set("originalArgs", state.original_args.as_deref().cloned());
    set("requestId", state.request_id.as_deref().map(Value::from));
    set("startedTimeStamp", state.started_time_stamp.map(Value::from));
    set("data", state.data.as_deref().map(|data| json!(data)));
    set("fulfilledTimeStamp", state.fulfilled_time_stamp.map(Value::from));
    set("error", state.error.as_ref().map(|error| error.value().clone()));
    view
}

/// Returns what RTK Query's `select` of a mutation returns.
#[must_use]
pub fn mutation_view<T: Serialize>(state: &MutationState<T>) -> Value {
    let mut view = flags(state.status);
    let mut set = |name: &str, member: Option<Value>| {
        view.extend(member.map(|member| (name.to_owned(), member)));
    };
    set("endpointName", state.endpoint_name.as_deref().map(Value::from));
    set("requestId", state.request_id.as_deref().map(Value::from));
    set("startedTimeStamp", state.started_time_stamp.map(Value::from));
    set("data", state.data.as_deref().map(|data| json!(data)));
    set("fulfilledTimeStamp", state.fulfilled_time_stamp.map(Value::from));
    set("error", state.error.as_ref().map(|error| error.value().clone()));
    Value::Object(view)
}

fn flags(status: QueryStatus) -> Map<String, Value> {
    Map::from_iter([
        ("status".to_owned(), json!(status)),
        ("isUninitialized".to_owned(), (status == QueryStatus::Uninitialized).into()),
        ("isLoading".to_owned(), (status == QueryStatus::Pending).into()),
        ("isSuccess".to_owned(), (status == QueryStatus::Fulfilled).into()),
        ("isError".to_owned(), (status == QueryStatus::Rejected).into()),
    ])
}
