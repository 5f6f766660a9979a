use std::time::Duration;

use retake_store::patch::{Json, Patchable};

struct NotDerived;

fn cached<T: Patchable>() {}

fn main() {
    cached::<NotDerived>();
    cached::<Duration>();
    cached::<Json<Duration>>();
}
