//! States of a log, asked for in any order.

use std::{env, fs, process};

use serde_json::json;

use super::{NEAR, Recording, STATES};

#[test]
fn states_are_right_in_any_order_and_few_are_kept() {
    const ENTRIES: u64 = 5000;
    let mut log = String::from(
        "{\"retake\":1,\"app\":{\"name\":\"a\",\"version\":\"1\"},\"state\":{\"n\":0}}\n",
    );
    for seq in 1..=ENTRIES {
        log += &format!(
            "{{\"seq\":{seq},\"at\":0,\"action\":{{\"type\":\"n\"}},\
             \"patch\":[{{\"op\":\"replace\",\"path\":\"/n\",\"value\":{seq}}}]}}\n"
        );
    }
    let path = env::temp_dir().join(format!("retake-recording-{}.ndjson", process::id()));
    fs::write(&path, log).unwrap();
    let mut recording = Recording::open(&path).unwrap();
    fs::remove_file(path).unwrap();
    recording.state(ENTRIES).unwrap();
    // Here and there, and then backwards.
    for seq in (0..2000).map(|it| it * 1237 % (ENTRIES + 1)).chain((4000..=ENTRIES).rev()) {
        let nearest = recording.nearest(seq);
        assert!(nearest <= seq && seq - nearest <= ENTRIES / STATES as u64, "{nearest}, {seq}");
        let state = recording.state(seq).unwrap();
        assert_eq!(state.slices()[0].1.json().into_owned(), json!(seq));
        assert_eq!(recording.nearest(seq), seq);
        assert!(recording.states.len() <= STATES + 2, "{}", recording.states.len());
        assert!(recording.near.len() as u64 <= 3 * (NEAR + 1), "{}", recording.near.len());
    }
}
