//! Values as trees whose branches are made when they are opened.

use std::borrow::Cow;

use ratatui::style::Style;
use serde_json::Value;

use crate::output::printable;
use crate::recording::row::compact;

/// How long a line of a text is, in characters.
const LINE: usize = 40;

/// A line, and what is below it.
pub(crate) struct Node<'a> {
    /// Its name among its siblings, as it is.
    pub(crate) name: String,
    /// What is said about it, printable.
    pub(crate) text: String,
    /// How the text is drawn.
    pub(crate) style: Style,
    /// Whether it is open until somebody closes it.
    pub(crate) starts_open: bool,
    /// What is below it, if anything is.
    pub(crate) children: Option<Children<'a>>,
}

/// Makes what is below a node.
type Children<'a> = Box<dyn FnOnce() -> Vec<Node<'a>> + 'a>;

impl<'a> Node<'a> {
    /// Returns a node with nothing below it.
    pub(crate) fn new(name: impl Into<String>, text: &str) -> Self {
        Self {
            name: name.into(),
            text: printable(text),
            style: Style::new(),
            starts_open: false,
            children: None,
        }
    }

    /// Returns a JSON value with its members.
    pub(crate) fn json(name: impl Into<String>, value: Cow<'a, Value>) -> Self {
        let node = Self::new(name, &compact(&value));
        match &*value {
            Value::Object(members) if members.is_empty() => node,
            Value::Array(items) if items.is_empty() => node,
            Value::Object(_) | Value::Array(_) => node.with(move || members(value)),
            Value::String(text) if text.len() > LINE || text.contains('\n') => {
                node.with(move || lines(&value))
            }
            _ => node,
        }
    }

    /// Returns it with what `children` makes below it.
    pub(crate) fn with(mut self, children: impl FnOnce() -> Vec<Node<'a>> + 'a) -> Self {
        self.children = Some(Box::new(children));
        self
    }

    /// Returns it in this style.
    pub(crate) fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Returns it open until somebody closes it.
    pub(crate) fn open(mut self) -> Self {
        self.starts_open = true;
        self
    }
}

/// Returns a text in lines, from 1.
fn lines<'a>(text: &Value) -> Vec<Node<'a>> {
    let chars: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
    let lines = chars.split(|char| *char == '\n').flat_map(|line| match line {
        [] => vec![String::new()],
        line => line.chunks(LINE).map(|piece| piece.iter().collect()).collect(),
    });
    lines.zip(1..).map(|(line, number)| Node::new(number.to_string(), &line)).collect()
}

fn members(value: Cow<'_, Value>) -> Vec<Node<'_>> {
    let named = |(name, value): (String, _)| Node::json(name, value);
    let placed = |(index, item): (usize, _)| Node::json(index.to_string(), item);
    match value {
        Cow::Borrowed(Value::Object(members)) => members
            .iter()
            .map(|(name, value)| named((name.clone(), Cow::Borrowed(value))))
            .collect(),
        Cow::Owned(Value::Object(members)) => {
            members.into_iter().map(|(name, value)| named((name, Cow::Owned(value)))).collect()
        }
        Cow::Borrowed(Value::Array(items)) => {
            items.iter().map(Cow::Borrowed).enumerate().map(placed).collect()
        }
        Cow::Owned(Value::Array(items)) => {
            items.into_iter().map(Cow::Owned).enumerate().map(placed).collect()
        }
        _ => Vec::new(),
    }
}
