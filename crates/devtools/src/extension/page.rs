//! The extension as the page has it: `window.__REDUX_DEVTOOLS_EXTENSION__`.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, JSON, Promise, Reflect};
use retake_store::{Action, Reducer, State, Store, Subscription};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::ExtensionError;
use super::conversation::{Conversation, Port, options};
use crate::options::Devtools;

const GLOBAL: &str = "__REDUX_DEVTOOLS_EXTENSION__";

/// What keeps a store connected.
pub(super) struct Link {
    _subscription: Subscription,
    /// The extension calls it until it was told not to.
    _listener: Closure<dyn Fn(JsValue)>,
    unsubscribe: Option<Function>,
}

/// What the extension's `connect` returns.
struct Connection(JsValue);

impl Link {
    pub(super) fn new<S, A>(
        store: &Store<S, A>,
        devtools: Devtools<S, A>,
    ) -> Result<Self, ExtensionError>
    where
        S: State + Reducer<A> + Serialize + DeserializeOwned,
        A: Action,
    {
        let connection = Connection::open(&options(&devtools).to_string())?;
        let subscribing = connection.clone();
        let conversation = Conversation::begin(store.clone(), devtools, connection)?;
        let conversation = Rc::new(conversation);

        let hears = Rc::clone(&conversation);
        let listener = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
            let text = JSON::stringify(&message).ok().and_then(|text| text.as_string());
            match text.as_deref().map(serde_json::from_str) {
                Some(Ok(message)) => hears.receive(message),
                _ => tracing::debug!(target: "retake", "the extension sent what is no message"),
            }
        });
        let unsubscribe = subscribing.call("subscribe", &[listener.as_ref()])?;

        let is_told_later = Rc::new(Cell::new(false));
        let subscription = store.subscribe(move |_| {
            // Once for all dispatches of this task of the page.
            if is_told_later.replace(true) {
                return;
            }
            let (conversation, is_told_later) =
                (Rc::downgrade(&conversation), Rc::clone(&is_told_later));
            let tell = Closure::once_into_js(move |_: JsValue| {
                is_told_later.set(false);
                if let Some(conversation) = conversation.upgrade() {
                    conversation.tell();
                }
            });
            let resolved = Promise::resolve(&JsValue::UNDEFINED);
            let _ = call(&resolved, "then", &[&tell]);
        });
        Ok(Self {
            _subscription: subscription,
            _listener: listener,
            unsubscribe: unsubscribe.dyn_into().ok(),
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(unsubscribe) = &self.unsubscribe {
            let _ = unsubscribe.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Clone for Connection {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Connection {
    /// Finds the extension and connects to it with `options`, which are JSON.
    fn open(options: &str) -> Result<Self, ExtensionError> {
        let extension = Reflect::get(&js_sys::global(), &GLOBAL.into());
        let extension = extension.map_err(|_| ExtensionError::Absent)?;
        if extension.is_undefined() || extension.is_null() {
            return Err(ExtensionError::Absent);
        }
        let options = JSON::parse(options).map_err(|why| refused("connect", &why))?;
        let connection = call(&extension, "connect", &[&options]);
        Ok(Self(connection.map_err(|why| refused("connect", &why))?))
    }

    fn call(&self, name: &'static str, arguments: &[&JsValue]) -> Result<JsValue, ExtensionError> {
        call(&self.0, name, arguments).map_err(|why| refused(name, &why))
    }

    /// What an application does must not fail because it is looked at.
    fn try_call(&self, name: &'static str, arguments: &[&JsValue]) {
        if let Err(error) = self.call(name, arguments) {
            tracing::warn!(target: "retake", "{error}");
        }
    }
}

impl Port for Connection {
    fn show(&self, lifted: &str) {
        match JSON::parse(lifted) {
            // An action that is `null` means that the state is a lifted one.
            Ok(lifted) => self.try_call("send", &[&JsValue::NULL, &lifted]),
            Err(why) => tracing::warn!(target: "retake", "{}", refused("send", &why)),
        }
    }

    fn complain(&self, text: &str) {
        self.try_call("error", &[&text.into()]);
    }
}

/// Calls the method `name` of `object`.
fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    method.apply(object, &list)
}

fn refused(verb: &'static str, why: &JsValue) -> ExtensionError {
    ExtensionError::Refused { verb, why: format!("{why:?}") }
}
