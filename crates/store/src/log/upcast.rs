//! Actions of older versions.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;

use super::header::AppInfo;
use crate::action::{Action, WireAction, WireError};
use crate::platform::{MaybeSend, MaybeSync};

/// Brings an action of an older version of the application up to date.
///
/// [`Replay`](super::Replay) calls it once for each action, before the action is read, with
/// the application that wrote the log. An implementation is a function of data: it has no
/// other input than these two, and returns an action that it does not have to change as it
/// is. Functions and closures from JSON form to JSON form are upcasters; [`Upcasts`] has them by
/// type, with typed payloads.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{AppInfo, LogReader, fold};
///
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"0.9.0"},"state":{"count":0}}
/// {"seq":1,"at":0,"action":{"type":"counter/increased","payload":5}}
/// "#;
/// let replay = fold::<Counter, Added, _>(LogReader::new(&log[..])?)?;
/// let replay = replay.upcast_with(|app: &AppInfo, mut action: WireAction| {
///     if app.version.starts_with("0.") && action.kind == "counter/increased" {
///         action.kind = "counter/added".into();
///     }
///     action
/// });
/// assert_eq!(replay.run()?.count, 5);
/// # Ok(())
/// # }
/// ```
pub trait Upcaster: MaybeSend + MaybeSync {
    /// Returns `action`, which `app` wrote, as the present version writes it.
    ///
    /// # Errors
    /// [`WireError`] when the action is not of the older form; the replay says in which line.
    fn upcast(&self, app: &AppInfo, action: WireAction) -> Result<WireAction, WireError>;
}

impl<F: Fn(&AppInfo, WireAction) -> WireAction + MaybeSend + MaybeSync> Upcaster for F {
    fn upcast(&self, app: &AppInfo, action: WireAction) -> Result<WireAction, WireError> {
        Ok(self(app, action))
    }
}

/// Upcasters by the type of the action, from the payload that it had to the action of today.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{AppInfo, LogReader, Upcasts, fold};
///
/// /// As version 0 wrote it.
/// #[derive(serde::Deserialize)]
/// struct Increased {
///     by: i64,
///     times: i64,
/// }
///
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"0.9.0"},"state":{"count":0}}
/// {"seq":1,"at":0,"action":{"type":"counter/increased","payload":{"by":5,"times":2}}}
/// {"seq":2,"at":0,"action":{"type":"counter/increased","payload":{"by":5}}}
/// "#;
/// let upcasts = || {
///     Upcasts::when(|app: &AppInfo| app.version.starts_with("0."))
///         .action("counter/increased", |old: Increased| Added(old.by * old.times))
/// };
/// let mut replay =
///     fold::<Counter, Added, _>(LogReader::new(&log[..])?)?.upcast_with(upcasts());
/// assert_eq!(replay.next_step().transpose()?.map(|step| step.state.count), Some(10));
/// let error = replay.next_step().transpose().unwrap_err();
/// assert_eq!((error.line(), error.action_type()), (3, Some("counter/increased")));
/// # Ok(())
/// # }
/// ```
#[must_use = "upcasters do nothing until they are given to a replay"]
pub struct Upcasts {
    applies: Box<dyn Applies>,
    by_type: BTreeMap<String, Box<dyn Upcaster>>,
}

trait Applies: Fn(&AppInfo) -> bool + MaybeSend + MaybeSync {}
impl<F: Fn(&AppInfo) -> bool + MaybeSend + MaybeSync> Applies for F {}

/// One typed upcaster, as one from JSON form to JSON form.
struct Typed<F>(F);

impl<F> Upcaster for Typed<F>
where
    F: Fn(&WireAction) -> Result<WireAction, WireError> + MaybeSend + MaybeSync,
{
    fn upcast(&self, _: &AppInfo, action: WireAction) -> Result<WireAction, WireError> {
        (self.0)(&action)
    }
}

impl Upcasts {
    /// Returns upcasters for the logs whose application `applies`.
    pub fn when<F>(applies: F) -> Self
    where
        F: Fn(&AppInfo) -> bool + MaybeSend + MaybeSync + 'static,
    {
        Self { applies: Box::new(applies), by_type: BTreeMap::new() }
    }

    /// Lets `upcast` make actions of today of those of the type `action_type`, whose payloads are
    /// read as an `Old`; an absent payload reads as `null`. It takes the place of an earlier one
    /// for that type.
    pub fn action<Old, New, F>(mut self, action_type: impl Into<String>, upcast: F) -> Self
    where
        Old: DeserializeOwned,
        New: Action,
        F: Fn(Old) -> New + MaybeSend + MaybeSync + 'static,
    {
        let typed = move |action: &WireAction| upcast(action.payload_as()?).to_wire();
        self.by_type.insert(action_type.into(), Box::new(Typed(typed)));
        self
    }
}

impl Upcaster for Upcasts {
    fn upcast(&self, app: &AppInfo, action: WireAction) -> Result<WireAction, WireError> {
        match self.by_type.get(&action.kind) {
            Some(upcaster) if (self.applies)(app) => upcaster.upcast(app, action),
            _ => Ok(action),
        }
    }
}

impl fmt::Debug for Upcasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upcasts").field("types", &self.by_type.keys()).finish_non_exhaustive()
    }
}
