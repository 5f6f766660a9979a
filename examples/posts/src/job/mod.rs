//! The job: everything that the cache can do, against a real server, and each claim checked.

mod creating;
mod editing;
mod events;
mod expiry;
mod liking;
mod outcome;
mod reading;
mod renaming;
mod requests;
mod screen;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use posts_app::endpoints::{GetPost, ListPosts};
use posts_app::{App, AppStore, Post, configure};
use retake::QueryHandle;
use retake::prelude::*;
use retake::store::cache::QueryStatus;
use retake::store::history::HistoryOptions;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::error::RunError;
use crate::log_file::LogFile;
use crate::printer::Printer;
use crate::{console, devtools};
use requests::Requests;

/// How long the job waits for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the job goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobOptions<'a> {
    /// Whether the server refuses nothing without a reason. From any other one a refusal is an
    /// answer like acceptance, and the job shows what becomes of it.
    pub(crate) is_reliable: bool,
    /// The Redux DevTools that show the store; `None`: none.
    pub(crate) devtools: Option<&'a str>,
    /// Whether the store stays on a screen after the job, until ctrl-c.
    pub(crate) stays: bool,
}

/// Runs the job against the server at `url`, and writes what happens to `log`.
pub(crate) async fn run(url: &str, log: &LogFile, options: JobOptions<'_>) -> Result<(), RunError> {
    let started_at = Instant::now();
    let requests = Requests::default();
    let recorder = log.recorder();
    // The recorder is last: it records what reaches the reducers.
    let mut store = configure(requests.counting(HttpBaseQuery::new(url)))
        .middleware(Printer::new())
        .middleware(recorder.clone());
    if options.devtools.is_some() {
        store = store.history(HistoryOptions::default().max_age(200).pause_step(true));
    }
    let store = store.build()?;
    let devtools = devtools::connect(options.devtools, &store).await?;
    console::say(format_args!("the server is {url}"));
    let job = Job { store, requests, is_reliable: options.is_reliable };
    let mut done = job.run().await;
    let elapsed = started_at.elapsed().as_millis();
    if done.is_ok() && options.stays {
        done = job.stay().await;
    }
    drop(devtools);
    recorder.finish()?;
    done?;
    let path = log.path().display();
    console::say(format_args!("\nthe job took {elapsed} ms; its log is {path}"));
    Ok(())
}

/// A store, and what is known about the server behind it.
#[derive(Debug)]
struct Job {
    store: AppStore,
    requests: Requests,
    is_reliable: bool,
}

impl Job {
    async fn run(&self) -> Result<(), RunError> {
        // The two handles keep the list and the post cached for as long as they live.
        let list = self.list_posts().await?;
        let id = first_post(&list)?;
        let post = self.open_post(id).await?;

        self.rename_and_undo(id).await?;
        self.rename_and_refetch(id).await?;
        self.rename(id).await?;
        self.edit(id).await?;
        if let Some(created) = self.create_and_open().await? {
            self.delete(created).await?;
        }
        self.like_rapidly(id).await?;
        self.edit_from_an_event_handler(id)?;
        self.filter(id)?;
        self.let_expire(post, id).await
    }

    /// Prints what the next actions show.
    fn heading(&self, text: &str) {
        console::say(format_args!("\n== {text}"));
    }

    /// Prints that `what` is `expected`.
    ///
    /// # Errors
    /// [`RunError::Claim`] when it is not.
    fn check<T: PartialEq + Debug>(
        &self,
        what: &str,
        got: &T,
        expected: &T,
    ) -> Result<(), RunError> {
        if got == expected {
            console::say(format_args!("     - {what}: {got:?}"));
            return Ok(());
        }
        Err(RunError::Claim {
            what: what.into(),
            expected: format!("{expected:?}"),
            got: format!("{got:?}"),
        })
    }

    /// Prints `what`, which is so.
    ///
    /// # Errors
    /// [`RunError::Claim`] when it is not.
    fn claim(&self, what: &str, is_so: bool) -> Result<(), RunError> {
        if is_so {
            console::say(format_args!("     - {what}"));
            return Ok(());
        }
        let (expected, got) = ("yes".into(), "no".into());
        Err(RunError::Claim { what: what.into(), expected, got })
    }

    /// Prints that exactly these requests were sent since the last time, in whatever order.
    ///
    /// # Errors
    /// [`RunError::Claim`] when it were others.
    fn check_requests(&self, expected: &[&str]) -> Result<(), RunError> {
        let mut got = self.requests.take();
        let mut expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        got.sort_unstable();
        expected.sort_unstable();
        self.check("requests sent", &got, &expected)
    }

    /// Waits until the state `is_as_expected`, and returns it.
    ///
    /// # Errors
    /// [`RunError::Claim`] when it does not come to that.
    async fn wait_until(
        &self,
        what: &str,
        is_as_expected: impl Fn(&App) -> bool,
    ) -> Result<Arc<App>, RunError> {
        let changed = Arc::new(Notify::new());
        let notify = Arc::clone(&changed);
        let _subscription = self.store.subscribe(move |_| notify.notify_one());
        let reached = async {
            loop {
                let state = self.store.state();
                if is_as_expected(&state) {
                    return state;
                }
                changed.notified().await;
            }
        };
        timeout(PATIENCE, reached).await.map_err(|_| RunError::Claim {
            what: what.into(),
            expected: format!("that it happens within {} s", PATIENCE.as_secs()),
            got: "nothing of it".into(),
        })
    }

    /// Waits until no request is under way and the state `is_as_expected`.
    ///
    /// # Errors
    /// As [`wait_until`](Self::wait_until).
    async fn settle(
        &self,
        what: &str,
        is_as_expected: impl Fn(&App) -> bool,
    ) -> Result<Arc<App>, RunError> {
        self.wait_until(what, |app| is_settled(app) && is_as_expected(app)).await
    }
}

/// Returns the post at the top of the list.
fn first_post(list: &QueryHandle<ListPosts>) -> Result<u32, RunError> {
    let posts = list.state().data;
    posts.and_then(|posts| Some(posts.front()?.id)).ok_or(RunError::NoPosts)
}

fn is_settled(app: &App) -> bool {
    let queries = app.posts.queries().values().map(|entry| entry.status);
    let mutations = app.posts.mutations().values().map(|entry| entry.status);
    queries.chain(mutations).all(|status| status != QueryStatus::Pending)
}

/// Returns the post `id` as it is cached.
fn cached_post(app: &App, id: u32) -> Option<Arc<Post>> {
    GetPost.select(&id)(app).data
}

/// Returns the title of the post `id` as it is cached.
fn cached_title(app: &App, id: u32) -> String {
    cached_post(app, id).map(|post| post.title.clone()).unwrap_or_default()
}

/// Returns the title of the post `id` in the list as it is cached.
fn listed_title(app: &App, id: u32) -> Option<String> {
    let posts = ListPosts.select(&())(app).data?;
    posts.iter().find(|post| post.id == id).map(|post| post.title.clone())
}

/// Returns one of the two that is not `current`: a change, however often the job has run
/// against one server.
fn other_than(current: &str, one: &str, other: &str) -> String {
    if current == one { other.into() } else { one.into() }
}
