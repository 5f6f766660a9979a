//! `retake-bench`: the workloads of the suite of peers, on retake.
//!
//! One JSON line per workload and size, in the form of the suite's.

mod harness;
mod workloads;

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use retake_counting_alloc::CountingAlloc;

use harness::Output;
use workloads::WORKLOADS;

#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::new();

/// Measures retake on the workloads of the suite of peers.
///
/// Prints one JSON line per workload and size; times are in nanoseconds per operation.
#[derive(Debug, Parser)]
#[command(name = "retake-bench")]
struct Options {
    /// Only these workloads, such as `W2,W9`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,

    /// Write the lines to this file, too.
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,

    /// Measure recording with a monitor of this Redux DevTools server looking on, too.
    #[arg(long, value_name = "URL")]
    devtools: Option<String>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What standard error does not take is nobody's to read.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let known = |name: &String| WORKLOADS.iter().any(|(workload, _)| workload == name);
    if let Some(unknown) = options.only.iter().find(|name| !known(name)) {
        let names: Vec<_> = WORKLOADS.iter().map(|(name, _)| *name).collect();
        let text = format!("there is no workload {unknown}; there are: {}", names.join(", "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let mut outputs: Vec<Box<dyn Write>> = vec![Box::new(io::stdout())];
    if let Some(path) = &options.jsonl {
        outputs.push(Box::new(File::create(path)?));
    }
    let mut output = Output::new(outputs);
    for (name, workload) in WORKLOADS {
        if options.only.is_empty() || options.only.iter().any(|only| only == name) {
            workload(&mut output, options)?;
        }
    }
    writeln!(io::stdout(), "ran {} workloads", output.lines())
}
