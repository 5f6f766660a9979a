//! `retake log`: the entries, as a table or as JSON.

use std::path::PathBuf;

use clap::Args;
use console::{Style, measure_text_width};
use retake_store::log::Entry;

use crate::outcome::{CliError, Outcome};
use crate::output::{self, Output};
use crate::recording::clock::{Moment, elapsed, timestamp};
use crate::recording::input::Input;
use crate::recording::pattern::Pattern;
use crate::recording::row::{Row, shortened};

/// How wide the column of the types is, at least.
const TYPE: usize = 44;

/// List the entries of a log: when, what, for which cache entry, and what it carried.
///
/// The log is read line by line, so its size does not matter. A last line that is torn, as after
/// a crash of the writer, is reported and everything before it shown.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LogArgs {
    /// The log; `-` is the standard input.
    file: PathBuf,

    /// Only entries whose type contains PATTERN, or matches it as a whole if it has `*` or `?`.
    ///
    /// Given more than once, one of the patterns has to fit.
    #[arg(short = 't', long = "type", value_name = "PATTERN")]
    types: Vec<Pattern>,

    /// Only entries of this endpoint or cache key; a pattern may have `*` and `?`.
    ///
    /// Given more than once, one of them has to fit.
    #[arg(short, long = "endpoint", value_name = "PATTERN")]
    endpoints: Vec<Pattern>,

    /// Only entries from this time on: `1m 30s` after the first entry, or
    /// `2026-01-31T12:00:00Z`.
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,

    /// Only entries up to this time.
    #[arg(long, value_name = "TIME")]
    until: Option<Moment>,

    /// Show the time of day (UTC), in place of the time since the first entry.
    #[arg(short, long)]
    absolute: bool,

    /// Do not shorten lines.
    #[arg(short, long)]
    full: bool,

    /// Print the lines of the log themselves, without its header: one JSON value for each entry.
    #[arg(long, conflicts_with_all = ["absolute", "full"])]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  retake log posts.ndjson
  retake log posts.ndjson --type rejected
  retake log posts.ndjson --type 'posts/execute*/pending' --endpoint getPost
  retake log posts.ndjson --endpoint 'getPost(5)' --since 2s --until 1m
  retake log posts.ndjson --json --type fulfilled | jq .action.payload";

/// Lists the entries that fit.
pub(crate) fn run(args: &LogArgs) -> Result<Outcome, CliError> {
    let mut input = Input::open(&args.file)?.beside_lines();
    let mut output = Output::new();
    if !args.json {
        output.line(Style::new().dim().apply_to(format_args!(
            "{:>6}  {:>time$}  {:TYPE$}  ENTRY  CONTENT",
            "SEQ",
            "TIME",
            "TYPE",
            time = args.time_width(),
        )))?;
    }
    let (mut started_at, mut entries, mut shown) = (None, 0_u64, 0_u64);
    while let Some(entry) = input.next_entry()? {
        entries += 1;
        let started_at = *started_at.get_or_insert(entry.at);
        let row = Row::of(&entry);
        if !args.selects(&row, started_at) {
            continue;
        }
        shown += 1;
        match args.json {
            true => output.line(json(&entry)?)?,
            false => output.line(args.table_line(&row, started_at, output.width()))?,
        }
    }
    output.flush()?;
    if shown == 0 && entries > 0 {
        output::complain("note", format_args!("none of the {entries} entries fits the filters"));
    }
    Ok(Outcome::Fine)
}

fn json(entry: &Entry) -> Result<String, CliError> {
    Ok(serde_json::to_string(entry).map_err(std::io::Error::from)?)
}

impl LogArgs {
    fn selects(&self, row: &Row, started_at: u64) -> bool {
        let is_of_type = || self.types.iter().any(|it| it.fits_within(&row.kind));
        let is_of_endpoint = || {
            let mut names = row.endpoints.iter().chain(&row.keys);
            names.any(|name| self.endpoints.iter().any(|it| it.fits(name)))
        };
        (self.types.is_empty() || is_of_type())
            && (self.endpoints.is_empty() || is_of_endpoint())
            && self.since.is_none_or(|since| row.at >= since.after(started_at))
            && self.until.is_none_or(|until| row.at <= until.after(started_at))
    }

    /// How wide the column of the times is.
    fn time_width(&self) -> usize {
        if self.absolute { 24 } else { 12 }
    }

    fn table_line(&self, row: &Row, started_at: u64, width: usize) -> String {
        let time = match self.absolute {
            true => timestamp(row.at),
            false => elapsed(row.at, started_at),
        };
        let kind = match (row.is_lifted, row.kind.ends_with("/rejected")) {
            (true, _) => Style::new().magenta(),
            (false, true) => Style::new().red(),
            (false, false) => Style::new().cyan(),
        };
        let (seq, subject) = (row.seq, row.subject());
        let gap = if subject.is_empty() || row.gist.is_empty() { "" } else { "  " };
        let start = format!("{seq:>6}  {time:>0$}  ", self.time_width());
        let rest = format!("  {subject}{gap}{}", row.gist);
        let padded = format!("{:TYPE$}", row.kind);
        let left = width.saturating_sub(measure_text_width(&start) + measure_text_width(&padded));
        let rest = if self.full { rest } else { shortened(rest, left) };
        format!("{start}{}{}", kind.apply_to(&padded), rest).trim_end().to_owned()
    }
}
