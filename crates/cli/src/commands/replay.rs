//! `retake replay`: the state of the apis after an entry.

use std::io;
use std::path::PathBuf;

use clap::Args;
use console::Style;
use retake_store::cache::{CacheData, CacheState, QueryError, QueryStatus};
use retake_store::log::ApiSlices;
use serde_json::Value;

use crate::outcome::{CliError, Outcome};
use crate::output::{Output, printable};
use crate::recording::input::Input;
use crate::recording::position::Position;
use crate::recording::row::{compact, shortened, tags};
use crate::recording::state::Apis;

/// Show the state of every api, replayed without the application that wrote the log.
///
/// The slices of the apis are reduced as in the application: entries, subscriptions, tags. What
/// endpoints and closures computed is in the log, so nothing of the application is needed, and
/// nothing is fetched. Other slices have reducers of the application: `retake diff` shows what
/// the log tells about them.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ReplayArgs {
    /// The log; `-` is the standard input.
    file: PathBuf,

    /// Stop after the entry with this seq; 0 is the state at the beginning.
    #[arg(long, value_name = "N", default_value_t = Position::End)]
    at: Position,

    /// Print `{"<reducerPath>": slice, ..}` and nothing else.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  retake replay posts.ndjson
  retake replay posts.ndjson --at 12
  retake replay posts.ndjson --json | jq '.posts.queries[\"getPost(5)\"].data'";

/// Replays the slices of the apis and shows them.
pub(crate) fn run(args: &ReplayArgs) -> Result<Outcome, CliError> {
    let mut input = Input::open(&args.file)?;
    let mut apis = Apis::at_start(input.header()).map_err(|source| input.failed(source))?;
    let mut seq = 0;
    while !args.at.is_after(seq)
        && let Some(entry) = input.next_entry()?
    {
        apis.advance(&entry, input.line()).map_err(|source| input.failed(source))?;
        seq = entry.seq;
    }
    input.finish();
    if let Position::After(asked) = args.at
        && asked != seq
    {
        return Err(input.has_no(asked, seq));
    }
    let mut output = Output::new();
    match args.json {
        true => output.line(serde_json::to_string(apis.slices()).map_err(io::Error::from)?)?,
        false => show(apis.slices(), seq, &mut output)?,
    }
    output.flush()?;
    Ok(Outcome::Fine)
}

fn show(slices: &ApiSlices, seq: u64, output: &mut Output) -> io::Result<()> {
    if slices.is_empty() {
        return output.line(format_args!("after entry {seq}: the state has no slice of an api"));
    }
    for (name, slice) in slices.iter() {
        let title = Style::new().bold().apply_to(printable(name));
        output.line(format_args!("{title}, after entry {seq}"))?;
        show_slice(slice, output)?;
    }
    Ok(())
}

fn show_slice(slice: &CacheState, output: &mut Output) -> io::Result<()> {
    output.line(format_args!("  queries: {}", slice.queries().len()))?;
    let width = output.width();
    for (key, entry) in slice.queries().iter() {
        output.line(format_args!("    {} {}", status(entry.status), printable(key)))?;
        if let Some(subscribers) = slice.subscriptions().get(key)
            && !subscribers.is_empty()
        {
            output.line(format_args!("               subscriptions: {}", subscribers.len()))?;
        }
        if let Some(provided) = slice.provided().tags_of(key)
            && let Ok(Value::Array(provided)) = serde_json::to_value(provided)
            && !provided.is_empty()
        {
            let line = format!("               tags: {}", tags(&provided));
            output.line(shortened(line, width))?;
        }
        for line in outcome(entry.data.as_ref(), entry.error.as_ref()) {
            output.line(shortened(format!("               {line}"), width))?;
        }
    }
    output.line(format_args!("  mutations: {}", slice.mutations().len()))?;
    for (key, entry) in slice.mutations().iter() {
        let (endpoint, key) = (printable(&entry.endpoint_name), printable(key));
        output.line(format_args!("    {} {endpoint} ({key})", status(entry.status)))?;
        for line in outcome(entry.data.as_ref(), entry.error.as_ref()) {
            output.line(shortened(format!("               {line}"), width))?;
        }
    }
    let config = slice.config();
    let flag = |is, yes, no| if is { yes } else { no };
    output.line(format_args!(
        "  window: {}, {}",
        flag(config.online, "online", "offline"),
        flag(config.focused, "focused", "not focused")
    ))
}

fn status(status: QueryStatus) -> impl std::fmt::Display {
    let (word, style) = match status {
        QueryStatus::Uninitialized => ("none", Style::new().dim()),
        QueryStatus::Pending => ("pending", Style::new().yellow()),
        QueryStatus::Fulfilled => ("fulfilled", Style::new().green()),
        QueryStatus::Rejected => ("rejected", Style::new().red()),
    };
    style.apply_to(format!("{word:<10}"))
}

fn outcome(data: Option<&CacheData>, error: Option<&QueryError>) -> impl Iterator<Item = String> {
    let data = data.map(|data| format!("data: {}", compact(data)));
    let error = error.map(|error| format!("error: {}", compact(error)));
    data.into_iter().chain(error)
}
