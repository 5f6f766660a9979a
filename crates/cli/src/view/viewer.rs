//! The state of the screen, and what keys do to it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::layout::Panes;
use super::listing::Listing;
use super::moment::Found;
use super::outline::Outline;
use super::panel::Panel;
use crate::recording::Recording;
use crate::recording::clock::elapsed;

/// How wide the column of the times is, at least.
const TIME: usize = 9;

/// What is on the screen of a log.
#[derive(Debug)]
pub(crate) struct Viewer {
    recording: Recording,
    /// When the first entry happened.
    pub(crate) started_at: u64,
    /// How wide the column of the times is.
    pub(crate) time_width: usize,
    pub(crate) listing: Listing,
    pub(crate) found: Found,
    pub(crate) panel: Panel,
    /// One for each panel.
    outlines: [Outline; Panel::ALL.len()],
    pub(crate) focus: Focus,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) is_help_shown: bool,
    panes: Panes,
}

/// Which side keys that move are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// The list of entries.
    Listing,
    /// The panel beside it.
    Panel,
}

/// A line that is being typed.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) kind: PromptKind,
    pub(crate) text: String,
    /// What was selected when it began.
    anchor: u64,
}

/// What a typed line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PromptKind {
    /// A filter of the list.
    Filter,
    /// The `seq` of an entry.
    GoTo,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// There is a next key.
    Stay,
    /// The user has seen enough.
    Leave,
}

impl Viewer {
    /// Returns the screen of a log at its beginning. [`resize`](Self::resize) it before it is
    /// drawn.
    pub(crate) fn new(mut recording: Recording) -> Self {
        let started_at = recording.entry(1).map_or(0, |entry| entry.at);
        let ended_at = recording.entry(recording.len()).map_or(started_at, |entry| entry.at);
        Self {
            started_at,
            time_width: elapsed(ended_at, started_at).len().max(TIME),
            listing: Listing::new(recording.len()),
            found: Found::Underway(0),
            panel: Panel::Diff,
            outlines: Default::default(),
            focus: Focus::Listing,
            prompt: None,
            is_help_shown: false,
            panes: Panes::default(),
            recording,
        }
    }

    /// Returns the log.
    pub(crate) fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Returns what the panel shows.
    pub(crate) fn outline(&self) -> &Outline {
        &self.outlines[self.panel as usize]
    }

    /// Makes the screen this large.
    pub(crate) fn resize(&mut self, size: Size) {
        self.panes = Panes::of(size);
        self.listing.move_by(0, self.panes.listing());
        self.refill();
        self.listing.read(&mut self.recording, self.panes.listing());
    }

    /// Does what `key` stands for.
    pub(crate) fn update(&mut self, key: KeyEvent) -> Flow {
        let has_control = key.modifiers.contains(KeyModifiers::CONTROL);
        if has_control && key.code == KeyCode::Char('c') {
            return Flow::Leave;
        }
        let flow = match self.prompt.take() {
            _ if has_control => Flow::Stay,
            Some(prompt) => {
                self.type_key(prompt, key.code);
                Flow::Stay
            }
            None if self.is_help_shown => {
                self.is_help_shown = false;
                Flow::Stay
            }
            None => self.press(key.code),
        };
        self.listing.read(&mut self.recording, self.panes.listing());
        flow
    }

    /// Returns whether [`work`](Self::work) has something to do.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_approaching() || self.listing.is_scanning()
    }

    /// Does a small piece of what takes its time: going to the selected entry, and filtering.
    pub(crate) fn work(&mut self) {
        if self.listing.is_scanning() {
            self.listing.scan(&mut self.recording, self.panes.listing());
            self.listing.read(&mut self.recording, self.panes.listing());
        }
        if self.is_approaching() {
            self.found = Found::approach(&mut self.recording, self.listing.selected());
            self.refill();
        }
    }

    fn is_approaching(&self) -> bool {
        self.found.seq() != Some(self.listing.selected())
    }

    fn press(&mut self, key: KeyCode) -> Flow {
        match key {
            KeyCode::Char('q') => return Flow::Leave,
            KeyCode::Char('?') => self.is_help_shown = true,
            KeyCode::Char('/') => {
                let text = self.listing.filter().map(|filter| filter.text.clone());
                self.ask(PromptKind::Filter, text.unwrap_or_default());
            }
            KeyCode::Char(':') => self.ask(PromptKind::GoTo, String::new()),
            KeyCode::Char('[') => self.listing.move_by(-1, self.panes.listing()),
            KeyCode::Char(']') => self.listing.move_by(1, self.panes.listing()),
            KeyCode::Char(digit @ '1'..='4') => {
                self.panel = Panel::ALL[digit as usize - '1' as usize];
                self.refill();
            }
            KeyCode::Tab | KeyCode::BackTab => {
                self.focus = match self.focus {
                    Focus::Listing => Focus::Panel,
                    Focus::Panel => Focus::Listing,
                };
            }
            KeyCode::Esc if self.focus == Focus::Panel => self.focus = Focus::Listing,
            KeyCode::Esc => self.listing.set_filter("", self.panes.listing()),
            key => self.press_in_focus(key),
        }
        Flow::Stay
    }

    fn ask(&mut self, kind: PromptKind, text: String) {
        self.prompt = Some(Prompt { kind, text, anchor: self.listing.selected() });
    }

    fn press_in_focus(&mut self, key: KeyCode) {
        let height = match self.focus {
            Focus::Listing => self.panes.listing(),
            Focus::Panel => self.panes.panel(),
        };
        let page = isize::try_from(height.max(1)).unwrap_or(isize::MAX);
        let lines = match key {
            KeyCode::Up | KeyCode::Char('k') => -1,
            KeyCode::Down | KeyCode::Char('j') => 1,
            KeyCode::PageUp => -page,
            KeyCode::PageDown => page,
            KeyCode::Home | KeyCode::Char('g') => isize::MIN,
            KeyCode::End | KeyCode::Char('G') => isize::MAX,
            key => return self.press_in_panel(key),
        };
        match self.focus {
            Focus::Listing => self.listing.move_by(lines, height),
            Focus::Panel => self.outlines[self.panel as usize].move_by(lines, height),
        }
    }

    /// Does what keys for branches do. In the list they go into the panel.
    fn press_in_panel(&mut self, key: KeyCode) {
        let height = self.panes.panel();
        let outline = &mut self.outlines[self.panel as usize];
        let is_changed = match (self.focus, key) {
            (Focus::Panel, KeyCode::Right | KeyCode::Char('l')) => outline.open(height),
            (Focus::Panel, KeyCode::Left | KeyCode::Char('h')) => outline.close(height),
            (Focus::Panel, KeyCode::Enter | KeyCode::Char(' ')) => outline.toggle(),
            (Focus::Listing, KeyCode::Enter) => {
                self.focus = Focus::Panel;
                false
            }
            _ => false,
        };
        if is_changed {
            self.refill();
        }
    }

    /// Types into a line; every character of a filter counts at once.
    fn type_key(&mut self, mut prompt: Prompt, key: KeyCode) {
        let height = self.panes.listing();
        match key {
            KeyCode::Enter => {
                if let (PromptKind::GoTo, Ok(seq)) = (prompt.kind, prompt.text.parse()) {
                    self.listing.select(seq, height);
                }
                return;
            }
            KeyCode::Esc => {
                if prompt.kind == PromptKind::Filter {
                    self.listing.set_filter("", height);
                    self.listing.select(prompt.anchor, height);
                }
                return;
            }
            KeyCode::Backspace => drop(prompt.text.pop()),
            KeyCode::Char(char) if prompt.kind == PromptKind::Filter || char.is_ascii_digit() => {
                prompt.text.push(char);
            }
            _ => {}
        }
        if prompt.kind == PromptKind::Filter {
            self.listing.set_filter(&prompt.text, height);
            self.listing.select(prompt.anchor, height);
        }
        self.prompt = Some(prompt);
    }

    /// Shows in the panel what is known. On the way to an entry its cursor stays where it is.
    fn refill(&mut self) {
        if let Found::Moment(moment) = &self.found {
            let nodes = self.panel.nodes(moment, self.started_at);
            self.outlines[self.panel as usize].fill(nodes, self.panes.panel());
        }
    }
}
