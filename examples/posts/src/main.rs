//! The blog in a terminal: a real server, everything that the cache can do, and a log of it
//! that another process replays.
//!
//! `posts` starts the server, runs the job against it while every action is printed, and
//! writes the action log. Then it starts itself again as `posts --replay FILE`: a process
//! that has neither endpoints nor a network, and comes to the same state after every action.
//! With `--stay` there is a screen in between, which shows every change of the state. With
//! `--interactive` a user takes the place of the job.

mod console;
mod corruption;
mod devtools;
mod error;
mod interactive;
mod job;
mod log_file;
mod options;
mod printer;
mod replay;
mod server;

use std::process::ExitCode;

use clap::Parser;

use error::RunError;
use job::JobOptions;
use log_file::LogFile;
use options::{Options, Task};
use server::{Server, ServerOptions};

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Options::parse().into_task() {
        Task::Serve(options) => serve(options).await,
        Task::Replay(path) => replay::replay(&path),
        Task::Run(options) => run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: ServerOptions) -> Result<(), RunError> {
    let server = Server::start(options).await?;
    console::say(format_args!("listening on {}; ctrl-c stops", server.url()));
    Ok(server.run_until_stopped().await?)
}

/// Runs the job, or lets the user do it, and replays the log of it in another process.
async fn run(options: options::Run) -> Result<(), RunError> {
    let log = LogFile::create(options.log)?;
    let stays = options.stays;
    let devtools = options.devtools.as_deref();
    let work = async |url: &str, is_reliable| match options.is_interactive {
        true => interactive::run(url, &log, devtools).await,
        false => job::run(url, &log, JobOptions { is_reliable, devtools, stays }).await,
    };
    match options.target {
        options::Target::Remote(url) => work(&url, false).await?,
        options::Target::Own(server_options) => {
            let is_reliable = server_options.fail_rate == 0.0;
            let server = Server::start(server_options).await?;
            let done = work(&server.url(), is_reliable).await;
            server.stop().await;
            done?;
        }
    }
    if let Some(nth) = options.corrupt {
        corruption::corrupt(&log, nth)?;
    }
    replay::replay_in_another_process(&log)
}
