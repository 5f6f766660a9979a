//! The server of the posts example: `posts --serve PORT`.

mod server;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use server::{Database, Server, ServerOptions};

const USAGE: &str = "usage: posts --serve PORT [--fail-rate SHARE] [--seed NUMBER] \
                     [--latency MILLISECONDS] [--database PATH]";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        let _ = writeln!(io::stderr(), "{USAGE}");
        return ExitCode::from(2);
    };
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: ServerOptions) -> Result<(), server::ServerError> {
    let server = Server::start(options).await?;
    let _ = writeln!(io::stdout(), "listening on {}; ctrl-c stops", server.url());
    server.run_until_stopped().await
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<ServerOptions> {
    let mut options = ServerOptions::default();
    let mut is_server = false;
    while let Some(flag) = arguments.next() {
        let value = arguments.next()?;
        match flag.as_str() {
            "--serve" => {
                options.port = value.parse().ok()?;
                is_server = true;
            }
            "--fail-rate" => options.fail_rate = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--latency" => options.latency = Duration::from_millis(value.parse().ok()?),
            "--database" => options.database = Database::File(PathBuf::from(value)),
            _ => return None,
        }
    }
    is_server.then_some(options)
}
