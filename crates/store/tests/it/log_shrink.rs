//! Logs that diverge are shrunk to what diverges in the same way.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;

use retake_store::log::{
    AppInfo, LogError, LogOptions, LogReader, LogWriter, ShrinkError, Shrunk, VerifyError, fold,
    shrink, state_hashes, verify,
};
use retake_store::patch::{Mode, apply_patches};
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A text that can be undone; what is undone is not serialised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Editor<const BUG: u8> {
    text: String,
    cursor: usize,
    lines: Vec<String>,
    #[serde(skip)]
    past: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Act(&'static str, String);

const TYPED: &str = "text/typed";
const UNDONE: &str = "text/undone";
const MOVED: &str = "cursor/moved";
const PUSHED: &str = "lines/pushed";
const KINDS: [&str; 4] = [TYPED, UNDONE, MOVED, PUSHED];

const NONE: u8 = 0;
/// Typing the letter x writes two.
const DOUBLE: u8 = 1;
/// Undoing goes back two steps.
const TWO_BACK: u8 = 2;
/// After two undone edits, pushing a line forgets it.
const LOST: u8 = 3;

impl<const BUG: u8> State for Editor<BUG> {}

impl<const BUG: u8> Reducer<Act> for Editor<BUG> {
    fn reduce(&mut self, Act(kind, text): &Act) -> Changed {
        match *kind {
            TYPED => {
                self.past.push(self.text.clone());
                self.text += text;
                if BUG == DOUBLE && text == "x" {
                    self.text += text;
                }
            }
            UNDONE => {
                if BUG == TWO_BACK && self.past.len() > 3 {
                    self.past.pop();
                }
                self.text = self.past.pop().unwrap_or_default();
            }
            MOVED => self.cursor += text.len(),
            _ if BUG == LOST && self.past.len() == 2 => {}
            _ => self.lines.push(text.clone()),
        }
        Changed::ALL
    }
}

impl Action for Act {
    fn action_type(&self) -> Cow<'_, str> {
        self.0.into()
    }
    fn leaf(&self) -> &dyn std::any::Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new(self.0).with_payload(&self.1)
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        let kind = KINDS.into_iter().find(|kind| *kind == wire.kind)?;
        Some(wire.payload_as().map(|text| Self(kind, text)))
    }
}

/// Returns the log of the actions that `kinds` names by their first letters: `t` types a letter.
fn record(kinds: &str, options: LogOptions) -> Vec<u8> {
    let mut state = Editor::<NONE>::default();
    let app = AppInfo::new("editor", "1.0");
    let mut log = LogWriter::new(Vec::new(), app, &state, options).unwrap();
    for (at, letter) in (0_u64..).zip(kinds.chars()) {
        let (kind, text) = match letter {
            'u' => (UNDONE, ""),
            'm' => (MOVED, "abc"),
            'p' => (PUSHED, "line"),
            'x' => (TYPED, "x"),
            _ => (TYPED, "a"),
        };
        let action = Act(kind, text.to_owned());
        let _ = state.reduce(&action);
        log.append(at, &action, &state).unwrap();
    }
    log.into_inner()
}

fn shrunk<const BUG: u8>(log: &[u8]) -> Result<Shrunk, ShrinkError> {
    shrink(|| fold::<Editor<BUG>, Act, _>(LogReader::new(log)?))
}

fn verified<const BUG: u8>(log: &str) -> Result<u64, VerifyError> {
    let reader = LogReader::new(log.as_bytes()).unwrap();
    verify::<Editor<BUG>, Act, _>(reader).map(|verified| verified.compared)
}

/// Checks that `kinds` is shrunk to `left`, however it was recorded.
#[track_caller]
fn check<const BUG: u8>(kinds: &str, left: &str, is_hidden: bool) {
    let (hashes, patches) =
        (LogOptions::new().with_hashes(true), LogOptions::new().with_patches(true));
    let snapshots = LogOptions::new().snapshot_every(1);
    for options in [hashes, patches, snapshots, hashes.with_patches(true)] {
        let log = record(kinds, options);
        let shrunk = shrunk::<BUG>(&log).unwrap();
        let text = shrunk.to_string();
        let letters = shrunk.entries.iter().map(|entry| &kinds[entry.at as usize..][..1]);
        assert_eq!(letters.collect::<String>(), left, "{text}");
        assert_eq!(shrunk.is_hidden, is_hidden, "{text}");
        let Err(VerifyError::Diverged(again)) = verified::<BUG>(&text) else { panic!("{text}") };
        assert_eq!(again.seq, left.len() as u64, "{text}");
        assert_eq!(again.slices, shrunk.divergence.slices, "{text}");
        assert_eq!(again.differences.is_empty(), shrunk.divergence.differences.is_empty());
        let mut written = Vec::new();
        shrunk.write_to(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), text);
    }
}

#[test]
fn the_action_that_diverges_is_enough() {
    check::<DOUBLE>("tmptmptxpt", "x", false);
    check::<DOUBLE>("x", "x", false);
    let log = record("ppptux", LogOptions::new().with_patches(true).with_hashes(true));
    let text = shrunk::<DOUBLE>(&log).unwrap().to_string();
    assert!(text.starts_with(r#"{"retake":1,"app":{"name":"editor","version":"1.0"},"state":{"text":"","cursor":0,"lines":[]}}"#), "{text}");
    assert_eq!(verified::<NONE>(&text).unwrap(), 1);
}

/// Without a bug, undoing needs what was typed before it, too: no state that was read back
/// leads where the log says. What is dropped must not change what is compared.
#[test]
fn what_was_typed_is_needed_to_undo_it() {
    check::<TWO_BACK>("mtpttptmmpu", "ttttu", true);
    let log = record("mtpttptmmpu", LogOptions::new().with_patches(true));
    let text = shrunk::<TWO_BACK>(&log).unwrap().to_string();
    assert_eq!(verified::<NONE>(&text).unwrap(), 5, "{text}");
}

#[test]
fn actions_that_leave_no_trace_are_found() {
    check::<LOST>("mmmtmmmummmmtmmmmttummmmmummtmmmmp", "ttp", true);
    let log = record("mpmtmmmummmmtmtmmmuump", LogOptions::new().with_patches(true));
    let error = shrunk::<LOST>(&log).unwrap_err();
    assert!(matches!(error, ShrinkError::Verified(verified) if verified.compared == 22));
    assert!(error.to_string().contains("22 of its 22 actions"), "{error}");
}

#[test]
fn a_patch_that_does_not_apply_is_kept() {
    let log = String::from_utf8(record("tmt", LogOptions::new().with_patches(true))).unwrap();
    let log = log.replace(r#""path":"/cursor","value":3"#, r#""path":"/gone/3","value":3"#);
    let shrunk = shrunk::<NONE>(log.as_bytes()).unwrap();
    assert_eq!((shrunk.divergence.seq, shrunk.entries.len()), (2, 1));
    let Err(VerifyError::Diverged(again)) = verified::<NONE>(&shrunk.to_string()) else { panic!() };
    assert!(again.unapplied.is_some());
}

#[test]
fn slices_that_the_log_does_not_know_stay_unknown() {
    let log = String::from_utf8(record("tmx", LogOptions::new().with_hashes(true))).unwrap();
    let hash = log.split(r#""lines":""#).nth(1).unwrap()[..16].to_owned();
    let log = log.replace(r#","lines":[]"#, "").replace(&format!(r#","lines":"{hash}""#), "");
    // An application that has them since: its member has a default.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Newer {
        text: String,
        cursor: usize,
        #[serde(default)]
        lines: Vec<String>,
    }
    impl State for Newer {}

    impl Reducer<Act> for Newer {
        fn reduce(&mut self, Act(kind, text): &Act) -> Changed {
            match *kind {
                TYPED if text == "x" => self.text += "y",
                TYPED => self.text += text,
                _ => self.cursor += text.len(),
            }
            self.lines.push(text.clone());
            Changed::ALL
        }
    }
    let shrunk = shrink(|| fold::<Newer, Act, _>(LogReader::new(log.as_bytes())?)).unwrap();
    let text = shrunk.to_string();
    assert!(text.contains(r#""state":{"text":"a","cursor":3}}"#), "{text}");
    let again = verify::<Newer, Act, _>(LogReader::new(text.as_bytes()).unwrap());
    assert!(matches!(again, Err(VerifyError::Diverged(it)) if it.slices == ["text"]), "{text}");
}

/// Tools compare the hashes of a log with its header and patches, and have no defaults.
#[test]
fn members_with_defaults_are_not_cut_from_under_the_hashes() {
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    struct Note {
        text: String,
        #[serde(default)]
        lines: Vec<String>,
        #[serde(default)]
        cursor: Option<usize>,
    }
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    struct App {
        note: Note,
        #[serde(default)]
        other: Note,
    }
    impl State for App {}

    impl Reducer<Act> for App {
        fn reduce(&mut self, Act(_, text): &Act) -> Changed {
            self.note.text += text;
            Changed::ALL
        }
    }
    let mut app = App::default();
    app.note.lines.push("one".into());
    app.note.cursor = Some(1);
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let mut log = LogWriter::new(Vec::new(), AppInfo::new("note", "1"), &app, options).unwrap();
    let action = Act(TYPED, "good".into());
    let _ = app.reduce(&action);
    log.append(0, &action, &app).unwrap();
    let log = String::from_utf8(log.into_inner()).unwrap();
    let log = log.replace(r#""payload":"good""#, r#""payload":"bad""#);

    let shrunk = shrink(|| fold::<App, Act, _>(LogReader::new(log.as_bytes())?)).unwrap();
    let mut state: Value = shrunk.header.read_state().unwrap();
    assert_eq!(state["note"], json!({"text": "", "lines": [], "cursor": null}));
    let last = shrunk.entries.last().unwrap();
    state = apply_patches(&state, last.patch.as_ref().unwrap(), Mode::Strict).unwrap();
    assert_eq!(state_hashes(&state).unwrap(), *last.hash.as_ref().unwrap(), "{shrunk}");
}

#[test]
fn old_actions_stay_old() {
    let log = String::from_utf8(record("tmx", LogOptions::new().with_patches(true))).unwrap();
    let log = log.replace("text/typed", "text/written");
    let upcast = |app: &AppInfo, mut action: WireAction| {
        if app.version == "1.0" && action.kind == "text/written" {
            action.kind = TYPED.into();
        }
        action
    };
    let replay = |log: &[u8]| -> Result<_, LogError> {
        let reader = LogReader::new(log.to_owned().leak() as &[u8])?;
        Ok(fold::<Editor<DOUBLE>, Act, _>(reader)?.upcast_with(upcast))
    };
    let shrunk = shrink(|| replay(log.as_bytes())).unwrap();
    let text = shrunk.to_string();
    assert!(text.contains(r#""action":{"type":"text/written","payload":"x"}"#), "{text}");
    assert!(matches!(replay(text.as_bytes()).unwrap().verify(), Err(VerifyError::Diverged(_))));
}

#[test]
fn a_log_that_cannot_be_read_is_not_shrunk() {
    let log = record("tm", LogOptions::new().with_patches(true));
    let error = shrunk::<DOUBLE>(&log[..log.len() - 4]).unwrap_err();
    assert!(matches!(error, ShrinkError::Log(LogError::Torn { line: 3 })), "{error}");
}
