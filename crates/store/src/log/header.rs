//! The first line of a log.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::VERSION;
use super::error::{LogError, reason};
use crate::history::HistoryOptions;

/// Which application wrote a log, and which version of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppInfo {
    /// The name of the application.
    pub name: String,
    /// Its version: what an [`Upcaster`](super::Upcaster) decides by.
    pub version: String,
}

impl AppInfo {
    /// Returns the application `name` in `version`.
    ///
    /// ```
    /// use retake_store::log::AppInfo;
    /// let app = AppInfo::new("posts", "1.2.0");
    /// assert_eq!(app.to_string(), "posts 1.2.0");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into() }
    }
}

impl fmt::Display for AppInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Line 1 of a log: who wrote it, and the state that its first action is reduced onto.
///
/// The state stays text until somebody reads it as a type: the order of its properties is
/// part of it.
///
/// # Examples
/// ```
/// use retake_store::log::{AppInfo, Header};
/// let header = Header::new(AppInfo::new("demo", "1"), &("b", "a"))?;
/// let line = serde_json::to_string(&header)?;
/// assert_eq!(line, r#"{"retake":1,"app":{"name":"demo","version":"1"},"state":["b","a"]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Header {
    /// Who wrote the log.
    pub app: AppInfo,
    /// The state at the beginning.
    pub state: Box<RawValue>,
    /// How the store keeps its history, if it does.
    pub history: Option<HistoryOptions>,
}

impl Header {
    /// Returns the header of a log that begins with `state`.
    ///
    /// # Errors
    /// When `state` has no JSON form.
    pub fn new<S: Serialize + ?Sized>(app: AppInfo, state: &S) -> Result<Self, serde_json::Error> {
        Ok(Self { app, state: to_raw_value(state)?, history: None })
    }

    /// Returns the header of a store that keeps its history with these options.
    ///
    /// ```
    /// use retake_store::history::HistoryOptions;
    /// use retake_store::log::{AppInfo, Header};
    /// let options = HistoryOptions::default().max_age(50);
    /// let header = Header::new(AppInfo::new("demo", "1"), &7)?.with_history(Some(options));
    /// let line = serde_json::to_string(&header)?;
    /// assert!(line.ends_with(r#""state":7,"history":{"maxAge":50}}"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_history(mut self, history: Option<HistoryOptions>) -> Self {
        self.history = history;
        self
    }

    /// Reads the state at the beginning.
    ///
    /// # Errors
    /// [`LogError::UnreadableState`] when it is not an `S`.
    ///
    /// # Examples
    /// ```
    /// use retake_store::log::{AppInfo, Header};
    /// let header = Header::new(AppInfo::new("demo", "1"), &7)?;
    /// assert_eq!(header.read_state::<u8>()?, 7);
    /// assert!(header.read_state::<bool>().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_state<S: DeserializeOwned>(&self) -> Result<S, LogError> {
        serde_json::from_str(self.state.get())
            .map_err(|error| LogError::UnreadableState { line: 1, reason: reason(&error) })
    }
}

impl Serialize for Header {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            retake: u64,
            app: &'a AppInfo,
            state: &'a RawValue,
            #[serde(skip_serializing_if = "Option::is_none")]
            history: Option<&'a HistoryOptions>,
        }
        let Self { app, state, history } = self;
        Form { retake: VERSION, app, state, history: history.as_ref() }.serialize(serializer)
    }
}

/// Line 1 before anything is known about it.
#[derive(Deserialize)]
#[serde(expecting = "an object with `retake`, `app` and `state`")]
pub(super) struct Form {
    #[serde(default, deserialize_with = "raw")]
    retake: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "raw")]
    app: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "raw")]
    state: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "raw")]
    history: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "raw")]
    seq: Option<Box<RawValue>>,
}

impl Form {
    /// Returns the header, whose version is looked at before its content.
    pub(super) fn into_header(self, line: usize) -> Result<Header, LogError> {
        let not_a_log = |reason: &str| LogError::NotALog { line, reason: reason.to_owned() };
        let Some(version) = self.retake else {
            return Err(match self.seq {
                Some(_) => LogError::MissingHeader { line },
                None => not_a_log("it has no member `retake`"),
            });
        };
        match serde_json::from_str::<u64>(version.get()) {
            Ok(VERSION) => {}
            Ok(found) => {
                return Err(LogError::UnsupportedVersion { line, found, supported: VERSION });
            }
            Err(_) => return Err(not_a_log("its member `retake` is not a version number")),
        }
        let app = self.app.ok_or_else(|| not_a_log("it has no member `app`"))?;
        let app = serde_json::from_str(app.get())
            .map_err(|error| not_a_log(&format!("in its member `app`: {}", reason(&error))))?;
        let state = self.state.ok_or_else(|| not_a_log("it has no member `state`"))?;
        let history = self.history.map(|history| serde_json::from_str(history.get()));
        let history = history
            .transpose()
            .map_err(|error| not_a_log(&format!("in its member `history`: {}", reason(&error))))?;
        Ok(Header { app, state, history })
    }
}

/// Reads a member that is there, be it `null`.
pub(super) fn raw<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}
