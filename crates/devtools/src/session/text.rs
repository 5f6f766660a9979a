//! JSON texts for JavaScript.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use retake_store::history::{ActionId, LiftedState};
use retake_store::{Action, State, WireAction};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::options::Devtools;
use crate::protocol::{ToMonitor, list};

/// The largest number that JavaScript tells from its neighbours.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Returns the JSON of `value` with integers that JavaScript would round as strings.
pub(crate) fn to_text<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let mut text = Vec::new();
    let formatter = SafeIntegers { is_in_string: false };
    value.serialize(&mut Serializer::with_formatter(&mut text, formatter))?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// Returns the text of a state, or why there is none.
pub(crate) fn state_text<S: Serialize, A>(
    state: &S,
    devtools: &Devtools<S, A>,
) -> Result<Arc<str>, Arc<str>> {
    let text = match &devtools.sanitize_state {
        None => to_text(state),
        Some(sanitize) => serde_json::to_value(state).and_then(|state| to_text(&sanitize(state))),
    };
    text.map(Arc::from).map_err(|error| format!("this state has no JSON form: {error}").into())
}

/// Returns the text of the action `id` as `PERFORM_ACTION`; `None` is no action.
pub(crate) fn action_text<S, A: Action>(
    id: ActionId,
    action: Option<&A>,
    timestamp: u64,
    devtools: &Devtools<S, A>,
) -> Arc<str> {
    // An action without a JSON form is shown by its type, and its error says why.
    let wire = action.map(|action| {
        action.to_wire().unwrap_or_else(|error| WireAction {
            error: Some(error.to_string().into()),
            ..WireAction::new(action.action_type())
        })
    });
    let wire = wire.map(|wire| match &devtools.sanitize_action {
        None => wire,
        Some(sanitize) => sanitize(wire, id),
    });
    staged_text(wire, id, timestamp)
}

/// Returns the text of an action as `PERFORM_ACTION`.
pub(crate) fn staged_text(action: Option<WireAction>, id: ActionId, timestamp: u64) -> Arc<str> {
    #[derive(Serialize)]
    struct Staged {
        #[serde(rename = "type")]
        kind: &'static str,
        action: WireAction,
        timestamp: u64,
    }
    let unnamed = if id == ActionId::INIT { "@@INIT" } else { "@@PAUSED" };
    let action = action.unwrap_or_else(|| WireAction::new(unnamed));
    let staged = Staged { kind: "PERFORM_ACTION", action, timestamp };
    // JSON values in named members always have a text.
    to_text(&staged).unwrap_or_default().into()
}

/// Returns all actions of `history` and the state that they begin with, exactly as they are:
/// as texts in texts, which no JavaScript reads on their way to a file and back.
pub(crate) fn export<S: State + Serialize, A: Action>(
    history: &LiftedState<S, A>,
) -> Result<ToMonitor, Box<dyn std::error::Error>> {
    let skipped: BTreeSet<_> = history.skipped().iter().copied().collect();
    let staged = history.steps().filter(|(id, _)| !skipped.contains(id));
    let staged = staged.filter_map(|(id, _)| history.action(id)?.action.as_ref());
    let actions = staged.map(|action| Ok(serde_json::to_string(&action.to_wire()?)?));
    let actions = actions.collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
    Ok(ToMonitor::Export {
        actions: list(actions.iter()),
        committed: serde_json::to_string(&**history.committed())?,
    })
}

/// Writes compact JSON, but quotes what is too large for JavaScript.
struct SafeIntegers {
    /// Keys that are numbers are written inside of a string.
    is_in_string: bool,
}

impl SafeIntegers {
    fn integer<W: io::Write + ?Sized>(
        &self,
        writer: &mut W,
        is_safe: bool,
        integer: impl std::fmt::Display,
    ) -> io::Result<()> {
        if is_safe || self.is_in_string {
            write!(writer, "{integer}")
        } else {
            write!(writer, "\"{integer}\"")
        }
    }
}

impl Formatter for SafeIntegers {
    fn write_u64<W: io::Write + ?Sized>(&mut self, writer: &mut W, it: u64) -> io::Result<()> {
        self.integer(writer, it <= MAX_SAFE, it)
    }

    fn write_i64<W: io::Write + ?Sized>(&mut self, writer: &mut W, it: i64) -> io::Result<()> {
        self.integer(writer, it.unsigned_abs() <= MAX_SAFE, it)
    }

    fn write_u128<W: io::Write + ?Sized>(&mut self, writer: &mut W, it: u128) -> io::Result<()> {
        self.integer(writer, it <= u128::from(MAX_SAFE), it)
    }

    fn write_i128<W: io::Write + ?Sized>(&mut self, writer: &mut W, it: i128) -> io::Result<()> {
        self.integer(writer, it.unsigned_abs() <= u128::from(MAX_SAFE), it)
    }

    fn begin_string<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_in_string = true;
        CompactFormatter.begin_string(writer)
    }

    fn end_string<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_in_string = false;
        CompactFormatter.end_string(writer)
    }
}
