use serde_json::{Value, json};

use super::first_divergence;

fn observation(steps: Value) -> Value {
    json!({"initial": {"state": {}}, "steps": steps})
}

#[track_caller]
fn check(expected: Value, actual: Value, pointer: Option<&str>) {
    let found = first_divergence(&observation(expected), &observation(actual));
    assert_eq!(found.map(|it| it.pointer).as_deref(), pointer);
}

#[test]
fn members_have_no_order_and_lists_have() {
    check(json!([{"result": {"a": 1, "b": 2}}]), json!([{"result": {"b": 2, "a": 1.0}}]), None);
    check(json!([{"result": [1, 2]}]), json!([{"result": [2, 1]}]), Some("/steps/0/result/0"));
    check(json!([{"result": [1]}]), json!([{"result": [1, null]}]), Some("/steps/0/result/1"));
    check(
        json!([{"result": {"a/b": null}}]),
        json!([{"result": {}}]),
        Some("/steps/0/result/a~1b"),
    );
}

#[test]
fn missing_and_additional_steps_are_differences() {
    check(json!([{}, {}]), json!([{}]), Some("/steps/1"));
    check(json!([{}]), json!([{}, {}]), Some("/steps/1"));
}

#[test]
fn empty_lists_and_an_untouched_user_may_be_absent() {
    let full = json!([{"requests": [], "settled": [], "user": {"count": 0, "last": null}}]);
    check(full, json!([{}]), None);
}

#[test]
fn ids_are_compared_by_order_of_appearance() {
    let step = |id: &str| json!([{"result": {"requestId": id}, "subscriptions": {"k": {id: {}}}}]);
    check(step("r1"), step("x"), None);
}

#[test]
fn patch_lists_and_texts_of_errors_are_not_compared() {
    check(
        json!([{"threw": {"message": "a"}, "result": {"patches": [1], "rfc6902": []}}]),
        json!([{"threw": {"message": "b"}, "result": {"patches": [2]}}]),
        None,
    );
    check(json!([{"threw": {}}]), json!([{}]), Some("/steps/0/threw"));
    let line =
        |error: &str| json!([{"lifecycle": [{"event": "threw", "op": "undo", "error": error}]}]);
    check(line("a"), line("b"), None);
}

#[test]
fn actions_whose_reducer_threw_are_left_out() {
    check(json!([{"actions": [{"reducerThrew": true}]}]), json!([{"actions": []}]), None);
    check(
        json!([{"actions": [{"type": "a"}]}]),
        json!([{"actions": []}]),
        Some("/steps/0/actions/0"),
    );
}

#[test]
fn tags_without_entries_are_left_out() {
    let provided = json!({
        "tags": {"Post": {"1": ["gone"], "2": []}, "User": {"1": ["here", "gone"]}},
        "keys": {"gone": [{"type": "Post", "id": 1}], "here": []},
    });
    let pruned = json!({"tags": {"User": {"1": ["here"]}}, "keys": {"here": []}});
    let step =
        |provided: Value| json!([{"state": {"queries": {"here": {}}, "provided": provided}}]);
    check(step(provided), step(pruned.clone()), None);
    check(
        step(pruned),
        step(json!({"tags": {}, "keys": {}})),
        Some("/steps/0/state/provided/keys/here"),
    );
}

#[test]
fn comparison_ends_where_old_tags_would_act_on_a_new_entry() {
    let orphan =
        json!({"queries": {}, "provided": {"tags": {}, "keys": {"k": [{"type": "Post"}]}}});
    let revived = json!({"queries": {"k": {}}});
    check(
        json!([{"state": orphan}, {"state": revived, "result": 1}]),
        json!([{"state": orphan}, {"state": revived, "result": 2}]),
        None,
    );
}

#[test]
fn slices_of_several_apis_are_compared_as_one_would_be() {
    let slice = |tags: Value| json!({"queries": {}, "provided": {"tags": {}, "keys": {"k": tags}}});
    let step = |tags: Value| json!([{"state": {"blog": slice(json!([])), "shop": slice(tags)}}]);
    check(step(json!([{"type": "Post"}])), step(json!([])), None);
    let other = json!([{"state": {"blog": slice(json!([]))}}]);
    check(step(json!([])), other, Some("/steps/0/state/shop"));
    let revived = |result: u8| {
        json!([
            step(json!([{"type": "Post"}]))[0],
            {"state": {"shop": {"queries": {"k": {}}}}, "result": result},
        ])
    };
    check(revived(1), revived(2), None);
}
