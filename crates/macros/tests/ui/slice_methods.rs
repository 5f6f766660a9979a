#![allow(unused)]

use retake_macros::slice;
use retake_store::Changed;

#[derive(Clone)]
struct Filter {
    text: String,
}

#[slice(name = "filter")]
impl Filter {
    fn borrowed(&mut self, text: &str) {
        self.text = text.to_owned();
    }
    fn borrowed_second(&mut self, at: usize, text: &'static str) {}
    async fn waiting(&mut self) {}
    unsafe fn dangerous(&mut self) {}
    fn generic<T>(&mut self, value: T) {}
    fn any(&mut self, value: impl Into<String>) {}
    fn counted(&mut self) -> usize {
        0
    }
    fn nameless(&mut self, (a, b): (u8, u8), c: u8) {}
    fn _1(&mut self) {}
    fn selector(&self) -> Changed {
        Changed::NONE
    }
}

fn main() {
    // The methods exist in spite of the errors.
    let _ = Filter { text: String::new() }.selector();
}
