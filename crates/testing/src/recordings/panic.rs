//! Recordings at whose actions a reducer panics.

use std::any::Any;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;

use retake_store::log::{Content, Entry, Header, LogReader, Replay};
use retake_store::{Action, Reducer, State};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{RecordingError, Recordings};

impl<S, A> Recordings<S, A>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
{
    /// Returns at which entry of the recording at `path` a reducer panics, if one does.
    pub(super) fn panicked(&self, path: &Path) -> Option<RecordingError> {
        let mut replay = self.open(path).ok()?;
        let mut place = 0;
        let panic = loop {
            match step(&mut replay) {
                Ok(true) => place += 1,
                Ok(false) => return None,
                Err(panic) => break panic,
            }
        };
        let (line, message) = (replay.reader().line(), text_of(&*panic));
        let mut entries = LogReader::new(BufReader::new(File::open(path).ok()?)).ok()?;
        let entry = Box::new(entries.nth(place)?.ok()?);
        let shrunk = self.shrink_to_one(path, place, &entry);
        Some(RecordingError::Panicked { line, entry, message, shrunk })
    }

    /// Writes the recording of `entry` alone, which has `place` entries before it, and returns
    /// where it is.
    fn shrink_to_one(&self, path: &Path, place: usize, entry: &Entry) -> Result<PathBuf, String> {
        if let Content::Lifted(_) = entry.content {
            return Err("it changes the history, which begins with the recording".to_owned());
        }
        let mut replay = self.open(path).map_err(|error| error.to_string())?;
        for _ in 0..place {
            step(&mut replay).map_err(|panic| text_of(&*panic))?;
        }
        let header = Header::new(replay.reader().header().app.clone(), replay.state());
        let header = header.and_then(|header| serde_json::to_string(&header));
        let entry = serde_json::to_string(&Entry { seq: 1, ..entry.clone() });
        let (header, entry) =
            header.and_then(|header| Ok((header, entry?))).map_err(|error| error.to_string())?;
        // Raw JSON keeps its line breaks, which are between tokens.
        let text = [header, entry].map(|line| line.replace(['\n', '\r'], " ") + "\n").concat();
        let mut replay = self.fold(text.as_bytes()).map_err(|error| error.to_string())?;
        if step(&mut replay).is_ok() {
            return Err("the state that is serialised does not show it: look at what is skipped, \
                        such as `#[serde(skip)]`"
                .to_owned());
        }
        self.write(path, |mut file| file.write_all(text.as_bytes()))
    }
}

/// Replays one entry and returns whether there was one that can be replayed; the error is what a
/// reducer panicked with.
fn step<S, A, R>(replay: &mut Replay<S, A, R>) -> thread::Result<bool>
where
    S: State + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    catch_unwind(AssertUnwindSafe(|| matches!(replay.next_step(), Some(Ok(_)))))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a message".to_owned())
}
