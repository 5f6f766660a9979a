//! What scenarios need that retake does not have.

use crate::scenario::Scenario;

/// Returns the features that `scenario` needs and retake does not have.
#[must_use]
pub fn missing_features(scenario: &Scenario) -> Vec<&'static str> {
    let apis = || scenario.apis();
    let injected = || scenario.steps.iter().filter_map(|it| it.injected());
    let endpoints = || apis().map(|it| &it.endpoints).chain(injected()).flat_map(|it| it.values());
    let needs = [
        ("onCacheEntryAdded", endpoints().any(|it| it.on_cache_entry_added.is_some())),
        ("several apis", !scenario.several_apis.is_empty()),
    ];
    needs.into_iter().filter(|(_, is_needed)| *is_needed).map(|(feature, _)| feature).collect()
}
