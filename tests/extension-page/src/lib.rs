//! A page with a counter that the browser extension shows.

#![cfg(target_arch = "wasm32")]

use retake_devtools::{Devtools, ExtensionConnection};
use retake_macros::{Action, State, slice};
use retake_store::Store;
use retake_store::history::HistoryOptions;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counter {
    value: i32,
}

#[slice(name = "counter")]
impl Counter {
    fn added(&mut self, by: i32) {
        self.value += by;
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
pub struct App {
    counter: Counter,
}

#[derive(Clone, Debug, Action)]
pub enum AppAction {
    Counter(CounterAction),
}

#[wasm_bindgen]
pub struct Page {
    store: Store<App, AppAction>,
    extension: Option<ExtensionConnection>,
}

#[wasm_bindgen]
impl Page {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        let clock = || js_sys::Date::now() as u64;
        let store =
            Store::builder(App::default()).history(HistoryOptions::default(), clock).build();
        Self { store, extension: None }
    }

    pub fn connect(&mut self) -> Result<(), JsError> {
        self.extension = Some(Devtools::new("counter").connect_extension(&self.store)?);
        Ok(())
    }

    pub fn disconnect(&mut self) {
        self.extension = None;
    }

    pub fn add(&self, by: i32) {
        self.store.dispatch(CounterAction::Added(by));
    }

    pub fn value(&self) -> i32 {
        self.store.state().counter.value
    }
}
