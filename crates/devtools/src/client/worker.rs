//! The thread that talks to the server.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use retake_store::{Action, Reducer, State, Store, WeakStore};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep, sleep_until};

use crate::client::Status;
use crate::client::address::Address;
use crate::client::backoff::Backoff;
use crate::client::signals::Signals;
use crate::client::socket::{Lost, Socket};
use crate::protocol::{FromMonitor, ToMonitor};
use crate::session::{Request, Session};
use crate::transport::{Link, LinkEvent};

pub(super) struct Worker<S, A> {
    pub(super) store: WeakStore<S, A>,
    pub(super) session: Session<S, A>,
    pub(super) signals: Arc<Signals>,
    pub(super) address: Address,
    pub(super) backoff: Backoff,
    pub(super) latency: Duration,
}

/// What the thread waits for.
enum Event {
    Frame(String),
    /// The store has changed.
    Changed,
    /// Changes were gathered for long enough.
    Due,
    Lost(Lost),
}

/// The runtime is entered to wait and to send, and left to work on the store: middleware that
/// spawns tasks must not find it, as it runs them only while it waits.
impl<S, A> Worker<S, A>
where
    S: State + Reducer<A> + Serialize + DeserializeOwned,
    A: Action,
{
    pub(super) fn run(mut self, runtime: &Runtime) {
        while !self.signals.is_closed() {
            self.signals.set_status(Status::Connecting);
            let lost = match runtime.block_on(self.open()) {
                Ok(socket) => self.converse(runtime, socket),
                Err(lost) => lost,
            };
            self.session.closed();
            if self.signals.is_closed() {
                break;
            }
            tracing::debug!(target: "retake", "Redux DevTools: {lost}");
            self.signals.set_error(lost.to_string());
            self.signals.set_status(Status::Waiting);
            let wait = self.backoff.next();
            runtime.block_on(async {
                tokio::select! {
                    () = sleep(wait) => {}
                    () = self.signals.closed() => {}
                }
            });
        }
        self.signals.set_status(Status::Closed);
    }

    async fn open(&self) -> Result<Socket, Lost> {
        tokio::select! {
            biased;
            () = self.signals.closed() => Err(Lost::Dropped),
            socket = Socket::open(&self.address) => socket,
        }
    }

    /// Talks until the connection is lost; returns why it is.
    fn converse(&mut self, runtime: &Runtime, mut socket: Socket) -> Lost {
        let mut link = Link::new();
        let mut frames = vec![link.open()];
        let mut silent_at = Instant::now() + link.ping_timeout();
        let mut due = None;
        let lost = loop {
            let event = runtime.block_on(self.next(&mut socket, frames, due, silent_at));
            frames = match event {
                Event::Frame(frame) => {
                    silent_at = Instant::now() + link.ping_timeout();
                    match self.receive(&mut link, &frame) {
                        Ok(frames) => frames,
                        Err(lost) => break lost,
                    }
                }
                Event::Changed => {
                    due = Some(Instant::now() + self.latency);
                    Vec::new()
                }
                Event::Due => {
                    due = None;
                    let messages = self.update();
                    self.frames(&link, &messages)
                }
                Event::Lost(Lost::Silent(_)) => break Lost::Silent(link.ping_timeout()),
                Event::Lost(lost) => break lost,
            };
        };
        runtime.block_on(socket.close(&lost));
        lost
    }

    /// Sends `frames` and waits for what happens next.
    async fn next(
        &self,
        socket: &mut Socket,
        frames: Vec<String>,
        due: Option<Instant>,
        silent_at: Instant,
    ) -> Event {
        if !frames.is_empty() {
            let sent = tokio::select! {
                biased;
                () = self.signals.closed() => Err(Lost::Dropped),
                sent = socket.send(frames) => sent,
            };
            if let Err(lost) = sent {
                return Event::Lost(lost);
            }
        }
        tokio::select! {
            biased;
            () = self.signals.closed() => Event::Lost(Lost::Dropped),
            () = sleep_until(due.unwrap_or(silent_at)), if due.is_some() => Event::Due,
            frame = socket.next() => frame.map_or_else(Event::Lost, Event::Frame),
            () = self.signals.changed(), if due.is_none() => Event::Changed,
            () = sleep_until(silent_at) => Event::Lost(Lost::Silent(Duration::ZERO)),
        }
    }

    /// Returns what to send after `frame` came.
    fn receive(&mut self, link: &mut Link, frame: &str) -> Result<Vec<String>, Lost> {
        let events = match link.receive(frame) {
            Ok(events) => events,
            Err(error) if error.is_ignorable() => {
                tracing::warn!(target: "retake", "Redux DevTools: {error}");
                return Ok(Vec::new());
            }
            Err(error) => return Err(error.into()),
        };
        let mut frames = Vec::new();
        for event in events {
            let messages = match event {
                LinkEvent::Send(frame) => {
                    frames.push(frame);
                    continue;
                }
                LinkEvent::Opened(id) => {
                    self.backoff.reset();
                    vec![self.session.opened(id)]
                }
                LinkEvent::Message(message) => self.answer(message),
            };
            let is_monitored = self.session.is_monitored();
            let status = if is_monitored { Status::Monitored } else { Status::Connected };
            self.signals.set_status(status);
            frames.extend(self.frames(link, &messages));
            // What has changed from here on is told; what has before is looked at now.
            let messages = self.update();
            frames.extend(self.frames(link, &messages));
        }
        Ok(frames)
    }

    /// Does what a monitor asks for, and returns what there is to say about it.
    fn answer(&mut self, message: Value) -> Vec<ToMonitor> {
        let message = match FromMonitor::read(message) {
            Ok(message) => message,
            Err(error) => {
                tracing::debug!(target: "retake", "Redux DevTools: {error}");
                return Vec::new();
            }
        };
        let session = &mut self.session;
        let request = contain("reading the message", || Ok(session.receive(message)));
        let answer = match request {
            Ok(None) => None,
            Ok(Some(request)) => self.perform(request),
            Err(why) => Some(ToMonitor::Error(why)),
        };
        if let Some(ToMonitor::Error(why)) = &answer {
            tracing::warn!(target: "retake", "Redux DevTools: {why}");
            self.signals.set_error(why.clone());
        }
        answer.into_iter().collect()
    }

    fn perform(&mut self, request: Request<A>) -> Option<ToMonitor> {
        let store = self.store.upgrade()?;
        let done = match request {
            Request::Send(message) => return Some(message),
            Request::Export => return self.export(&store),
            Request::Travel(action) => {
                contain("a reducer", || store.travel(action).map_err(|error| error.to_string()))
            }
            Request::Import(history) => contain("a reducer", || {
                store.import_history(&history).map_err(|error| error.to_string())
            }),
            Request::Sync(history) => {
                let done = contain("a reducer", || {
                    store.import_history(&history).map_err(|error| error.to_string())
                });
                if let Err(why) = done {
                    // It is for whoever shares this application's actions.
                    tracing::warn!(target: "retake", "a history was not taken over: {why}");
                }
                return None;
            }
            Request::Dispatch(action) => contain("the dispatch", || {
                store.try_dispatch(action).map_err(|error| error.to_string())
            }),
        };
        done.err().map(ToMonitor::Error)
    }

    fn export(&self, store: &Store<S, A>) -> Option<ToMonitor> {
        let history = store.history()?;
        let exported = contain("`Serialize`", || Ok(self.session.export(&history)));
        Some(exported.unwrap_or_else(ToMonitor::Error))
    }

    /// Returns what the monitors do not know yet.
    fn update(&mut self) -> Vec<ToMonitor> {
        if !self.session.is_monitored() {
            return Vec::new();
        }
        self.signals.look();
        let Some(history) = self.store.upgrade().and_then(|store| store.history()) else {
            return Vec::new();
        };
        let session = &mut self.session;
        contain("`Serialize`, a filter or a sanitizer", || Ok(session.changed(&history)))
            .unwrap_or_else(|why| {
                self.session.outdate();
                self.signals.set_error(why.clone());
                vec![ToMonitor::Error(why)]
            })
    }

    fn frames(&self, link: &Link, messages: &[ToMonitor]) -> Vec<String> {
        let envelope = |message| self.session.sender().envelope(self.session.id(), message);
        messages.iter().map(|message| link.tell(&envelope(message))).collect()
    }
}

/// Returns the result of `call`, which runs functions of the application, with a panic as an error.
fn contain<T>(what: &str, call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let why = format!("{what} panicked: {}", message(&*panic));
        tracing::error!(target: "retake", "Redux DevTools: {why}");
        Err(why)
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref().cloned()).unwrap_or_else(|| "no message".to_owned())
}
