//! The configuration of an api, and the flags beside it in the state.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How an api treats its cache, unless an endpoint says otherwise.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_store::cache::{ApiOptions, KeepUnusedData};
/// let options = ApiOptions { keep_unused_data_for: Duration::from_secs(5).into(), ..ApiOptions::default() };
/// assert_eq!(options.keep_unused_data_for, KeepUnusedData::For(Duration::from_secs(5)));
/// ```
///
/// Source: RTK Query, options of `createApi`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ApiOptions {
    /// How long data without subscribers stays cached; 60 seconds by default.
    pub keep_unused_data_for: KeepUnusedData,
    /// Whether a new subscription fetches although there is data; never by default.
    pub refetch_on_mount_or_arg_change: Refetch,
    /// Whether subscribed entries are fetched again when the window gets the focus, unless a
    /// subscription says otherwise; they are not by default.
    pub refetch_on_focus: bool,
    /// Whether subscribed entries are fetched again when the network is back, unless a
    /// subscription says otherwise; they are not by default.
    pub refetch_on_reconnect: bool,
    /// When tags are invalidated while requests are under way; delayed by default.
    pub invalidation_behavior: InvalidationBehavior,
}

/// How long data without subscribers stays in the cache. JSON: seconds, or `"Infinity"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepUnusedData {
    /// For this long.
    For(Duration),
    /// Until it is removed by hand, or invalidated.
    Forever,
}

impl Default for KeepUnusedData {
    fn default() -> Self {
        Self::For(Duration::from_secs(60))
    }
}

impl From<Duration> for KeepUnusedData {
    fn from(duration: Duration) -> Self {
        Self::For(duration)
    }
}

impl Serialize for KeepUnusedData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::For(duration) => seconds::serialize(*duration, serializer),
            Self::Forever => serializer.serialize_str("Infinity"),
        }
    }
}

impl<'de> Deserialize<'de> for KeepUnusedData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Seconds(f64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Seconds(seconds) => seconds::checked(seconds).map(Self::For),
            Form::Text(text) if text == "Infinity" => Ok(Self::Forever),
            Form::Text(text) => Err(serde::de::Error::custom(format_args!(
                "`{text}` is no time to keep data for: a number of seconds or \"Infinity\" is needed"
            ))),
        }
    }
}

/// Whether to fetch although there is data. JSON: a boolean, or an age in seconds.
///
/// Source: RTK Query, `forceRefetch` and `refetchOnMountOrArgChange`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Refetch {
    /// Use the data that is there.
    #[default]
    Never,
    /// Fetch in any case.
    Always,
    /// Fetch when the data is at least this old.
    OlderThan(Duration),
}

impl From<bool> for Refetch {
    fn from(always: bool) -> Self {
        if always { Self::Always } else { Self::Never }
    }
}

impl From<Duration> for Refetch {
    fn from(age: Duration) -> Self {
        Self::OlderThan(age)
    }
}

impl Refetch {
    /// Returns whether to fetch at `now`, with data from `fulfilled_at`; both in milliseconds.
    ///
    /// Without data there is no age, and so none that is large enough. An age of zero is no
    /// reason to fetch, as in RTK Query.
    #[must_use]
    pub fn is_due(self, now: u64, fulfilled_at: Option<u64>) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::OlderThan(age) => {
                let is_reached = |at| u128::from(now.saturating_sub(at)) >= age.as_millis();
                !age.is_zero() && fulfilled_at.is_some_and(is_reached)
            }
        }
    }
}

impl Serialize for Refetch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Never => serializer.serialize_bool(false),
            Self::Always => serializer.serialize_bool(true),
            Self::OlderThan(age) => seconds::serialize(*age, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Refetch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Flag(bool),
            Seconds(f64),
        }
        match Form::deserialize(deserializer)? {
            Form::Flag(always) => Ok(always.into()),
            Form::Seconds(seconds) => seconds::checked(seconds).map(Self::OlderThan),
        }
    }
}

/// When invalidated tags take effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvalidationBehavior {
    /// When no request of the api is under way.
    #[default]
    Delayed,
    /// At once; entries that are being fetched are not fetched again.
    Immediately,
}

/// Options of one subscription to a query.
///
/// The state keeps them, and serialises them as RTK Query does.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_store::cache::SubscriptionOptions;
/// let options = SubscriptionOptions {
///     polling_interval: Some(Duration::from_secs(3)),
///     ..SubscriptionOptions::default()
/// };
/// assert_eq!(serde_json::to_string(&options)?, r#"{"pollingInterval":3000}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionOptions {
    /// How long after each answer the query is fetched again; zero and `None`: never. Of
    /// several subscriptions the lowest counts. JSON: whole milliseconds.
    #[serde(default, with = "millis", skip_serializing_if = "Option::is_none")]
    pub polling_interval: Option<Duration>,
    /// Whether polling pauses while the window does not have the focus; of several
    /// subscriptions that poll, one that says so is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_polling_if_unfocused: Option<bool>,
    /// Whether to fetch again when the window gets the focus; the api's choice if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refetch_on_focus: Option<bool>,
    /// Whether to fetch again when the network is back; the api's choice if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refetch_on_reconnect: Option<bool>,
}

/// The `config` part of the api's state: its options, and what is known of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Whether there is a network.
    pub online: bool,
    /// Whether the window has the focus.
    pub focused: bool,
    /// Whether the api's middleware is part of the store.
    pub middleware_registered: bool,
    /// As in [`ApiOptions`].
    pub refetch_on_focus: bool,
    /// As in [`ApiOptions`].
    pub refetch_on_reconnect: bool,
    /// As in [`ApiOptions`].
    pub refetch_on_mount_or_arg_change: Refetch,
    /// As in [`ApiOptions`].
    pub keep_unused_data_for: KeepUnusedData,
    /// The key of the api in the state, and the prefix of its action types.
    pub reducer_path: String,
    /// As in [`ApiOptions`].
    pub invalidation_behavior: InvalidationBehavior,
}

impl Config {
    /// Returns the configuration of an api that nothing has happened to.
    #[must_use]
    pub fn new(reducer_path: &str, options: &ApiOptions) -> Self {
        Self {
            online: true,
            focused: true,
            middleware_registered: false,
            refetch_on_focus: options.refetch_on_focus,
            refetch_on_reconnect: options.refetch_on_reconnect,
            refetch_on_mount_or_arg_change: options.refetch_on_mount_or_arg_change,
            keep_unused_data_for: options.keep_unused_data_for,
            reducer_path: reducer_path.to_owned(),
            invalidation_behavior: options.invalidation_behavior,
        }
    }
}

mod seconds {
    use std::time::Duration;

    use serde::Serializer;

    /// Whole seconds are written without a fraction, as JavaScript writes them.
    pub(super) fn serialize<S: Serializer>(it: Duration, serializer: S) -> Result<S::Ok, S::Error> {
        if it.subsec_nanos() == 0 {
            serializer.serialize_u64(it.as_secs())
        } else {
            serializer.serialize_f64(it.as_secs_f64())
        }
    }

    pub(super) fn checked<E: serde::de::Error>(seconds: f64) -> Result<Duration, E> {
        Duration::try_from_secs_f64(seconds)
            .map_err(|error| E::custom(format_args!("{seconds} is no number of seconds: {error}")))
    }
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(super) fn serialize<S: Serializer>(
        it: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match it {
            Some(it) => serializer.serialize_u64(u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
    }
}
