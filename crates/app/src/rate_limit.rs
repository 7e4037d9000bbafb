//! Requests per client and API version in ten seconds.
//!
//! Counted in this process. Where other nodes serve the same clients, each takes requests in batches from a row they
//! share and counts those; so together they keep to the limit, and few requests ask the database.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passwright_domain::access::ApiVersion;
use passwright_domain::client::RateLimit;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::request_windows::{TakeRequests, TakenRequests};

use crate::{Error, Service};

pub(crate) const WINDOW: Duration = Duration::from_secs(10);
/// Windows kept before those that are over are dropped.
const KEPT: usize = 4096;

struct Window {
    opened_at: Timestamp,
    ends_at: Timestamp,
    requests: u32,
    /// Requests this process may let through in it.
    granted: u32,
    /// Nothing more is to be had.
    is_spent: bool,
}

impl Window {
    fn is_open(&self, now: Timestamp) -> bool {
        self.opened_at <= now && now < self.ends_at
    }
}

/// `None` before the first request of its client.
type Counter = Arc<tokio::sync::Mutex<Option<Window>>>;

/// The counters.
#[derive(Default)]
pub struct RateLimits(Mutex<HashMap<(String, ApiVersion), Counter>>);

impl RateLimits {
    fn counter(&self, client_id: &str, version: ApiVersion, now: Timestamp) -> Counter {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= KEPT {
            // One that is locked is in use.
            counters.retain(|_, counter| {
                counter.try_lock().map_or(true, |window| window.as_ref().is_some_and(|w| w.is_open(now)))
            });
        }
        counters.entry((client_id.to_owned(), version)).or_default().clone()
    }

    /// Counts a request. A window opens with the first request and lasts ten seconds. `take` is asked for a batch when
    /// there is none left, by one request of the client and version at a time.
    async fn count<T>(
        &self,
        client_id: &str,
        version: ApiVersion,
        limit: RateLimit,
        now: Timestamp,
        take: impl FnOnce() -> T,
    ) -> Result<(), Error>
    where
        T: Future<Output = Result<TakenRequests, Error>>,
    {
        let counter = self.counter(client_id, version, now);
        let mut counter = counter.lock().await;
        let window = match &mut *counter {
            Some(window) if window.is_open(now) => window,
            over => {
                over.insert(Window { opened_at: now, ends_at: now + WINDOW, requests: 0, granted: 0, is_spent: false })
            }
        };
        if window.requests >= window.granted && !window.is_spent {
            let taken = take().await?;
            window.ends_at = now + taken.left;
            window.granted = window.granted.saturating_add(taken.granted);
            window.is_spent = taken.granted == 0;
        }
        if window.requests >= window.granted.min(limit.0) {
            return Err(Error::TooManyRequests { retry_after: window.ends_at.since(now) });
        }
        window.requests += 1;
        Ok(())
    }
}

/// A hundredth of the limit: what a node may leave unused in a window, and one in so many requests asks the database.
/// Smaller than a node's share however many there are, and nodes that die in a row do not use the limit up.
fn batch(limit: RateLimit) -> u32 {
    (limit.0 / 100).max(1)
}

impl Service {
    /// Counts a request of a client against its limit.
    ///
    /// # Errors
    /// `TooManyRequests` with the time until the window is over.
    pub(crate) async fn count_request(
        &self,
        client_id: &str,
        version: ApiVersion,
        limit: RateLimit,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let take = async || {
            if self.store.is_single_process() {
                return Ok(TakenRequests { granted: u32::MAX, left: WINDOW });
            }
            let take = TakeRequests {
                client_id: client_id.to_owned(),
                api_version: version.as_str(),
                limit: limit.0,
                batch: batch(limit),
                window: WINDOW,
                now,
            };
            Ok(self.store.write(take).await?)
        };
        self.rate_limits.count(client_id, version, limit, now, take).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all() -> Result<TakenRequests, Error> {
        Ok(TakenRequests { granted: u32::MAX, left: WINDOW })
    }

    #[tokio::test]
    async fn counts_per_client_and_version() {
        let limits = RateLimits::default();
        let at = Timestamp::from_seconds(100);
        let two = RateLimit(2);
        let count = async |client, version, at| limits.count(client, version, two, at, all).await;
        for _ in 0..2 {
            assert!(count("a", ApiVersion::V3, at).await.is_ok());
        }
        let refused = count("a", ApiVersion::V3, at + Duration::from_secs(4)).await;
        assert!(
            matches!(refused, Err(Error::TooManyRequests { retry_after }) if retry_after == Duration::from_secs(6))
        );
        assert!(count("a", ApiVersion::Beta, at).await.is_ok());
        assert!(count("b", ApiVersion::V3, at).await.is_ok());
        assert!(count("a", ApiVersion::V3, at + WINDOW).await.is_ok());
    }

    /// 25 are to be had in batches of 10; the database's window is 4 s old when the first is taken.
    #[tokio::test]
    async fn takes_batches_until_there_are_none() {
        let limits = RateLimits::default();
        let (at, left) = (Timestamp::from_seconds(100), Duration::from_secs(6));
        let batches = Mutex::new(vec![0, 5, 10, 10]);
        let count = async |at| {
            let take = async || {
                let granted = batches.lock().unwrap().pop().expect("asked after there were none");
                Ok(TakenRequests { granted, left })
            };
            limits.count("a", ApiVersion::V3, RateLimit(100), at, take).await
        };
        for number in 0..25 {
            assert!(count(at).await.is_ok(), "{number}");
        }
        for _ in 0..3 {
            let refused = count(at).await;
            assert!(matches!(refused, Err(Error::TooManyRequests { retry_after }) if retry_after == left));
        }
        batches.lock().unwrap().push(10);
        assert!(count(at + left).await.is_ok(), "another window");
    }
}
