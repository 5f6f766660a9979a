//! What needs no server: edits of the cache, the filter, the selector.

use retake::prelude::*;
use retake::store::log::{AppInfo, LogOptions, LogReader, LogWriter, verify};

use super::{listed_titles, requests_since, start};
use crate::endpoints::ListPosts;
use crate::{
    App, AppAction, DraftAction, DraftUndo, FilterAction, append_to_titles, visible_posts,
};

#[test]
fn titles_are_edited_and_restored_without_a_request() {
    let (store, server) = start(|_| {});
    let list = store.dispatch(ListPosts.initiate(()));
    store.run_until(&list).unwrap();
    let edit = store.dispatch(append_to_titles("!"));
    assert_eq!(listed_titles(&store.state()), ["one!", "two!"]);
    edit.undo().unwrap();
    assert_eq!(listed_titles(&store.state()), ["one", "two"]);
    assert!(requests_since(&server, 1).is_empty());
}

#[test]
fn nothing_is_edited_where_nothing_is_cached() {
    let (store, _) = start(|_| {});
    assert!(store.dispatch(append_to_titles("!")).is_empty());
    assert!(store.types().is_empty());
}

#[test]
fn the_filter_decides_what_is_visible() {
    let (store, _) = start(|_| {});
    let visible = visible_posts();
    let titles =
        || -> Vec<_> { visible(&store.state()).iter().map(|post| post.title.clone()).collect() };
    assert!(titles().is_empty(), "nothing is cached");
    let list = store.dispatch(ListPosts.initiate(()));
    store.run_until(&list).unwrap();
    for (action, expected) in [
        (FilterAction::TextChanged("TW".into()), &["two"][..]),
        (FilterAction::TextChanged("o".into()), &["one", "two"]),
        (FilterAction::TextChanged("three".into()), &[]),
        (FilterAction::Cleared, &["one", "two"]),
    ] {
        store.dispatch(action);
        assert_eq!(titles(), expected);
    }
}

#[test]
fn a_log_of_all_this_replays_without_the_server() {
    let (store, _) = start(|_| {});
    let app = AppInfo::new("posts-app", "1");
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let mut log = LogWriter::new(Vec::new(), app, &*store.state(), options).unwrap();
    let mut state = App::clone(&store.state());

    let list = store.dispatch(ListPosts.initiate(()));
    store.run_until(&list).unwrap();
    store.dispatch(append_to_titles("!"));
    store.dispatch(FilterAction::TextChanged("two".into()));
    for title in ["so", "so it", "so it goes"] {
        store.dispatch(DraftAction::Typed(title.into()));
    }
    store.dispatch(DraftUndo::undo());
    drop(list);
    for action in store.log().actions() {
        let _ = state.reduce(&action);
        log.append(0, &action, &state).unwrap();
    }
    assert_eq!(state, *store.state());
    assert_eq!((&*state.draft.title, state.draft.can_redo()), ("so it", true));
    let log = log.into_inner();
    let verified = verify::<App, AppAction, _>(LogReader::new(log.as_slice()).unwrap()).unwrap();
    assert_eq!(verified.actions, verified.compared);
    assert_eq!(verified.actions, store.types().len() as u64);
}
