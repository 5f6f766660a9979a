//! A tree as lines, with a cursor and branches that open and close.

use std::collections::BTreeSet;

use ratatui::style::Style;
use retake_store::patch::Pointer;

use super::node::Node;
use super::scroll::Scroll;
use crate::output::printable;

/// A tree on the screen.
///
/// It is filled anew when what it shows has changed. What was opened and closed and where the
/// cursor is, is kept by path, so it survives.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    lines: Vec<Line>,
    scroll: Scroll,
    /// The branches that are not as they started.
    toggled: BTreeSet<Pointer>,
}

/// A line of a tree.
#[derive(Debug)]
pub(crate) struct Line {
    /// The names from the root.
    pub(crate) path: Pointer,
    /// How many branches it is below the root.
    pub(crate) depth: usize,
    /// Its name among its siblings, printable.
    pub(crate) name: String,
    /// What is said about it, printable.
    pub(crate) text: String,
    /// How the text is drawn.
    pub(crate) style: Style,
    /// Whether anything is below it, and shown.
    pub(crate) fold: Fold,
}

/// Whether what is below a line is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    /// There is nothing.
    Leaf,
    /// It is.
    Open,
    /// It is not.
    Closed,
}

impl Outline {
    /// Returns the lines from the first on the screen on.
    pub(crate) fn visible(&self) -> &[Line] {
        self.lines.get(self.scroll.top()..).unwrap_or_default()
    }

    /// Returns which of the visible lines has the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.scroll.cursor() - self.scroll.top()
    }

    /// Moves the cursor by so many lines.
    pub(crate) fn move_by(&mut self, lines: isize, height: usize) {
        self.scroll.move_by(lines, self.lines.len(), height);
    }

    /// Shows `nodes` in the place of what was there. The cursor stays on its path, or goes to
    /// what that was in.
    pub(crate) fn fill(&mut self, nodes: Vec<Node<'_>>, height: usize) {
        let mut path = self.lines.get(self.scroll.cursor()).map(|line| line.path.clone());
        self.lines.clear();
        nodes.into_iter().for_each(|node| self.add(node, &mut Pointer::root(), 0));
        let mut place = 0;
        while let Some(at) = &mut path {
            if let Some(found) = self.lines.iter().position(|line| line.path == *at) {
                place = found;
                break;
            }
            if at.pop().is_none() {
                break;
            }
        }
        self.scroll.move_to(place, self.lines.len(), height);
    }

    /// Opens the branch at the cursor, or goes into it. Returns whether to fill it anew.
    pub(crate) fn open(&mut self, height: usize) -> bool {
        match self.fold() {
            Fold::Closed => self.toggle(),
            Fold::Open => {
                self.move_by(1, height);
                false
            }
            Fold::Leaf => false,
        }
    }

    /// Closes the branch at the cursor, or goes out of it. Returns whether to fill it anew.
    pub(crate) fn close(&mut self, height: usize) -> bool {
        if self.fold() == Fold::Open {
            return self.toggle();
        }
        let cursor = self.scroll.cursor();
        let Some(depth) = self.lines.get(cursor).map(|line| line.depth) else { return false };
        if let Some(parent) = self.lines[..cursor].iter().rposition(|line| line.depth < depth) {
            self.scroll.move_to(parent, self.lines.len(), height);
        }
        false
    }

    /// Opens or closes the branch at the cursor. Returns whether to fill it anew.
    pub(crate) fn toggle(&mut self) -> bool {
        match self.lines.get(self.scroll.cursor()) {
            Some(line) if line.fold != Fold::Leaf => {
                if !self.toggled.remove(&line.path) {
                    self.toggled.insert(line.path.clone());
                }
                true
            }
            _ => false,
        }
    }

    fn fold(&self) -> Fold {
        self.lines.get(self.scroll.cursor()).map_or(Fold::Leaf, |line| line.fold)
    }

    fn add(&mut self, node: Node<'_>, path: &mut Pointer, depth: usize) {
        let Node { name, text, style, starts_open, children } = node;
        path.push(&name);
        let fold = match children {
            None => Fold::Leaf,
            Some(_) if self.toggled.contains(path) == starts_open => Fold::Closed,
            Some(_) => Fold::Open,
        };
        let name = printable(&name);
        self.lines.push(Line { path: path.clone(), depth, name, text, style, fold });
        if let (Fold::Open, Some(children)) = (fold, children) {
            children().into_iter().for_each(|child| self.add(child, path, depth + 1));
        }
        path.pop();
    }
}
