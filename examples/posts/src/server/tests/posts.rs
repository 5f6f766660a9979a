//! What each route does when nothing is wrong.

use std::env::temp_dir;
use std::fs;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::client::{server, server_with};
use crate::server::{Database, ServerOptions};

#[track_caller]
fn check(answer: (u16, Value), status: u16, body: Value) {
    assert_eq!(answer, (status, body));
}

fn ids(posts: &Value) -> Vec<u64> {
    posts.as_array().unwrap().iter().map(|post| post["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_server_is_healthy() {
    let (_server, client) = server().await;
    check(client.send("GET /health").await, 200, json!({ "ok": true }));
}

#[tokio::test]
async fn an_empty_table_gets_the_same_five_posts_every_time() {
    let (_one, first) = server().await;
    let (_two, second) = server().await;
    let (status, posts) = first.send("GET /posts").await;
    assert_eq!((status, ids(&posts)), (200, vec![1, 2, 3, 4, 5]));
    assert_eq!(second.send("GET /posts").await.1, posts);
    for post in posts.as_array().unwrap() {
        assert_eq!(first.send(&format!("GET /posts/{}", post["id"])).await, (200, post.clone()));
        assert_eq!(post["likes"], 0);
    }
    let mut keys: Vec<_> = posts[0].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["body", "id", "likes", "title"]);
}

#[tokio::test]
async fn a_created_post_is_listed_and_its_text_may_be_left_out() {
    let (_server, client) = server().await;
    let long = "é".repeat(80);
    let cases = [
        (json!({ "title": "a", "body": "b" }), "a", "b"),
        (json!({ "title": "no text" }), "no text", ""),
        (json!({ "title": long }), long.as_str(), ""),
        (json!({ "title": "x", "id": 1, "likes": 7, "other": [] }), "x", ""),
    ];
    for (id, (request, title, body)) in (6..).zip(cases) {
        let post = json!({ "id": id, "title": title, "body": body, "likes": 0 });
        check(client.send_json("POST /posts", request).await, 201, post.clone());
        check(client.send(&format!("GET /posts/{id}")).await, 200, post);
    }
    assert_eq!(ids(&client.send("GET /posts").await.1), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let (_server, client) = server().await;
    let mut post = client.send("GET /posts/2").await.1;
    for changes in [
        json!({ "title": "next" }),
        json!({ "body": "" }),
        json!({ "title": "both", "body": "of them" }),
        json!({}),
        json!({ "title": "as sent", "body": null, "id": 2, "likes": 0 }),
    ] {
        for (name, value) in changes.as_object().unwrap() {
            if !value.is_null() {
                post[name] = value.clone();
            }
        }
        check(client.send_json("PATCH /posts/2", changes).await, 200, post.clone());
        check(client.send("GET /posts/2").await, 200, post.clone());
    }
}

#[tokio::test]
async fn likes_add_up() {
    let (_server, client) = server().await;
    for (count, likes) in [(1, 1), (1000, 1001), (41, 1042)] {
        let (status, post) =
            client.send_json("POST /posts/3/likes", json!({ "count": count })).await;
        assert_eq!((status, &post["likes"], &post["id"]), (200, &json!(likes), &json!(3)));
    }
    assert_eq!(client.send("GET /posts/4").await.1["likes"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn likes_that_arrive_together_are_all_counted() {
    let (_server, client) = server().await;
    let mut requests = JoinSet::new();
    for count in 1..=50 {
        let client = client.clone();
        requests.spawn(async move {
            client.send_json("POST /posts/1/likes", json!({ "count": count })).await
        });
    }
    let mut seen: Vec<u64> = Vec::new();
    for (status, post) in requests.join_all().await {
        assert_eq!(status, 200);
        seen.push(post["likes"].as_u64().unwrap());
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), seen.last()), (50, Some(&1275)));
    assert_eq!(client.send("GET /posts/1").await.1["likes"], 1275);
}

#[tokio::test]
async fn a_deleted_post_is_gone_and_its_id_is_not_used_again() {
    let (_server, client) = server().await;
    check(client.send("DELETE /posts/5").await, 200, json!({ "id": 5 }));
    let gone = json!({ "message": "post 5 does not exist" });
    check(client.send("GET /posts/5").await, 404, gone.clone());
    check(client.send("DELETE /posts/5").await, 404, gone);
    assert_eq!(ids(&client.send("GET /posts").await.1), [1, 2, 3, 4]);
    assert_eq!(client.send_json("POST /posts", json!({ "title": "new" })).await.1["id"], 6);
}

#[tokio::test]
async fn a_database_file_outlives_its_server_and_is_filled_once() {
    let path = temp_dir().join(format!("retake-posts-{}.sqlite", std::process::id()));
    let _ = fs::remove_file(&path);
    let options =
        || ServerOptions { database: Database::File(path.clone()), ..ServerOptions::default() };

    let (server, client) = server_with(options()).await;
    client.send("DELETE /posts/1").await;
    client.send_json("POST /posts/2/likes", json!({ "count": 3 })).await;
    let (_, before) = client.send("GET /posts").await;
    server.stop().await;
    let (server, client) = server_with(options()).await;
    let (_, after) = client.send("GET /posts").await;
    server.stop().await;

    fs::remove_file(&path).unwrap();
    assert_eq!(ids(&before), [2, 3, 4, 5]);
    assert_eq!(before, after);
}
