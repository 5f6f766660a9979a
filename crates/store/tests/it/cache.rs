//! The cache slice: what each action does to each field of an entry.
//!
//! The tables are RTK Query's field transitions; every case also holds the laws of
//! [`fold`](crate::cache_app::fold).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::cache::{
    CacheAction, CacheState, Delta, MutationEntry, QueryArg, QueryEntry, QueryStatus, Rejected,
    Step,
};
use serde_json::{Value, json};

use crate::cache_app::*;

/// Writes an entry as one line: `status request@started data@fulfilled error`.
fn line(entry: Option<&QueryEntry>) -> String {
    let Some(entry) = entry else { return "-".to_owned() };
    let or_none = |at: Option<u64>| at.map_or_else(|| "none".to_owned(), |at| at.to_string());
    let mut line = format!(
        "{} {}@{}",
        status(entry.status),
        entry.request_id.as_deref().unwrap_or("none"),
        or_none(entry.started_time_stamp)
    );
    if let Some(data) = &entry.data {
        line += &format!(" data {}@{}", to_json(data), or_none(entry.fulfilled_time_stamp));
    }
    if let Some(error) = &entry.error {
        line += &format!(" error {}", error.value());
    }
    line
}

fn mutation_line(entry: Option<&MutationEntry>) -> String {
    let Some(entry) = entry else { return "-".to_owned() };
    let mut line = format!(
        "{} {}@{}",
        status(entry.status),
        entry.request_id,
        entry.started_time_stamp.unwrap()
    );
    if let Some(data) = &entry.data {
        line += &format!(" data {}@{:?}", to_json(data), entry.fulfilled_time_stamp.unwrap());
    }
    if let Some(error) = &entry.error {
        line += &format!(" error {}", error.value());
    }
    line
}

fn status(status: QueryStatus) -> String {
    to_json(&status).as_str().unwrap().to_owned()
}

/// Applies `action` to an entry in each of the states that it can be in.
#[track_caller]
fn check(action: &CacheAction, expected: [&str; 6]) {
    let first = || query(arg(1), "r1", pending_at(10));
    let second = || query(arg(1), "r2", pending_at(20));
    let fulfilled = || query(arg(1), "r1", fulfilled_at(15, data(json!("a")), no_tags()));
    let rejected = |id| query(arg(1), id, rejected_with(json!("e"), no_tags()));
    let states: [(&str, Vec<CacheAction>); 6] = [
        ("absent", vec![]),
        ("pending", vec![first()]),
        ("fulfilled", vec![first(), fulfilled()]),
        ("rejected", vec![first(), rejected("r1")]),
        ("fetching again", vec![first(), fulfilled(), second()]),
        ("failed again", vec![first(), fulfilled(), second(), rejected("r2")]),
    ];
    let known = [
        "-",
        "pending r1@10",
        r#"fulfilled r1@10 data "a"@15"#,
        r#"rejected r1@10 error "e""#,
        r#"pending r2@20 data "a"@15"#,
        r#"rejected r2@20 data "a"@15 error "e""#,
    ];
    for (((name, mut actions), known), expected) in states.into_iter().zip(known).zip(expected) {
        let entry = |state: &CacheState| line(state.query("getPost(1)").map(|entry| &**entry));
        assert_eq!(entry(&fold(&actions)), known, "{name}");
        actions.push(action.clone());
        let expected = if expected == "same" { known } else { expected };
        assert_eq!(entry(&fold(&actions)), expected, "{name}, then {action:?}");
    }
}

#[test]
fn pending_keeps_data_and_error_and_takes_the_request() {
    check(
        &query(arg(1), "r3", pending_at(30)),
        [
            "pending r3@30",
            "pending r3@30",
            r#"pending r3@30 data "a"@15"#,
            r#"pending r3@30 error "e""#,
            r#"pending r3@30 data "a"@15"#,
            r#"pending r3@30 data "a"@15 error "e""#,
        ],
    );
}

/// An upsert leaves the request of an existing entry alone, and its status: should the upsert
/// fail, the entry is as before.
#[test]
fn the_start_of_an_upsert_only_stamps_an_existing_entry() {
    check(
        &upsert(query(arg(1), "r3", pending_at(30))),
        [
            "pending r3@30",
            "pending r1@30",
            r#"fulfilled r1@30 data "a"@15"#,
            r#"rejected r1@30 error "e""#,
            r#"pending r2@30 data "a"@15"#,
            r#"rejected r2@30 data "a"@15 error "e""#,
        ],
    );
}

#[test]
fn fulfilled_replaces_the_data_if_it_answers_the_entrys_request() {
    let new = r#"fulfilled r1@10 data "b"@35"#;
    check(
        &query(arg(1), "r1", fulfilled_at(35, data(json!("b")), no_tags())),
        ["same", new, new, new, "same", "same"],
    );
    check(&query(arg(1), "r9", fulfilled_at(35, data(json!("b")), no_tags())), ["same"; 6]);
    check(
        &query(arg(1), "r1", fulfilled_at(35, data(Value::Null), no_tags())),
        [
            "same",
            "fulfilled r1@10 data null@35",
            "fulfilled r1@10 data null@35",
            "fulfilled r1@10 data null@35",
            "same",
            "same",
        ],
    );
}

#[test]
fn a_fulfilled_upsert_wins_over_any_request_and_revives_no_entry() {
    let (first, second) = (r#"fulfilled r1@10 data "b"@35"#, r#"fulfilled r2@20 data "b"@35"#);
    check(
        &upsert(query(arg(1), "r3", fulfilled_at(35, data(json!("b")), no_tags()))),
        ["same", first, first, first, second, second],
    );
}

#[test]
fn rejected_keeps_the_data() {
    check(
        &query(arg(1), "r1", rejected_with(json!({"status": 500}), no_tags())),
        [
            "same",
            r#"rejected r1@10 error {"status":500}"#,
            r#"rejected r1@10 data "a"@15 error {"status":500}"#,
            r#"rejected r1@10 error {"status":500}"#,
            "same",
            "same",
        ],
    );
    let abort = r#"error {"message":"Aborted","name":"AbortError"}"#;
    check(
        &query(arg(1), "r2", aborted()),
        [
            "same",
            "same",
            "same",
            "same",
            &format!(r#"rejected r2@20 data "a"@15 {abort}"#),
            &format!(r#"rejected r2@20 data "a"@15 {abort}"#),
        ],
    );
}

/// RTK Query shows `payload ?? error`: a falsy answer is an answer, `null` is none.
#[test]
fn an_answer_of_null_shows_the_error() {
    for (payload, error) in [
        (json!(0), "0"),
        (json!(""), r#""""#),
        (json!(false), "false"),
        (json!(null), r#"{"message":"Rejected"}"#),
    ] {
        let actions = [
            query(arg(1), "r1", pending_at(10)),
            query(arg(1), "r1", rejected_with(payload, no_tags())),
        ];
        let state = fold(&actions);
        let entry = state.query("getPost(1)").map(|entry| &**entry);
        assert_eq!(line(entry), format!("rejected r1@10 error {error}"));
    }
}

#[test]
fn what_did_not_start_and_failed_upserts_change_nothing() {
    let by_condition = Step::Rejected(Rejected::by_condition());
    check(&query(arg(1), "r1", by_condition.clone()), ["same"; 6]);
    check(&query(arg(1), "r3", by_condition), ["same"; 6]);
    check(&upsert(query(arg(1), "r3", rejected_with(json!("x"), no_tags()))), ["same"; 6]);
    check(&upsert(query(arg(1), "r3", aborted())), ["same"; 6]);
}

#[test]
fn a_patch_touches_nothing_but_the_data() {
    check(
        &patched(1, json!([{"op": "replace", "path": "", "value": "p"}])),
        [
            "same",
            r#"pending r1@10 data "p"@none"#,
            r#"fulfilled r1@10 data "p"@15"#,
            r#"rejected r1@10 data "p"@none error "e""#,
            r#"pending r2@20 data "p"@15"#,
            r#"rejected r2@20 data "p"@15 error "e""#,
        ],
    );
}

#[test]
fn patches_that_do_not_fit_change_nothing() {
    check(&patched(1, json!([{"op": "replace", "path": "/x/y", "value": 1}])), ["same"; 6]);
    check(
        &patched(
            1,
            json!([
                {"op": "replace", "path": "", "value": "p"},
                {"op": "add", "path": "/x/y", "value": 1},
            ]),
        ),
        ["same"; 6],
    );
}

#[test]
fn upserted_entries_are_fulfilled_in_one_step() {
    let (first, second) = (r#"fulfilled r1@30 data "b"@30"#, r#"fulfilled r2@30 data "b"@30"#);
    check(
        &upsert_entries("r3", 30, [upserted(1, data(json!("b")), no_tags())]),
        [r#"fulfilled r3@30 data "b"@30"#, first, first, first, second, second],
    );
}

#[test]
fn removal_and_reset_delete() {
    check(&remove(1), ["-"; 6]);
    check(&CacheAction::ResetApiState, ["-"; 6]);
    check(&remove(2), ["same"; 6]);
}

/// The answer of a request that was overtaken by an upsert is still the entry's.
#[test]
fn an_upsert_while_pending_is_overwritten_by_the_answer() {
    let pending = query(arg(1), "r1", pending_at(10));
    let answer = query(arg(1), "r1", fulfilled_at(40, data(json!("server")), no_tags()));
    let failure = query(arg(1), "r1", rejected_with(json!("e"), no_tags()));
    let upserted = [
        upsert(query(arg(1), "r3", pending_at(30))),
        upsert(query(arg(1), "r3", fulfilled_at(30, data(json!("mine")), no_tags()))),
    ];
    for (last, expected) in [
        (None, r#"fulfilled r1@30 data "mine"@30"#),
        (Some(answer), r#"fulfilled r1@30 data "server"@40"#),
        (Some(failure), r#"rejected r1@30 data "mine"@30 error "e""#),
    ] {
        let actions = [pending.clone()].into_iter().chain(upserted.clone()).chain(last);
        let state = fold(&actions.collect::<Vec<_>>());
        assert_eq!(line(state.query("getPost(1)").map(|entry| &**entry)), expected);
    }
}

#[test]
fn an_argument_that_is_absent_keeps_the_old_one_and_null_does_not() {
    let with = |original_args: Option<Value>| QueryArg {
        original_args: original_args.map(Into::into),
        ..arg(1)
    };
    for (second, expected) in
        [(None, json!(1)), (Some(json!(null)), json!(null)), (Some(json!(2)), json!(2))]
    {
        let actions = [
            query(with(Some(json!(1))), "r1", pending_at(10)),
            query(with(second), "r2", pending_at(20)),
        ];
        let state = fold(&actions);
        assert_eq!(to_json(state.query("getPost(1)").unwrap())["originalArgs"], expected);
    }
    let state = fold(&[query(with(None), "r1", pending_at(10))]);
    assert_eq!(to_json(state.query("getPost(1)").unwrap()).get("originalArgs"), None);
}

/// The merge happened in a thunk; the reducer sees what it did to the data it was made from.
#[test]
fn a_merge_is_applied_to_the_data_that_is_there() {
    let merge = |payload: Value, old: Value, new: Value| {
        let mut step = fulfilled_at(25, data(payload), no_tags());
        let Step::Fulfilled(fulfilled) = &mut step else { unreachable!() };
        fulfilled.merged = Some(Delta::between(data(old), data(new)));
        query(arg(1), "r2", step)
    };
    let second = query(arg(1), "r2", pending_at(20));
    for (name, before, action, expected) in [
        (
            "onto the data that it was made from",
            cached(1, json!([1]), no_tags()).to_vec(),
            merge(json!([2]), json!([1]), json!([1, 2])),
            json!([1, 2]),
        ),
        (
            "onto data that was patched meanwhile",
            cached(1, json!([0]), no_tags()).to_vec(),
            merge(json!([2]), json!([1]), json!([1, 2])),
            json!([0, 2]),
        ),
        ("onto no data", vec![], merge(json!([2]), json!([1]), json!([1, 2])), json!([2])),
        (
            "onto data that it does not fit",
            cached(1, json!(7), no_tags()).to_vec(),
            merge(json!([2]), json!([[1]]), json!([[1, 2]])),
            json!([2]),
        ),
    ] {
        let actions: Vec<_> = before.into_iter().chain([second.clone(), action]).collect();
        let state = fold(&actions);
        let entry = state.query("getPost(1)").unwrap();
        assert_eq!(to_json(&entry.data), expected, "{name}");
        assert_eq!(entry.fulfilled_time_stamp, Some(25), "{name}");
    }
}

/// Applies `action` to a mutation's entry in each of its states.
#[track_caller]
fn check_mutation(key: &str, fixed: Option<&str>, action: &CacheAction, expected: [&str; 4]) {
    let pending = || mutation("m1", fixed, true, pending_at(10));
    let fulfilled = || mutation("m1", fixed, true, fulfilled_at(15, data(json!("a")), no_tags()));
    let rejected = || mutation("m1", fixed, true, rejected_with(json!("e"), no_tags()));
    let states = [
        (vec![], "-"),
        (vec![pending()], "pending m1@10"),
        (vec![pending(), fulfilled()], r#"fulfilled m1@10 data "a"@15"#),
        (vec![pending(), rejected()], r#"rejected m1@10 error "e""#),
    ];
    for ((mut actions, known), expected) in states.into_iter().zip(expected) {
        let entry = |state: &CacheState| mutation_line(state.mutation(key).map(|entry| &**entry));
        assert_eq!(entry(&fold(&actions)), known);
        actions.push(action.clone());
        let expected = if expected == "same" { known } else { expected };
        assert_eq!(entry(&fold(&actions)), expected, "{known}, then {action:?}");
    }
}

#[test]
fn a_mutation_replaces_its_entry_and_answers_only_itself() {
    for (key, fixed) in [("m1", None), ("shared", Some("shared"))] {
        let check = |action: &CacheAction, expected| check_mutation(key, fixed, action, expected);
        check(&mutation("m1", fixed, true, pending_at(30)), ["pending m1@30"; 4]);
        let answer = r#"fulfilled m1@10 data "b"@35"#;
        check(
            &mutation("m1", fixed, true, fulfilled_at(35, data(json!("b")), no_tags())),
            ["same", answer, answer, r#"fulfilled m1@10 data "b"@35 error "e""#],
        );
        check(
            &mutation("m1", fixed, true, rejected_with(json!("x"), no_tags())),
            [
                "same",
                r#"rejected m1@10 error "x""#,
                r#"rejected m1@10 data "a"@15 error "x""#,
                r#"rejected m1@10 error "x""#,
            ],
        );
        check(&mutation("m1", fixed, false, pending_at(30)), ["same"; 4]);
        let untracked = fulfilled_at(35, data(json!("b")), no_tags());
        check(&mutation("m1", fixed, false, untracked), ["same"; 4]);
        let remove = |request_id: &str, fixed: Option<&str>| CacheAction::RemoveMutationResult {
            request_id: request_id.into(),
            fixed_cache_key: fixed.map(Into::into),
        };
        check(&remove("m1", fixed), ["-"; 4]);
        check(&remove("m1", Some("other")), ["same"; 4]);
        check(&CacheAction::ResetApiState, ["-"; 4]);
    }
}

#[test]
fn of_mutations_that_share_a_key_the_latest_counts() {
    let shared = Some("shared");
    let answer =
        |id: &str| mutation(id, shared, true, fulfilled_at(35, data(json!(id)), no_tags()));
    let second = mutation("m2", shared, true, pending_at(30));
    check_mutation("shared", shared, &second, ["pending m2@30"; 4]);
    check_mutation("shared", shared, &answer("m2"), ["same"; 4]);
    let state =
        fold(&[mutation("m1", shared, true, pending_at(10)), second, answer("m1"), answer("m2")]);
    let entry = state.mutation("shared").map(|entry| &**entry);
    assert_eq!(mutation_line(entry), r#"fulfilled m2@30 data "m2"@35"#);
    assert_eq!(state.mutations().len(), 1);
}
