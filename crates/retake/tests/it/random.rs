//! Random sessions of everything at once: their logs replay, and nothing is left of them.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use retake::store::cache::Rehydration;
use retake::thunks::{OverrideExisting, PatchHandle, inject_endpoints};
use retake_testing::{Reply, ScriptedBaseQuery, TestStore};
use serde_json::{Value, json};

use crate::app::{
    App, AppAction, FilterAction, GetPost, ListPosts, PostsApi, RenamePost, post, start,
};

const MS: Duration = Duration::from_millis(1);

/// Adds what comes to what is there, unless that is much already.
struct Total;
impl Query for Total {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Vec<u32>;
    const NAME: &'static str = "total";
    fn query(&self, n: &u32) -> Request {
        format!("totals/{n}").into()
    }
    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, _: &u32) -> Tags {
        outcome.data.into_iter().flatten().map(|it| tag("Post", *it)).collect()
    }
    fn merge(&self, cached: &Vec<u32>, incoming: &Vec<u32>, _: &u32) -> Option<Vec<u32>> {
        (cached.len() < 6).then(|| [&cached[..], &incoming[..]].concat())
    }
}

/// Pages of numbers; the last one is 3.
struct Pages;
impl InfiniteQuery for Pages {
    type Api = PostsApi;
    type Arg = u32;
    type PageParam = u32;
    type Page = Vec<u32>;
    const NAME: &'static str = "pages";
    fn query(&self, n: &u32, page: &u32) -> Request {
        format!("pages/{n}/{page}").into()
    }
    fn initial_page_param(&self) -> u32 {
        1
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
        (*pages.page_param < 3).then(|| pages.page_param + 1)
    }
    fn get_previous_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
        pages.page_param.checked_sub(1)
    }
    fn max_pages(&self) -> Option<usize> {
        Some(2)
    }
    fn provides_tags(&self, outcome: QueryOutcome<'_, Paged<Self>>, n: &u32) -> Tags {
        if outcome.data.is_some() { [tag("Post", *n)].into() } else { Tags::none() }
    }
}

struct Random(u64);
impl Random {
    fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(n)).unwrap()
    }
}

struct Session {
    store: TestStore<App, AppAction>,
    random: Random,
    kept: Vec<Box<dyn Any>>,
    patches: Vec<PatchHandle<PostsApi>>,
    saved: Option<Rehydration>,
}

fn session(seed: u64) -> Session {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut answers = |server: &ScriptedBaseQuery, route: &str, body: &dyn Fn(u32) -> Value| {
        for version in 0..12 {
            let reply = match random.below(6) {
                0 => Reply::status(500, json!("no")),
                1 => Reply::failure("broken"),
                _ => Reply::ok(body(version / 2)),
            };
            server.on(route, reply.after(random.below(30) * MS));
        }
    };
    let (store, _) = start(|server| {
        for id in 0..3 {
            let post = |version: u32| json!({"id": id, "title": format!("v{version}")});
            answers(server, &format!("GET posts/{id}"), &post);
            answers(server, &format!("PATCH posts/{id}"), &post);
            answers(server, &format!("GET totals/{id}"), &|version| json!([id, version]));
            for page in 0..4 {
                let route = format!("GET pages/{id}/{page}");
                answers(server, &route, &|version| json!([page, version]));
            }
        }
        answers(server, "GET posts", &|version| {
            (0..version % 4).map(|id| json!({"id": id, "title": format!("v{version}")})).collect()
        });
    });
    Session { store, random, kept: Vec::new(), patches: Vec::new(), saved: None }
}

impl Session {
    fn keep(&mut self, it: impl Any) {
        self.kept.push(Box::new(it));
    }

    fn step(&mut self) {
        let (kind, id, coin) =
            (self.random.below(30), self.random.below(3), self.random.below(2) == 0);
        let store = self.store.store().clone();
        match kind {
            0 => self.keep(store.dispatch(GetPost.initiate(id).force_refetch(coin))),
            1 => self.keep(store.dispatch(ListPosts.initiate(()).refetch_on_focus(coin))),
            2 => self.keep(store.dispatch(Total.initiate(id).force_refetch(coin))),
            3 => {
                let pages = store.dispatch(Pages.initiate(id));
                drop(pages.fetch_next_page());
                self.keep(pages);
            }
            4 => {
                let query = GetPost.initiate(id).polling_interval((id + 1) * 20 * MS);
                self.keep(store.dispatch(query.skip_polling_if_unfocused(coin)));
            }
            5 => drop(store.dispatch(RenamePost.initiate(post(id, "renamed")))),
            6 => {
                let rename = RenamePost.initiate(post(id, "fixed")).fixed_cache_key("rename");
                self.keep(store.dispatch(rename));
            }
            7 => self
                .patches
                .push(store.dispatch(GetPost.update_query_data(id, |post| post.title.push('!')))),
            8 => self.patches.push(store.dispatch(Total.update_query_data(id, |all| {
                all.reverse();
                all.push(7);
            }))),
            9 => self.patches.push(store.dispatch(ListPosts.update_query_data((), |all| {
                all.pop_front();
                all.push_back(Arc::new(post(9, "nine")));
            }))),
            10 => self.patches.push(store.dispatch(Pages.update_query_data(id, |data| {
                data.pages.iter_mut().for_each(|page| {
                    Arc::make_mut(page).insert(0, 8);
                })
            }))),
            11 => {
                let patch = store.dispatch(GetPost.update_query_data(id, |it| it.title.clear()));
                self.patches.push(patch);
            }
            12 | 13 if !self.patches.is_empty() => {
                let index = self.random.below(u32::try_from(self.patches.len()).unwrap());
                let _ = self.patches.swap_remove(usize::try_from(index).unwrap()).undo();
            }
            14 => drop(store.dispatch(GetPost.upsert_query_data(id, post(id, "upserted")))),
            15 => store.dispatch(upsert_query_entries([
                Total.upsert_entry(id, vec![id]),
                Total.upsert_entry(id, vec![1, 2, 3]),
                Total.upsert_entry(0, vec![5]),
                Total.upsert_entry(id, vec![4, 4, 4]),
            ])),
            16 => store.dispatch(PostsApi::invalidate_tags([tag("Post", id)])),
            17 => store.dispatch(PostsApi::invalidate_tags(["Post"])),
            18 => store.dispatch(PostsApi::window(WindowAction::Focused)),
            19 => store.dispatch(PostsApi::window(WindowAction::Unfocused)),
            20 => self.saved = Some(Rehydration::from(&store.state().posts)),
            21 => {
                if let Some(saved) = self.saved.clone() {
                    store.dispatch(PostsApi::rehydrate(saved));
                }
            }
            22 if self.random.below(4) == 0 => store.dispatch(PostsApi::reset_api_state()),
            23 => {
                let enhance = GetPost.enhance().provides_tags(move |tags, _, _| {
                    tags.iter().cloned().chain([tag("Post", id)]).collect()
                });
                store.dispatch(enhance);
            }
            24 => {
                let inject = inject_endpoints::<PostsApi>();
                let inject = inject.override_existing(OverrideExisting::Replace);
                store.dispatch(inject.query(GetPost)).unwrap();
            }
            25 => store.dispatch(FilterAction::TextChanged(id.to_string())),
            26 | 27 if !self.kept.is_empty() => {
                let index = self.random.below(u32::try_from(self.kept.len()).unwrap());
                drop(self.kept.swap_remove(usize::try_from(index).unwrap()));
            }
            28 if self.random.below(4) == 0 => self.store.advance(Duration::from_secs(61)),
            _ => self.store.advance(self.random.below(40) * MS),
        }
    }
}

/// Law 1: the log, as JSON and with the reducers alone, leads to the same state after every
/// action. Law 7: when nobody holds a handle any more, no task, timer or entry is left, and no
/// tag of one.
#[test]
fn law_1_and_7_random_sessions_replay_and_leave_nothing() {
    for seed in 1..9 {
        let mut session = session(seed);
        let initial = (*session.store.state()).clone();
        for _ in 0..60 {
            session.step();
        }
        let (mut live, mut replayed) = (initial.clone(), initial);
        for action in session.store.log().actions() {
            let text = serde_json::to_string(&action.to_wire().unwrap()).unwrap();
            let wire = serde_json::from_str(&text).unwrap();
            let read = AppAction::from_wire(&wire).unwrap().unwrap();
            let _ = live.reduce(&action);
            let _ = replayed.reduce(&read);
            assert_eq!(json!(live), json!(replayed), "seed {seed}, after {text}");
        }
        let text = |app: &App| serde_json::to_string(app).unwrap();
        assert_eq!(text(&replayed), text(&session.store.state()), "seed {seed}");

        let Session { store, kept, patches, .. } = session;
        let runtime = store.runtime().clone();
        drop((kept, patches));
        store.advance(Duration::from_secs(200));
        assert_eq!(runtime.pending_tasks(), 0, "seed {seed}: {runtime:?}");
        let posts = &store.state().posts;
        assert_eq!(posts.queries().len(), 0, "seed {seed}");
        assert_eq!(posts.subscriptions().len(), 0, "seed {seed}");
        // Rows that are empty keep their places.
        let provided = &json!(**posts)["provided"]["tags"];
        let rows =
            provided.as_object().unwrap().values().flat_map(|rows| rows.as_object().unwrap());
        for (id, keys) in rows {
            assert!(keys.as_array().unwrap().is_empty(), "seed {seed}, {id}: {keys}");
        }
    }
}
