//! What the user does: which keys mean what, and what they ask for.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::scene::Scene;

/// What the screen knows beside the state of the application: where the cursor is, and what
/// keys are for.
#[derive(Debug, Default)]
pub(super) struct Ui {
    /// The row of the list; may be behind its end after a change.
    cursor: usize,
    mode: Mode,
    /// The post that was opened last.
    opened: Option<u32>,
    has_quit: bool,
}

/// What keys are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Moving about, and commands.
    #[default]
    Browse,
    /// The text of the filter, which is in the state.
    Filter,
    /// The next title of a post, which is in the state.
    Rename { id: u32 },
    /// The title of a new post, which is in the state.
    Create,
    /// Whether a post is really to be deleted.
    Delete { id: u32 },
}

/// What happens to the screen.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A key is pressed.
    Key(KeyEvent),
    /// There is something else to be seen.
    Changed,
    /// There are no more keys.
    Closed,
}

/// What is to be dispatched, or travelled to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Ask for a post and keep it, in place of the one before.
    Open(u32),
    /// Ask for the list again.
    Refresh,
    /// Change the text of the filter.
    Filter(String),
    /// Empty the filter.
    ClearFilter,
    /// Begin to write a title, with this one.
    Begin(String),
    /// Change the title that is being written.
    Write(String),
    /// Undo the last change of it.
    Undo,
    /// Do it again.
    Redo,
    /// Give a post the title that was written.
    Rename(u32),
    /// Like a post.
    Like(u32),
    /// Create a post with the title that was written.
    Create,
    /// Delete a post.
    Delete(u32),
    /// Look at the state of this place in the history.
    LookAt(usize),
}

impl Ui {
    /// Returns what keys are for now.
    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the row that the cursor is in; none in an empty list.
    pub(super) fn row(&self, scene: &Scene) -> Option<usize> {
        scene.posts.len().checked_sub(1).map(|last| self.cursor.min(last))
    }

    /// Returns whether the user has had enough.
    pub(super) fn has_quit(&self) -> bool {
        self.has_quit
    }

    /// Takes `input` and returns what it asks for, in order; `scene` is what is to be seen.
    ///
    /// Opening the post in the cursor's row is asked for whenever that is another one, but not
    /// while the past is looked at: travelling asks for nothing.
    pub(super) fn update(&mut self, input: Input, scene: &Scene) -> Vec<Intent> {
        let mut intents = match input {
            Input::Key(key) => self.press(key, scene),
            Input::Changed => Vec::new(),
            Input::Closed => self.quit(),
        };
        let is_live = scene.time.is_live() && !intents.iter().any(Intent::is_travel);
        let row = self.row(scene).and_then(|row| scene.posts.get(row));
        if let Some(post) = row
            && is_live
            && self.opened != Some(post.id)
        {
            self.opened = Some(post.id);
            intents.push(Intent::Open(post.id));
        }
        intents
    }

    fn press(&mut self, key: KeyEvent, scene: &Scene) -> Vec<Intent> {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        let intent = match (&self.mode, key.code) {
            (_, KeyCode::Char('c')) if is_control => return self.quit(),
            (Mode::Browse, code) => return self.command(code, scene),
            (Mode::Rename { .. } | Mode::Create, KeyCode::Char(letter)) if is_control => {
                return match letter {
                    'z' => vec![Intent::Undo],
                    'y' => vec![Intent::Redo],
                    _ => Vec::new(),
                };
            }
            (Mode::Rename { .. } | Mode::Create, KeyCode::Char(_) | KeyCode::Backspace) => {
                return edited(&scene.draft, key.code).map(Intent::Write).into_iter().collect();
            }
            (Mode::Filter, KeyCode::Char(_) | KeyCode::Backspace) => {
                return edited(&scene.filter, key.code).map(Intent::Filter).into_iter().collect();
            }
            (Mode::Rename { id }, KeyCode::Enter) => Some(Intent::Rename(*id)),
            (Mode::Create, KeyCode::Enter) => Some(Intent::Create),
            (Mode::Filter, KeyCode::Enter) => None,
            (Mode::Filter, KeyCode::Esc) => Some(Intent::ClearFilter),
            (Mode::Delete { id }, KeyCode::Char('y')) => Some(Intent::Delete(*id)),
            (_, KeyCode::Esc) | (Mode::Delete { .. }, _) => None,
            _ => return Vec::new(),
        };
        self.mode = Mode::Browse;
        intent.into_iter().collect()
    }

    /// What a key of [`Mode::Browse`] asks for. Whatever changes something first returns from
    /// the past, so that one sees what one does.
    fn command(&mut self, code: KeyCode, scene: &Scene) -> Vec<Intent> {
        let time = &scene.time;
        let row = self.row(scene);
        let post = row.and_then(|row| scene.posts.get(row));
        let look_at = |place: usize| match place == time.place {
            true => Vec::new(),
            false => vec![Intent::LookAt(place)],
        };
        let change = |intent| [look_at(time.last), vec![intent]].concat();
        match (code, post) {
            (KeyCode::Char('q'), _) => self.quit(),
            (KeyCode::Up | KeyCode::Char('k'), _) => {
                self.cursor = row.unwrap_or_default().saturating_sub(1);
                Vec::new()
            }
            (KeyCode::Down | KeyCode::Char('j'), _) => {
                self.cursor = row.map_or(0, |row| (row + 1).min(scene.posts.len() - 1));
                Vec::new()
            }
            (KeyCode::Left, _) => look_at(time.place.saturating_sub(1)),
            (KeyCode::Right, _) => look_at(time.last.min(time.place + 1)),
            (KeyCode::Home, _) => look_at(0),
            (KeyCode::End | KeyCode::Esc, _) => look_at(time.last),
            (KeyCode::Char('g'), _) => change(Intent::Refresh),
            (KeyCode::Char('l'), Some(post)) => change(Intent::Like(post.id)),
            (KeyCode::Char('/'), _) => {
                self.mode = Mode::Filter;
                look_at(time.last)
            }
            (KeyCode::Char('n'), _) => {
                self.mode = Mode::Create;
                change(Intent::Begin(String::new()))
            }
            (KeyCode::Char('r'), Some(post)) => {
                self.mode = Mode::Rename { id: post.id };
                change(Intent::Begin(post.title.clone()))
            }
            (KeyCode::Char('d'), Some(post)) => {
                self.mode = Mode::Delete { id: post.id };
                look_at(time.last)
            }
            _ => Vec::new(),
        }
    }

    fn quit(&mut self) -> Vec<Intent> {
        self.has_quit = true;
        Vec::new()
    }
}

impl Intent {
    fn is_travel(&self) -> bool {
        matches!(self, Self::LookAt(_))
    }
}

/// Returns `text` after the key; `None` when the key does not change it.
fn edited(text: &str, code: KeyCode) -> Option<String> {
    let mut text = text.to_owned();
    match code {
        KeyCode::Char(letter) => text.push(letter),
        KeyCode::Backspace => drop(text.pop()?),
        _ => return None,
    }
    Some(text)
}
