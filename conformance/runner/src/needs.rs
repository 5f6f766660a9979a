//! What scenarios need that retake does not have.

use crate::scenario::{EndpointType, Scenario};

/// Returns the features that `scenario` needs and retake does not have.
#[must_use]
pub fn missing_features(scenario: &Scenario) -> Vec<&'static str> {
    let apis = || scenario.apis();
    let endpoints = || apis().flat_map(|it| it.endpoints.values());
    let has_step = |wanted: &str| scenario.steps.iter().any(|step| step.op() == wanted);
    let needs = [
        ("onCacheEntryAdded", endpoints().any(|it| it.on_cache_entry_added.is_some())),
        ("infinite queries", endpoints().any(|it| it.kind == EndpointType::InfiniteQuery)),
        ("several apis", !scenario.several_apis.is_empty()),
        ("keys of an api", apis().any(|it| it.serialize_query_args.is_some())),
        ("injected endpoints", has_step("injectEndpoints") || has_step("enhanceEndpoints")),
        ("running requests", scenario.steps.iter().any(|it| it.op().starts_with("running"))),
    ];
    needs.into_iter().filter(|(_, is_needed)| *is_needed).map(|(feature, _)| feature).collect()
}
