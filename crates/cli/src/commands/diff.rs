//! `retake diff`: what is different between two states.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use console::Style;
use retake_store::log::{Difference, LogError};
use retake_store::patch::Pointer;
use serde::Serialize;
use serde_json::Value;

use crate::outcome::{CliError, Outcome};
use crate::output::{self, Output, printable};
use crate::recording::Recording;
use crate::recording::position::Position;
use crate::recording::row::{compact, shortened};
use crate::recording::state::{Slice, State, quoted};
use crate::recording::verification::within;

/// How many differences are shown.
const SHOWN: usize = 100;

/// Show the difference of the state after entry A and after entry B: paths, before, after.
///
/// The slices of the apis are replayed. Of the other slices the patches, snapshots and hashes of
/// the log tell; where they do not say enough, the slice is left out and this is reported. Lists
/// are compared by position. Exits with 1 if anything differs.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct DiffArgs {
    /// The log.
    file: PathBuf,

    /// The state after this entry; 0 is the beginning, `end` the end.
    a: Position,

    /// And the state after this one.
    b: Position,

    /// Take the second state from this log.
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,

    /// Only differences in this slice, which has to be in one of the states.
    #[arg(long, value_name = "NAME")]
    slice: Option<String>,

    /// Show all differences, and whole values.
    #[arg(short, long)]
    full: bool,

    /// Print each difference as `{"path", "before"?, "after"?}`, one on each line.
    #[arg(long, conflicts_with = "full")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  retake diff posts.ndjson 11 12
  retake diff posts.ndjson 0 end --slice posts
  retake diff before.ndjson end end --with after.ndjson";

/// Compares the two states.
pub(crate) fn run(args: &DiffArgs) -> Result<Outcome, CliError> {
    let mut first = open(&args.file)?;
    let a = first.seq(args.a)?;
    let before = first.state(a)?;
    let mut second = args.with.as_deref().map(open).transpose()?;
    let from = first.place(a)?;
    let second = second.as_mut().unwrap_or(&mut first);
    let b = second.seq(args.b)?;
    let after = second.state(b)?;
    if let Some(name) = &args.slice {
        check_slice(name, &before, &after)?;
    }
    let found = compare(&before, &after, args.slice.as_deref());
    let mut output = Output::new();
    if !args.json {
        output.line(format_args!("- {from}"))?;
        output.line(format_args!("+ {}", second.place(b)?))?;
    }
    let shown = if args.full || args.json { found.len() } else { SHOWN };
    for difference in found.iter().take(shown) {
        match args.json {
            true => output.line(json(difference)?)?,
            false => show(difference, args.full, &mut output)?,
        }
    }
    output.flush()?;
    if let Some(more) = found.len().checked_sub(shown).filter(|more| *more > 0) {
        output::complain("note", format_args!("{more} more differences; --full shows them"));
    }
    Ok(if found.is_empty() { Outcome::Fine } else { Outcome::Different })
}

fn open(path: &Path) -> Result<Recording, CliError> {
    let recording = Recording::open(path)?;
    if let Some(line) = recording.torn() {
        let torn = LogError::Torn { line };
        output::complain("warning", format_args!("{}: {torn}", path.display()));
    }
    Ok(recording)
}

/// Refuses a slice that is in neither state.
fn check_slice(name: &str, before: &State, after: &State) -> Result<(), CliError> {
    let (before, after) = (before.slices(), after.slices());
    let names: BTreeSet<&str> = before.iter().chain(&after).map(|(name, _)| *name).collect();
    if names.contains(name) {
        return Ok(());
    }
    let there = match names.first() {
        None => "the state has none".to_owned(),
        Some(&"") => "the state is no object, and has none".to_owned(),
        Some(_) => format!("there are {}", quoted(names)),
    };
    Err(CliError::NoSuchSlice { name: name.to_owned(), there })
}

/// Returns what is different, slice by slice; slices that are not known in both are left out.
fn compare(before: &State, after: &State, only: Option<&str>) -> Vec<Difference> {
    let (old, new) = (before.slices(), after.slices());
    let names = old.iter().chain(&new).map(|(name, _)| *name);
    let names: BTreeSet<&str> =
        names.filter(|name| only.is_none_or(|only| only == *name)).collect();
    let mut found = Vec::new();
    for name in names {
        let find = |slices: &'_ [(&str, Slice<'_>)], state: &State| {
            let slice = slices.iter().find(|(found, _)| *found == name).map(|(_, slice)| slice);
            let known_at = slice.and_then(|slice| slice.known_until());
            let is_known = known_at.is_none_or(|at| at == state.seq());
            is_known.then(|| slice.map(|slice| slice.json().into_owned())).ok_or(known_at)
        };
        let (old, new) = match (find(&old, before), find(&new, after)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(known_at), _) | (_, Err(known_at)) => {
                output::complain(
                    "note",
                    format_args!(
                        "the slice `{}` is left out: the log tells it up to entry {} only; a log \
                         with patches tells more",
                        printable(name),
                        known_at.unwrap_or_default()
                    ),
                );
                continue;
            }
        };
        found.extend(within(name, old.as_ref(), new.as_ref()));
    }
    found
}

fn json(difference: &Difference) -> io::Result<String> {
    #[derive(Serialize)]
    struct Line<'a> {
        path: &'a Pointer,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<&'a Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<&'a Value>,
    }
    let Difference { path, expected, got, .. } = difference;
    let line = Line { path, before: expected.as_ref(), after: got.as_ref() };
    Ok(serde_json::to_string(&line)?)
}

fn show(difference: &Difference, is_full: bool, output: &mut Output) -> io::Result<()> {
    let path = difference.path.as_str();
    let path = printable(if path.is_empty() { "the root" } else { path });
    output.line(Style::new().bold().apply_to(path))?;
    let (width, red, green) = (output.width(), Style::new().red(), Style::new().green());
    for (sign, value, style) in [("-", &difference.expected, red), ("+", &difference.got, green)] {
        if let Some(value) = value {
            let line = match is_full {
                true => format!("  {sign} {}", printable(&value.to_string())),
                false => shortened(format!("  {sign} {}", compact(value)), width),
            };
            output.line(style.apply_to(line))?;
        }
    }
    Ok(())
}
