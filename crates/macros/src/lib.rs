//! The macros of retake: they save typing, and everything they write can be written by hand.
//!
//! | to write | instead of |
//! |---|---|
//! | [`#[slice]`](macro@slice) | a slice's action enum, its JSON forms and its reducer |
//! | [`derive(Action)`](macro@Action) | the root action over the slices, or the action of a slice with a reducer of your own |
//! | [`derive(State)`](macro@State) | the reducer that combines those of the fields, and how a state follows a newer one |
//! | [`derive(Patchable)`](macro@Patchable) | how two values differ, as JSON Patch |
//!
//! Together they make an application:
//!
//! ```
//! use retake_macros::{Action, State, slice};
//! use retake_store::{Action as _, Reducer};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Debug, Default, Serialize, Deserialize)]
//! struct Filter { text: String }
//!
//! #[slice(name = "filter")]
//! impl Filter {
//!     fn text_changed(&mut self, text: String) { self.text = text; }
//!     fn cleared(&mut self) { self.text.clear(); }
//! }
//!
//! #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
//! struct App { filter: Filter }
//!
//! #[derive(Clone, Debug, Serialize, Deserialize, Action)]
//! enum AppAction { Filter(FilterAction) }
//!
//! let action = AppAction::from(FilterAction::TextChanged("rust".into()));
//! let json = serde_json::to_string(&action.to_wire()?)?;
//! assert_eq!(json, r#"{"type":"filter/textChanged","payload":"rust"}"#);
//!
//! let mut app = App::default();
//! let _ = app.reduce(&action);
//! assert_eq!(app.filter.text, "rust");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Errors are at the part of the source that has to change, and all of a block are shown at
//! once.
//!
//! # Trade-offs
//!
//! - The generated code names the store crate as the manifest does: `retake-store` or the
//!   facade `retake`, under whatever name. A crate that only re-exports one of them is not
//!   found.
//! - The action enum that `#[slice]` writes implements serde's traits when the manifest names
//!   `serde`, be it as an optional dependency.
//! - A slice's reducer copies the arguments of an action. Put large ones in an `Arc`.
//! - `#[slice]` sees names and not types: `Changed` has to be called so where a method
//!   returns it.

mod action;
mod errors;
mod leaf;
mod method;
mod names;
mod patchable;
mod path;
mod serde_attrs;
mod slice;
mod state;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Writes `impl Action` for an enum: the root action of an application, or a slice's.
///
/// # The root action
///
/// Each variant wraps the action of one slice, and everything is left to that content: its
/// type string, its JSON form, the keyed parts that it affects, and the leaf that reducers look
/// at. Reading JSON, the first variant that knows the type string takes the action. Each
/// variant gets a `From`, so that a slice's action can be dispatched as it is; therefore no
/// two variants wrap the same type. Roots nest, and may have type parameters.
///
/// ```
/// use retake_macros::Action;
/// use retake_store::{Action as _, WireAction};
///
/// #[derive(Clone, Debug, PartialEq, Action)]
/// #[action(slice = "filter")]
/// enum FilterAction {
///     Cleared,
///     TextChanged(String),
///     Replaced { from: char, to: char },
/// }
///
/// #[derive(Clone, Debug, PartialEq, Action)]
/// #[action(slice = "session")]
/// enum SessionAction { LoggedOut }
///
/// #[derive(Clone, Debug, PartialEq, Action)]
/// enum AppAction { Filter(FilterAction), Session(SessionAction) }
///
/// let action = AppAction::from(SessionAction::LoggedOut);
/// assert_eq!(action.action_type(), "session/loggedOut");
/// assert_eq!(action.leaf().downcast_ref(), Some(&SessionAction::LoggedOut));
/// let read = AppAction::from_wire(&WireAction::new("filter/cleared"));
/// assert_eq!(read, Some(Ok(AppAction::Filter(FilterAction::Cleared))));
/// ```
///
/// # The action of a slice
///
/// `#[action(slice = "name")]` is for slices whose reducer is written by hand. The type
/// string is the name and the variant in camelCase, `filter/textChanged`. The payload is
/// absent for a unit variant, the bare value for a variant with one, and an object for a
/// variant with named fields:
///
/// ```
/// # use retake_macros::Action;
/// # use retake_store::Action as _;
/// # #[derive(Clone, Debug, PartialEq, Action)]
/// # #[action(slice = "filter")]
/// # enum FilterAction { Cleared, TextChanged(String), Replaced { from: char, to: char } }
/// let cases = [
///     (FilterAction::Cleared, r#"{"type":"filter/cleared"}"#),
///     (FilterAction::TextChanged("a".into()), r#"{"type":"filter/textChanged","payload":"a"}"#),
///     (
///         FilterAction::Replaced { from: 'a', to: 'b' },
///         r#"{"type":"filter/replaced","payload":{"from":"a","to":"b"}}"#,
///     ),
/// ];
/// for (action, json) in cases {
///     assert_eq!(serde_json::to_string(&action.to_wire()?)?, json);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Redux Toolkit, `createAction`; Flux Standard Action.
#[proc_macro_derive(Action, attributes(action))]
pub fn derive_action(input: TokenStream) -> TokenStream {
    derived(parse_macro_input!(input as DeriveInput), action::expand)
}

/// Writes `impl State` and `impl Reducer` for a struct whose fields are slices.
///
/// The reducer gives the action to the reducer of every field, in order, and says which of
/// them changed. A state that follows a newer one copies those fields only. The fields are
/// named as serde writes them: `rename` and `rename_all` are honoured.
///
/// - `#[state(skip)]` on a field: it has no reducer and need not be a state. It is copied
///   with the whole state only.
/// - `#[state(action = AppAction)]` on the struct: it reduces this action only, and so may
///   its fields. Without it, it reduces every action, and so must they.
///
/// ```
/// use retake_macros::{State, slice};
/// use retake_store::{Changed, Reducer, State as _};
/// use serde::Serialize;
///
/// #[derive(Clone, Serialize)]
/// struct Counter(i64);
///
/// #[slice(name = "counter")]
/// impl Counter {
///     fn added(&mut self, by: i64) { self.0 += by; }
/// }
///
/// #[derive(Clone, Serialize, State)]
/// #[serde(rename_all = "camelCase")]
/// struct App {
///     #[state(skip)]
///     window_title: String,
///     first_counter: Counter,
/// }
///
/// assert_eq!(App::FIELDS, ["windowTitle", "firstCounter"]);
/// let mut app = App { window_title: "Counters".into(), first_counter: Counter(1) };
/// assert_eq!(app.reduce(&CounterAction::Added(2)), Changed::field(1));
/// assert_eq!(app.first_counter.0, 3);
/// ```
///
/// Source: Redux, `combineReducers`.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    derived(parse_macro_input!(input as DeriveInput), state::expand)
}

/// Writes `impl Patchable`: how two values of a type differ, and how patches change one.
///
/// The paths are those of the JSON form, so serde's attributes count. The rows of a list are
/// told apart by their field `id`, or by the one with `#[patch(key)]`. A field with
/// `#[serde(skip)]` needs `#[patch(ignore)]`: values that differ only there are the same.
///
/// ```
/// use retake_macros::Patchable;
/// use retake_store::patch::{Mode, PatchError, apply_patches, diff};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
/// struct Post { id: u32, title: String }
///
/// let old = vec![Post { id: 1, title: "a".into() }, Post { id: 2, title: "b".into() }];
/// let next = vec![Post { id: 2, title: "b".into() }];
/// let patches = diff(&old, &next)?;
/// assert_eq!(patches.forward.len(), 1); // remove /0
/// assert_eq!(apply_patches(&old, &patches.forward, Mode::Strict)?, next);
/// # Ok::<(), PatchError>(())
/// ```
#[proc_macro_derive(Patchable, attributes(patch))]
pub fn derive_patchable(input: TokenStream) -> TokenStream {
    derived(parse_macro_input!(input as DeriveInput), patchable::expand)
}

/// Makes a slice of an `impl` block: each method with `&mut self` is an action.
///
/// ```
/// use retake_macros::slice;
/// use retake_store::{Action, Changed, Reducer};
///
/// #[derive(Clone, Default)]
/// struct Filter { text: String, limit: u32 }
///
/// #[slice(name = "filter")]
/// impl Filter {
///     fn cleared(&mut self) { self.text.clear(); }            // filter/cleared
///     fn text_changed(&mut self, text: String) { self.text = text; } // filter/textChanged
///     fn replaced(&mut self, from: String, to: String) {      // payload {"from":..,"to":..}
///         self.text = self.text.replace(&from, &to);
///     }
///     fn limited(&mut self, limit: u32) -> Changed {
///         if self.limit == limit { return Changed::NONE; }
///         self.limit = limit;
///         Changed::ALL
///     }
///     fn is_empty(&self) -> bool { self.text.is_empty() }     // no action
/// }
///
/// let mut filter = Filter::default();
/// let action = FilterAction::TextChanged("rust".into());
/// assert_eq!(action.action_type(), "filter/textChanged");
/// assert_eq!(filter.reduce(&action), Changed::ALL);
/// assert!(!filter.is_empty());
/// assert_eq!(filter.reduce(&FilterAction::Limited(0)), Changed::NONE);
/// ```
///
/// The methods stay as they are. Beside them there are
///
/// - the enum `FilterAction`, whose variants are the action creators: without content for a
///   method without arguments, with one value for one argument, with named values for several.
///   Its JSON form, with serde too, is the one of
///   [`derive(Action)`](macro@Action#the-action-of-a-slice);
/// - `impl Action for FilterAction`;
/// - `impl Reducer<A> for Filter` for every action `A`: it runs the method if the leaf of the
///   action is a `FilterAction`. A method that returns nothing may have changed anything; one
///   that returns `Changed` says it;
/// - `impl State for Filter`, which needs `Clone`.
///
/// # Options
///
/// `#[slice(name = "filter", action = FilterEvent, vis = pub(crate))]`: the name, which is
/// needed; another name and another visibility of the enum, which is `pub` otherwise.
///
/// # Other methods
///
/// `#[slice(on)]` marks a method that answers to the action of *another* slice and is none of
/// its own; it takes the type of the leaf. All that match run, after the slice's own. One that
/// takes the application's root action runs with every action of the application.
/// `#[slice(skip)]` marks a method that is no action in spite of its `&mut self`.
///
/// ```
/// # use retake_macros::slice;
/// # use retake_store::Reducer;
/// #[derive(Clone, Default)]
/// struct Session { is_open: bool }
///
/// #[slice(name = "session")]
/// impl Session {
///     fn logged_out(&mut self) { self.is_open = false; }
/// }
///
/// #[derive(Clone, Default)]
/// struct Drafts(Vec<String>);
///
/// #[slice(name = "drafts")]
/// impl Drafts {
///     fn saved(&mut self, text: String) { self.push(text); }
///
///     #[slice(on)]
///     fn on_session(&mut self, action: &SessionAction) {
///         match action { SessionAction::LoggedOut => self.0.clear() }
///     }
///
///     #[slice(skip)]
///     fn push<T: Into<String>>(&mut self, text: T) { self.0.push(text.into()); }
/// }
///
/// let mut drafts = Drafts::default();
/// let _ = drafts.reduce(&DraftsAction::Saved("Hi".into()));
/// assert_eq!(drafts.0, ["Hi"]);
/// let _ = drafts.reduce(&SessionAction::LoggedOut);
/// assert!(drafts.0.is_empty());
/// ```
///
/// Source: Redux Toolkit, `createSlice` and its `extraReducers`.
#[proc_macro_attribute]
pub fn slice(args: TokenStream, item: TokenStream) -> TokenStream {
    slice::expand(args.into(), item.into()).into()
}

fn derived(
    input: DeriveInput,
    expand: impl FnOnce(DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    expand(input).unwrap_or_else(syn::Error::into_compile_error).into()
}
