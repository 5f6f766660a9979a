#![allow(unused)]

use retake_macros::slice;

#[derive(Clone)]
struct Filter;

#[slice(name = "filter")]
impl Filter {
    fn text_changed(&mut self) {}
    fn text__changed(&mut self) {}
}

fn main() {}
