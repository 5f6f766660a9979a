//! A process that records is killed, again and again: no acknowledged line is lost.
//!
//! `crash` kills itself as `crash record FILE CARE SEED` and goes on with the log in the next
//! process. `cargo test -p retake-middleware --test crash -- --kills 200 --seed 7` kills more
//! often, or at other moments.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod journal;
mod recording;

use std::fs::{self, File};
use std::hint;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};

use fastrand::Rng;
use retake_middleware::Recorder;
use retake_store::log::{AppInfo, Content, LogEnd, LogOptions, LogReader, recover, verify};

use journal::{Journal, Noted, builder};
use recording::Care;

/// How many processes write one log, one after the other.
const PROCESSES: u64 = 10;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [task, path, care, seed] = &args[..]
        && task == "record"
    {
        return recording::record(Path::new(path), Care::named(care), seed.parse().unwrap());
    }
    if args.iter().any(|arg| arg == "--list") {
        return say("the_recorder_is_killed: test");
    }
    let number = |name| {
        let at = args.iter().position(|arg| arg == name)?;
        Some(args.get(at + 1)?.parse().unwrap())
    };
    let (kills, seed) = (number("--kills").unwrap_or(40), number("--seed").unwrap_or(1));
    let folder = std::env::temp_dir().join(format!("retake-crash-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let totals = kill_repeatedly(&folder, kills, seed);
    fs::remove_dir_all(&folder).unwrap();
    let Totals { acknowledged, written, torn, empty, logs } = totals;
    say(&format!(
        "{kills} kills (seed {seed}) of processes that wrote {logs} logs: {acknowledged} lines \
         acknowledged, 0 lost, {} more found; {torn} torn lines cut off, {empty} times nothing \
         had begun",
        written - acknowledged,
    ));
    assert!(acknowledged >= kills, "hardly anything was recorded");
}

pub(crate) fn say(line: &str) {
    io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[derive(Default)]
struct Totals {
    acknowledged: u64,
    written: u64,
    torn: u64,
    empty: u64,
    logs: u64,
}

fn kill_repeatedly(folder: &Path, kills: u64, seed: u64) -> Totals {
    let mut rng = Rng::with_seed(seed);
    let mut totals = Totals::default();
    let mut path = PathBuf::new();
    let mut before = 0;
    for kill in 0..kills {
        if kill % PROCESSES == 0 {
            path = folder.join(format!("{}.ndjson", totals.logs));
            (totals.logs, before) = (totals.logs + 1, 0);
        }
        let care = Care::ALL[rng.usize(..Care::ALL.len())];
        let acknowledged = record_and_kill(&path, care, before, &mut rng);
        let end = check(&path, acknowledged.max(before));
        let whole = end.as_ref().map_or(0, |end| end.seq);
        totals.acknowledged += acknowledged.saturating_sub(before);
        totals.written += whole - before;
        totals.torn += u64::from(end.as_ref().is_some_and(|end| end.torn > 0));
        totals.empty += u64::from(end.is_none());
        before = whole;
        if (kill + 1) % PROCESSES == 0 || kill + 1 == kills {
            append(&path, whole);
        }
    }
    totals
}

pub(crate) fn app() -> AppInfo {
    AppInfo::new("journal", "1")
}

/// Kills a process that goes on with the log at `path`, which has `before` entries, and
/// returns the last one that it said was acknowledged.
fn record_and_kill(path: &Path, care: Care, before: u64, rng: &mut Rng) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["record", path.to_str().unwrap(), care.name(), &rng.u64(..).to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    // Every fourth dies before it has said anything.
    let lines = rng.u64(..24).saturating_sub(6);
    let spins = rng.u64(..200_000);
    let mut last = None;
    for _ in 0..lines {
        last = said.next().transpose().unwrap();
        assert!(last.is_some(), "the process ended by itself");
    }
    (0..spins).for_each(|_| hint::spin_loop());
    kill(&mut child);
    for line in said {
        last = Some(line.unwrap());
    }
    let Some(last) = last else { return before };
    last.parse().unwrap()
}

/// Ends the process as a power switch does.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(status.code().is_none(), "the process ended by itself: {status}");
}

/// Checks that the log has at least `acknowledged` entries, all of them as they were noted.
fn check(path: &Path, acknowledged: u64) -> Option<LogEnd> {
    let open = || BufReader::new(File::open(path).unwrap());
    let end = match File::open(path) {
        // Killed before there was a file.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        file => recover(BufReader::new(file.unwrap())).unwrap(),
    };
    let whole = end.as_ref().map_or(0, |end| end.seq);
    assert!(whole >= acknowledged, "{acknowledged} were acknowledged, and {whole} are there");
    let len = end.as_ref()?.len;
    let reader = LogReader::new(open().take(len)).unwrap();
    let verified = verify::<Journal, Noted, _>(reader).unwrap();
    assert_eq!(verified.actions, whole);
    for (number, entry) in (1..).zip(LogReader::new(open().take(len)).unwrap()) {
        let Content::Action(action) = entry.unwrap().content else { panic!("not an action") };
        assert_eq!(action.payload_as::<Noted>().unwrap().number, number);
    }
    end
}

/// Goes on with the log, which has `entries` entries.
fn append(path: &Path, entries: u64) {
    let (recorder, state) = Recorder::resume(path, app(), LogOptions::new()).unwrap();
    let store = builder(state.unwrap_or_default()).middleware(recorder.clone()).build();
    assert_eq!(store.state().notes, entries);
    store.dispatch(Noted { number: entries + 1, text: "at last".into() });
    assert_eq!(recorder.sync().unwrap(), entries + 1);
    recorder.finish().unwrap();
    let end = check(path, entries + 1).unwrap();
    assert_eq!((end.seq, end.torn), (entries + 1, 0));
}
