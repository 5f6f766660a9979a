//! Actions of older versions.

use super::header::AppInfo;
use crate::action::WireAction;
use crate::platform::MaybeSend;

/// Brings an action of an older version of the application up to date.
///
/// [`Replay`](super::Replay) calls it once for each action, before the action is read, with
/// the application that wrote the log. An implementation is a function of data: it has no
/// other input than these two, and returns an action that it does not have to change as it
/// is. Functions and closures are upcasters.
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
pub trait Upcaster: MaybeSend {
    /// Returns `action`, which `app` wrote, as the present version writes it.
    fn upcast(&self, app: &AppInfo, action: WireAction) -> WireAction;
}

impl<F: Fn(&AppInfo, WireAction) -> WireAction + MaybeSend> Upcaster for F {
    fn upcast(&self, app: &AppInfo, action: WireAction) -> WireAction {
        self(app, action)
    }
}
