//! What a server can be told when it starts.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How a server starts; the default is a free port, no faults, and a database in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerOptions {
    /// The port on 127.0.0.1; 0 lets the system choose a free one.
    pub(crate) port: u16,
    /// The share of writes that are refused with status 503, from 0 to 1.
    pub(crate) fail_rate: f64,
    /// Decides which writes are refused: the same seed refuses the same ones in the order of
    /// arrival.
    pub(crate) seed: u64,
    /// How long every request waits before it is handled.
    pub(crate) latency: Duration,
    /// Where the posts are kept.
    pub(crate) database: Database,
}

/// Where the posts are kept.
#[derive(Clone, Debug, Default)]
pub(crate) enum Database {
    /// In memory, gone with the server.
    #[default]
    InMemory,
    /// In this file, which is created when it does not exist.
    File(PathBuf),
}

impl fmt::Display for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InMemory => out.write_str("in memory"),
            Self::File(path) => write!(out, "{}", path.display()),
        }
    }
}
