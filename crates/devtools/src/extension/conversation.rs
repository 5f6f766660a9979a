//! What a store and the extension say to each other, wherever the extension is.

use std::cell::RefCell;

use retake_store::{Action, Reducer, State, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::features::Export;
use crate::filter::PatternError;
use crate::options::Devtools;
use crate::protocol::{FromMonitor, MonitorMessage, ProtocolError, ToMonitor};
use crate::session::{Request, Session};

/// What a connection to the extension can do.
pub(crate) trait Port {
    /// Lets the extension show the lifted state `lifted`, which is JSON.
    fn show(&self, lifted: &str);
    /// Lets the extension tell its user `text`.
    fn complain(&self, text: &str);
}

/// A conversation of a store with the extension behind `port`.
pub(crate) struct Conversation<S, A, P> {
    store: Store<S, A>,
    /// Not borrowed while the store or the port is called: both may come back here.
    session: RefCell<Session<S, A>>,
    port: P,
}

/// Returns the argument of the extension's `connect`.
pub(crate) fn options<S, A>(devtools: &Devtools<S, A>) -> Value {
    let mut features = devtools.features;
    if features.export == Export::Actions {
        features.export = Export::Lifted;
    }
    json!({
        "name": devtools.name,
        "features": features.to_json(),
        "maxAge": devtools.max_age,
    })
}

/// Reads a message as the extension sends it: what the remote monitor names the action is the
/// payload here, and the id is the extension's own.
pub(crate) fn read(mut message: Value) -> Result<FromMonitor, ProtocolError> {
    if let Value::Object(members) = &mut message {
        if let Some(payload) = members.remove("payload") {
            members.insert("action".to_owned(), payload);
        }
        members.remove("instanceId");
    }
    FromMonitor::read(message)
}

impl<S, A, P> Conversation<S, A, P>
where
    S: State + Reducer<A> + Serialize + DeserializeOwned,
    A: Action,
    P: Port,
{
    /// Begins to speak: the extension shows an application from its first message on, whether
    /// it has asked for it or not.
    ///
    /// # Errors
    /// [`PatternError`] when a pattern of `devtools` is no regular expression.
    pub(crate) fn begin(
        store: Store<S, A>,
        devtools: Devtools<S, A>,
        port: P,
    ) -> Result<Self, PatternError> {
        let mut session = Session::new(devtools)?;
        // There is nobody to announce it to.
        let _ = session.opened("extension");
        let start = FromMonitor { instance_id: None, message: MonitorMessage::Start };
        let _ = session.receive(start);
        let conversation = Self { store, session: RefCell::new(session), port };
        conversation.tell();
        Ok(conversation)
    }

    /// Lets the extension show what there is, if it does not yet.
    pub(crate) fn tell(&self) {
        let Some(history) = self.store.history() else { return };
        let messages = {
            let mut session = self.session.borrow_mut();
            let messages = session.changed(&history);
            // It would apply parts to what it shows by rules of its own.
            if messages.iter().all(|it| matches!(it, ToMonitor::State { .. })) {
                messages
            } else {
                session.outdate();
                session.changed(&history)
            }
        };
        for message in &messages {
            if let ToMonitor::State { lifted } = message {
                self.port.show(lifted);
            }
        }
    }

    /// Does what a message of the extension asks for.
    pub(crate) fn receive(&self, message: Value) {
        let message = match read(message) {
            Ok(message) => message,
            Err(error) => return tracing::debug!(target: "retake", "{error}"),
        };
        let request = self.session.borrow_mut().receive(message);
        let done = match request {
            None | Some(Request::Export) => Ok(()),
            Some(Request::Travel(action)) => self.store.travel(action).map_err(|it| it.to_string()),
            Some(Request::Import(history) | Request::Sync(history)) => {
                self.store.import_history(&history).map_err(|it| it.to_string())
            }
            Some(Request::Dispatch(action)) => {
                self.store.try_dispatch(action).map(drop).map_err(|it| it.to_string())
            }
            Some(Request::Send(ToMonitor::Error(text))) => Err(text),
            Some(Request::Send(_)) => Ok(()),
        };
        if let Err(why) = done {
            self.port.complain(&why);
        }
        self.tell();
    }
}
