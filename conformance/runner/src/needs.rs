//! What scenarios need that retake does not have.

use crate::scenario::Scenario;

/// Returns the features that `scenario` needs and retake does not have.
#[must_use]
pub fn missing_features(scenario: &Scenario) -> Vec<&'static str> {
    let needs = [("several apis", !scenario.several_apis.is_empty())];
    needs.into_iter().filter(|(_, is_needed)| *is_needed).map(|(feature, _)| feature).collect()
}
