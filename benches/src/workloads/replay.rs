//! W8: a log is folded by the reducers alone.

use std::io;

use retake::Reducer;

use retake_bench::{Mix, TodoApp, todo_log};

use crate::Options;
use crate::harness::{Case, Output};

const CASES: [(u32, u32, Mix, &str); 4] = [
    (0, 100_000, Mix::Flat, "W8.replay.live0"),
    (1_000, 3_000, Mix::Flat, "W8.replay.live1000"),
    (10_000, 500, Mix::Flat, "W8.replay.live10000"),
    (0, 100_000, Mix::Growing, "W8.replay.grow100k"),
];

pub(crate) fn run(output: &mut Output, _: &Options) -> io::Result<()> {
    for (prefill, count, mix, workload) in CASES {
        let n = if mix == Mix::Growing { count } else { prefill } as usize;
        let (log, live) = todo_log(prefill, count, mix);
        let initial = TodoApp::with_todos(prefill);
        // The initial state is held, as a history or a reader would: nothing is edited in place
        // that was there before.
        output.whole(
            Case { workload, n },
            (count as usize, "ns/action"),
            || initial.clone(),
            |mut state| {
                for action in &log {
                    let _ = state.reduce(action);
                }
                assert_eq!(state.todos.entities.len(), live, "{workload}");
                state
            },
        )?;
    }
    Ok(())
}
