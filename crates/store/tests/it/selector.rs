//! Selectors: computed again only when an input has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use retake_store::create_selector;

#[derive(Clone, Default)]
struct App {
    names: Arc<Vec<&'static str>>,
    filter: &'static str,
    other: u32,
}

fn app(filter: &'static str, other: u32) -> App {
    App { names: Arc::new(vec!["ferris", "corro", "dex"]), filter, other }
}

/// Applies `select` to each state: the value, and how often it has been computed by then.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(
    select: impl Fn(&App) -> (T, u64),
    cases: impl IntoIterator<Item = (App, T, u64)>,
) {
    for (index, (app, value, recomputations)) in cases.into_iter().enumerate() {
        assert_eq!(select(&app), (value, recomputations), "call {index}");
    }
}

#[test]
fn it_computes_again_only_when_an_input_differs() {
    let visible = create_selector(
        (|app: &App| Arc::clone(&app.names), |app: &App| app.filter),
        |names, filter| names.iter().filter(|name| name.contains(filter)).count(),
    );
    check(
        |app| (visible.select(app), visible.recomputations()),
        [
            (app("r", 0), 2, 1),
            (app("r", 0), 2, 1),
            (app("r", 1), 2, 1),
            (app("x", 1), 1, 2),
            // The memory is of one computation, as that of `lruMemoize`.
            (app("r", 1), 2, 3),
        ],
    );
}

#[test]
fn selectors_nest() {
    let visible = create_selector(
        (|app: &App| Arc::clone(&app.names), |app: &App| app.filter),
        |names, filter| {
            Arc::new(names.iter().copied().filter(|it| it.contains(filter)).collect::<Vec<_>>())
        },
    );
    let inner = AtomicU64::new(0);
    let title = create_selector((|app: &App| visible.select(app),), |visible| {
        inner.store(visible.len() as u64, SeqCst);
        visible.join(", ")
    });
    check(
        |app| (title.select(app), title.recomputations()),
        [
            (app("r", 0), "ferris, corro".to_owned(), 1),
            (app("r", 1), "ferris, corro".to_owned(), 1),
            // The inner one computes again and finds the same: the outer one does not.
            (app("rr", 1), "ferris, corro".to_owned(), 1),
            (app("d", 1), "dex".to_owned(), 2),
        ],
    );
    assert_eq!(visible.recomputations(), 3);
    assert_eq!(inner.load(SeqCst), 1);
}

#[test]
fn one_to_four_inputs() {
    let one = create_selector((|app: &App| app.other,), |a| *a);
    let three = create_selector(
        (|app: &App| app.other, |app: &App| app.filter, |app: &App| app.names.len()),
        |a, b, c| *a as usize + b.len() + c,
    );
    let four = create_selector(
        (|app: &App| app.other, |_: &App| 10, |_: &App| 100, |app: &App| app.filter),
        |a, b, c, d| a + b + c + d.len() as u32,
    );
    let app = app("xyz", 5);
    assert_eq!((one.select(&app), three.select(&app), four.select(&app)), (5, 11, 118));
}

#[test]
fn the_result_is_shared() {
    let all = create_selector((|app: &App| app.filter,), |_| Arc::new(vec![1]));
    let app = app("", 0);
    assert!(Arc::ptr_eq(&all.select(&app), &all.select(&app)));
    assert_eq!(format!("{all:?}"), "Selector { last: Some([1]), .. }");
}

/// A computation that panics, or that uses the selector again, finds no lock taken.
#[test]
fn inputs_and_computations_run_outside_of_the_lock() {
    let depth = create_selector((|app: &App| app.other,), |other| {
        assert_ne!(*other, 13, "the computation broke");
        *other
    });
    let broken =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| depth.select(&app("", 13))));
    assert!(broken.is_err());
    let nested = create_selector((|app: &App| app.other,), |other| {
        depth.select(&app("", *other)) + depth.select(&app("", 1))
    });
    assert_eq!((nested.select(&app("", 4)), depth.recomputations()), (5, 2));
}
