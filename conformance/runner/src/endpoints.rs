//! The endpoints of a scenario, as untyped endpoints of retake (FORMAT 2.3).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use retake::Request;
use retake::store::cache::{SerializedError, cache_key};
use retake::thunks::{
    Body, Failure, Fetched, JsonArg, QueryFnContext, QueryOptions, QueryState,
    UntypedInfiniteQuery, UntypedMutation, UntypedQuery,
};
use serde_json::{Map, Value};

use crate::app::TestApi;
use crate::checker::{FailureLog, schemas};
use crate::queries::QueryEndpoint;
use crate::retry::retry_options;
use crate::scenario::{
    EndpointSpec, EndpointType, ForceCase, ForceSpec, KeySpec, MergeSpec, QueryFnSpec, RequestSpec,
    TransformSpec,
};
use crate::script::start;
use crate::slot::Slot;
use crate::tags::{mutation_tags, query_tags};
use crate::template::{Scope, at, expand, expand_string};

pub(crate) type AnyQuery<N> = UntypedQuery<TestApi<N>>;
pub(crate) type AnyInfiniteQuery<N> = UntypedInfiniteQuery<TestApi<N>>;
pub(crate) type AnyMutation<N> = UntypedMutation<TestApi<N>>;

/// The endpoints of a scenario, by name.
pub(crate) struct Endpoints<N: Slot> {
    pub(crate) specs: BTreeMap<String, EndpointSpec>,
    pub(crate) queries: BTreeMap<String, QueryEndpoint<N>>,
    pub(crate) mutations: BTreeMap<String, AnyMutation<N>>,
}

impl<N: Slot> Endpoints<N> {
    pub(crate) fn of(specs: &BTreeMap<String, EndpointSpec>, failures: &FailureLog) -> Self {
        let (mut queries, mut mutations) = (BTreeMap::new(), BTreeMap::new());
        for (name, spec) in specs {
            let spec = Arc::new(spec.clone());
            match spec.kind {
                EndpointType::Query => {
                    let query = QueryEndpoint::Query(query(name, &spec, failures));
                    drop(queries.insert(name.clone(), query));
                }
                EndpointType::InfiniteQuery => {
                    let query = QueryEndpoint::Infinite(infinite_query(name, &spec, failures));
                    drop(queries.insert(name.clone(), query));
                }
                EndpointType::Mutation => {
                    drop(mutations.insert(name.clone(), mutation(name, &spec, failures)));
                }
            }
        }
        Self { specs: specs.clone(), queries, mutations }
    }

    /// Adds `other`; what is there already stays, unless it is to be replaced.
    pub(crate) fn add(&mut self, other: Self, replace: bool) {
        fn extend<T>(known: &mut BTreeMap<String, T>, other: BTreeMap<String, T>, replace: bool) {
            for (name, endpoint) in other {
                if replace || !known.contains_key(&name) {
                    known.insert(name, endpoint);
                }
            }
        }
        extend(&mut self.specs, other.specs, replace);
        extend(&mut self.queries, other.queries, replace);
        extend(&mut self.mutations, other.mutations, replace);
    }
}

impl<N: Slot> Default for Endpoints<N> {
    fn default() -> Self {
        Self { specs: BTreeMap::new(), queries: BTreeMap::new(), mutations: BTreeMap::new() }
    }
}

/// Sets what all endpoints have in common on the builder `$builder`; `$scope` is what templates
/// of requests and of answers refer to.
macro_rules! common {
    ($builder:expr, $spec:expr, $name:expr, $failures:expr, $scope:expr) => {{
        let mut builder = $builder.schemas(schemas($spec, $failures));
        if let Some(spec) = $spec.query_fn.clone() {
            let spec = Arc::new(spec);
            builder = builder
                .query_fn(move |arg: JsonArg, cx| fetch(Arc::clone(&spec), $scope(&arg), cx));
        }
        if let Some(spec) = $spec.request.clone() {
            builder = builder.query(move |arg| request(&spec, &$scope(arg)));
        }
        if let Some(spec) = $spec.transform_response.clone() {
            builder = builder
                .transform_response(move |value, _, arg| transform(&spec, value, $scope(arg)));
        }
        if let Some(spec) = $spec.transform_error_response.clone() {
            builder = builder
                .transform_error_response(move |value, _, arg| transform(&spec, value, scope(arg)));
        }
        if let Some(spec) = &$spec.extra_options {
            builder = builder.extra_options(retry_options(spec));
        }
        if $spec.on_query_started.is_some() {
            let (spec, name) = (Arc::clone($spec), $name.to_owned());
            builder = builder.on_query_started(move |arg, cx| {
                start(cx.into(), name.clone(), Arc::clone(&spec), arg)
            });
        }
        if $spec.on_cache_entry_added.is_some() {
            let (spec, name) = (Arc::clone($spec), $name.to_owned());
            builder = builder.on_cache_entry_added(move |arg, cx| {
                start(cx.into(), name.clone(), Arc::clone(&spec), arg)
            });
        }
        builder
    }};
}

fn query<N: Slot>(name: &str, spec: &Arc<EndpointSpec>, failures: &FailureLog) -> AnyQuery<N> {
    let mut builder =
        common!(AnyQuery::<N>::new(name), spec, name, failures, scope).options(options_of(spec));
    if let Some(tags) = spec.provides_tags.clone() {
        builder = builder.provides_tags(move |outcome, arg| query_tags(&tags, outcome, arg));
    }
    if let Some(key) = spec.serialize_query_args.clone() {
        let name = name.to_owned();
        builder = builder.cache_key(move |arg| key_of(&key, &name, arg));
    }
    if let Some(merge) = spec.merge.clone() {
        builder = builder.merge(move |cached, incoming, _| merged(&merge, cached, incoming));
    }
    if let Some(force) = spec.force_refetch {
        builder = builder.force_refetch(move |arg, cached| is_forced(force, arg, cached));
    }
    builder.build()
}

fn infinite_query<N: Slot>(
    name: &str,
    spec: &Arc<EndpointSpec>,
    failures: &FailureLog,
) -> AnyInfiniteQuery<N> {
    let pages = spec.infinite.clone().unwrap_or_default();
    let builder = AnyInfiniteQuery::<N>::new(name, pages.initial_page_param);
    let mut builder = common!(builder, spec, name, failures, page_scope)
        .options(options_of(spec))
        .get_next_page_param(move |at| pages.next.page_param(at));
    if let Some(rule) = pages.previous {
        builder = builder.get_previous_page_param(move |at| rule.page_param(at));
    }
    if let Some(max_pages) = pages.max_pages {
        builder = builder.max_pages(max_pages);
    }
    if let Some(refetch) = pages.refetch_cached_pages {
        builder = builder.refetch_cached_pages(refetch);
    }
    if let Some(tags) = spec.provides_tags.clone() {
        builder = builder.provides_tags(move |outcome, arg| query_tags(&tags, outcome, arg));
    }
    if let Some(key) = spec.serialize_query_args.clone() {
        let name = name.to_owned();
        builder = builder.cache_key(move |arg| key_of(&key, &name, arg));
    }
    builder.build()
}

fn options_of(spec: &EndpointSpec) -> QueryOptions {
    let mut options = QueryOptions::default();
    options.keep_unused_data_for = spec.keep_unused_data_for;
    options.structural_sharing = spec.structural_sharing.unwrap_or(true);
    options
}

fn mutation<N: Slot>(
    name: &str,
    spec: &Arc<EndpointSpec>,
    failures: &FailureLog,
) -> AnyMutation<N> {
    let mut builder = common!(AnyMutation::<N>::new(name), spec, name, failures, scope);
    if let Some(tags) = spec.invalidates_tags.clone() {
        builder = builder.invalidates_tags(move |outcome, arg| mutation_tags(&tags, outcome, arg));
    }
    builder.build()
}

fn scope(arg: &JsonArg) -> Scope {
    Scope::of_arg(arg.value().cloned())
}

/// Returns the scope of one page: the argument of the query, and the param of the page.
fn page_scope(asked: &JsonArg) -> Scope {
    let member = |name: &str| asked.value()?.get(name).cloned();
    Scope { page: member("pageParam"), ..Scope::of_arg(member("queryArg")) }
}

fn thrown(message: &str) -> SerializedError {
    SerializedError::new("Error", message)
}

fn request(spec: &RequestSpec, scope: &Scope) -> Result<Request, SerializedError> {
    match spec {
        RequestSpec::Url(url) => Ok(Request::get(expand_string(url, scope))),
        RequestSpec::Full { throw: Some(message), .. } => Err(thrown(message)),
        RequestSpec::Full { url, method, body, throw: None } => {
            let method = method.as_deref().unwrap_or("GET");
            let mut request = Request::new(method, expand_string(url, scope));
            request.body = body.as_ref().and_then(|body| expand(body, scope)).map(Body::Json);
            Ok(request)
        }
    }
}

async fn fetch<N: Slot>(
    spec: Arc<QueryFnSpec>,
    mut scope: Scope,
    cx: QueryFnContext<TestApi<N>>,
) -> Result<Fetched<Value>, Failure> {
    if let Some(delay) = spec.delay_ms {
        cx.request().runtime().sleep(Duration::from_millis(delay)).await;
    }
    if let Some(message) = &spec.throw {
        return Err(thrown(message).into());
    }
    if let Some(error) = &spec.error {
        return Err(Failure::error(expand(error, &scope).unwrap_or_default()));
    }
    if let Some(data) = &spec.data {
        return Ok(Fetched::new(expand(data, &scope).unwrap_or_default()));
    }
    for spec in spec.chain.iter().flatten() {
        scope.prev = Some(cx.base_query(request(spec, &scope)?).await?.data);
    }
    let data = match &spec.result {
        Some(result) => expand(result, &scope),
        None => scope.prev,
    };
    Ok(Fetched::new(data.unwrap_or_default()))
}

fn transform(spec: &TransformSpec, value: Value, scope: Scope) -> Result<Value, SerializedError> {
    match spec {
        TransformSpec::Throw(message) => Err(thrown(message)),
        TransformSpec::Pick(pointer) => Ok(at(&value, pointer).cloned().unwrap_or_default()),
        TransformSpec::Template(template) => {
            let scope = Scope { result: Some(value), ..scope };
            Ok(expand(template, &scope).unwrap_or_default())
        }
    }
}

/// Returns the key that `spec` gives an argument of the endpoint `name`.
pub(crate) fn key_of(spec: &KeySpec, name: &str, arg: &JsonArg) -> String {
    let by_value = |value: Option<&Value>| match value {
        // A text is the key itself.
        Some(Value::String(key)) => key.clone(),
        value => cache_key(name, value),
    };
    match spec {
        KeySpec::EndpointNameOnly(_) => name.to_owned(),
        KeySpec::String(template) => {
            expand_string(&template.replace("{endpoint}", name), &scope(arg))
        }
        KeySpec::Value(pointer) => by_value(arg.value().and_then(|arg| at(arg, pointer))),
        KeySpec::Pick(names) => {
            let member =
                |name: &String| Some((name.clone(), arg.value()?.as_object()?.get(name)?.clone()));
            let picked: Map<_, _> = names.iter().filter_map(member).collect();
            cache_key(name, Some(&Value::Object(picked)))
        }
    }
}

fn merged(spec: &MergeSpec, cached: &Value, incoming: &Value) -> Option<Value> {
    let mut merged = cached.clone();
    match spec {
        MergeSpec::Replace => return None,
        MergeSpec::Append => append(&mut merged, incoming)?,
        MergeSpec::AppendAt(pointer) => {
            append(merged.pointer_mut(pointer)?, incoming.pointer(pointer)?)?;
        }
        MergeSpec::Assign => {
            merged.as_object_mut()?.extend(incoming.as_object()?.clone());
        }
    }
    Some(merged)
}

fn append(list: &mut Value, incoming: &Value) -> Option<()> {
    list.as_array_mut()?.extend(incoming.as_array()?.iter().cloned());
    Some(())
}

fn is_forced(spec: ForceSpec, arg: &JsonArg, cached: &QueryState<Value>) -> bool {
    match spec {
        ForceSpec::Always(is_forced) => is_forced,
        ForceSpec::When(ForceCase::ArgChanged) => arg.value() != cached.original_args.as_deref(),
    }
}
