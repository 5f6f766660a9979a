#![allow(unused)]

use retake_macros::Action;

#[derive(Clone, Debug, Action)]
#[action(slice = "filter")]
enum FilterAction {
    Cleared,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Left(FilterAction),
    Right(FilterAction),
}

#[derive(Clone, Debug, Action)]
enum Wrapper<T> {
    Any(T),
}

fn main() {}
