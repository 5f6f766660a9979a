#![allow(unused)]

use retake_macros::slice;

#[derive(Clone)]
struct Generic<T>(T);

#[slice(name = "generic")]
impl<T> Generic<T> {
    fn cleared(&mut self) {}
}

#[derive(Clone)]
struct Filter;

trait Clear {
    fn cleared(&mut self);
}

#[slice(name = "filter")]
impl Clear for Filter {
    fn cleared(&mut self) {}
}

#[slice(name = "filter")]
impl Filter {
    fn selector(&self) {}
}

#[slice(name = "filter")]
struct NotABlock;

fn main() {}
