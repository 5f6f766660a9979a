//! The slices of an application's apis, without the application.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::error::LogError;
use super::reader::LogReader;
use super::replay::{Part, Replay};
use super::untyped::{Effect, UntypedAction};
use crate::action::WireError;
use crate::cache::CacheState;
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// The slices of the apis in a state of any application, by reducer path.
///
/// A member of a state is the slice of an api if it says so in its own
/// `config.reducerPath`, which is its name. All others are left out: without the application
/// nobody knows what an action does to them. The slices are reduced by the cache's own
/// reducer, so they are what they are in the application.
///
/// JSON: `{"<reducerPath>": slice, ..}`; it is read from the state of a whole application.
///
/// # Examples
/// See [`fold_api_slices`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ApiSlices(BTreeMap<String, CacheState>);

impl ApiSlices {
    /// Returns the slices by reducer path, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &CacheState)> {
        self.0.iter().map(|(path, slice)| (path.as_str(), slice))
    }

    /// Returns the slice of the api `reducer_path`.
    #[must_use]
    pub fn slice(&self, reducer_path: &str) -> Option<&CacheState> {
        self.0.get(reducer_path)
    }

    /// Returns whether there is no slice of an api.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses an action of one of the apis whose content does not fit: to reduce it would
    /// change nothing.
    ///
    /// # Errors
    /// [`WireError`] says what does not fit.
    ///
    /// # Examples
    /// ```
    /// use retake_store::WireAction;
    /// use retake_store::log::{ApiSlices, UntypedAction};
    /// let action = UntypedAction::new(WireAction::new("posts/queries/removeQueryResult"));
    /// assert!(ApiSlices::default().check(&action).is_ok(), "of no api that is there");
    /// ```
    pub fn check(&self, action: &UntypedAction) -> Result<(), WireError> {
        self.0.keys().try_for_each(|path| action.effect(path).map(drop).map_err(Clone::clone))
    }
}

impl State for ApiSlices {
    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        if !changed.is_none() {
            self.0.clone_from(&newer.0);
        }
    }
}

/// An action that does not fit changes nothing; [`fold_api_slices`] refuses it before.
impl Reducer<UntypedAction> for ApiSlices {
    fn reduce(&mut self, action: &UntypedAction) -> Changed {
        self.0.iter_mut().fold(Changed::NONE, |all, (path, slice)| {
            all | match action.effect(path) {
                Ok(Some(Effect::Cache(action))) => slice.reduce(action),
                Ok(Some(Effect::Rehydrate(saved))) => slice.rehydrate(saved),
                Ok(None) | Err(_) => Changed::NONE,
            }
        })
    }
}

/// Slices keep the order of their properties if they are read from text.
impl<'de> Deserialize<'de> for ApiSlices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Members(members) = Members::deserialize(deserializer)?;
        let slices = members.into_iter().filter(|(name, json)| is_slice(name, json));
        let slices = slices.map(|(name, json)| match serde_json::from_str(json.get()) {
            Ok(slice) => Ok((name, slice)),
            Err(error) => Err(D::Error::custom(format_args!("in the slice `{name}`: {error}"))),
        });
        slices.collect::<Result<_, _>>().map(Self)
    }
}

/// The members of a state that is an object; other states have none.
struct Members(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state = Box::<RawValue>::deserialize(deserializer)?;
        match state.get().trim_start().starts_with('{') {
            true => serde_json::from_str(state.get()).map(Self).map_err(D::Error::custom),
            false => Ok(Self(BTreeMap::new())),
        }
    }
}

fn is_slice(name: &str, json: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Slice {
        config: Config,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        reducer_path: String,
    }
    serde_json::from_str(json.get()).is_ok_and(|it: Slice| it.config.reducer_path == name)
}

/// Returns the replay of the apis' slices of the log in `reader`, whatever application wrote
/// it.
///
/// What closures of the application computed is in the actions, so the slices go through the
/// states that they went through in the application. Other slices are left out. An action of
/// one of the apis whose content does not fit is an error; every other action is a step that
/// changes nothing. [`Replay::verify`] compares the slices of the apis, and those alone, with
/// what the log says.
///
/// An action of the application that rehydrates a slice has to say so in
/// `meta.retake.rehydrate`: see [`with_rehydration`](super::with_rehydration).
///
/// # Errors
/// [`LogError::UnreadableState`] when a slice of an api in the header does not have the form
/// of one.
///
/// # Examples
/// ```
/// use retake_store::log::{LogReader, fold_api_slices};
/// let log = br#"{"retake":1,"app":{"name":"posts","version":"1"},"state":{"filter":"","posts":{"queries":{},"mutations":{},"provided":{"tags":{},"keys":{}},"subscriptions":{},"config":{"online":true,"focused":true,"middlewareRegistered":true,"refetchOnFocus":false,"refetchOnReconnect":false,"refetchOnMountOrArgChange":false,"keepUnusedDataFor":60,"reducerPath":"posts","invalidationBehavior":"delayed"}}}}
/// {"seq":1,"at":1,"action":{"type":"filter/textChanged","payload":"rust"}}
/// {"seq":2,"at":2,"action":{"type":"__rtkq/unfocused"}}
/// "#;
/// let replay = fold_api_slices(LogReader::new(&log[..])?)?;
/// assert_eq!(replay.state().iter().map(|(path, _)| path).collect::<Vec<_>>(), ["posts"]);
///
/// let slices = replay.run()?;
/// let posts = slices.slice("posts").ok_or("no slice `posts`")?;
/// assert!(!posts.config().focused);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fold_api_slices<R: BufRead>(
    reader: LogReader<R>,
) -> Result<Replay<ApiSlices, UntypedAction, R>, LogError> {
    let state: ApiSlices = reader.header().read_state()?;
    let slices = state.0.keys().cloned().collect();
    Ok(Replay::from_state(reader, state).of_part(Part { slices, check: ApiSlices::check }))
}
