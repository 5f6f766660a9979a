//! Whatever comes through the socket, one frame per line: nothing panics, and the store does
//! what is asked or stays as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posts_app::{App, AppAction};
use retake_devtools::Devtools;
use retake_devtools::protocol::FromMonitor;
use retake_devtools::session::{Request, Session};
use retake_devtools::transport::{Link, LinkEvent};
use retake_store::Store;
use retake_store::history::HistoryOptions;

fuzz_target!(|frames: &str| {
    let store = Store::<App, AppAction>::builder(App::default())
        .history(HistoryOptions::default().max_age(20).catch_errors(true), || 1)
        .build();
    let mut session = Session::new(Devtools::new("fuzz")).expect("there are no patterns");
    let mut link = Link::new();
    let _ = link.open();
    for frame in frames.lines() {
        let Ok(events) = link.receive(frame) else { continue };
        for event in events {
            match event {
                LinkEvent::Opened(id) => {
                    let message = session.opened(id);
                    let _ = link.tell(&session.sender().envelope(session.id(), &message));
                }
                LinkEvent::Message(message) => {
                    let Ok(message) = FromMonitor::read(message) else { continue };
                    match session.receive(message) {
                        Some(Request::Travel(action)) => drop(store.travel(action)),
                        Some(Request::Import(history) | Request::Sync(history)) => {
                            let before = store.head();
                            if store.import_history(&history).is_err() {
                                assert_eq!(before, store.head());
                            }
                        }
                        Some(Request::Dispatch(action)) => store.dispatch(action),
                        Some(Request::Export) => {
                            let history = store.history().expect("the store keeps one");
                            let _ = session.export(&history);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
            let history = store.history().expect("the store keeps one");
            for message in session.changed(&history) {
                let _ = link.tell(&session.sender().envelope(session.id(), &message));
            }
        }
    }
});
