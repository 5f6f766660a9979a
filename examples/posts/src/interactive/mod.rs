//! The blog on a screen: posts to browse and to change, and a bar to travel in time.
//!
//! What a key means is a pure function ([`Ui::update`]), what is to be seen is a value that is
//! read from the state ([`scene::Scene`]), and drawing it is another pure function ([`draw::draw`]).
//! A [`Session`] dispatches; what is left here is the terminal.

mod draw;
mod scene;
mod session;
mod terminal;
#[cfg(test)]
mod tests;
mod ui;

use std::pin::pin;
use std::sync::Arc;

use posts_app::{AppStore, configure};
use retake::prelude::*;
use retake::store::history::HistoryOptions;
use tokio::sync::Notify;

use crate::error::RunError;
use crate::log_file::LogFile;
use crate::{console, devtools};
use scene::Scenes;
use session::Session;
use terminal::Screen;
use ui::{Input, Ui};

/// How many states the bar goes back.
const MAX_AGE: usize = 1000;

/// Shows the posts of the server at `url` until the user quits, and writes what happens to
/// `log`.
pub(crate) async fn run(url: &str, log: &LogFile, devtools: Option<&str>) -> Result<(), RunError> {
    let recorder = log.recorder();
    let store = configure(HttpBaseQuery::new(url))
        .history(history())
        .middleware(recorder.clone())
        .build()?;
    let devtools = devtools::connect(devtools, &store).await?;
    let shown = show(store).await;
    drop(devtools);
    recorder.finish()?;
    shown?;
    console::say(format_args!("the log of this session is {}", log.path().display()));
    Ok(())
}

fn history() -> HistoryOptions {
    HistoryOptions::default().max_age(MAX_AGE)
}

async fn show(store: AppStore) -> Result<(), RunError> {
    let mut screen = Screen::open()?;
    let mut inputs = terminal::inputs();
    let changed = Arc::new(Notify::new());
    let notify = Arc::clone(&changed);
    // Told of actions and of travels alike.
    let _subscription = store.subscribe(move |_| notify.notify_one());

    let mut end = pin!(terminal::asked_to_end());
    let (mut ui, scenes) = (Ui::default(), Scenes::new());
    let mut session = Session::start(store);
    while !ui.has_quit() {
        let scene = scenes.of(session.store());
        screen.draw(|frame| draw::draw(frame, &ui, &scene))?;
        let input = tokio::select! {
            biased;
            () = &mut end => Input::Closed,
            input = inputs.recv() => input.unwrap_or(Input::Closed),
            () = changed.notified() => Input::Changed,
        };
        for intent in ui.update(input, &scenes.of(session.store())) {
            session.perform(intent);
        }
    }
    Ok(())
}
