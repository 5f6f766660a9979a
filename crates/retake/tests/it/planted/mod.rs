//! A bug of one line is found in a long log, at the right place, and shrunk to a few actions.

mod board;
mod bugs;
mod quiet;

use std::sync::LazyLock;

use retake::store::log::{
    Divergence, LogOptions, LogReader, Shrunk, VerifyError, fold, fold_api_slices, shrink, verify,
};

use board::{BoardAction, Session};
use bugs::{Carry, Forgotten, Fourth, Remembering, Right, Rules, Under, Unsorted};

const ACTIONS: usize = 10_000;

/// The log of a session, without a bug.
static LOG: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let mut session = Session::new(options);
    while session.lines.count() <= ACTIONS {
        session.step();
    }
    session.recorder.finish().unwrap();
    let log = session.lines.bytes();
    let lines = log.split_inclusive(|byte| *byte == b'\n').take(ACTIONS + 1);
    lines.flatten().copied().collect()
});

fn reader(log: &[u8]) -> LogReader<&[u8]> {
    LogReader::new(log).unwrap()
}

fn divergence<B: Rules>(log: &[u8]) -> Divergence {
    match verify::<Under<B>, BoardAction, _>(reader(log)) {
        Err(VerifyError::Diverged(divergence)) => *divergence,
        other => panic!("{other:?}"),
    }
}

/// Returns the first action after which the states under the rules and without a bug differ.
fn first_difference<B: Rules>() -> u64 {
    let mut right = fold::<Under<Right>, BoardAction, _>(reader(&LOG)).unwrap();
    let mut wrong = fold::<Under<B>, BoardAction, _>(reader(&LOG)).unwrap();
    loop {
        let (right, wrong) =
            (right.next_step().unwrap().unwrap(), wrong.next_step().unwrap().unwrap());
        if right.state.board() != wrong.state.board() {
            return right.seq;
        }
    }
}

#[track_caller]
#[allow(clippy::print_stdout, reason = "how small the log got, for those who ask")]
fn check<B: Rules>(slice: &str, is_hidden: bool, most: usize) -> Shrunk {
    let name = std::any::type_name::<B>().rsplit("::").next().unwrap();
    let shrunk = shrink(|| fold::<Under<B>, BoardAction, _>(LogReader::new(&**LOG)?)).unwrap();
    let Shrunk { divergence: found, entries, replays, reduced, .. } = &shrunk;
    println!(
        "{name}: found at {} of {ACTIONS}, shrunk to {} actions and {} bytes, with {replays} \
         replays of {reduced} actions",
        found.seq,
        entries.len(),
        shrunk.to_string().len(),
    );
    assert_eq!(found.seq, first_difference::<B>(), "{name}");
    assert_eq!(found.slices, [slice], "{name}");
    assert_eq!(shrunk.is_hidden, is_hidden, "{name}");
    assert!(entries.len() <= most, "{name}: {} actions", entries.len());

    let small = shrunk.to_string().into_bytes();
    let again = divergence::<B>(&small);
    assert_eq!(again.seq, entries.len() as u64, "{name}");
    assert_eq!((&again.action_type, &again.slices), (&found.action_type, &found.slices), "{name}");
    // It fails because of the bug: without the bug it does not fail.
    let verified = verify::<Under<Right>, BoardAction, _>(reader(&small)).unwrap();
    assert_eq!(verified.compared, entries.len() as u64, "{name}");
    shrunk
}

#[test]
fn the_log_is_right_without_a_bug() {
    let verified = verify::<Under<Right>, BoardAction, _>(reader(&LOG)).unwrap();
    assert_eq!((verified.actions, verified.compared), (ACTIONS as u64, ACTIONS as u64));
}

#[test]
fn a_bug_in_a_counter() {
    let shrunk = check::<Carry>("counter", false, 1);
    let text = shrunk.to_string();
    assert!(text.contains(r#""todos":{"all":[]},"posts":{"queries":{},"#), "{text}");
}

#[test]
fn a_bug_in_a_list() {
    check::<Unsorted>("todos", false, 1);
}

#[test]
fn a_bug_in_the_cache() {
    check::<Forgotten>("posts", false, 1);
}

/// Three actions prepare the fourth, and no JSON shows it.
#[test]
fn a_bug_in_what_is_not_serialised() {
    check::<Remembering>("todos", true, 4);
}

/// The states before the kept actions are none that were recorded.
#[test]
fn a_bug_that_counts() {
    check::<Fourth>("counter", true, 4);
}

/// Without the application, a wrong answer is found in its api's slice, and shrunk to a log that
/// the application can read, too.
#[test]
fn a_log_that_was_tampered_with() {
    let log = String::from_utf8(LOG.clone()).unwrap();
    let (first, rest) = log.split_at(log.len() / 2);
    let answer = r#","title":"version "#;
    let tampered = [first, &rest.replacen(answer, &answer.replace("ver", "wrong "), 1)].concat();
    let tampered = tampered.into_bytes();
    assert!(tampered != *LOG);
    let shrunk = shrink(|| fold_api_slices(LogReader::new(&*tampered)?)).unwrap();
    assert_eq!((shrunk.entries.len(), shrunk.is_hidden), (1, false));
    let small = shrunk.to_string().into_bytes();
    let again = fold_api_slices(reader(&small)).unwrap().verify();
    assert!(matches!(again, Err(VerifyError::Diverged(it)) if it.slices == ["posts"]));
    let again = divergence::<Right>(&small);
    assert_eq!(again.differences, shrunk.divergence.differences);
}
