//! A runtime with virtual time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use retake_thunks::{BoxFuture, Runtime};

/// When virtual time begins, in milliseconds since the Unix epoch.
pub const EPOCH: u64 = 1_000_000;

/// A [`Runtime`] whose time stands still until a test advances it.
///
/// Everything is in order: tasks run first in, first out; timers fire by their due time,
/// and those of one instant in order of their creation; ids count up. A test that runs twice
/// does the same twice. Clones are one runtime.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_testing::{VirtualRuntime, EPOCH};
/// use retake_thunks::Runtime;
///
/// let runtime = VirtualRuntime::new();
/// let slept = runtime.sleep(Duration::from_secs(60));
/// runtime.run_until(slept); // takes no time
/// assert_eq!(runtime.now(), EPOCH + 60_000);
/// ```
#[derive(Clone, Default)]
pub struct VirtualRuntime(Arc<Shared>);

#[derive(Default)]
struct Shared {
    clock: Mutex<Clock>,
    ready: Mutex<Ready>,
}

#[derive(Default)]
struct Clock {
    elapsed: u64,
    created: u64,
    /// How many of those that were created are tasks.
    tasks_started: u64,
    ids: u64,
    /// `None` while the task is being polled.
    tasks: BTreeMap<u64, Option<BoxFuture<'static, ()>>>,
    timers: BTreeMap<(u64, u64), Waker>,
    fired: u64,
    /// Tasks that were woken while they were being polled by an outer `settle`.
    woken: BTreeSet<u64>,
}

/// Tasks to be polled, each at most once.
#[derive(Default)]
struct Ready {
    queue: VecDeque<u64>,
    queued: BTreeSet<u64>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct TaskWaker {
    id: u64,
    shared: Arc<Shared>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = lock(&self.shared.ready);
        if ready.queued.insert(self.id) {
            ready.queue.push_back(self.id);
        }
    }
}

impl VirtualRuntime {
    /// Returns a runtime at [`EPOCH`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs every task that can go on, until none can. Time stands still.
    pub fn settle(&self) {
        loop {
            let id = {
                let mut ready = lock(&self.0.ready);
                let Some(id) = ready.queue.pop_front() else { return };
                ready.queued.remove(&id);
                id
            };
            let task = {
                let mut clock = lock(&self.0.clock);
                match clock.tasks.get_mut(&id).map(Option::take) {
                    Some(None) => {
                        clock.woken.insert(id);
                        None
                    }
                    task => task.flatten(),
                }
            };
            if let Some(task) = task {
                self.poll(id, task);
            }
        }
    }

    /// Lets `time` pass: fires each timer that comes due, at its time, and runs what it
    /// wakes.
    ///
    /// # Panics
    /// If `time` is longer than 500 million years.
    pub fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).expect("time fits into 64 bits");
        let end = lock(&self.0.clock).elapsed + millis;
        while self.fire_next(end) {
            self.settle();
        }
        lock(&self.0.clock).elapsed = end;
    }

    /// Runs `future` to its end, letting time pass as far as needed.
    ///
    /// # Panics
    /// When nothing can go on and no timer is left: the future would wait forever.
    pub fn run_until<F: IntoFuture>(&self, future: F) -> F::Output {
        let mut future = std::pin::pin!(future.into_future());
        let woken = Arc::new(RunWaker::default());
        let waker = Waker::from(Arc::clone(&woken));
        loop {
            *lock(&woken.0) = false;
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                self.settle();
                return output;
            }
            self.settle();
            if !*lock(&woken.0) {
                assert!(
                    self.fire_next(u64::MAX),
                    "the future waits for something that will never happen: no task can go on \
                     and no timer is left"
                );
                self.settle();
            }
        }
    }

    /// Returns how many tasks have not ended.
    #[must_use]
    pub fn pending_tasks(&self) -> usize {
        lock(&self.0.clock).tasks.len()
    }

    /// Returns how many timers are waiting.
    #[must_use]
    pub fn pending_timers(&self) -> usize {
        lock(&self.0.clock).timers.len()
    }

    /// Returns how many timers have fired.
    #[must_use]
    pub fn fired_timers(&self) -> u64 {
        lock(&self.0.clock).fired
    }

    /// Returns how many tasks have been started, those that have ended included.
    #[must_use]
    pub fn started_tasks(&self) -> u64 {
        lock(&self.0.clock).tasks_started
    }

    /// Returns how many timers have been started, those that fired or were dropped included.
    #[must_use]
    pub fn started_timers(&self) -> u64 {
        let clock = lock(&self.0.clock);
        clock.created - clock.tasks_started
    }

    fn fire_next(&self, end: u64) -> bool {
        let waker = {
            let mut clock = lock(&self.0.clock);
            let Some((&(due, number), _)) = clock.timers.first_key_value() else { return false };
            if due > end {
                return false;
            }
            clock.elapsed = clock.elapsed.max(due);
            clock.fired += 1;
            clock.timers.remove(&(due, number))
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    fn poll(&self, id: u64, mut task: BoxFuture<'static, ()>) {
        let waker = Waker::from(Arc::new(TaskWaker { id, shared: Arc::clone(&self.0) }));
        let poll = task.as_mut().poll(&mut Context::from_waker(&waker));
        let ended = {
            let mut clock = lock(&self.0.clock);
            match poll {
                Poll::Ready(()) => {
                    clock.tasks.remove(&id);
                    Some(task)
                }
                Poll::Pending => {
                    clock.tasks.insert(id, Some(task));
                    if clock.woken.remove(&id) {
                        drop(clock);
                        waker.wake();
                    }
                    None
                }
            }
        };
        // A task's destructor may come back here: it runs without the lock.
        drop(ended);
    }
}

#[derive(Default)]
struct RunWaker(Mutex<bool>);

impl Wake for RunWaker {
    fn wake(self: Arc<Self>) {
        *lock(&self.0) = true;
    }
}

impl Runtime for VirtualRuntime {
    fn now(&self) -> u64 {
        EPOCH + lock(&self.0.clock).elapsed
    }

    fn unique_id(&self) -> String {
        let mut clock = lock(&self.0.clock);
        clock.ids += 1;
        format!("r{}", clock.ids)
    }

    /// Always the middle, so that spread retries come at a known time.
    fn random(&self) -> f64 {
        0.5
    }

    fn start(&self, future: BoxFuture<'static, ()>) {
        let id = {
            let mut clock = lock(&self.0.clock);
            clock.created += 1;
            clock.tasks_started += 1;
            let id = clock.created;
            clock.tasks.insert(id, None);
            id
        };
        self.poll(id, future);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let due = lock(&self.0.clock).elapsed.saturating_add(millis);
        Box::pin(Sleep { runtime: self.clone(), due, timer: None })
    }
}

impl fmt::Debug for VirtualRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualRuntime")
            .field("now", &self.now())
            .field("pending_tasks", &self.pending_tasks())
            .field("pending_timers", &self.pending_timers())
            .finish()
    }
}

struct Sleep {
    runtime: VirtualRuntime,
    due: u64,
    /// Where the timer stands once the sleep was polled.
    timer: Option<(u64, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let shared = Arc::clone(&self.runtime.0);
        let mut clock = lock(&shared.clock);
        let Some(timer) = self.timer else {
            clock.created += 1;
            let timer = (self.due, clock.created);
            clock.timers.insert(timer, cx.waker().clone());
            self.timer = Some(timer);
            return Poll::Pending;
        };
        match clock.timers.get_mut(&timer) {
            Some(waker) => {
                waker.clone_from(cx.waker());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let timer = self.timer.take();
        let waker = timer.and_then(|timer| lock(&self.runtime.0.clock).timers.remove(&timer));
        drop(waker);
    }
}
