//! What the store, the handle and the thread tell each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::client::Status;

pub(super) struct Signals {
    /// Whether anybody wants to know of changes.
    is_monitored: AtomicBool,
    /// Whether there is a change that the thread knows of and has not looked at.
    is_changed: AtomicBool,
    changed: Notify,
    is_closed: AtomicBool,
    closed: Notify,
    report: Mutex<Report>,
}

struct Report {
    status: Status,
    error: Option<String>,
}

/// What the store calls; when it is dropped, the store is gone.
pub(super) struct Listener(Arc<Signals>);

impl Listener {
    /// Notes a change. This is all that a dispatch pays for.
    pub(super) fn changed(&self) {
        let Self(signals) = self;
        if signals.is_monitored.load(Ordering::SeqCst)
            && !signals.is_changed.swap(true, Ordering::SeqCst)
        {
            signals.changed.notify_one();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Signals {
    pub(super) fn new() -> Self {
        Self {
            is_monitored: AtomicBool::new(false),
            is_changed: AtomicBool::new(false),
            changed: Notify::new(),
            is_closed: AtomicBool::new(false),
            closed: Notify::new(),
            report: Mutex::new(Report { status: Status::Connecting, error: None }),
        }
    }

    pub(super) fn listener(self: &Arc<Self>) -> Listener {
        Listener(Arc::clone(self))
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.closed.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Waits until the connection has to end.
    pub(super) async fn closed(&self) {
        while !self.is_closed() {
            self.closed.notified().await;
        }
    }

    /// Waits for a change.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Says that the changes up to now are being looked at; later ones are told again.
    pub(super) fn look(&self) {
        self.is_changed.store(false, Ordering::SeqCst);
    }

    pub(super) fn set_status(&self, status: Status) {
        self.is_monitored.store(status == Status::Monitored, Ordering::SeqCst);
        self.report.lock().status = status;
    }

    pub(super) fn set_error(&self, error: String) {
        self.report.lock().error = Some(error);
    }

    pub(super) fn status(&self) -> Status {
        self.report.lock().status
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.report.lock().error.clone()
    }
}
