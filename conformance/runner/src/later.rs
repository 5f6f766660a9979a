//! Endpoints that come later, and what is running (FORMAT 2.12).

use std::collections::BTreeMap;

use retake::Mutation;
use retake::prelude::{running_mutations, running_queries};
use retake::thunks::{OverrideExisting, RunningRequest, inject_endpoints};
use serde_json::{Map, Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::Refusal;
use crate::endpoints::Endpoints;
use crate::scenario::{EndpointSpec, EndpointType};
use crate::session::Session;
use crate::slot::Slot;
use crate::step::{OverrideCase, OverrideSpec, Step};
use crate::world::World;

fn existing(spec: Option<OverrideSpec>) -> OverrideExisting {
    match spec {
        Some(OverrideSpec::Is(true)) => OverrideExisting::Replace,
        Some(OverrideSpec::When(OverrideCase::Throw)) => OverrideExisting::Refuse,
        Some(OverrideSpec::Is(false)) | None => OverrideExisting::Keep,
    }
}

/// Makes the endpoints of `specs` known to the store, as RTK Query's are from the beginning.
pub(crate) fn inject<N: Slot>(
    world: &World,
    store: &AppStore,
    specs: &BTreeMap<String, EndpointSpec>,
    existing: OverrideExisting,
) -> Result<(), Refusal> {
    let made = Endpoints::of(specs, &world.failures::<N>());
    let mut inject = inject_endpoints::<TestApi<N>>().override_existing(existing);
    for query in made.queries.values() {
        inject = query.inject(inject);
    }
    for mutation in made.mutations.values() {
        inject = inject.mutation(mutation.clone());
    }
    store.try_dispatch(inject)??;
    world.keep_endpoints(made, existing == OverrideExisting::Replace);
    Ok(())
}

/// Replaces members of endpoints. RTK Query changes its definitions in place; here other ones
/// take their place, and requests that were sent keep how they treat their answer.
pub(crate) fn enhance<N: Slot>(
    world: &World,
    store: &AppStore,
    tag_types: &[String],
    changes: &BTreeMap<String, Map<String, Value>>,
) -> Result<(), Refusal> {
    let add = inject_endpoints::<TestApi<N>>().tag_types(tag_types);
    store.try_dispatch(add)??;
    let mut enhanced = BTreeMap::new();
    for (name, members) in changes {
        let Some(spec) = world.spec::<N>(name) else { continue };
        let spec = spec.enhanced(members).map_err(|error| Refusal::Scenario(error.to_string()))?;
        enhanced.insert(name.clone(), spec);
    }
    inject::<N>(world, store, &enhanced, OverrideExisting::Replace)
}

impl EndpointSpec {
    /// Returns this endpoint with `members`, as the file has them, in place of its own.
    fn enhanced(&self, members: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let mut members = members.clone();
        let kind = match self.kind {
            EndpointType::Query => "query",
            EndpointType::InfiniteQuery => "infiniteQuery",
            EndpointType::Mutation => "mutation",
        };
        members.insert("type".to_owned(), kind.into());
        let new: Self = serde_json::from_value(Value::Object(members))?;
        macro_rules! with {
            ($($member:ident),+) => {
                Self { $($member: new.$member.or_else(|| self.$member.clone()),)+ ..self.clone() }
            };
        }
        Ok(with!(
            request,
            query_fn,
            infinite,
            keep_unused_data_for,
            provides_tags,
            invalidates_tags,
            transform_response,
            transform_error_response,
            serialize_query_args,
            merge,
            force_refetch,
            structural_sharing,
            on_query_started,
            on_cache_entry_added,
            extra_options,
            arg_schema,
            raw_response_schema,
            response_schema,
            raw_error_response_schema,
            error_response_schema,
            meta_schema,
            catch_schema_failure,
            skip_schema_validation
        ))
    }
}

fn query_report(request: &RunningRequest) -> Value {
    json!({"requestId": request.request_id, "queryCacheKey": request.cache_key})
}

fn mutation_report(request: &RunningRequest) -> Value {
    json!({"requestId": request.request_id})
}

impl Session {
    /// Performs a step of FORMAT 2.12; `None` when it is another.
    pub(crate) fn perform_later<N: Slot>(
        &self,
        step: &Step,
    ) -> Result<Option<Option<Value>>, Refusal> {
        let (world, store) = (&*self.world, &self.store);
        Ok(Some(match step {
            Step::InjectEndpoints { endpoints, override_existing } => {
                inject::<N>(world, store, endpoints, existing(*override_existing))?;
                None
            }
            Step::EnhanceEndpoints { add_tag_types, endpoints } => {
                enhance::<N>(world, store, add_tag_types, endpoints)?;
                None
            }
            Step::RunningQuery { endpoint, arg } => {
                Some(world.query::<N>(endpoint)?.running(store, arg.clone())?)
            }
            Step::RunningMutation { endpoint, handle, fixed_cache_key } => {
                let key = self.mutation_key(handle.as_deref(), fixed_cache_key.as_deref())?;
                let get = world.mutation::<N>(endpoint)?.running_mutation(&key);
                let running = store.try_dispatch(get)?;
                Some(running.map_or(Value::Null, |it| json!({"requestId": it.request_id()})))
            }
            Step::RunningQueries => {
                let running = store.try_dispatch(running_queries::<TestApi<N>>())?;
                Some(running.requests().iter().map(query_report).collect())
            }
            Step::RunningMutations => {
                let running = store.try_dispatch(running_mutations::<TestApi<N>>())?;
                Some(running.requests().iter().map(mutation_report).collect())
            }
            _ => return Ok(None),
        }))
    }
}
