//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use retake::devtools::DEFAULT_URL;

use crate::server::{Database, ServerOptions};

/// A blog in a terminal, built with retake.
///
/// Without options it starts a server, runs everything that the cache can do against it,
/// and replays the action log in a second process.
#[derive(Debug, Parser)]
#[command(name = "posts")]
pub(crate) struct Options {
    /// Write the action log to this file, in place of a new one in the temporary directory.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Run against the server at this address, in place of one of its own.
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["fail_rate", "seed", "latency", "database"]
    )]
    server: Option<String>,

    /// Change a value in the N-th action that changed the state by one, before the replay.
    #[arg(long, value_name = "N")]
    corrupt: Option<NonZeroUsize>,

    /// Let the Redux DevTools at this address show the store, and change it.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = DEFAULT_URL)]
    devtools: Option<String>,

    /// Keep running after the job, until ctrl-c, and print what a screen would show.
    #[arg(long)]
    stay: bool,

    /// In place of the job, show a screen to browse and to change the posts, and to travel in time.
    #[arg(long, conflicts_with_all = ["stay", "serve"])]
    interactive: bool,

    /// Only serve, on this port of 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["log", "server", "corrupt", "devtools", "stay"])]
    serve: Option<u16>,

    /// Only replay this action log, and compare the state after every action.
    #[arg(long, value_name = "FILE", exclusive = true)]
    replay: Option<PathBuf>,

    /// The share of writes that the server refuses, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    fail_rate: f64,

    /// Decides which writes are refused.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,

    /// How many milliseconds the server waits before it answers.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    latency: u64,

    /// Keep the posts in this file, in place of memory.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

/// What the program is to do.
#[derive(Debug)]
pub(crate) enum Task {
    /// Serve until ctrl-c.
    Serve(ServerOptions),
    /// Replay this log.
    Replay(PathBuf),
    /// Run the job, and replay its log.
    Run(Run),
}

/// How the job is run.
#[derive(Debug)]
pub(crate) struct Run {
    /// Where the action log goes; `None`: a new file.
    pub(crate) log: Option<PathBuf>,
    /// Which server it runs against.
    pub(crate) target: Target,
    /// Which action to corrupt before the replay.
    pub(crate) corrupt: Option<NonZeroUsize>,
    /// The Redux DevTools that show the store; `None`: none.
    pub(crate) devtools: Option<String>,
    /// Whether it goes on after the job, until ctrl-c.
    pub(crate) stays: bool,
    /// Whether a user takes the place of the job.
    pub(crate) is_interactive: bool,
}

/// The server that the job runs against.
#[derive(Debug)]
pub(crate) enum Target {
    /// One that runs already, at this address.
    Remote(String),
    /// One of its own.
    Own(ServerOptions),
}

impl Options {
    /// Returns what to do.
    pub(crate) fn into_task(self) -> Task {
        let Self {
            log,
            server,
            corrupt,
            devtools,
            stay: stays,
            interactive: is_interactive,
            serve,
            replay,
            fail_rate,
            seed,
            latency,
            database,
        } = self;
        let options = ServerOptions {
            port: serve.unwrap_or_default(),
            fail_rate,
            seed,
            latency: Duration::from_millis(latency),
            database: database.map_or(Database::InMemory, Database::File),
        };
        let target = match (replay, serve, server) {
            (Some(path), _, _) => return Task::Replay(path),
            (None, Some(_), _) => return Task::Serve(options),
            (None, None, Some(url)) => Target::Remote(url),
            (None, None, None) => Target::Own(options),
        };
        Task::Run(Run { log, target, corrupt, devtools, stays, is_interactive })
    }
}
