#![allow(unused)]

use retake_macros::slice;

#[derive(Clone)]
struct Filter;

#[slice]
impl Filter {
    fn cleared(&mut self) {}
}

#[derive(Clone)]
struct Sort;

#[slice(name = "")]
impl Sort {
    fn cleared(&mut self) {}
}

#[derive(Clone)]
struct Page;

#[slice(name = "page", prefix = "p")]
impl Page {
    fn cleared(&mut self) {}
}

fn main() {}
