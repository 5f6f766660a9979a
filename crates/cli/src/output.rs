//! Lines on standard output and standard error.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use console::{Style, Term};

/// How wide a line is that no terminal shows.
const WIDTH: usize = 160;

/// The standard output, line by line.
pub(crate) struct Output {
    inner: BufWriter<StdoutLock<'static>>,
    width: usize,
}

impl Output {
    /// Returns the standard output, which nobody else writes to meanwhile.
    pub(crate) fn new() -> Self {
        let width = Term::stdout().size_checked().map_or(WIDTH, |(_, columns)| columns.into());
        Self { inner: BufWriter::new(io::stdout().lock()), width }
    }

    /// Returns how many columns a line may take.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Writes a line. A terminal sees it at once if `flush` follows.
    pub(crate) fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.inner, "{line}")
    }

    /// Writes what is buffered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    /// Returns what takes bytes in the place of lines.
    pub(crate) fn as_write(&mut self) -> &mut impl Write {
        &mut self.inner
    }
}

/// Returns whether `path` stands for the standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the name of the log at `path`, for messages.
pub(crate) fn log_name(path: &Path) -> impl Display {
    match is_stdin(path) {
        true => Path::new("the standard input").display(),
        false => path.display(),
    }
}

/// Writes a line to standard error, with a word before it that says what kind of line it is.
pub(crate) fn complain(kind: &str, what: impl Display) {
    let style = match kind {
        "error" => Style::new().for_stderr().red().bold(),
        _ => Style::new().for_stderr().yellow().bold(),
    };
    let what = printable_lines(&what.to_string());
    let kind = style.apply_to(format!("{kind}:"));
    // There is nobody left to tell when this fails.
    let _ = writeln!(io::stderr().lock(), "{kind} {what}");
}

/// Returns `text` without what a terminal would act upon.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_control() {
            true => out.extend(char.escape_default()),
            false => out.push(char),
        }
    }
    out
}

/// Returns `text` with its line breaks, and nothing else that a terminal would act upon.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}
