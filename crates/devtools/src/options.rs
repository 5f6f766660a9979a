//! What is sent, to whom, and under which name.

use std::fmt;
use std::time::Duration;

use retake_store::WireAction;
use retake_store::history::ActionId;
use serde_json::Value;

use crate::features::Features;
use crate::filter::Filter;
use crate::protocol::ActionCreator;

/// Where the server of Redux DevTools listens unless it was told otherwise.
pub const DEFAULT_URL: &str = "ws://127.0.0.1:8000/socketcluster/";

type ActionSanitizer = Box<dyn Fn(WireAction, ActionId) -> WireAction + Send>;
type StateSanitizer = Box<dyn Fn(Value) -> Value + Send>;

/// Redux DevTools for a store with history.
///
/// Nothing happens until `connect` is called. Then a thread of its own talks to the server,
/// reconnects, and takes snapshots of the history; a dispatch pays for two loads of atomic
/// numbers, and serialises nothing.
///
/// Sanitizers, filters and limits change what the monitor shows, never the store.
///
/// # Examples
/// ```no_run
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_devtools::Devtools;
/// use retake_store::Store;
/// use retake_store::history::HistoryOptions;
///
/// let store = Store::builder(Counter { count: 0 })
///     .history(HistoryOptions::default().max_age(50), clock)
///     .build();
/// let devtools = Devtools::new("counter")
///     .action_creator("counter/added", &["by"])
///     .denylist(&["^counter/ticked$"])
///     .connect(&store)?;
/// store.dispatch(Added(2));
/// drop(devtools); // disconnects; `detach()` stays connected as long as the store lives
/// # Ok(())
/// # }
/// ```
///
/// Source: Redux DevTools, options of `@redux-devtools/remote` and of the browser extension.
pub struct Devtools<S, A> {
    pub(crate) name: String,
    pub(crate) instance_id: String,
    pub(crate) url: String,
    pub(crate) is_remote_allowed: bool,
    pub(crate) latency: Duration,
    pub(crate) reconnect: Reconnect,
    pub(crate) features: Features,
    pub(crate) creators: Vec<ActionCreator>,
    pub(crate) max_age: usize,
    pub(crate) max_bytes: usize,
    pub(crate) sanitize_action: Option<ActionSanitizer>,
    pub(crate) sanitize_state: Option<StateSanitizer>,
    pub(crate) filter: Filter<S, A>,
}

/// When a lost connection is tried again: after a random time of `first` to twice that, then
/// after half as much again each time, up to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconnect {
    /// The shortest wait.
    pub first: Duration,
    /// The longest wait.
    pub max: Duration,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), max: Duration::from_secs(60) }
    }
}

impl<S, A> Devtools<S, A> {
    /// Returns the defaults under a name that the monitor shows.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            instance_id: std::iter::repeat_with(fastrand::alphanumeric).take(21).collect(),
            url: DEFAULT_URL.to_owned(),
            is_remote_allowed: false,
            latency: Duration::from_millis(50),
            reconnect: Reconnect::default(),
            features: Features::default(),
            creators: Vec::new(),
            max_age: 200,
            max_bytes: 16 << 20,
            sanitize_action: None,
            sanitize_state: None,
            filter: Filter::default(),
        }
    }

    /// Sets what the monitor tells this store from others by; a random one is the default.
    #[must_use]
    pub fn instance_id(mut self, id: impl Into<String>) -> Self {
        self.instance_id = id.into();
        self
    }

    /// Sets the whole address of the server, [`DEFAULT_URL`] if it is not set.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// Allows a server on another machine.
    ///
    /// It is told everything there is in the state, without encryption, and it can dispatch
    /// whatever it likes.
    #[must_use]
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.is_remote_allowed = allow;
        self
    }

    /// Sets how long changes are gathered before they are sent, 50 ms by default.
    ///
    /// What the monitor asked for is answered at once.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets when a lost connection is tried again.
    #[must_use]
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.reconnect = reconnect;
        self
    }

    /// Sets which buttons the monitor shows.
    #[must_use]
    pub fn features(mut self, features: Features) -> Self {
        self.features = features;
        self
    }

    /// Sets how many states are sent, the first one included: 200 by default, at least 2.
    ///
    /// The history itself may be longer; its older actions look as if they were committed.
    #[must_use]
    pub fn max_age(mut self, states: usize) -> Self {
        self.max_age = states.max(2);
        self
    }

    /// Sets how many bytes of JSON the sent actions and states may have, 16 MB by default.
    ///
    /// The last action and its state are sent whatever their size. The server closes the
    /// connection on messages of more than 100 MB.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Lets the dispatcher of the monitor offer actions of type `kind`.
    ///
    /// The payload is that of `#[slice]`: none without `args`, the bare value of one, an
    /// object of their names for several.
    #[must_use]
    pub fn action_creator(mut self, kind: &str, args: &[&str]) -> Self {
        self.creators.push(ActionCreator::of_type(kind, args));
        self
    }

    /// Lets the dispatcher of the monitor offer what `create` makes of the arguments.
    ///
    /// Arguments that are left out at the end are not there, others are `null`.
    #[must_use]
    pub fn action_creator_with(
        mut self,
        name: &str,
        args: &[&str],
        create: impl Fn(Vec<Value>) -> WireAction + Send + 'static,
    ) -> Self {
        self.creators.push(ActionCreator::new(name, args, create));
        self
    }

    /// Sets what is sent in the place of an action.
    ///
    /// A file that the monitor exports has what was sent; with
    /// [`Export::Actions`](crate::Export::Actions) it has the actions themselves.
    #[must_use]
    pub fn action_sanitizer(
        mut self,
        sanitize: impl Fn(WireAction, ActionId) -> WireAction + Send + 'static,
    ) -> Self {
        self.sanitize_action = Some(Box::new(sanitize));
        self
    }

    /// Sets what is sent in the place of a state: its JSON form, changed.
    #[must_use]
    pub fn state_sanitizer(mut self, sanitize: impl Fn(Value) -> Value + Send + 'static) -> Self {
        self.sanitize_state = Some(Box::new(sanitize));
        self
    }

    /// Leaves out actions whose type matches one of `patterns`, which are regular expressions.
    #[must_use]
    pub fn denylist(mut self, patterns: &[&str]) -> Self {
        self.filter.deny(patterns);
        self
    }

    /// Leaves out actions whose type matches none of `patterns`; then
    /// [`denylist`](Self::denylist) does not count.
    #[must_use]
    pub fn allowlist(mut self, patterns: &[&str]) -> Self {
        self.filter.allow(patterns);
        self
    }

    /// Leaves out actions for which `predicate` of the state after them is `false`.
    #[must_use]
    pub fn predicate(mut self, predicate: impl Fn(&S, &A) -> bool + Send + 'static) -> Self {
        self.filter.only_if(Box::new(predicate));
        self
    }
}

impl<S, A> fmt::Debug for Devtools<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Devtools")
            .field("name", &self.name)
            .field("instance_id", &self.instance_id)
            .field("url", &self.url)
            .field("features", &self.features)
            .finish_non_exhaustive()
    }
}
