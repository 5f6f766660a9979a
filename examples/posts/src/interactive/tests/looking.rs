//! Moving about and filtering.

use std::time::Duration;

use super::start;
use crate::interactive::ui::Mode;

#[test]
fn the_first_post_is_opened() {
    let player = start(|_| {});
    assert_eq!(player.requests_since(0), ["GET posts", "GET posts/1"]);
    player.sees(&[" 3 posts ", ">   1 ♥ State is plain data", " post 1 ", "Some text."]);
    player.sees(&["live, 4 actions", "posts/executeQuery/pending ‹ posts/executeQuery/fulfilled"]);
}

#[test]
fn moving_opens_a_post_and_closes_the_one_before() {
    let mut player = start(|_| {});
    player.press(&["down"]);
    let expected = ["posts/executeQuery/pending", "posts/subscriptions/unsubscribeQueryResult"];
    assert_eq!(player.actions(), expected);
    player.sees(&[">   2 ♥ Reducers decide", " post 2 ", ".."]);
    player.wait(Duration::ZERO);
    player.does_not_see("..");

    // Still cached: it is shown at once, and nothing is requested.
    let known = player.server.requests().len();
    player.press(&["k"]);
    player.sees(&[" post 1 ", "Some text."]);
    player.press(&["up", "up"]);
    player.sees(&[">   1 ♥ State"]);
    assert!(player.requests_since(known).is_empty());
    player.press(&["j", "j", "j", "j"]);
    player.sees(&[">   3 ♥ Time is a list"]);
}

#[test]
fn each_letter_of_the_filter_is_an_action() {
    let mut player = start(|_| {});
    player.press(&["/", "t", "i", "x"]);
    player.sees(&["filter: tix", " 0 posts with \"tix\" "]);
    player.press(&["back", "enter"]);
    player.sees(&[" 1 posts with \"ti\" ", "> ", "Time is a list"]);
    let actions = player.actions();
    let typed = actions.iter().filter(|kind| *kind == "filter/textChanged");
    assert_eq!((typed.count(), actions.len()), (4, 6), "and the post in the row was opened");
    player.wait(Duration::ZERO);
    player.sees(&[" post 3 "]);

    player.press(&["/", "esc"]);
    assert_eq!((player.scene().filter.as_str(), player.ui.mode()), ("", Mode::Browse));
    assert!(player.actions().contains(&"filter/cleared".into()));
}

#[test]
fn keys_that_mean_nothing_do_nothing() {
    let mut player = start(|_| {});
    player.press(&["x", "enter", "back", "right", "end"]);
    assert!(player.actions().is_empty());
    player.press(&["q"]);
    assert!(player.ui.has_quit());
}
