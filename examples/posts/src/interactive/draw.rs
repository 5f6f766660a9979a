//! Drawing: a function of what is to be seen and of what the user is about to do.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style, Stylize};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, List, ListState, Paragraph, Wrap};

use super::scene::{Notice, Scene, Time};
use super::ui::{Mode, Ui};

const REVERSED: Style = Style::new().add_modifier(Modifier::REVERSED);

/// Draws the whole screen.
pub(super) fn draw(frame: &mut Frame<'_>, ui: &Ui, scene: &Scene) {
    let rows = Layout::vertical([
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(4),
        Constraint::Length(1),
    ]);
    let [main, prompt, time, help] = rows.areas(frame.area());
    let columns = Layout::horizontal([Constraint::Percentage(55), Constraint::Percentage(45)]);
    let [list, post] = columns.areas(main);
    draw_list(frame, list, ui, scene);
    draw_post(frame, post, ui, scene);
    frame.render_widget(prompt_line(ui.mode(), scene), prompt);
    draw_time(frame, time, &scene.time);
    frame.render_widget(Line::from(keys(ui.mode(), scene)).dim(), help);
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, ui: &Ui, scene: &Scene) {
    let title = match (scene.filter.as_str(), scene.is_loading) {
        (_, true) => " posts, loading ".to_owned(),
        ("", false) => format!(" {} posts ", scene.posts.len()),
        (filter, false) => format!(" {} posts with {filter:?} ", scene.posts.len()),
    };
    let block = Block::bordered().title(title);
    let rows = scene.posts.iter().map(|post| format!("{:>3} ♥ {}", post.likes, post.title));
    let list = List::new(rows).block(block).highlight_symbol("> ").highlight_style(REVERSED);
    let mut cursor = ListState::default().with_selected(ui.row(scene));
    frame.render_stateful_widget(list, area, &mut cursor);
}

fn draw_post(frame: &mut Frame<'_>, area: Rect, ui: &Ui, scene: &Scene) {
    let row = ui.row(scene).and_then(|row| scene.posts.get(row));
    let (title, text) = match row.map(|row| (row.id, scene.post(row.id))) {
        None => (String::new(), Text::default()),
        Some((id, None)) => (format!(" post {id} "), Text::from("..")),
        Some((id, Some(post))) => {
            let mut text = Text::from(Line::from(post.title.clone().bold()));
            text.push_line("");
            text.extend(Text::from(post.body.clone()));
            text.push_line("");
            text.push_line(format!("{} ♥", post.likes));
            (format!(" post {id} "), text)
        }
    };
    let block = Block::bordered().title(title);
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }).block(block), area);
}

fn prompt_line(mode: Mode, scene: &Scene) -> Line<'_> {
    let field = |name: &'static str, text| {
        Line::from(vec![Span::raw(name), Span::raw(text), Span::styled(" ", REVERSED)])
    };
    match (mode, &scene.notice) {
        (Mode::Filter, _) => field("filter: ", scene.filter.as_str()),
        (Mode::Rename { .. }, _) => field("title: ", scene.draft.as_str()),
        (Mode::Create, _) => field("a new post's title: ", scene.draft.as_str()),
        (Mode::Delete { id }, _) => Line::from(format!("delete post {id}?")),
        (Mode::Browse, Some(Notice::UnderWay(name))) => Line::from(format!("{name} ..")),
        (Mode::Browse, Some(Notice::Failed(reason))) => Line::from(reason.as_str()).bold(),
        (Mode::Browse, None) => Line::default(),
    }
}

fn draw_time(frame: &mut Frame<'_>, area: Rect, time: &Time) {
    let title = match time.is_live() {
        true => format!(" live, {} actions ", time.last),
        false => format!(" the past: {} of {} ", time.place, time.last),
    };
    let block = Block::bordered().title(title);
    let inner = block.inner(area);
    let [bar, names] = Layout::vertical([Constraint::Length(1); 2]).areas(inner);
    frame.render_widget(block, area);
    frame.render_widget(Line::from(bar_of(time, bar.width.into())), bar);
    // The action that led here is in the middle, whatever room that leaves for its neighbours.
    let action = Line::from(time.action.as_str().bold());
    let width = u16::try_from(action.width()).unwrap_or(u16::MAX);
    let thirds = [Constraint::Fill(1), Constraint::Length(width), Constraint::Fill(1)];
    let [before, here, after] = Layout::horizontal(thirds).areas(names);
    let named = |name: &Option<String>, line: fn(&str) -> String| {
        Line::from(name.as_deref().map(line).unwrap_or_default()).dim()
    };
    frame.render_widget(named(&time.before, |it| format!("{it} ‹ ")).right_aligned(), before);
    frame.render_widget(action, here);
    frame.render_widget(named(&time.after, |it| format!(" › {it}")), after);
}

/// Returns a line of `width` with a mark at the place that is looked at.
fn bar_of(time: &Time, width: usize) -> String {
    let end = width.saturating_sub(1);
    let mark = match time.last {
        0 => end,
        last => end * time.place / last,
    };
    let before = "━".repeat(mark);
    let after = "─".repeat(end - mark);
    format!("{before}●{after}")
}

fn keys(mode: Mode, scene: &Scene) -> &'static str {
    match mode {
        Mode::Browse => {
            "↑↓ move  r rename  l like  n new  d delete  / filter  g get  ←→ home end time  q quit"
        }
        Mode::Filter => "enter keeps the filter, esc empties it",
        Mode::Rename { .. } | Mode::Create => match (scene.can_undo, scene.can_redo) {
            (false, false) => "enter sends it, esc does not",
            (true, false) => "enter sends it, esc does not, ctrl-z undoes",
            (false, true) => "enter sends it, esc does not, ctrl-y does it again",
            (true, true) => "enter sends it, esc does not, ctrl-z undoes, ctrl-y does it again",
        },
        Mode::Delete { .. } => "y deletes it, any other key does not",
    }
}
