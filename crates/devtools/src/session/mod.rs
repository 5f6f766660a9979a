//! A conversation with monitors, without a connection: pure.
//!
//! [`Session`] turns what a monitor says into [`Request`]s for the store, and what happens to
//! the store into messages. The remote client and the browser extension are back ends of it.

mod change;
mod text;
mod view;

use retake_store::history::{ActionId, LiftedAction, LiftedState};
use retake_store::{Action, State};
use serde::Serialize;
use serde_json::Value;

use crate::filter::PatternError;
use crate::options::Devtools;
use crate::protocol::{Command, FromMonitor, MonitorMessage, Sender, ToMonitor, parse_jsan};
use change::Change;
use view::View;

/// A conversation of one store with the monitors of one server.
///
/// Whoever has the connection calls
/// [`opened`](Self::opened) and [`closed`](Self::closed) when it is, [`receive`](Self::receive)
/// with every message, does what the [`Request`]s say, then calls
/// [`changed`](Self::changed), which is also called whenever the history may have changed.
/// Nobody listening means that nothing is serialised.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_devtools::Devtools;
/// use retake_devtools::protocol::{FromMonitor, ToMonitor};
/// use retake_devtools::session::Session;
/// use retake_store::history::{HistoryOptions, LiftedState};
///
/// let mut history = LiftedState::new(Counter { count: 0 }, HistoryOptions::default());
/// let mut session = Session::new(Devtools::new("counter"))?;
/// assert_eq!(session.opened("id"), ToMonitor::Start);
///
/// let start = FromMonitor::read(serde_json::json!({"type": "START"}))?;
/// assert!(session.receive(start).is_none());
/// let messages = session.changed(&history);
/// assert!(matches!(messages.as_slice(), [ToMonitor::State { .. }]));
///
/// history.perform(Added(2), 1_700_000_000_000);
/// let messages = session.changed(&history);
/// assert!(matches!(messages.as_slice(), [ToMonitor::Actions { .. }]));
/// # Ok(())
/// # }
/// ```
///
/// Source: Redux DevTools, `@redux-devtools/remote` 1.0.0, lifted mode.
pub struct Session<S, A> {
    devtools: Devtools<S, A>,
    sender: Sender,
    /// The connection's id; empty while there is none.
    id: String,
    is_monitored: bool,
    /// What monitors show, or showed last.
    view: Option<View<S>>,
    /// Whether they have to get everything.
    is_outdated: bool,
}

/// What a monitor wants.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Request<A> {
    /// Travel in the history of the store.
    Travel(LiftedAction),
    /// Take over a history.
    Import(Value),
    /// Take over another application's history, if it can be.
    Sync(Value),
    /// Dispatch an action.
    Dispatch(A),
    /// Send [`Session::export`].
    Export,
    /// Send this.
    Send(ToMonitor),
}

impl<S, A> Session<S, A> {
    /// Returns a conversation that has not begun.
    ///
    /// # Errors
    /// [`PatternError`] when a pattern of the lists is no regular expression.
    pub fn new(devtools: Devtools<S, A>) -> Result<Self, PatternError> {
        devtools.filter.check()?;
        let sender = Sender::new(
            &devtools.name,
            &devtools.instance_id,
            devtools.features,
            &devtools.creators,
        );
        let id = String::new();
        Ok(Self { devtools, sender, id, is_monitored: false, view: None, is_outdated: true })
    }

    /// Begins with a connection; returns what to send first.
    #[must_use]
    pub fn opened(&mut self, id: impl Into<String>) -> ToMonitor {
        self.closed();
        self.id = id.into();
        ToMonitor::Start
    }

    /// Ends with the connection.
    pub fn closed(&mut self) {
        self.id.clear();
        self.is_monitored = false;
        self.view = None;
    }

    /// Returns whether somebody listens.
    #[must_use]
    pub fn is_monitored(&self) -> bool {
        self.is_monitored
    }

    /// Returns the connection's id; empty while there is none.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns who the messages are from.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Lets the next [`changed`](Self::changed) send everything.
    pub fn outdate(&mut self) {
        self.is_outdated = true;
    }
}

impl<S: State + Serialize, A: Action> Session<S, A> {
    /// Returns what a monitor wants to be done with the store.
    pub fn receive(&mut self, from: FromMonitor) -> Option<Request<A>> {
        let is_other = from.instance_id.is_some_and(|id| id != self.sender.instance_id);
        if let MonitorMessage::Sync { from, history } = from.message {
            // It names the instance that it comes from, and comes back to that one, too.
            return self.sync(&from, &history);
        }
        if is_other {
            return None;
        }
        if let Some(feature) = self.devtools.features.refuses(&from.message) {
            return Some(error(format!("`{feature}` is switched off in this application")));
        }
        match from.message {
            MonitorMessage::Start => {
                (self.is_monitored, self.is_outdated) = (true, true);
                None
            }
            MonitorMessage::Update => {
                self.is_outdated = true;
                None
            }
            MonitorMessage::Stop => {
                self.is_monitored = false;
                None
            }
            MonitorMessage::Disconnected => {
                // Another monitor, if there is one, answers and gets everything.
                self.is_monitored = false;
                Some(Request::Send(ToMonitor::Start))
            }
            MonitorMessage::Dispatch(Command::Travel(action)) => {
                Some(Request::Travel(self.located(action)))
            }
            MonitorMessage::Dispatch(Command::Import(history)) => Some(Request::Import(history)),
            MonitorMessage::Import(file) => Some(match parse_jsan(&file) {
                Ok(history) => Request::Import(history),
                Err(why) => error(format!("this file cannot be imported: {why}")),
            }),
            MonitorMessage::Action(call) => {
                let action = call.action(&self.devtools.creators);
                Some(action.map_or_else(error, Request::Dispatch))
            }
            MonitorMessage::Export => Some(Request::Export),
            MonitorMessage::Sync { .. } => None,
        }
    }

    /// Returns what tells the monitors about `history`; nothing if nobody listens.
    ///
    /// Time: O(n) in the states that are sent at most, and what the serialisation of those
    /// takes that were not sent before.
    #[must_use]
    pub fn changed(&mut self, history: &LiftedState<S, A>) -> Vec<ToMonitor> {
        if !self.is_monitored {
            return Vec::new();
        }
        let mut view = View::new(history, &self.devtools, self.view.as_ref());
        let (change, next_id) = match &self.view {
            Some(before) if !self.is_outdated => (Change::between(before, &view), before.next_id),
            _ => (Change::All, ActionId::INIT),
        };
        let messages = match change {
            Change::None => return Vec::new(),
            Change::Pointer(pointer) => {
                view.next_id = next_id;
                vec![ToMonitor::Lifted(pointer)]
            }
            Change::Actions(count) => {
                let (messages, next_id) = change::actions(&view, count, next_id);
                view.next_id = next_id;
                messages
            }
            Change::All => vec![ToMonitor::State { lifted: view.lifted() }],
        };
        self.is_outdated = false;
        self.view = Some(view);
        messages
    }

    /// Returns the answer to [`Request::Export`]: the actions as they are, not sanitised.
    #[must_use]
    pub fn export(&self, history: &LiftedState<S, A>) -> ToMonitor {
        text::export(history)
            .unwrap_or_else(|why| ToMonitor::Error(format!("this cannot be exported: {why}")))
    }

    fn sync(&self, from: &str, history: &str) -> Option<Request<A>> {
        if from == self.id || !self.devtools.features.sync {
            return None;
        }
        match parse_jsan(history) {
            Ok(history) => Some(Request::Sync(history)),
            Err(why) => {
                tracing::warn!(target: "retake", "a history to take over cannot be read: {why}");
                None
            }
        }
    }

    /// Returns `action` with places of the view as those of the history.
    fn located(&self, action: LiftedAction) -> LiftedAction {
        let Some(view) = &self.view else { return action };
        let beginning = LiftedAction::JumpToState { index: view.start };
        match action {
            LiftedAction::JumpToState { index: 0 }
            | LiftedAction::JumpToAction { action_id: ActionId::INIT } => beginning,
            LiftedAction::JumpToState { index } => match view.steps.get(index) {
                Some(step) => LiftedAction::JumpToAction { action_id: step.id },
                None => action,
            },
            _ => action,
        }
    }
}

fn error<A>(why: impl ToString) -> Request<A> {
    Request::Send(ToMonitor::Error(why.to_string()))
}

impl<S, A> std::fmt::Debug for Session<S, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("devtools", &self.devtools)
            .field("id", &self.id)
            .field("is_monitored", &self.is_monitored)
            .finish_non_exhaustive()
    }
}
