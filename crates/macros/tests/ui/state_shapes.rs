#![allow(unused)]

use retake_macros::State;

#[derive(Clone, State)]
struct Tuple(u32);

#[derive(Clone, State)]
struct Unit;

#[derive(Clone, State)]
enum Either {
    One,
}

#[derive(Clone, Copy, State)]
union Bits {
    one: u32,
}

fn main() {}
