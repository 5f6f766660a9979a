#![allow(unused)]

use retake_macros::Action;

#[derive(Clone, Debug, Action)]
struct AppAction {
    text: String,
}

#[derive(Clone, Debug, Action)]
enum Nothing {}

#[derive(Clone, Debug, Action)]
#[action(name = "filter")]
enum FilterAction {
    Cleared,
}

fn main() {}
