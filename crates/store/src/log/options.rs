//! What the entries of a log say beside their action.

/// What a [`LogWriter`](super::LogWriter) says about the state after each action. The default is nothing.
///
/// # Examples
/// ```
/// use retake_store::log::LogOptions;
/// let options = LogOptions::new().with_hashes(true).with_patches(true).snapshot_every(100);
/// assert_ne!(options, LogOptions::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct LogOptions {
    has_hashes: bool,
    has_patches: bool,
    snapshot_every: u64,
}

impl LogOptions {
    /// Returns the options of a log of actions only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether entries carry the hash of each slice: [`verify`](super::verify) then finds
    /// the first action that leads to another state.
    pub fn with_hashes(mut self, has_hashes: bool) -> Self {
        self.has_hashes = has_hashes;
        self
    }

    /// Sets whether entries carry what they did to the state as patches:
    /// [`verify`](super::verify) then says where in the state the replay differs.
    pub fn with_patches(mut self, has_patches: bool) -> Self {
        self.has_patches = has_patches;
        self
    }

    /// Sets that every `count`-th entry carries the whole state; 0: none does.
    pub fn snapshot_every(mut self, count: u64) -> Self {
        self.snapshot_every = count;
        self
    }

    pub(super) fn has_hashes(self) -> bool {
        self.has_hashes
    }

    pub(super) fn has_patches(self) -> bool {
        self.has_patches
    }

    pub(super) fn has_snapshot(self, seq: u64) -> bool {
        self.snapshot_every > 0 && seq.is_multiple_of(self.snapshot_every)
    }
}
