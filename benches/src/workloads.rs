//! The workloads, one module each.

mod history;
mod replay;

use std::io;

use crate::Options;
use crate::harness::Output;

/// A workload: its name, and what runs it.
pub(crate) type Workload = (&'static str, fn(&mut Output, &Options) -> io::Result<()>);

/// In the order in which they run.
pub(crate) const WORKLOADS: &[Workload] = &[("W8", replay::run), ("W9", history::run)];
