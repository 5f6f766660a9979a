//! The search for the smallest log.

use std::io::BufRead;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Fault, Restarted};
use super::origin::Origin;
use super::small::Small;
use super::trial::{Kept, Trials};
use super::{ShrinkError, Shrunk};
use crate::action::Action;
use crate::log::divergence::Divergence;
use crate::log::entry::{Content, Entry};
use crate::log::error::{LogError, reason};
use crate::log::hash::json_of;
use crate::log::replay::Replay;
use crate::log::verify::VerifyError;
use crate::reducer::Reducer;
use crate::state::State;

/// How many times farther each step goes back.
const STRIDE: u64 = 4;
/// The search in the log that `replay` returns a replay of.
pub(super) struct Search<F> {
    pub(super) replay: F,
}

impl<F> Search<F> {
    pub(super) fn run<S, A, R>(mut self) -> Result<Shrunk, ShrinkError>
    where
        F: FnMut() -> Result<Replay<S, A, R>, LogError>,
        S: State + Serialize + DeserializeOwned + Reducer<A>,
        A: Action,
        R: BufRead,
    {
        let whole = (self.replay)()?;
        let header = whole.reader().header().clone();
        let origin = Origin::new(&header, whole.state())?;
        let divergence = match whole.verify() {
            Ok(verified) => return Err(ShrinkError::Verified(verified)),
            Err(VerifyError::Log(error)) => return Err(error.into()),
            Err(VerifyError::Diverged(divergence)) => *divergence,
        };
        let (mut fault, starts) = self.locate(&divergence, &origin)?;
        let mut trials = Trials::after_two_replays(divergence.seq);
        let small = self.find(&mut fault, &starts, divergence.seq, &mut trials)?;
        let (header, entries) = match small {
            Some(small) => {
                let small = small.with_fewer_actions(&fault, &mut trials);
                let nearest = starts.iter().map(|(_, start)| start);
                let small = small.with_later_start(nearest, &fault, &mut trials);
                let small = small.with_less_state(&fault, &origin, &mut trials);
                small.write(&fault, &origin, &trials)?
            }
            None => (header, self.entries(0, divergence.seq)?),
        };
        let Trials { replays, reduced, .. } = trials;
        let has_changes = entries.iter().any(|entry| entry.content.action().is_none());
        let is_hidden = fault.restarted != Restarted::Same && !has_changes;
        Ok(Shrunk { divergence, header, entries, is_hidden, replays, reduced })
    }

    /// Replays the log up to its divergence, and returns the states to start from, nearest
    /// first, by the number of actions before them.
    fn locate<S, A, R>(
        &mut self,
        divergence: &Divergence,
        origin: &Origin,
    ) -> Result<(Fault, Vec<(u64, String)>), ShrinkError>
    where
        F: FnMut() -> Result<Replay<S, A, R>, LogError>,
        S: State + Serialize + DeserializeOwned + Reducer<A>,
        A: Action,
        R: BufRead,
    {
        let last = divergence.seq;
        let backs = std::iter::successors(Some(1_u64), |back| back.checked_mul(STRIDE));
        let mut marks: Vec<u64> = backs.map_while(|back| last.checked_sub(back)).collect();
        marks.push(0);
        marks.dedup();
        let mut starts = Vec::new();
        let mut replay = (self.replay)()?;
        let mut before = Value::Null;
        for seq in 1..=last {
            if marks.contains(&(seq - 1)) {
                starts.push((seq - 1, origin.start(replay.state())?));
            }
            if seq == last {
                before = json(replay.state(), divergence.line)?;
            }
            let _ = replay.next_step().ok_or(ShrinkError::Changed)??;
        }
        starts.reverse();
        let got = json(replay.state(), divergence.line)?;
        let recorded = self.entries(last - 1, last)?.pop().ok_or(ShrinkError::Changed)?;
        Ok((Fault::new(divergence, &recorded, before, got), starts))
    }

    /// Returns the nearest start from which the fault shows; `None`: it shows only from the
    /// state that the log begins with, and not from the JSON of it, or with changes of a history.
    fn find<S, A, R>(
        &mut self,
        fault: &mut Fault,
        starts: &[(u64, String)],
        last: u64,
        trials: &mut Trials<S, A>,
    ) -> Result<Option<Small<A>>, ShrinkError>
    where
        F: FnMut() -> Result<Replay<S, A, R>, LogError>,
        S: State + Serialize + DeserializeOwned + Reducer<A>,
        A: Action,
        R: BufRead,
    {
        for (from, start) in starts {
            // A history begins with the log.
            let Some(kept) = self.kept(*from, last)? else { break };
            let Some(run) = trials.run(start, &kept) else { continue };
            let is_restart = from + 1 == last;
            if let Some(proof) = trials.proof(fault, &run, &kept) {
                if is_restart {
                    fault.restarted = Restarted::Same;
                }
                return Ok(Some(Small { start: start.clone(), kept, run, proof }));
            }
            if is_restart && fault.is_as_recorded(&run.now) {
                fault.restarted = Restarted::AsRecorded;
            }
        }
        Ok(None)
    }

    /// Returns the entries behind the first `from` up to `to`, with their actions; `None` when one
    /// of them changed the history.
    fn kept<S, A, R>(&mut self, from: u64, to: u64) -> Result<Option<Vec<Kept<A>>>, ShrinkError>
    where
        F: FnMut() -> Result<Replay<S, A, R>, LogError>,
        S: State + DeserializeOwned + Reducer<A>,
        A: Action,
        R: BufRead,
    {
        let entries = self.entries(from, to)?;
        let mut replay = (self.replay)()?;
        let mut kept = Vec::new();
        for seq in 1..=to {
            match replay.read().ok_or(ShrinkError::Changed)??.content {
                Content::Action(action) if seq > from => kept.push(action),
                Content::Lifted(_) if seq > from => return Ok(None),
                _ => {}
            }
        }
        let kept = entries.into_iter().zip(kept);
        Ok(Some(kept.map(|(entry, action)| Kept { entry, action }).collect()))
    }

    /// Returns the entries behind the first `from` up to `to`, as the log has them.
    fn entries<S, A, R>(&mut self, from: u64, to: u64) -> Result<Vec<Entry>, ShrinkError>
    where
        F: FnMut() -> Result<Replay<S, A, R>, LogError>,
        R: BufRead,
    {
        let mut entries = Vec::new();
        for entry in (self.replay)()?.into_reader() {
            let entry = entry?;
            let seq = entry.seq;
            if seq > from {
                entries.push(entry);
            }
            if seq == to {
                return Ok(entries);
            }
        }
        Err(ShrinkError::Changed)
    }
}

fn json<S: Serialize>(state: &S, line: usize) -> Result<Value, LogError> {
    json_of(state).map_err(|error| LogError::UnwritableState { line, reason: reason(&error) })
}
