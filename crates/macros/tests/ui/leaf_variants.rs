#![allow(unused)]

use retake_macros::Action;

#[derive(Clone, Debug, Action)]
#[action(slice = "filter")]
enum FilterAction {
    Moved(u32, u32),
    Nothing(),
}

#[derive(Clone, Debug, Action)]
#[action(slice = "sort")]
#[allow(non_camel_case_types)]
enum SortAction {
    Cleared,
    cleared,
}

fn main() {}
