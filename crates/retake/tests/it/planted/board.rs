//! An application with slices of several kinds, and a long session with it, recorded.

use std::any::Any;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::middleware::Recorder;
use retake::prelude::*;
use retake::store::log::{AppInfo, LogOptions};
use retake_testing::{Reply, ScriptedBaseQuery, VirtualRuntime};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) value: i64,
    pub(crate) resets: u32,
}

#[slice(name = "counter")]
impl Counter {
    fn added(&mut self, by: i64) {
        self.value += by;
    }

    fn reset(&mut self) {
        self.value = 0;
        self.resets += 1;
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Todo {
    pub(crate) id: u32,
    pub(crate) text: String,
    pub(crate) is_done: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Todos {
    pub(crate) all: im::Vector<Todo>,
}

#[slice(name = "todos")]
impl Todos {
    fn created(&mut self, id: u32, text: String) {
        self.all.push_back(Todo { id, text, is_done: false });
    }

    fn toggled(&mut self, id: u32) {
        if let Some(todo) = self.all.iter_mut().find(|todo| todo.id == id) {
            todo.is_done = !todo.is_done;
        }
    }

    fn removed(&mut self, id: u32) {
        self.all.retain(|todo| todo.id != id);
    }

    fn sorted(&mut self) {
        self.all.sort_by(|one, other| one.text.cmp(&other.text));
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub(crate) struct Board {
    pub(crate) counter: Counter,
    pub(crate) todos: Todos,
    pub(crate) posts: ApiState<Posts>,
}

#[derive(Clone, Debug, Action)]
pub(crate) enum BoardAction {
    Counter(CounterAction),
    Todos(TodosAction),
    Posts(ApiAction<Posts>),
}

pub(crate) struct Posts;
impl Api for Posts {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = Board;
    type Action = BoardAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(board: &Board) -> &ApiState<Self> {
        &board.posts
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
pub(crate) struct Post {
    id: u32,
    title: String,
}

pub(crate) struct GetPost;
impl Query for GetPost {
    type Api = Posts;
    type Arg = u32;
    type Output = Post;
    const NAME: &'static str = "getPost";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("posts/{id}"))
    }
    fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
        [tag("Post", *id)].into()
    }
}

struct RenamePost;
impl Mutation for RenamePost {
    type Api = Posts;
    type Arg = Post;
    type Output = Post;
    const NAME: &'static str = "renamePost";
    fn query(&self, post: &Post) -> Request {
        Request::patch(format!("posts/{}", post.id)).json(post)
    }
    async fn on_query_started(&self, post: Post, cx: MutationContext<Self>) {
        let title = post.title.clone();
        let patch = cx.dispatch(GetPost.update_query_data(post.id, |draft| draft.title = title));
        patch.undo_on_err(cx.query_fulfilled()).await;
    }
    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, post: &Post) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [tag("Post", post.id)].into() }
    }
}

/// A file in memory, and how many lines it has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<Mutex<(Vec<u8>, usize)>>);

impl Lines {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut file = self.0.lock().unwrap();
        file.1 += text.iter().filter(|byte| **byte == b'\n').count();
        file.0.write(text)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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

/// A store on a server in a script, with a recorder.
pub(crate) struct Session {
    pub(crate) store: Store<Board, BoardAction>,
    pub(crate) runtime: VirtualRuntime,
    pub(crate) server: ScriptedBaseQuery,
    pub(crate) recorder: Recorder<Board, BoardAction>,
    pub(crate) lines: Lines,
    random: Random,
    kept: Vec<Box<dyn Any>>,
}

impl Session {
    pub(crate) fn new(options: LogOptions) -> Self {
        let (runtime, lines) = (VirtualRuntime::new(), Lines::default());
        let server = ScriptedBaseQuery::new(runtime.clone());
        for id in 0..6_u32 {
            for version in 0..40 {
                let post = json!({"id": id, "title": format!("version {version}")});
                let delay = Duration::from_millis(5 + u64::from(id * 7 % 5));
                server.on(&format!("GET posts/{id}"), Reply::ok(post.clone()).after(delay));
                let answer = if version % 3 == 0 {
                    Reply::status(422, json!("no"))
                } else {
                    Reply::ok(post)
                };
                server.on(&format!("PATCH posts/{id}"), answer.after(delay));
            }
        }
        let recorder = Recorder::new(lines.clone(), AppInfo::new("board", "1"), options).unwrap();
        let store = configure_store::<Board, BoardAction>()
            .runtime(runtime.clone())
            .api(Posts, server.clone())
            .middleware(recorder.clone())
            .build()
            .unwrap();
        let (random, kept) = (Random(0x9E37_79B9_7F4A_7C15), Vec::new());
        Self { store, runtime, server, recorder, lines, random, kept }
    }

    /// Does one thing that a user could do.
    pub(crate) fn step(&mut self) {
        let (kind, id, n) = (self.random.below(20), self.random.below(6), self.random.below(100));
        match kind {
            0..=4 => self.store.dispatch(CounterAction::Added(i64::from(n))),
            5 if n < 20 => self.store.dispatch(CounterAction::Reset),
            6..=8 if self.store.state().todos.all.len() < 12 => {
                self.store.dispatch(TodosAction::Created { id: n, text: format!("todo {n}") })
            }
            9..=10 => self.store.dispatch(TodosAction::Toggled(n)),
            11..=13 => {
                let first = self.store.state().todos.all.front().map_or(n, |todo| todo.id);
                self.store.dispatch(TodosAction::Removed(first));
            }
            14 if n < 30 => self.store.dispatch(TodosAction::Sorted),
            15 if self.kept.len() < 6 => {
                self.kept.push(Box::new(self.store.dispatch(GetPost.initiate(id))))
            }
            16 => {
                let title = format!("title {n}");
                let rename = RenamePost.initiate(Post { id, title }).fixed_cache_key("rename");
                drop(self.store.dispatch(rename));
            }
            17 if !self.kept.is_empty() => drop(self.kept.remove(0)),
            _ => self.runtime.advance(Duration::from_millis(u64::from(n))),
        }
    }
}
