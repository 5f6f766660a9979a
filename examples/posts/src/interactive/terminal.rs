//! The terminal: in a mode of its own while the screen is there, and as before afterwards.

use std::io::{self, IsTerminal};
use std::thread;

use ratatui::crossterm::event::{self, Event};
use ratatui::{DefaultTerminal, Frame};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::ui::Input;
use crate::error::RunError;

/// The terminal as a screen; dropping it gives the terminal back as it was, and so does a
/// panic.
#[derive(Debug)]
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// [`RunError::NoTerminal`] when there is none, [`RunError::Terminal`] when it does not do
    /// what a screen needs.
    pub(super) fn open() -> Result<Self, RunError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(RunError::NoTerminal);
        }
        // Also makes panics give the terminal back before they are printed.
        match ratatui::try_init() {
            Ok(terminal) => Ok(Self(terminal)),
            Err(error) => {
                ratatui::restore();
                Err(RunError::Terminal(error))
            }
        }
    }

    /// Shows what `draw` draws.
    ///
    /// # Errors
    /// [`RunError::Terminal`] when the terminal does not take it.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<(), RunError> {
        self.0.draw(draw).map(drop).map_err(RunError::Terminal)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Waits until somebody asks the process to end. A key of the user's does not count: while the
/// screen is there, the terminal makes no signal of it.
pub(super) async fn asked_to_end() {
    #[cfg(unix)]
    let asked = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => drop(asked.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let asked = std::future::pending::<()>();
    tokio::select! {
        biased;
        () = asked => {}
        Ok(()) = tokio::signal::ctrl_c() => {}
    }
}

/// Returns the keys that are pressed from now on, and that the size has changed.
///
/// They are waited for on a thread, which ends with the process: there is no way to wake it.
pub(super) fn inputs() -> UnboundedReceiver<Input> {
    let (sender, receiver) = unbounded_channel();
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            let input = match event {
                // Windows tells of releases, too.
                Event::Key(key) if key.is_press() => Input::Key(key),
                Event::Resize(..) => Input::Changed,
                _ => continue,
            };
            if sender.send(input).is_err() {
                break;
            }
        }
    });
    receiver
}
