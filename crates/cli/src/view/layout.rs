//! What is where on the screen.

use ratatui::layout::{Constraint, Layout, Rect, Size};

/// How wide a screen has to be for the list and the panel to stand beside one another.
const WIDE: u16 = 90;

/// The parts of the screen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Panes {
    /// The line at the top.
    pub(crate) title: Rect,
    /// The list of entries, with its border.
    pub(crate) listing: Rect,
    /// The panel, with its border.
    pub(crate) panel: Rect,
    /// The line at the bottom.
    pub(crate) keys: Rect,
}

impl Panes {
    /// Returns the parts of a screen.
    pub(crate) fn of(size: Size) -> Self {
        let area = Rect::from((ratatui::layout::Position::ORIGIN, size));
        let (one, rest) = (Constraint::Length(1), Constraint::Fill(1));
        let [title, body, keys] = Layout::vertical([one, rest, one]).areas(area);
        let halves = [Constraint::Percentage(46), rest];
        let [listing, panel] = match size.width < WIDE {
            true => Layout::vertical(halves).areas(body),
            false => Layout::horizontal(halves).areas(body),
        };
        Self { title, listing, panel, keys }
    }

    /// Returns how many entries the list has room for.
    pub(crate) fn listing(&self) -> usize {
        self.listing.height.saturating_sub(2).into()
    }

    /// Returns how many lines the panel has room for.
    pub(crate) fn panel(&self) -> usize {
        self.panel.height.saturating_sub(2).into()
    }
}
