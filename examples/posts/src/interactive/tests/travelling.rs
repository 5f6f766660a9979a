//! Looking at the past.

use std::time::Duration;

use retake_testing::Reply;
use serde_json::json;

use super::{MS, post, start};

#[test]
fn the_past_is_looked_at_without_an_action_or_a_request() {
    let mut player = start(|_| {});
    player.press(&["/", "t", "i", "m", "enter"]);
    player.wait(Duration::ZERO);
    player.actions();
    let known = player.server.requests().len();

    player.press(&["home"]);
    player.sees(&["the past: 0 of ", "posts, loading", "the beginning ›"]);
    player.press(&["right", "right"]);
    player.sees(&[" 3 posts ", "the past: 2 of "]);
    player.press(&["down"]);
    player.wait(Duration::ZERO);
    player.sees(&[">   2 ♥ Reducers decide", ".."]);
    player.press(&["left"]);
    player.sees(&["posts, loading", "the past: 1 of "]);
    assert!(player.actions().is_empty());
    assert!(player.requests_since(known).is_empty());

    player.press(&["end"]);
    player.sees(&[" 1 posts with \"tim\" ", "live, "]);
}

#[test]
fn what_happens_meanwhile_is_seen_on_return() {
    let mut player = start(|server| {
        server.on("PATCH posts/1", Reply::status(422, json!({})).after(20 * MS));
    });
    player.press(&["r", "?", "enter", "left", "left", "left"]);
    player.does_not_see("data?");
    let before = player.scene().time;
    player.wait(20 * MS);
    player.wait(Duration::ZERO);
    let now = player.scene().time;
    assert_eq!(now.place, before.place, "the view stays");
    assert!(now.last > before.last, "and the application goes on");
    player.does_not_see("renamePost: ");
    player.press(&["esc"]);
    player.sees(&["renamePost: ", "│State is plain data "]);

    // The edit and its undo are both there to be looked at.
    let titles: Vec<_> = (0..=now.last)
        .map(|_| {
            player.press(&["left"]);
            player.scene().post(1).map(|post| post.title.clone())
        })
        .collect();
    assert!(titles.contains(&Some("State is plain data?".into())));
    assert_eq!(titles.last(), Some(&None));
}

#[test]
fn a_change_is_made_in_the_present() {
    let mut player = start(|server| server.on("POST posts", Reply::ok(post(9, "New"))));
    for keys in
        [["left", "l"], ["home", "g"], ["home", "n"], ["home", "/"], ["left", "r"], ["left", "d"]]
    {
        player.press(&keys);
        player.sees(&["live, "]);
        player.press(&["esc"]);
        player.wait(Duration::ZERO);
    }
}

/// What docs/src/time-travel.md shows is what the program shows.
#[test]
fn the_guide_shows_this_screen() {
    const GUIDE: &str = include_str!("../../../../../docs/src/time-travel.md");
    let mut player = start(|server| {
        let refusal = json!({"message": "the title \"forbidden\" is forbidden"});
        server.on("PATCH posts/1", Reply::status(422, refusal).after(20 * MS));
    });
    player.press(&["r"]);
    "State is plain data".chars().for_each(|_| player.press(&["back"]));
    player.write("forbidden");
    player.press(&["enter"]);
    player.wait(20 * MS);
    player.wait(Duration::ZERO);
    let places = player.scene().time.last;
    while player.scene().post(1).is_none_or(|post| post.title != "forbidden") {
        assert!(player.scene().time.place > 0, "not seen in {places} places");
        player.press(&["left"]);
    }
    let screen = player.screen().join("\n");
    assert!(GUIDE.contains(&screen), "the guide does not show\n{screen}");
}
