//! The screen as text.

use console::measure_text_width;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

use super::help::HELP;
use super::layout::Panes;
use super::moment::Found;
use super::outline::{self, Fold};
use super::panel::Panel;
use super::viewer::{Focus, PromptKind, Viewer};
use crate::recording::clock::elapsed;
use crate::recording::row::{Row, shortened};

/// How wide the column of the types is, at most.
const TYPE: usize = 34;

impl Viewer {
    /// Draws the screen.
    pub(crate) fn draw(&self, frame: &mut Frame<'_>) {
        let panes = Panes::of(frame.area().as_size());
        frame.render_widget(self.title(panes.title.width.into()), panes.title);
        self.draw_listing(frame, panes.listing);
        self.draw_panel(frame, panes.panel);
        frame.render_widget(self.bottom(), panes.keys);
        if self.is_help_shown {
            draw_help(frame);
        }
    }

    fn title(&self, width: usize) -> Line<'_> {
        let recording = self.recording();
        let text = format!(" {}, {} entries", recording.log(), recording.len());
        Line::from(shortened(text, width)).bold()
    }

    fn draw_listing(&self, frame: &mut Frame<'_>, area: Rect) {
        let title = match self.listing.filter() {
            None => " Entries ".to_owned(),
            Some(filter) => {
                let count = self.listing.lines();
                let scanned = match self.listing.is_scanning() {
                    true => format!(" of the first {}", filter.scanned),
                    false => String::new(),
                };
                format!(" Entries with {}: {count}{scanned} ", filter.text)
            }
        };
        let mut block = block(title, self.focus == Focus::Listing);
        if let Some(line) = self.recording().torn() {
            block =
                block.title_bottom(Line::from(format!(" line {line} is torn: no entry ")).red());
        }
        let inner = block.inner(area);
        let height = usize::from(inner.height);
        let mut lines: Vec<_> =
            self.listing.visible().take(height).map(|seq| self.row(seq, inner.width)).collect();
        if lines.is_empty() {
            lines.push(Line::from("  no entry fits").dim());
        }
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }

    fn row(&self, seq: u64, width: u16) -> Line<'_> {
        let is_selected = seq == self.listing.selected();
        let mark = mark(is_selected);
        let time_width = self.time_width;
        let digits = self.recording().len().to_string().len();
        let start = format!("{mark}{seq:>digits$} ");
        let room = usize::from(width).saturating_sub(start.len() + time_width + 3);
        let (time, text, style) = match self.listing.row(seq) {
            None => (String::new(), "the beginning".to_owned(), Style::new().dim()),
            Some(Err(error)) => (String::new(), error.clone(), Style::new().red()),
            Some(Ok(row)) => (elapsed(row.at, self.started_at), words(row, room), style(row)),
        };
        let text = Span::styled(shortened(text, room), style);
        let line =
            Line::from(vec![Span::raw(start), Span::raw(format!("{time:>time_width$}  ")), text]);
        highlighted(line, is_selected, self.focus == Focus::Listing)
    }

    fn draw_panel(&self, frame: &mut Frame<'_>, area: Rect) {
        let names = Panel::ALL.iter().zip(1..).map(|(panel, digit)| {
            let name = panel.name();
            match *panel == self.panel {
                true => format!("[{digit} {name}]"),
                false => format!(" {digit} {name} "),
            }
        });
        let block = block(names.collect::<String>(), self.focus == Focus::Panel);
        let seq = self.listing.selected();
        let text = match &self.found {
            Found::Moment(moment) if moment.seq == seq => None,
            Found::Nothing(found, error) if *found == seq => Some(Line::from(error.as_str()).red()),
            Found::Underway(place) => {
                Some(Line::from(format!("replayed {place} of {seq} ..")).dim())
            }
            _ => Some(Line::from("..").dim()),
        };
        let Some(text) = text else {
            let inner = block.inner(area);
            let lines = self.outline().visible().iter().take(inner.height.into()).enumerate();
            let lines = lines.map(|(index, line)| {
                let is_selected = index == self.outline().cursor();
                let line = self.branch(line, is_selected, inner.width.into());
                highlighted(line, is_selected, self.focus == Focus::Panel)
            });
            let lines: Vec<_> = lines.collect();
            return frame.render_widget(Paragraph::new(lines).block(block), area);
        };
        frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }).block(block), area);
    }

    fn branch<'a>(&self, line: &'a outline::Line, is_selected: bool, width: usize) -> Line<'a> {
        let fold = match line.fold {
            Fold::Leaf => ' ',
            Fold::Open => '▾',
            Fold::Closed => '▸',
        };
        let is_changed = match &self.found {
            Found::Moment(moment) => self.panel.is_changed(&moment.changes, &line.path),
            Found::Underway(_) | Found::Nothing(..) => false,
        };
        let changed = if is_changed { "*" } else { " " };
        let indent = 2 * line.depth;
        let start = format!("{}{changed}{:indent$}{fold} ", mark(is_selected), "");
        let room = width.saturating_sub(indent + 4);
        let name = match self.panel {
            Panel::Diff if line.depth == 0 => ending(&line.name, room),
            _ => shortened(line.name.clone(), room),
        };
        let mut spans = vec![Span::raw(start), Span::raw(name).bold()];
        let left = room.saturating_sub(spans[1].width() + 2);
        if left > 0 && !(line.fold == Fold::Open && line.text.starts_with(['{', '['])) {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(shortened(line.text.clone(), left), line.style));
        }
        Line::from(spans)
    }

    fn bottom(&self) -> Line<'_> {
        let text = match (&self.prompt, self.focus) {
            (Some(prompt), _) => match prompt.kind {
                PromptKind::Filter => {
                    return Line::from(format!(" type or entry: {}_", prompt.text));
                }
                PromptKind::GoTo => return Line::from(format!(" go to entry: {}_", prompt.text)),
            },
            (None, Focus::Listing) => {
                " ↑↓ entry  1-4 panel  Tab into the panel  / filter  : go to  ? help  q quit"
            }
            (None, Focus::Panel) => {
                " ↑↓ line  ←→ close, open  [ ] entry  1-4 panel  Tab to the list  ? help  q quit"
            }
        };
        Line::from(text).dim()
    }
}

fn draw_help(frame: &mut Frame<'_>) {
    let (text, area) = (Paragraph::new(HELP), frame.area());
    let width = HELP.lines().map(|line| line.chars().count()).max().unwrap_or_default() + 4;
    let height = HELP.lines().count() + 2;
    let fit = |wanted: usize, room: u16| u16::try_from(wanted).unwrap_or(room).min(room);
    let (width, height) = (fit(width, area.width), fit(height, area.height));
    let (x, y) = ((area.width - width) / 2, (area.height - height) / 2);
    let area = Rect { x: area.x + x, y: area.y + y, width, height };
    frame.render_widget(Clear, area);
    frame.render_widget(text.block(block(" Keys ".to_owned(), true)), area);
}

fn block(title: String, is_focused: bool) -> Block<'static> {
    let block = Block::bordered().title(title);
    match is_focused {
        true => block.border_style(Style::new().cyan().bold()),
        false => block.border_style(Style::new().dim()),
    }
}

fn mark(is_selected: bool) -> char {
    if is_selected { '>' } else { ' ' }
}

fn highlighted(line: Line<'_>, is_selected: bool, is_focused: bool) -> Line<'_> {
    match (is_selected, is_focused) {
        (true, true) => line.reversed(),
        (true, false) => line.bold(),
        (false, _) => line,
    }
}

/// Returns the type and the cache entry of a row, in two columns.
fn words(row: &Row, room: usize) -> String {
    let subject = row.subject();
    if subject.is_empty() {
        return ending(&row.kind, room);
    }
    let column = TYPE.min(room * 3 / 5);
    let kind = ending(&row.kind, column);
    let padding = column.saturating_sub(measure_text_width(&kind));
    format!("{kind}{:padding$}  {subject}", "")
}

/// Returns `text` in so many columns: what is longer begins with `..`, since it is the ends of
/// types and paths that tell them apart.
fn ending(text: &str, columns: usize) -> String {
    if measure_text_width(text) <= columns {
        return text.to_owned();
    }
    let mut tail = text;
    while measure_text_width(tail) + 2 > columns {
        let mut rest = tail.chars();
        if rest.next().is_none() {
            break;
        }
        tail = rest.as_str();
    }
    format!("..{tail}")
}

fn style(row: &Row) -> Style {
    match (row.is_lifted, row.kind.ends_with("/rejected")) {
        (true, _) => Style::new().magenta(),
        (false, true) => Style::new().red(),
        (false, false) => Style::new(),
    }
}
