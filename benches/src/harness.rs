//! How an operation is measured, and the line that says how long it took.
//!
//! The method and the form of the lines are those of the suite of peers, so that both can
//! stand in one table.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde::Serialize;

const SAMPLES: usize = 9;
const WARM_UP: Duration = Duration::from_millis(300);
const SAMPLE: f64 = 0.02;

/// One measurement: a line of the output.
#[derive(Clone, Debug, Serialize)]
struct Line<'a> {
    peer: &'a str,
    workload: &'a str,
    n: usize,
    unit: &'a str,
    median: f64,
    min: f64,
    max: f64,
    samples: usize,
    iters: u64,
}

/// What is measured: a workload at a size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    /// The name of the workload, such as `W9.toggle_first`.
    pub(crate) workload: &'a str,
    /// Its size.
    pub(crate) n: usize,
}

/// Where the lines go.
pub(crate) struct Output {
    outputs: Vec<Box<dyn Write>>,
    lines: usize,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl Output {
    /// Returns an output to all of `outputs`.
    #[must_use]
    pub(crate) fn new(outputs: Vec<Box<dyn Write>>) -> Self {
        Self { outputs, lines: 0 }
    }

    /// Returns how many lines were written.
    #[must_use]
    pub(crate) fn lines(&self) -> usize {
        self.lines
    }

    /// Writes what `case` was measured to cost, sample by sample, in `unit`.
    ///
    /// # Errors
    /// When an output fails.
    ///
    /// # Panics
    /// Without samples.
    pub(crate) fn emit(
        &mut self,
        case: Case<'_>,
        mut samples: Vec<f64>,
        iters: u64,
        unit: &str,
    ) -> io::Result<()> {
        samples.sort_by(f64::total_cmp);
        let middle = samples.len() / 2;
        let median = if samples.len() % 2 == 1 {
            samples[middle]
        } else {
            f64::midpoint(samples[middle - 1], samples[middle])
        };
        let line = Line {
            peer: "retake",
            workload: case.workload,
            n: case.n,
            unit,
            median: rounded(median),
            min: rounded(samples[0]),
            max: rounded(samples[samples.len() - 1]),
            samples: samples.len(),
            iters,
        };
        let text = serde_json::to_string(&line)?;
        for output in &mut self.outputs {
            writeln!(output, "{text}")?;
            output.flush()?;
        }
        self.lines += 1;
        Ok(())
    }

    /// Measures `operation` in rows: nothing but it happens between two readings of the clock.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub(crate) fn tight(
        &mut self,
        case: Case<'_>,
        mut operation: impl FnMut(u64),
    ) -> io::Result<()> {
        let (start, mut warmed, mut chunk) = (Instant::now(), 0, 1);
        while start.elapsed() < WARM_UP || warmed < 3 {
            for turn in warmed..warmed + chunk {
                operation(turn);
            }
            warmed += chunk;
            if start.elapsed() < WARM_UP / 3 {
                chunk = (chunk * 2).min(1 << 16);
            }
        }
        let estimate = start.elapsed().as_secs_f64() / warmed as f64;
        let batch = ((SAMPLE / estimate).ceil() as u64).max(1);
        let mut turn = warmed;
        let samples = (0..SAMPLES).map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                operation(turn);
                turn += 1;
            }
            start.elapsed().as_nanos() as f64 / batch as f64
        });
        let samples = samples.collect();
        self.emit(case, samples, batch * SAMPLES as u64, "ns/op")
    }

    /// Measures one large `operation`, of `units`, each time on what `fresh` returns; what it
    /// returns is dropped outside of the measurement.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub(crate) fn whole<C, R>(
        &mut self,
        case: Case<'_>,
        (units, unit): (usize, &str),
        mut fresh: impl FnMut() -> C,
        mut operation: impl FnMut(C) -> R,
    ) -> io::Result<()> {
        for _ in 0..2 {
            drop(operation(fresh()));
        }
        let samples = (0..SAMPLES).map(|_| {
            let context = fresh();
            let start = Instant::now();
            let result = operation(context);
            let spent = start.elapsed().as_nanos() as f64 / units as f64;
            drop(result);
            spent
        });
        let samples = samples.collect();
        self.emit(case, samples, (SAMPLES * units) as u64, unit)
    }
}

/// Whole numbers from a thousand on, two digits below.
fn rounded(value: f64) -> f64 {
    if value >= 1000.0 { value.round() } else { (value * 100.0).round() / 100.0 }
}
