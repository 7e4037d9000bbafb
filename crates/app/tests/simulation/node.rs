//! A node: the product's worker on a runtime of its own with a clock that stands still until the runner lets it go on.
//!
//! A node that is not run is stopped as by SIGSTOP: none of its tasks moves and none of its timers fires, while the
//! systems go on with what they were sent. A node whose runtime is dropped is killed at whatever await it stood.

use std::cell::Cell;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use passwright_app::worker;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

use crate::core::{Core, Shared};
use crate::rng::SplitMix;
use crate::world::SimWorld;

/// What the code inside a node needs to reach the outside.
pub(crate) struct Link {
    pub(crate) core: Shared,
    pub(crate) node: usize,
    pub(crate) incarnation: u64,
    /// The virtual time at which the process started.
    born: u64,
    start: OnceLock<Instant>,
    /// Rung when something was sent: the runner then stops the node, so that nobody runs ahead of it.
    sent: Notify,
    /// Calls to systems under way; each has a timer that may fire.
    pub(crate) calls: Mutex<u32>,
    pub(crate) rng: Mutex<SplitMix>,
}

impl Link {
    /// The node's own virtual time; monotonic.
    pub(crate) fn local(&self) -> u64 {
        let elapsed = self.start.get().map_or(0, |start| start.elapsed().as_millis());
        self.born + u64::try_from(elapsed).unwrap()
    }

    /// Sends a request to the outside and waits for the answer; for ever, when none comes.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&mut Core, oneshot::Sender<T>) + Send + 'static,
    ) -> T {
        let (to, answer) = oneshot::channel();
        let at = self.local();
        self.core.lock().unwrap().at(at, move |core| request(core, to));
        self.sent.notify_one();
        match answer.await {
            Ok(answer) => answer,
            Err(_) => std::future::pending().await,
        }
    }
}

/// A living process.
pub(crate) struct Process {
    runtime: Runtime,
    /// The node's own virtual time when it last ran.
    local: Cell<u64>,
    link: Arc<Link>,
    /// Keeps the worker from stopping.
    _stop: watch::Sender<bool>,
}

impl Process {
    /// Starts a worker at virtual time `born`.
    pub(crate) fn start(core: &Shared, node: usize, born: u64) -> Self {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (incarnation, rng) = {
            let mut core = core.lock().unwrap();
            (core.nodes[node].incarnation, SplitMix::new(core.rng.next()))
        };
        let link = Arc::new(Link {
            core: core.clone(),
            node,
            incarnation,
            born,
            start: OnceLock::new(),
            sent: Notify::new(),
            calls: Mutex::new(0),
            rng: Mutex::new(rng),
        });
        runtime.block_on(async { link.start.set(Instant::now()).unwrap() });
        let (stop, stopped) = watch::channel(false);
        let world = Arc::new(SimWorld::new(link.clone()));
        let ended = link.clone();
        runtime.spawn(async move {
            // Only a queue that cannot be reached at the start ends a worker; its supervisor starts it again.
            let _ = worker::run(world, stopped).await;
            ended.ask::<()>(move |core, _| core.process_ended(node, incarnation)).await;
        });
        Self { runtime, local: Cell::new(born), link, _stop: stop }
    }

    pub(crate) fn local(&self) -> u64 {
        self.local.get()
    }

    /// Whether a timer of the node may fire by itself; else only an answer can wake it.
    pub(crate) fn has_timers(&self, is_held: bool) -> bool {
        !is_held || *self.link.calls.lock().unwrap() > 0
    }

    /// Lets the node run until its clock shows `time`, or until it sends something. Gives its own time then.
    pub(crate) fn run_until(&self, time: u64) -> u64 {
        let local = self.runtime.block_on(async {
            let end = *self.link.start.get().unwrap() + Duration::from_millis(time.saturating_sub(self.link.born));
            // At least once to the end of everything that is ready now.
            let end = end.max(Instant::now() + Duration::from_millis(1));
            tokio::select! {
                biased;
                () = self.link.sent.notified() => {}
                () = tokio::time::sleep_until(end) => {}
            }
            self.link.local()
        });
        self.local.set(local);
        local
    }

    /// The process goes on after it was stopped: all the time has passed at once.
    pub(crate) fn skip_to(&self, time: u64) {
        let behind = time.saturating_sub(self.local());
        let advance = async { tokio::time::advance(Duration::from_millis(behind)).await };
        self.runtime.block_on(advance);
        self.local.set(self.local() + behind);
    }
}
