//! What an action rehydrates, where a replay without the application finds it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::action::{Action, WireAction, WireError};
use crate::cache::{Api, Rehydration, saved_slice};

const RETAKE: &str = "retake";
const REHYDRATE: &str = "rehydrate";

/// Returns `wire`, the JSON form of `action`, with the saved slice of the api `P` that
/// `action` carries; an action that carries none is returned as it is.
///
/// The slice goes to `meta.retake.rehydrate`, under the reducer path of the api. It is for
/// readers that do not have the types of the application: where in its payload an action of
/// the application has a slice, only [`Api::extract_rehydration_info`] knows. Whoever writes
/// a log calls this once for each api of the store. Actions of the api itself carry what they
/// rehydrate in their payload, and stay as they are.
///
/// # Errors
/// [`WireError`] when the slice has no JSON form, or when `meta` is there and is no object.
///
/// # Examples
/// ```
/// use std::any::Any;
/// use std::borrow::Cow;
/// use retake_store::cache::{Api, ApiState, Rehydration};
/// use retake_store::log::with_rehydration;
/// use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
/// # #[derive(Clone, Default)]
/// # struct App { posts: ApiState<PostsApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
/// # impl From<retake_store::cache::ApiAction<PostsApi>> for Restored {
/// #     fn from(_: retake_store::cache::ApiAction<PostsApi>) -> Self { Self(Rehydration::default()) }
/// # }
/// # struct PostsApi;
///
/// #[derive(Clone, Debug)]
/// struct Restored(Rehydration);
/// impl Action for Restored {
///     // ..
/// #     fn action_type(&self) -> Cow<'_, str> { "session/restored".into() }
/// #     fn leaf(&self) -> &dyn Any { self }
/// #     fn to_wire(&self) -> Result<WireAction, WireError> { Ok(WireAction::new("session/restored")) }
/// #     fn from_wire(_: &WireAction) -> Option<Result<Self, WireError>> { None }
/// }
/// impl Api for PostsApi {
///     const REDUCER_PATH: &'static str = "posts";
///     // ..
/// #     type State = App;
/// #     type Action = Restored;
/// #     type BaseQuery = ();
/// #     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
///     fn extract_rehydration_info(action: &Restored) -> Option<&Rehydration> {
///         Some(&action.0)
///     }
/// }
///
/// let action = Restored(Rehydration::from_json(&serde_json::json!({"queries": {}}))?);
/// let wire = with_rehydration::<PostsApi, _>(action.to_wire()?, &action)?;
/// let slice = &wire.meta.ok_or("no meta")?["retake"]["rehydrate"]["posts"];
/// assert_eq!(slice["queries"], serde_json::json!({}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_rehydration<P: Api, A: Action>(
    wire: WireAction,
    action: &A,
) -> Result<WireAction, WireError> {
    match saved_slice::<P, A>(action) {
        Some(saved) => write(wire, P::REDUCER_PATH, saved),
        None => Ok(wire),
    }
}

fn write(mut wire: WireAction, path: &str, saved: &Rehydration) -> Result<WireAction, WireError> {
    let saved = serde_json::to_value(saved).map_err(|error| {
        WireError::new(&wire.kind, "carries a slice that has no JSON form", &error)
    })?;
    let mut at = wire.meta.get_or_insert_with(|| Value::Object(Map::new()));
    for name in [RETAKE, REHYDRATE] {
        at = match at {
            Value::Object(members) => members.entry(name).or_insert_with(|| Map::new().into()),
            _ => return Err(no_place(&wire.kind)),
        };
    }
    let Value::Object(members) = at else { return Err(no_place(&wire.kind)) };
    members.insert(path.to_owned(), saved);
    Ok(wire)
}

fn no_place(kind: &str) -> WireError {
    let what = "has no place for the slice that it carries";
    WireError::new(kind, what, &"`meta`, and `meta.retake`, have to be objects")
}

/// Returns the slices that `wire` brings back, by reducer path.
pub(super) fn read(wire: &WireAction) -> Result<BTreeMap<String, Rehydration>, WireError> {
    let slices = wire.meta.as_ref().and_then(|meta| meta.get(RETAKE)?.get(REHYDRATE));
    let Some(slices) = slices else { return Ok(BTreeMap::new()) };
    BTreeMap::deserialize(slices).map_err(|error| {
        WireError::new(&wire.kind, "has an unexpected `meta.retake.rehydrate`", &error)
    })
}
