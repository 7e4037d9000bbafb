//! Faults that a test switches on in a running directory.
//!
//! Each countdown covers the next `n` operations of its kind and then ends; [`ALWAYS`] keeps it on. Faults are kept in memory only.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// A countdown that does not end.
pub const ALWAYS: u32 = u32::MAX;

/// The switches; all are off at the start.
#[derive(Debug, Default)]
pub struct Faults {
    delay_ms: AtomicU64,
    busy_binds: AtomicU32,
    busy_writes: AtomicU32,
    drop_before_write: AtomicU32,
    drop_after_write: AtomicU32,
    lie: AtomicU32,
    refuse: AtomicBool,
}

/// What befalls a password write that would otherwise be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteFault {
    /// Close the connection and change nothing.
    DropBefore,
    /// Apply, sync, then close the connection without an answer.
    DropAfter,
    /// Answer success and change nothing.
    Lie,
}

impl Faults {
    /// Holds every answer back this long (after the operation was done); zero = off. Whole milliseconds.
    pub fn delay_answers(&self, delay: Duration) {
        self.delay_ms.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// Answers `busy` (51) to the next `n` binds, without a look at the password.
    pub fn busy_binds(&self, n: u32) {
        self.busy_binds.store(n, Ordering::SeqCst);
    }

    /// Answers `busy` (51) to the next `n` modify operations and changes nothing.
    pub fn busy_writes(&self, n: u32) {
        self.busy_writes.store(n, Ordering::SeqCst);
    }

    /// Closes the connection at the next `n` password writes, before they are applied.
    pub fn drop_before_write(&self, n: u32) {
        self.drop_before_write.store(n, Ordering::SeqCst);
    }

    /// Applies the next `n` password writes and closes the connection in place of the answer.
    pub fn drop_after_write(&self, n: u32) {
        self.drop_after_write.store(n, Ordering::SeqCst);
    }

    /// Answers success to the next `n` password writes and changes nothing.
    pub fn lie(&self, n: u32) {
        self.lie.store(n, Ordering::SeqCst);
    }

    /// Resets new connections at once and ends open ones at their next operation.
    pub fn refuse_connections(&self, on: bool) {
        self.refuse.store(on, Ordering::SeqCst);
    }

    /// Switches all faults off.
    pub fn clear(&self) {
        self.delay_answers(Duration::ZERO);
        for countdown in
            [&self.busy_binds, &self.busy_writes, &self.drop_before_write, &self.drop_after_write, &self.lie]
        {
            countdown.store(0, Ordering::SeqCst);
        }
        self.refuse_connections(false);
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        let ms = self.delay_ms.load(Ordering::SeqCst);
        (ms != 0).then(|| Duration::from_millis(ms))
    }

    pub(crate) fn take_busy_bind(&self) -> bool {
        take(&self.busy_binds)
    }

    pub(crate) fn take_busy_write(&self) -> bool {
        take(&self.busy_writes)
    }

    pub(crate) fn take_write_fault(&self) -> Option<WriteFault> {
        if take(&self.drop_before_write) {
            Some(WriteFault::DropBefore)
        } else if take(&self.lie) {
            Some(WriteFault::Lie)
        } else if take(&self.drop_after_write) {
            Some(WriteFault::DropAfter)
        } else {
            None
        }
    }

    pub(crate) fn refuses(&self) -> bool {
        self.refuse.load(Ordering::SeqCst)
    }
}

/// True when the countdown covers this operation.
fn take(countdown: &AtomicU32) -> bool {
    let step = |left: u32| match left {
        0 => None,
        ALWAYS => Some(ALWAYS),
        n => Some(n - 1),
    };
    countdown.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_and_always_does_not() {
        let faults = Faults::default();
        faults.busy_writes(2);
        assert_eq!([(); 4].map(|()| faults.take_busy_write()), [true, true, false, false]);
        faults.busy_writes(ALWAYS);
        assert_eq!([(); 4].map(|()| faults.take_busy_write()), [true; 4]);
        faults.clear();
        assert!(!faults.take_busy_write());
    }
}
