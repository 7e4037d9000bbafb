//! How long a lane is ours, on this process's own monotonic clock. A worker that was stopped, or that does not reach the
//! queue, must not send a password when another may have taken the lane up.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::LEASE;

/// A lane's lease as its holder knows it: never longer than the queue's.
pub(super) struct Lease(Mutex<Instant>);

impl Lease {
    /// Over until it is renewed.
    pub(super) fn unknown() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    /// It was renewed by a transaction that was asked for at `asked_at`.
    pub(super) fn renewed(&self, asked_at: Instant) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(asked_at + LEASE);
    }

    pub(super) fn until(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{LEASE, Lease};
    use crate::worker::attempt::{WRITE_BY, bounded_by};

    /// Sends after nine seconds, within what an attempt may take, as a worker does that was stopped for so long.
    async fn send_late(sent: &AtomicBool) {
        sleep(Duration::from_secs(9)).await;
        sent.store(true, Ordering::SeqCst);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_sent_when_the_lease_is_over() {
        let (began, sent, lease) = (Instant::now(), AtomicBool::new(false), Lease::unknown());
        lease.renewed(began);
        assert!(bounded_by(began + WRITE_BY, &lease, send_late(&sent)).await.is_err());
        assert_eq!((began.elapsed().as_secs(), sent.load(Ordering::SeqCst)), (LEASE.as_secs(), false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_is_renewed_ends_no_call() {
        let (began, sent, lease) = (Instant::now(), AtomicBool::new(false), Lease::unknown());
        lease.renewed(began);
        let renew = async {
            sleep(Duration::from_secs(5)).await;
            lease.renewed(Instant::now());
            // An older answer that comes late takes nothing back.
            lease.renewed(began);
        };
        let (answer, ()) = tokio::join!(bounded_by(began + WRITE_BY, &lease, send_late(&sent)), renew);
        assert!(answer.is_ok() && sent.load(Ordering::SeqCst));
    }

    /// A process that was stopped goes on when its lease is over: what is ready then is not polled.
    #[tokio::test(start_paused = true)]
    async fn a_stopped_process_sends_nothing_when_it_goes_on() {
        let (began, sent, lease) = (Instant::now(), AtomicBool::new(false), Lease::unknown());
        lease.renewed(began);
        tokio::time::advance(Duration::from_secs(9)).await;
        let send_at_once = async { sent.store(true, Ordering::SeqCst) };
        assert!(bounded_by(began + WRITE_BY, &lease, send_at_once).await.is_err());
        assert!(!sent.load(Ordering::SeqCst));
    }
}
