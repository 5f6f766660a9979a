//! Logs of an application whose state has got members since.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;

use retake_store::log::{
    AppInfo, Divergence, LogOptions, LogReader, LogWriter, VerifyError, fold, shrink, verify,
};
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Old {
    filter: OldFilter,
    rows: BTreeMap<String, OldRow>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OldFilter {
    text: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OldRow {
    title: String,
}

/// With a bug, an added row takes another with it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct New<const BUG: bool> {
    filter: NewFilter,
    rows: BTreeMap<String, NewRow>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct NewFilter {
    text: String,
    #[serde(default)]
    tag: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct NewRow {
    title: String,
    #[serde(default)]
    edits: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Act(String);

impl State for Old {}
impl<const BUG: bool> State for New<BUG> {}

impl Reducer<Act> for Old {
    fn reduce(&mut self, Act(text): &Act) -> Changed {
        self.filter.text.clone_from(text);
        self.rows.insert(text.clone(), OldRow { title: text.clone() });
        Changed::ALL
    }
}

impl<const BUG: bool> Reducer<Act> for New<BUG> {
    fn reduce(&mut self, Act(text): &Act) -> Changed {
        self.filter.text.clone_from(text);
        self.filter.tag = Some(text.clone());
        self.rows.insert(text.clone(), NewRow { title: text.clone(), edits: 1 });
        if BUG && text == "b" {
            self.rows.insert("more".into(), NewRow::default());
        }
        Changed::ALL
    }
}

impl Action for Act {
    fn action_type(&self) -> Cow<'_, str> {
        "rows/added".into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new("rows/added").with_payload(&self.0)
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        (wire.kind == "rows/added").then(|| wire.payload_as().map(Self))
    }
}

fn record(options: LogOptions) -> String {
    let mut state = Old::default();
    let app = AppInfo::new("rows", "1");
    let mut log = LogWriter::new(Vec::new(), app, &state, options).unwrap();
    for text in ["a", "b", "c"] {
        let action = Act(text.to_owned());
        let _ = state.reduce(&action);
        log.append(0, &action, &state).unwrap();
    }
    String::from_utf8(log.into_inner()).unwrap()
}

fn verified<S>(log: &str) -> Result<u64, Box<Divergence>>
where
    S: State + Serialize + DeserializeOwned + Reducer<Act>,
{
    match verify::<S, Act, _>(LogReader::new(log.as_bytes()).unwrap()) {
        Ok(verified) => Ok(verified.compared),
        Err(VerifyError::Diverged(divergence)) => Err(divergence),
        Err(error) => panic!("{error}"),
    }
}

fn all_options() -> [LogOptions; 4] {
    let (hashes, patches) =
        (LogOptions::new().with_hashes(true), LogOptions::new().with_patches(true));
    [
        patches,
        hashes.with_patches(true),
        hashes.snapshot_every(1),
        LogOptions::new().snapshot_every(1),
    ]
}

#[test]
fn members_that_the_log_does_not_know_are_not_compared() {
    for options in all_options() {
        let log = record(options);
        assert_eq!(verified::<New<false>>(&log).unwrap(), 3, "{log}");
    }
}

#[test]
fn what_the_log_knows_is_compared() {
    for options in all_options() {
        let log = record(options);
        let found = verified::<New<true>>(&log).unwrap_err();
        let paths: Vec<_> = found.differences.iter().map(|it| it.path.as_str()).collect();
        assert_eq!((found.seq, paths), (2, vec!["/rows/more"]), "{log}");
        assert_eq!(found.slices, ["rows"]);

        let shrunk = shrink(|| fold::<New<true>, Act, _>(LogReader::new(log.as_bytes())?)).unwrap();
        let text = shrunk.to_string();
        assert_eq!(
            verified::<New<true>>(&text).unwrap_err().differences,
            found.differences,
            "{text}"
        );
        assert_eq!(verified::<New<false>>(&text).unwrap(), 1, "{text}");
    }
}

/// The other way round the log knows more than the state has.
#[test]
fn a_lost_member_is_named() {
    let mut state = New::<false>::default();
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let app = AppInfo::new("rows", "2");
    let mut log = LogWriter::new(Vec::new(), app, &state, options).unwrap();
    let action = Act("a".to_owned());
    let _ = state.reduce(&action);
    log.append(0, &action, &state).unwrap();
    let log = String::from_utf8(log.into_inner()).unwrap();
    let text = verified::<Old>(&log).unwrap_err().to_string();
    assert!(text.contains("at /rows/a/edits\n    expected 1\n    got      nothing"), "{text}");
}
