//! W9: a store that keeps its history: recording, memory, a jump, and the first of many
//! actions skipped.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use retake::configure_store;
use retake::devtools::{Connection, Devtools, Status};
use retake::store::Store;
use retake::store::history::{ActionId, HistoryOptions, LiftedAction};
use tokio::runtime::{Builder, Runtime};

use retake_bench::{LikeAction, LikeApp, LikedAction};

use crate::harness::{Case, Output};
use crate::{ALLOC, Options};

const ENTITIES: u32 = 10_000;
const STEPS: [u32; 2] = [1_000, 10_000];

type LikeStore = Store<LikeApp, LikeAction>;

pub(crate) fn run(output: &mut Output, options: &Options) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    for steps in STEPS {
        let n = steps as usize;
        let state = LikeApp::with_posts(ENTITIES);
        let fresh = || store(&runtime, &state);

        let case = Case { workload: "W9.record_per_action", n };
        output.whole(case, (n, "ns/action"), fresh, |store| record(store, steps))?;

        let store = fresh();
        let before = ALLOC.live();
        let store = record(store, steps);
        let bytes = (ALLOC.live() - before) as f64 / f64::from(steps);
        output.emit(Case { workload: "W9.mem_per_step", n }, vec![bytes], 1, "bytes/step")?;

        let last = store.state();
        let (middle, end) = (ActionId(u64::from(steps / 2)), ActionId(u64::from(steps)));
        output.tight(Case { workload: "W9.jump_to_middle", n }, |turn| {
            let action_id = if turn % 2 == 1 { middle } else { end };
            travel(&store, LiftedAction::JumpToAction { action_id });
        })?;
        travel(&store, LiftedAction::JumpToAction { action_id: end });
        assert_eq!(store.state(), last, "W9.jump_to_middle");
        let likes = |store: &LikeStore| store.state().posts.entities[&0].likes;
        let liked = likes(&store);
        output.whole(
            Case { workload: "W9.toggle_first", n },
            (1, "ns/op"),
            || (),
            |()| travel(&store, LiftedAction::ToggleAction { id: ActionId(1) }),
        )?;
        // An odd number of times, with the two that warm up.
        assert_eq!(liked - likes(&store), 1, "W9.toggle_first");
    }
    match &options.devtools {
        Some(url) => monitored(output, &runtime, url),
        None => Ok(()),
    }
}

/// Recording, while a monitor gets the states; last of all, for its thread allocates as it likes.
fn monitored(output: &mut Output, runtime: &Runtime, url: &str) -> io::Result<()> {
    let state = LikeApp::with_posts(ENTITIES);
    for steps in STEPS {
        let n = steps as usize;
        let connected = || {
            let store = store(runtime, &state);
            let connection = connect(&store, url);
            (store, connection)
        };
        output.whole(
            Case { workload: "W9.record_per_action.devtools", n },
            (n, "ns/action"),
            connected,
            |(store, connection)| (record(store, steps), connection),
        )?;
    }
    Ok(())
}

fn store(runtime: &Runtime, state: &LikeApp) -> LikeStore {
    let _inside = runtime.enter();
    configure_store::<LikeApp, LikeAction>()
        .preloaded_state(state.clone())
        .history(HistoryOptions::default())
        .build()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Returns when a monitor looks at the store, after 10 s at the latest.
fn connect(store: &LikeStore, url: &str) -> Connection {
    let devtools = Devtools::new("retake-bench").url(url);
    let connection = devtools.connect(store).unwrap_or_else(|error| panic!("{error}"));
    let start = Instant::now();
    while connection.status() != Status::Monitored {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}: {:?}",
            connection.status(),
            connection.last_error()
        );
        // A real server answers when it does; nothing is measured yet.
        thread::sleep(Duration::from_millis(1));
    }
    connection
}

fn record(store: LikeStore, steps: u32) -> LikeStore {
    for turn in 0..steps {
        store.dispatch(LikedAction::Like(turn.wrapping_mul(7919) % ENTITIES));
    }
    let recorded = store.history().map(|history| history.steps().len());
    assert_eq!(recorded, Some(steps as usize + 1), "W9.record_per_action");
    store
}

fn travel(store: &LikeStore, action: LiftedAction) {
    store.travel(action).unwrap_or_else(|error| panic!("{error}"));
}
