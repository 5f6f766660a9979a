//! Action creators: actions that the dispatcher offers by name.

use std::fmt;

use retake_store::{Action, WireAction, WireError};
use serde_json::Value;

use crate::protocol::incoming::Call;
use crate::protocol::literal::{LiteralError, parse_literal};

type Create = Box<dyn Fn(Vec<Value>) -> WireAction + Send>;

/// An action that the dispatcher of the monitor offers.
pub(crate) struct ActionCreator {
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
    create: Create,
}

/// Why the dispatcher's action cannot be dispatched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The text is no literal.
    #[error("{what}: {error}")]
    Literal {
        /// Which text.
        what: String,
        /// Why.
        error: LiteralError,
    },
    /// The value is no action.
    #[error("this is no action: {0}; write {{type: 'slice/method', payload: ..}}")]
    NoAction(serde_json::Error),
    /// The application has no such action.
    #[error("this application has no action of type `{0}`")]
    UnknownType(String),
    /// The content does not fit the type.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// There is no such action creator.
    #[error("there is no action creator `{0}`: reload the monitor")]
    UnknownCreator(String),
    /// More arguments were given than a list of them.
    #[error("the rest of the arguments is no list")]
    Rest,
}

impl ActionCreator {
    /// Returns a creator of actions of type `kind`, as `#[slice]` writes them: no payload
    /// without arguments, the bare value of one, an object of the names of several.
    pub(crate) fn of_type(kind: &str, args: &[&str]) -> Self {
        let names: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let wire = WireAction::new(kind);
        Self::new(kind, args, move |values| WireAction {
            payload: payload(&names, values),
            ..wire.clone()
        })
    }

    /// Returns a creator that calls `create` with the values of the arguments.
    pub(crate) fn new(
        name: &str,
        args: &[&str],
        create: impl Fn(Vec<Value>) -> WireAction + Send + 'static,
    ) -> Self {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Self { name: name.to_owned(), args, create: Box::new(create) }
    }
}

fn payload(names: &[String], mut values: Vec<Value>) -> Option<Value> {
    match names {
        [] | [_] if values.len() < 2 => values.pop(),
        _ => Some(Value::Object(names.iter().cloned().zip(values).collect())),
    }
}

impl Call {
    /// Returns the action that the dispatcher asks for.
    ///
    /// # Errors
    /// [`CallError`], for whoever typed it.
    pub(crate) fn action<A: Action>(&self, creators: &[ActionCreator]) -> Result<A, CallError> {
        let wire = match self {
            Self::Source(source) => {
                let value = read("the action", source)?.unwrap_or(Value::Null);
                serde_json::from_value(value).map_err(CallError::NoAction)?
            }
            Self::Creator { name, selected, args, rest } => {
                let creator = creators.get(*selected).filter(|creator| creator.name == *name);
                let Some(creator) = creator else {
                    return Err(CallError::UnknownCreator(name.clone()));
                };
                (creator.create)(values(args, rest)?)
            }
        };
        let action = A::from_wire(&wire);
        Ok(action.ok_or(CallError::UnknownType(wire.kind))??)
    }
}

fn values(args: &[Option<String>], rest: &str) -> Result<Vec<Value>, CallError> {
    let mut values = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        let value = read(&format!("argument {}", at + 1), arg.as_deref().unwrap_or_default())?;
        values.push(value.unwrap_or(Value::Null));
    }
    match read("the rest of the arguments", rest)? {
        None => {}
        Some(Value::Array(more)) => values.extend(more),
        Some(_) => return Err(CallError::Rest),
    }
    Ok(values)
}

fn read(what: &str, source: &str) -> Result<Option<Value>, CallError> {
    parse_literal(source).map_err(|error| CallError::Literal { what: what.to_owned(), error })
}

impl fmt::Debug for ActionCreator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.args.join(", "))
    }
}
