#![allow(unused)]

use retake_macros::State;

#[derive(Clone, State)]
#[state(reducer = "x")]
struct App {
    text: String,
}

#[derive(Clone, State)]
struct Other {
    #[state(ignore)]
    text: String,
}

fn main() {}
