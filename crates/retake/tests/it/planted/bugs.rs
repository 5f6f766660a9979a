//! The application with a bug of one line in its reducer, chosen by a type.

use std::marker::PhantomData;

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use super::board::{Board, BoardAction, CounterAction, TodosAction};

/// What the reducer of the application does, right or wrong.
pub(crate) trait Rules: Clone + Send + Sync + 'static {
    fn reduce(board: &mut Board, memory: &mut u32, action: &BoardAction) -> Changed;
}

/// The application under some rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Under<B> {
    board: Board,
    /// What only the rules know.
    #[serde(skip)]
    memory: u32,
    #[serde(skip)]
    rules: PhantomData<B>,
}

impl<B> Under<B> {
    pub(crate) fn board(&self) -> &Board {
        &self.board
    }
}

impl<B: Rules> State for Under<B> {}

impl<B: Rules> Reducer<BoardAction> for Under<B> {
    fn reduce(&mut self, action: &BoardAction) -> Changed {
        B::reduce(&mut self.board, &mut self.memory, action)
    }
}

/// No bug.
#[derive(Clone, Debug)]
pub(crate) struct Right;
impl Rules for Right {
    fn reduce(board: &mut Board, _: &mut u32, action: &BoardAction) -> Changed {
        board.reduce(action)
    }
}

/// A counter that is off by one where it is big.
#[derive(Clone, Debug)]
pub(crate) struct Carry;
impl Rules for Carry {
    fn reduce(board: &mut Board, _: &mut u32, action: &BoardAction) -> Changed {
        let changed = board.reduce(action);
        let is_added = matches!(action, BoardAction::Counter(CounterAction::Added(_)));
        board.counter.value += i64::from(is_added && board.counter.value > 2_100);
        changed
    }
}

/// A list that is not sorted while one of its rows is done.
#[derive(Clone, Debug)]
pub(crate) struct Unsorted;
impl Rules for Unsorted {
    fn reduce(board: &mut Board, _: &mut u32, action: &BoardAction) -> Changed {
        let is_sorted = matches!(action, BoardAction::Todos(TodosAction::Sorted));
        if is_sorted && board.todos.all.iter().filter(|todo| todo.is_done).count() > 2 {
            return Changed::NONE;
        }
        board.reduce(action)
    }
}

/// An edit of one post that never reaches the cache, late in the session.
#[derive(Clone, Debug)]
pub(crate) struct Forgotten;
impl Rules for Forgotten {
    fn reduce(board: &mut Board, _: &mut u32, action: &BoardAction) -> Changed {
        let is_edit = action.action_type() == "posts/queries/queryResultPatched";
        let wire = action.to_wire().unwrap().payload.unwrap_or_default();
        if is_edit && wire["queryCacheKey"] == "getPost(4)" && board.counter.resets > 60 {
            return Changed::NONE;
        }
        board.reduce(action)
    }
}

/// A memory of three actions, one after the other, that no JSON has: then a todo is lost.
#[derive(Clone, Debug)]
pub(crate) struct Remembering;
impl Rules for Remembering {
    fn reduce(board: &mut Board, memory: &mut u32, action: &BoardAction) -> Changed {
        *memory = match (action, *memory) {
            (BoardAction::Todos(TodosAction::Sorted), 0) if board.counter.resets > 75 => 1,
            (BoardAction::Counter(CounterAction::Reset), 1) => 2,
            (BoardAction::Todos(TodosAction::Toggled(0..50)), 2) => 3,
            (BoardAction::Todos(TodosAction::Created { .. }), 3) => return Changed::NONE,
            (BoardAction::Counter(CounterAction::Reset), _) => 0,
            (_, memory) => memory,
        };
        board.reduce(action)
    }
}

/// A counter that counts what it added, in memory only, and loses the fourth big number.
#[derive(Clone, Debug)]
pub(crate) struct Fourth;
impl Rules for Fourth {
    fn reduce(board: &mut Board, memory: &mut u32, action: &BoardAction) -> Changed {
        let is_big = matches!(action, BoardAction::Counter(CounterAction::Added(90..)));
        *memory += u32::from(is_big && board.counter.resets > 20);
        if is_big && *memory == 4 {
            return Changed::NONE;
        }
        board.reduce(action)
    }
}
