//! Answers that last: how many there may be at once, and their end when the service ends.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Streams at once on this node.
const MOST: usize = 200;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Streams {
    places: Arc<Semaphore>,
    closed: Arc<watch::Sender<bool>>,
}

impl Streams {
    pub(crate) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(MOST)), closed: Arc::new(watch::Sender::new(false)) }
    }

    /// A place for one stream, given back when dropped; `None` when all are taken.
    pub(crate) fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    /// Becomes true when streams are to end.
    pub(crate) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// Ends every stream, and those that begin later.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_given_back() {
        let streams = Streams::new();
        let mut taken: Vec<_> = (0..MOST).map(|_| streams.enter().unwrap()).collect();
        assert!(streams.enter().is_none());
        taken.pop();
        assert!(streams.enter().is_some());
    }
}
