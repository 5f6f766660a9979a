//! Replaying a log: reducers only, no endpoint, no network, no server.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use posts_app::{App, AppAction};
use retake::store::log::{LogReader, verify};

use crate::console;
use crate::error::RunError;
use crate::log_file::LogFile;

/// Replays the log at `path`, and compares what each action did and where it led with what
/// the log says.
///
/// Says how many there were; this is the last line of the program.
pub(crate) fn replay(path: &Path) -> Result<(), RunError> {
    let in_file = || path.to_owned();
    let file = File::open(path).map_err(|cause| RunError::File {
        verb: "read",
        path: in_file(),
        cause,
    })?;
    let reader = LogReader::new(BufReader::new(file))
        .map_err(|source| RunError::Log { path: in_file(), source })?;
    let verified = verify::<App, AppAction, _>(reader)
        .map_err(|source| RunError::Replay { path: in_file(), source })?;
    let actions = verified.actions;
    match actions - verified.compared {
        0 => {
            console::say(format_args!("replayed {actions} actions, state identical"));
            Ok(())
        }
        missing => Err(RunError::Unproven { path: in_file(), actions, missing }),
    }
}

/// Replays `log` in a process that knows nothing of this one; it speaks for itself.
pub(crate) fn replay_in_another_process(log: &LogFile) -> Result<(), RunError> {
    let program = std::env::current_exe().map_err(RunError::Spawn)?;
    let status = Command::new(program).arg("--replay").arg(log.path()).status();
    let status = status.map_err(RunError::Spawn)?;
    if status.success() { Ok(()) } else { Err(RunError::ReplayFailed(status)) }
}
