//! Action logs: what is written reads back, replays to the same states, and says what is wrong.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use retake_store::log::{
    AppInfo, Divergence, LogError, LogOptions, LogReader, LogWriter, Replay, VerifyError,
    WriteError, fold, state_hashes, verify,
};
use retake_store::{Action, Changed, PropertyMap, Reducer, State, WireAction, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct App {
    count: i64,
    todos: PropertyMap<bool>,
    #[serde(default)]
    ratio: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Added(i64),
    Created(String),
    Toggled(String),
    Removed(String),
}

impl State for App {}

impl Reducer<Act> for App {
    fn reduce(&mut self, action: &Act) -> Changed {
        match action {
            Act::Added(by) => self.count = self.count.wrapping_add(*by),
            Act::Created(name) => drop(self.todos.insert(name.as_str(), false)),
            Act::Toggled(name) => {
                let Some(is_done) = self.todos.get_mut(name) else { return Changed::NONE };
                *is_done = !*is_done;
            }
            Act::Removed(name) => drop(self.todos.remove(name)),
        }
        Changed::ALL
    }
}

impl Action for Act {
    fn action_type(&self) -> Cow<'_, str> {
        match self {
            Self::Added(_) => "count/added".into(),
            Self::Created(_) => "todos/created".into(),
            Self::Toggled(_) => "todos/toggled".into(),
            Self::Removed(_) => "todos/removed".into(),
        }
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        let wire = WireAction::new(self.action_type());
        match self {
            Self::Added(by) => wire.with_payload(by),
            Self::Created(name) | Self::Toggled(name) | Self::Removed(name) => {
                wire.with_payload(name)
            }
        }
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(match wire.kind.as_str() {
            "count/added" => wire.payload_as().map(Self::Added),
            "todos/created" => wire.payload_as().map(Self::Created),
            "todos/toggled" => wire.payload_as().map(Self::Toggled),
            "todos/removed" => wire.payload_as().map(Self::Removed),
            _ => return None,
        })
    }
}

const HEADER: &str = r#"{"retake":1,"app":{"name":"todos","version":"1.0.0"},"state":{"count":1,"todos":{},"ratio":0.1}}"#;

pub(crate) fn record<S, A>(mut state: S, actions: &[A], options: LogOptions) -> String
where
    S: Reducer<A> + Serialize,
    A: Action,
{
    let app = AppInfo::new("todos", "1.0.0");
    let mut writer = LogWriter::new(Vec::new(), app, &state, options).unwrap();
    for (at, action) in (1_u64..).zip(actions) {
        let _ = state.reduce(action);
        assert_eq!(writer.append(at * 1000, action, &state).unwrap(), at);
    }
    writer.flush().unwrap();
    String::from_utf8(writer.into_inner()).unwrap()
}

pub(crate) fn everything() -> LogOptions {
    LogOptions::new().with_hashes(true).with_patches(true).snapshot_every(2)
}

fn replay(log: &str) -> Result<Replay<App, Act, &[u8]>, LogError> {
    fold(LogReader::new(log.as_bytes())?)
}

pub(crate) fn example() -> Vec<Act> {
    let name = |name: &str| name.to_owned();
    vec![
        Act::Added(2),
        Act::Created(name("z\n\"é")),
        Act::Created(name("a")),
        Act::Created(name("10")),
        Act::Toggled(name("a")),
        Act::Toggled(name("missing")),
        Act::Removed(name("z\n\"é")),
    ]
}

#[test]
fn a_log_has_one_line_for_the_header_and_each_action() {
    let state = App { count: 1, ratio: 0.1, ..App::default() };
    let log = record(state, &[Act::Added(2), Act::Created("a".into())], everything());
    let hashes = |state: Value| serde_json::to_string(&state_hashes(&state).unwrap()).unwrap();
    let first = hashes(json!({"count": 3, "todos": {}, "ratio": 0.1}));
    let second = hashes(json!({"count": 3, "todos": {"a": false}, "ratio": 0.1}));
    let lines = [
        HEADER.to_owned(),
        format!(
            r#"{{"seq":1,"at":1000,"action":{{"type":"count/added","payload":2}},"hash":{first},"patch":[{{"op":"replace","path":"/count","value":3}}]}}"#
        ),
        format!(
            r#"{{"seq":2,"at":2000,"action":{{"type":"todos/created","payload":"a"}},"hash":{second},"patch":[{{"op":"add","path":"/todos/a","value":false}}],"snapshot":{{"count":3,"todos":{{"a":false}},"ratio":0.1}}}}"#
        ),
    ];
    assert_eq!(log.lines().collect::<Vec<_>>(), lines);
    for line in &lines[1..] {
        let entry: retake_store::log::Entry = serde_json::from_str(line).unwrap();
        assert_eq!(&serde_json::to_string(&entry).unwrap(), line);
    }
}

#[test]
fn a_replay_shows_each_step() {
    let mut live = App::default();
    let log = record(live.clone(), &example(), LogOptions::new());
    let mut replay = replay(&log).unwrap();
    for (index, action) in example().into_iter().enumerate() {
        let changed = live.reduce(&action);
        let step = replay.next_step().unwrap().unwrap();
        assert_eq!((step.line, step.seq), (index + 2, index as u64 + 1));
        assert_eq!((step.at, step.changed), (step.seq * 1000, changed));
        assert_eq!((step.action(), step.state), (Some(&action), &live));
    }
    assert!(replay.next_step().is_none());
    assert_eq!(replay.into_state(), live);
}

#[test]
fn properties_keep_their_order() {
    let todos = [("z", true), ("a", false), ("10", false), ("2", true)];
    let mut state = App::default();
    for (name, is_done) in todos {
        state.todos.insert(name, is_done);
    }
    let log = record(state, &[Act::Created("b".into()), Act::Created("1".into())], everything());
    let end = replay(&log).unwrap().run().unwrap();
    assert_eq!(
        serde_json::to_string(&end.todos).unwrap(),
        r#"{"1":false,"2":true,"10":false,"z":true,"a":false,"b":false}"#
    );
    assert!(log.ends_with(
        r#""snapshot":{"count":0,"todos":{"1":false,"2":true,"10":false,"z":true,"a":false,"b":false},"ratio":0.0}}
"#
    ));
}

#[track_caller]
fn check(log: &str, expected: &str) {
    let error = match replay(log).and_then(Replay::run) {
        Ok(state) => panic!("replayed to {state:?}"),
        Err(error) => error,
    };
    let text = error.to_string();
    assert!(text.starts_with(expected), "{text}");
    assert!(text.starts_with(&format!("line {}: ", error.line())), "{text}");
}

#[test]
fn errors_of_entries() {
    let good = r#"{"seq":1,"at":0,"action":{"type":"count/added","payload":1}}"#;
    let cases = [
        ("{]\n", "line 3: not JSON at column 2: key must be a string"),
        ("{\"seq\":2,\"at\":0,\"act\n", "line 3: not JSON"),
        ("{\"seq\":2,\"at\":0,\"act", "line 3: the last line is torn"),
        ("\0\0\0", "line 3: the last line is torn"),
        ("7", "line 3: this is no log entry: invalid type"),
        ("[2,0,{\"type\":\"a\"}]", "line 3: this is no log entry: it is a list"),
        (r#"{"seq":2,"at":0}"#, "line 3: this is no log entry: neither `action` nor `lifted`"),
        (
            r#"{"seq":2,"at":0,"action":{"type":"a"},"lifted":{"type":"SWEEP"}}"#,
            "line 3: this is no log entry: both",
        ),
        (r#"{"at":0,"action":{"type":"a"}}"#, "line 3: this is no log entry: missing field `seq`"),
        (r#"{"seq":2,"at":0,"action":{}}"#, "line 3: this is no log entry: missing field `type`"),
        (
            r#"{"seq":3,"at":0,"action":{"type":"a"}}"#,
            "line 3: the entry has seq 3 where 2 was expected",
        ),
        ("\n\r\n{}", "line 5: this is no log entry"),
        (r#"{"seq":2,"at":0,"action":{"type":"a/b"}}"#, "line 3: `a/b` is no action of this"),
        (
            r#"{"seq":2,"at":0,"action":{"type":"count/added","payload":"x"}}"#,
            "line 3: action `count/added` has an unexpected payload: invalid type: string \"x\"",
        ),
        (r#"{"seq":2,"at":0,"lifted":{"type":"SWEEP"}}"#, "line 3: the entry changes the history"),
        (
            r#"{"seq":2,"at":0,"lifted":{"type":"WARP"}}"#,
            "line 3: this is no log entry: unknown variant `WARP`, expected one of",
        ),
    ];
    for (line, expected) in cases {
        check(&format!("{HEADER}\n{good}\n{line}"), expected);
        let mut replay = replay(&format!("{HEADER}\n{good}\n{line}")).map(|it| it.into_state());
        assert_eq!(replay.as_mut().unwrap().count, 1);
    }
}

#[test]
fn the_state_before_an_error_is_kept() {
    let log = record(App::default(), &example(), LogOptions::new());
    let torn = &log[..log.len() - 3];
    let mut replay = replay(torn).unwrap();
    let mut live = App::default();
    for action in &example()[..6] {
        let _ = live.reduce(action);
        assert_eq!(replay.next_step().unwrap().unwrap().state, &live);
    }
    assert!(matches!(replay.next_step(), Some(Err(LogError::Torn { line: 8 }))));
    assert!(replay.next_step().is_none());
    assert_eq!(replay.state(), &live);
    // A last line without line break is whole if it can be read.
    let whole = self::replay(log.trim_end()).unwrap().run().unwrap();
    assert_eq!(whole, self::replay(&log).unwrap().run().unwrap());
}

#[test]
fn what_has_no_json_form_is_not_written() {
    let keys = BTreeMap::from([((1, 2), 3)]);
    let mut writer = LogWriter::new(Vec::new(), AppInfo::default(), &(), everything()).unwrap();
    let refused = writer.append(0, &Act::Added(0), &keys);
    assert!(matches!(refused, Err(WriteError::NotJson { .. })));
    assert_eq!(writer.append(0, &Act::Added(0), &()).unwrap(), 1);
    assert!(LogWriter::new(Vec::new(), AppInfo::default(), &keys, everything()).is_err());
}

#[test]
fn a_log_verifies() {
    for options in [LogOptions::new(), LogOptions::new().snapshot_every(1), everything()] {
        let log = record(App { ratio: 0.1, ..App::default() }, &example(), options);
        let verified = verify::<App, Act, _>(LogReader::new(log.as_bytes()).unwrap()).unwrap();
        let compared = if options == LogOptions::new() { 0 } else { 7 };
        assert_eq!((verified.actions, verified.compared), (7, compared));
    }
}

#[track_caller]
fn diverged(log: &str) -> Divergence {
    match verify::<App, Act, _>(LogReader::new(log.as_bytes()).unwrap()) {
        Err(VerifyError::Diverged(divergence)) => *divergence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_planted_payload_is_found() {
    let planted = |options, from: &str, to: &str| {
        let log = record(App::default(), &example(), options);
        assert!(log.contains(from), "{log}");
        diverged(&log.replace(from, to))
    };
    let (from, to) = (r#"toggled","payload":"a""#, r#"toggled","payload":"10""#);
    let patches = LogOptions::new().with_patches(true);
    for options in [patches, patches.with_hashes(true), LogOptions::new().snapshot_every(1)] {
        let found = planted(options, from, to);
        assert_eq!((found.line, found.seq, &*found.action_type), (6, 5, "todos/toggled"));
        assert_eq!(found.slices, ["todos"]);
        assert_eq!(
            found.to_string().lines().take(7).collect::<Vec<_>>(),
            [
                "line 6: `todos/toggled` (seq 5) leads to another state than when it was recorded",
                "  at /todos/10",
                "    expected false",
                "    got      true",
                "  at /todos/a",
                "    expected true",
                "    got      false",
            ]
        );
    }
    let found = planted(LogOptions::new().with_hashes(true), from, to);
    assert_eq!((found.line, found.differences.len(), found.slices.len()), (6, 0, 1));
    assert!(found.to_string().contains("in the slice `todos`, whose hash is not"), "{found}");

    let found = planted(patches, r#""path":"/todos/a","value":true"#, r#""path":"/x/a","value":1"#);
    assert!(found.to_string().contains("patch does not apply to the state before it"), "{found}");
    let found = planted(patches, r#"created","payload":"a""#, r#"created","payload":"b""#);
    assert_eq!(found.differences[0].got, None);
    assert_eq!(found.differences[1].expected, None);
}

#[test]
fn slices_that_the_log_does_not_know_are_not_compared() {
    let log = record(App::default(), &example(), everything()).replace(r#","ratio":0.0"#, "");
    let hash = format!(r#""ratio":"{}","#, state_hashes(&0.0).unwrap()[""]);
    assert!(log.contains(&hash), "{log}");
    let log = log.replace(&hash, "");
    assert!(verify::<App, Act, _>(LogReader::new(log.as_bytes()).unwrap()).is_ok());
}

fn any_action() -> impl Strategy<Value = Act> {
    let name = "[ab10\"\n]{0,2}";
    prop_oneof![
        any::<i64>().prop_map(Act::Added),
        name.prop_map(Act::Created),
        name.prop_map(Act::Toggled),
        name.prop_map(Act::Removed),
    ]
}

fn any_options() -> impl Strategy<Value = LogOptions> {
    (any::<bool>(), any::<bool>(), 0..4_u64).prop_map(|(hashes, patches, every)| {
        LogOptions::new().with_hashes(hashes).with_patches(patches).snapshot_every(every)
    })
}

proptest! {
    #[test]
    fn a_log_replays_to_the_same_state(
        actions in vec(any_action(), 0..12), options in any_options(), cut in any::<usize>(),
    ) {
        let mut live = App::default();
        let log = record(live.clone(), &actions, options);
        let whole = verify::<App, Act, _>(LogReader::new(log.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(whole.actions, actions.len() as u64);

        // However a log is cut off, the actions before the cut are read.
        let header = log.find('\n').unwrap() + 1;
        let cut = header + cut % (log.len() - header + 1);
        let mut replay = fold::<App, Act, _>(LogReader::new(&log.as_bytes()[..cut]).unwrap()).unwrap();
        let mut steps = 0;
        while let Some(step) = replay.next_step() {
            let Ok(step) = step.map_err(|error| assert!(error.is_torn(), "{error}")) else { break };
            let _ = live.reduce(&actions[steps]);
            steps += 1;
            let text = |app: &App| serde_json::to_string(app).unwrap();
            prop_assert_eq!(text(step.state), text(&live));
        }
        let lines = log.as_bytes()[header..cut].iter().filter(|byte| **byte == b'\n').count();
        prop_assert!(steps == lines || steps == lines + 1);
    }

    #[test]
    fn damage_is_an_error_at_most(
        actions in vec(any_action(), 0..6), at in any::<usize>(), byte in any::<u8>(),
    ) {
        let mut log = record(App::default(), &actions, everything()).into_bytes();
        let at = at % log.len();
        log[at] = byte;
        let _ = LogReader::new(&*log).map(|reader| verify::<App, Act, _>(reader).map(drop));
    }
}
