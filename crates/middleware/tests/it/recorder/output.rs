//! An output that can be read, stopped, and filled.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use retake_middleware::{Recorder, RecorderOptions};
use retake_store::log::{AppInfo, LogOptions};

use super::numbers::{Numbers, Pushed, verified};

/// Clones are one output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output(Arc<(Mutex<Content>, Condvar)>);

#[derive(Debug, Default)]
struct Content {
    text: Vec<u8>,
    /// How many lines there were at each flush.
    flushes: Vec<usize>,
    /// How many bytes there is room for.
    room: Option<usize>,
    is_closed: bool,
    /// Whether somebody waits for it to open.
    is_watched: bool,
}

impl Output {
    /// Returns an output with room for `bytes` bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        let output = Self::default();
        output.content().room = Some(bytes);
        output
    }

    /// Returns an output that takes nothing until it is opened.
    pub(crate) fn closed() -> Self {
        let output = Self::default();
        output.content().is_closed = true;
        output
    }

    pub(crate) fn open(&self) {
        self.content().is_closed = false;
        self.0.1.notify_all();
    }

    /// Waits until somebody wants to write.
    pub(crate) fn wait_for_writer(&self) {
        drop(self.0.1.wait_while(self.content(), |content| !content.is_watched).unwrap());
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.0.lock().unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.content().text.clone()).unwrap()
    }

    pub(crate) fn lines(&self) -> usize {
        self.text().lines().count()
    }

    pub(crate) fn flushes(&self) -> Vec<usize> {
        self.content().flushes.clone()
    }

    /// Returns how many actions there are, of which each leads where it led.
    #[track_caller]
    pub(crate) fn verified(&self) -> u64 {
        verified(self.text().as_bytes())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut content = self.content();
        content.is_watched = true;
        self.0.1.notify_all();
        let mut content = self.0.1.wait_while(content, |content| content.is_closed).unwrap();
        let room = content.room.map_or(bytes.len(), |room| room - content.text.len());
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        content.text.write(&bytes[..bytes.len().min(room)])
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut content = self.content();
        let lines = content.text.iter().filter(|byte| **byte == b'\n').count();
        content.flushes.push(lines);
        Ok(())
    }
}

pub(crate) fn options() -> RecorderOptions {
    LogOptions::new().with_hashes(true).with_patches(true).into()
}

pub(crate) fn app() -> AppInfo {
    AppInfo::new("numbers", "1")
}

pub(crate) fn recorder(output: &Output, options: RecorderOptions) -> Recorder<Numbers, Pushed> {
    Recorder::new(output.clone(), app(), options).unwrap()
}
