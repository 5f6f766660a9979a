//! What the macros refuse, and where their errors point.

#[test]
fn errors_point_at_the_mistake() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
