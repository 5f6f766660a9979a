//! An application of todos, and a log of what happens to them.

use std::sync::Arc;

use im::OrdMap;
use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::data::mix;

/// A todo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Todo {
    /// The id.
    pub id: u32,
    /// 22 characters.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

/// Returns the todo `id`.
#[must_use]
pub fn todo(id: u32) -> Todo {
    Todo { id, text: format!("Todo {id:08} {:08x}", mix(id, 5)), done: false }
}

/// The todos by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Todos {
    /// In the order of their ids, which is that of their creation.
    pub entities: OrdMap<u32, Arc<Todo>>,
}

#[slice(name = "todos")]
impl Todos {
    fn added(&mut self, todo: Arc<Todo>) {
        self.entities.entry(todo.id).or_insert(todo);
    }

    fn toggled(&mut self, id: u32) {
        if let Some(todo) = self.entities.get_mut(&id) {
            let todo = Arc::make_mut(todo);
            todo.done = !todo.done;
        }
    }

    fn removed(&mut self, id: u32) {
        self.entities.remove(&id);
    }
}

/// The state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub struct TodoApp {
    /// The todos.
    pub todos: Todos,
}

/// The root action.
#[derive(Clone, Debug, Action)]
pub enum TodoAppAction {
    /// What happens to todos.
    Todos(TodosAction),
}

impl TodoApp {
    /// Returns the state with the first `count` todos.
    #[must_use]
    pub fn with_todos(count: u32) -> Self {
        let entities = (0..count).map(|id| (id, Arc::new(todo(id)))).collect();
        Self { todos: Todos { entities } }
    }
}

/// How the actions of a log are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// As many todos come as go.
    Flat,
    /// More come.
    Growing,
}

/// Returns `count` actions for a state with `prefill` todos, and how many todos they leave.
#[must_use]
pub fn todo_log(prefill: u32, count: u32, kind: Mix) -> (Vec<TodoAppAction>, usize) {
    #[derive(Clone, Copy)]
    enum What {
        Add,
        Toggle,
        Remove,
    }
    let mut live: Vec<u32> = (0..prefill).collect();
    let mut next = prefill;
    let log = (0..count).map(|turn| {
        let drawn = mix(turn, 777);
        let what = match (kind, drawn % 10, drawn % 4) {
            _ if live.is_empty() => What::Add,
            (Mix::Growing, 0..=4, _) | (Mix::Flat, _, 0) => What::Add,
            (Mix::Growing, 5..=7, _) | (Mix::Flat, _, 2..) => What::Toggle,
            _ => What::Remove,
        };
        let place = |key, live: &[u32]| mix(turn, key) as usize % live.len();
        let action = match what {
            What::Add => {
                live.push(next);
                next += 1;
                TodosAction::Added(Arc::new(todo(next - 1)))
            }
            What::Toggle => TodosAction::Toggled(live[place(779, &live)]),
            What::Remove => {
                let place = place(778, &live);
                TodosAction::Removed(live.swap_remove(place))
            }
        };
        TodoAppAction::Todos(action)
    });
    let log = log.collect();
    (log, live.len())
}
