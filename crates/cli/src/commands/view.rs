//! `retake view`: a screen to look through a log.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};
use ratatui::layout::Size;

use crate::outcome::{CliError, Outcome};
use crate::recording::Recording;
use crate::view::{Flow, Viewer};

/// How long work goes on before the screen is drawn and a key is looked for.
const SLICE: Duration = Duration::from_millis(30);

/// Look through a log on a screen: its entries, what each changed, the state, the cache.
///
/// The slices of the apis are replayed; of the others the patches, snapshots and hashes of the log
/// tell. Logs may be larger than the memory: only the places of lines are kept, and some states
/// to go on from. The keys are shown at the bottom, and `?` explains them.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ViewArgs {
    /// The log.
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  retake view posts.ndjson";

/// Shows the screen until the user has seen enough.
pub(crate) fn run(args: &ViewArgs) -> Result<Outcome, CliError> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Err(CliError::NoTerminal);
    }
    let viewer = Viewer::new(Recording::open(&args.file)?);
    // It also restores the terminal when the process panics.
    let seen = ratatui::try_init().and_then(|mut terminal| watch(viewer, &mut terminal));
    ratatui::restore();
    seen.map_err(CliError::Output)?;
    Ok(Outcome::Fine)
}

fn watch(mut viewer: Viewer, terminal: &mut DefaultTerminal) -> io::Result<()> {
    viewer.resize(terminal.size()?);
    loop {
        let started_at = Instant::now();
        while viewer.is_busy() && started_at.elapsed() < SLICE {
            viewer.work();
        }
        terminal.draw(|frame| viewer.draw(frame))?;
        if viewer.is_busy() && !event::poll(Duration::ZERO)? {
            continue;
        }
        // Of a key that is held down, only where it led to is shown.
        loop {
            match event::read()? {
                Event::Key(key) if key.is_press() && viewer.update(key) == Flow::Leave => {
                    return Ok(());
                }
                Event::Resize(width, height) => viewer.resize(Size { width, height }),
                _ => {}
            }
            if !event::poll(Duration::ZERO)? {
                break;
            }
        }
    }
}
