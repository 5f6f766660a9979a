#![allow(unused)]

use retake_macros::slice;

#[derive(Clone)]
struct Filter;

struct Other;

#[slice(name = "filter")]
impl Filter {
    fn cleared(&mut self) {}
    #[slice(on)]
    fn by_value(&mut self, action: Other) {}
    #[slice(on)]
    fn without_action(&mut self) {}
    #[slice(on)]
    fn without_self(action: &Other) {}
    #[slice(on)]
    #[slice(skip)]
    fn twice(&mut self, action: &Other) {}
    #[slice(off)]
    fn unknown(&mut self) {}
}

fn main() {}
