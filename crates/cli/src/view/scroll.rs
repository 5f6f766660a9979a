//! Which part of a list is on the screen.

/// A cursor in a list, and the first line that is on the screen.
///
/// The cursor is on the screen, and the screen is as full as the list allows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scroll {
    cursor: usize,
    top: usize,
}

impl Scroll {
    /// Returns the index of the line with the cursor; 0 in an empty list.
    pub(crate) fn cursor(self) -> usize {
        self.cursor
    }

    /// Returns the index of the first line on the screen.
    pub(crate) fn top(self) -> usize {
        self.top
    }

    /// Moves the cursor by so many lines in a list of `len`, of which `height` are shown.
    pub(crate) fn move_by(&mut self, lines: isize, len: usize, height: usize) {
        self.move_to(self.cursor.saturating_add_signed(lines), len, height);
    }

    /// Moves the cursor to the line `index`, or to the last.
    pub(crate) fn move_to(&mut self, index: usize, len: usize, height: usize) {
        let height = height.max(1);
        self.cursor = index.min(len.saturating_sub(1));
        let lowest = self.cursor.min(len.saturating_sub(height));
        self.top = self.top.clamp((self.cursor + 1).saturating_sub(height), lowest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_on_the_screen() {
        let mut scroll = Scroll::default();
        for (index, len, height, expected) in [
            (9, 20, 5, (9, 5)),
            (8, 20, 5, (8, 5)),
            (4, 20, 5, (4, 4)),
            (99, 20, 5, (19, 15)),
            (19, 20, 10, (19, 10)),
            (2, 3, 10, (2, 0)),
            (2, 0, 10, (0, 0)),
            (2, 3, 0, (2, 2)),
        ] {
            scroll.move_to(index, len, height);
            assert_eq!((scroll.cursor(), scroll.top()), expected, "{index} of {len}, {height}");
        }
    }
}
