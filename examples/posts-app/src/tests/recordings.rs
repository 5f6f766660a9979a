//! What the test of a recording says when the application does something else than it did.

use std::fs;
use std::path::Path;

use retake_testing::Recordings;

use crate::{App, AppAction};

#[test]
fn a_corrupted_recording_fails_and_is_shrunk() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let recorded = fs::read_to_string(recordings.join("job.ndjson")).unwrap();
    // The user typed something else.
    let (typed, other) = (r#""type":"filter/textChanged","payload":""#, "corrupted ");
    let corrupted = recorded.replacen(typed, &format!("{typed}{other}"), 1);
    assert_ne!(corrupted, recorded);

    let directory = std::env::temp_dir().join(format!("posts-app-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("job.ndjson");
    fs::write(&path, corrupted).unwrap();
    let tests = Recordings::<App, AppAction>::new(&directory).shrunk_into(&directory);
    let message = tests.replay(&path).unwrap_err().to_string();
    let shrunk = directory.join("job.shrunk.ndjson");
    let small = fs::read_to_string(&shrunk).unwrap();
    let again = tests.replay(&shrunk).unwrap_err().to_string();
    fs::remove_dir_all(&directory).unwrap();

    let lines: Vec<_> = message.lines().collect();
    assert!(lines[0].contains("`filter/textChanged` (seq "), "{message}");
    assert_eq!(lines[1], "  at /filter/text", "{message}");
    assert!(lines[2].starts_with("    expected \""), "{message}");
    assert!(lines[3].starts_with("    got      \"corrupted "), "{message}");
    let last = lines.last().unwrap();
    assert!(last.starts_with("shrunk to 1 of "), "{message}");
    assert!(last.ends_with(&format!(" replays: {}", shrunk.display())), "{message}");
    assert_eq!(small.lines().count(), 2, "{small}");
    assert!(again.contains(lines[3]), "{again}");
}
