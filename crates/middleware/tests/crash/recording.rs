//! The process that is killed.

use std::path::Path;

use fastrand::Rng;
use retake_middleware::{Durability, Recorder, RecorderOptions};
use retake_store::log::LogOptions;

use crate::journal::{Noted, builder};
use crate::{app, say};

/// How a process sees to it that lines are safe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Care {
    /// Each line is flushed, and each dispatch waits for it.
    Flush,
    /// Each line is synchronised, and each dispatch waits for it.
    Sync,
    /// Each line is flushed, and nobody waits: what is acknowledged, the status says.
    Watch,
    /// Now and then it asks for everything so far.
    Ask,
}

impl Care {
    pub(crate) const ALL: [Self; 4] = [Self::Flush, Self::Sync, Self::Watch, Self::Ask];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flush => "flush",
            Self::Sync => "sync",
            Self::Watch => "watch",
            Self::Ask => "ask",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|care| care.name() == name).unwrap()
    }

    fn options(self) -> RecorderOptions {
        let options = RecorderOptions::new().capacity(16);
        let verifiable = LogOptions::new().with_hashes(true);
        let options = if self == Self::Watch { options } else { options.log(verifiable) };
        match self {
            Self::Flush => options.durability(Durability::Flush { every: 1 }).acknowledged(true),
            Self::Sync => options.durability(Durability::Sync { every: 1 }).acknowledged(true),
            Self::Watch => options.durability(Durability::Flush { every: 1 }),
            Self::Ask => options.durability(Durability::None),
        }
    }
}

/// Goes on with the log at `path` until it is killed, and says which entry was acknowledged
/// last whenever it has grown.
pub(crate) fn record(path: &Path, care: Care, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let (recorder, state) = Recorder::resume(path, app(), care.options()).unwrap();
    let store = builder(state.unwrap_or_default()).middleware(recorder.clone()).build();
    let mut said = recorder.sync().unwrap();
    say(&said.to_string());
    loop {
        let number = recorder.recorded() + 1;
        // Some lines are long: it takes time to write them.
        let len = if rng.u8(..8) == 0 { rng.usize(..100_000) } else { rng.usize(..300) };
        let text = "a long story ".repeat(len / 13);
        store.dispatch(Noted { number, text });
        if care == Care::Ask && rng.u8(..5) == 0 {
            recorder.sync().unwrap();
        }
        let acknowledged = recorder.status().acknowledged;
        if matches!(care, Care::Flush | Care::Sync) {
            assert_eq!(acknowledged, number);
        }
        if acknowledged > said {
            said = acknowledged;
            say(&said.to_string());
        }
    }
}
