#![allow(unused)]

use retake_macros::Action;

#[derive(Clone, Debug, Action)]
enum AppAction {
    Cleared,
    Moved { from: u32 },
    Swapped(u32, u32),
}

fn main() {}
