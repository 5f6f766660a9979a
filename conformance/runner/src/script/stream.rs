//! Streams: what a script does later, event by event.

use std::slice;
use std::time::Duration;

use retake::thunks::{AbortHandle, Runtime};

use super::interpreter::Script;
use super::{ScriptOp, StreamEvent};
use crate::slot::Slot;

impl<N: Slot> Script<N> {
    /// Starts a timer for each of `events`; the script goes on.
    pub(super) fn stream(&mut self, events: &[StreamEvent]) {
        let (close, closed) = AbortHandle::new();
        self.streams.push(close);
        for event in events {
            let (mut script, event, closed) = (self.clone(), event.clone(), closed.clone());
            let slept = self.world.runtime.sleep(Duration::from_millis(event.after_ms));
            self.world.runtime.start(Box::pin(async move {
                slept.await;
                if !closed.is_aborted() {
                    script.event(event);
                }
            }));
        }
    }

    /// Performs what `event` brings; an operation that is refused does not stop the others.
    fn event(&mut self, event: StreamEvent) {
        self.log("streamEvent", []);
        let edit = ScriptOp::UpdateCachedData { name: None, edits: event.edits };
        let ops = event.ops.as_deref().unwrap_or(slice::from_ref(&edit));
        for op in ops {
            let _ = self.attempt(op);
        }
    }
}

impl<N: Slot> Clone for Script<N> {
    fn clone(&self) -> Self {
        Self {
            cx: self.cx.clone(),
            world: self.world.clone(),
            endpoint: self.endpoint.clone(),
            number: self.number,
            scope: self.scope.clone(),
            patches: self.patches.clone(),
            streams: self.streams.clone(),
        }
    }
}
