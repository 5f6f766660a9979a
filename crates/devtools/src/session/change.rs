//! What of a history a monitor does not know yet.

use retake_store::history::ActionId;

use crate::protocol::{Pointer, ToMonitor};
use crate::session::view::{Step, View};

/// What tells a monitor that shows `before` about `after`.
pub(crate) enum Change {
    /// Nothing: it shows all there is to show.
    None,
    /// Another state is looked at, or the locks have changed.
    Pointer(Pointer),
    /// Actions were performed: so many at the end of the view; the oldest were perhaps dropped.
    Actions(usize),
    /// Everything else.
    All,
}

impl Change {
    pub(crate) fn between<S>(before: &View<S>, after: &View<S>) -> Self {
        if before.pointer.is_paused && after.pointer.is_paused {
            return Self::while_paused(before, after);
        }
        let Some(dropped) = dropped(before, after) else { return Self::All };
        let (gone, kept) = before.actions().split_at(dropped);
        let Some(new) = after.actions().get(kept.len()..) else { return Self::All };
        let is_continued = kept.iter().zip(after.actions()).all(|(kept, step)| kept.is_same(step))
            && before.skipped == after.skipped
            && is_new(new, before)
            && !gone.iter().any(|step| before.skipped.contains(&step.id) || step.error.is_some());
        if !is_continued {
            return Self::All;
        }
        if !new.is_empty() {
            return Self::Actions(new.len());
        }
        if before.pointer == after.pointer {
            return Self::None;
        }
        if dropped == 0 {
            return Self::Pointer(after.pointer);
        }
        // Only actions that are not shown came. The monitor keeps its oldest ones until it gets
        // a new one; where it looks at is then further from its beginning.
        let moved = Pointer {
            current_state_index: after.pointer.current_state_index + dropped,
            ..after.pointer
        };
        if moved == before.pointer { Self::None } else { Self::All }
    }

    /// What happens during a pause is not recorded, and so not shown either.
    fn while_paused<S>(before: &View<S>, after: &View<S>) -> Self {
        let ids = |view: &View<S>| view.steps.iter().map(|step| step.id).collect::<Vec<_>>();
        if ids(before) != ids(after) || before.skipped != after.skipped {
            return Self::All;
        }
        if before.pointer == after.pointer {
            return Self::None;
        }
        let is_same = before.steps.iter().zip(&after.steps).all(|(a, b)| a.is_same(b));
        if is_same { Self::Pointer(after.pointer) } else { Self::All }
    }
}

/// Returns how many steps behind the beginning were dropped, if `after` can continue `before`.
fn dropped<S>(before: &View<S>, after: &View<S>) -> Option<usize> {
    if after.origin < before.origin {
        return None;
    }
    if after.origin == before.origin {
        let mut beginnings = before.steps.iter().zip(&after.steps);
        return beginnings.next().is_some_and(|(a, b)| a.is_same(b)).then_some(0);
    }
    // What is the beginning now was dropped, shown or not.
    let oldest = after.actions().first().map_or(after.next_id, |step| step.id);
    let steps = before.actions();
    Some(steps.iter().position(|step| step.id >= oldest).unwrap_or(steps.len()))
}

/// Returns whether `steps` were performed after all of `before`, and went well.
fn is_new<S>(steps: &[Step<S>], before: &View<S>) -> bool {
    let ids = || steps.iter().map(|step| step.id);
    ids().all(|id| id >= before.next_id)
        && ids().zip(ids().skip(1)).all(|(a, b)| a < b)
        && steps.iter().all(|step| step.error.is_none())
}

/// Returns the messages that tell a monitor about the last `count` steps of `view`, and how it
/// counts the next action then; up to now it counts that as `next_id`.
pub(crate) fn actions<S>(
    view: &View<S>,
    count: usize,
    mut next_id: ActionId,
) -> (Vec<ToMonitor>, ActionId) {
    let mut messages = Vec::new();
    let mut rest = &view.steps[view.steps.len().saturating_sub(count)..];
    while let [first, ..] = rest {
        // A monitor counts the actions of a list itself; a number that it does not expect
        // can only come alone.
        let run = match first.id == next_id {
            true => 1 + rest.windows(2).take_while(|two| two[1].id.0 == two[0].id.0 + 1).count(),
            false => 1,
        };
        let (now, later) = rest.split_at(run);
        next_id = ActionId(now[run - 1].id.0 + 1);
        messages.push(ToMonitor::Actions {
            steps: now.iter().map(|it| (it.action.to_string(), it.json.to_string())).collect(),
            next_action_id: next_id,
            max_age: view.steps.len(),
            pointer: later.is_empty().then_some(view.pointer),
        });
        rest = later;
    }
    (messages, next_id)
}
