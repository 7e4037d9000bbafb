//! Requests per client and API version in ten seconds, counted in this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use passwright_domain::access::ApiVersion;
use passwright_domain::client::RateLimit;
use passwright_domain::timestamp::Timestamp;

use crate::Error;

const WINDOW: Duration = Duration::from_secs(10);
/// Windows kept before those that are over are dropped.
const KEPT: usize = 4096;

struct Window {
    opened_at: Timestamp,
    requests: u32,
}

/// The counters.
#[derive(Default)]
pub struct RateLimits(Mutex<HashMap<(String, ApiVersion), Window>>);

impl RateLimits {
    /// Counts a request. A window opens with the first request and lasts ten seconds.
    ///
    /// # Errors
    /// `TooManyRequests` with the time until the window is over.
    pub fn count(&self, client_id: &str, version: ApiVersion, limit: RateLimit, now: Timestamp) -> Result<(), Error> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= KEPT {
            windows.retain(|_, w| now.since(w.opened_at) < WINDOW);
        }
        let window = windows.entry((client_id.to_owned(), version)).or_insert(Window { opened_at: now, requests: 0 });
        if now.since(window.opened_at) >= WINDOW || now < window.opened_at {
            *window = Window { opened_at: now, requests: 0 };
        }
        if window.requests >= limit.0 {
            let retry_after = WINDOW.saturating_sub(now.since(window.opened_at));
            return Err(Error::TooManyRequests { retry_after });
        }
        window.requests += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_per_client_and_version() {
        let limits = RateLimits::default();
        let at = Timestamp::from_seconds(100);
        let two = RateLimit(2);
        for _ in 0..2 {
            assert!(limits.count("a", ApiVersion::V3, two, at).is_ok());
        }
        let refused = limits.count("a", ApiVersion::V3, two, at + Duration::from_secs(4));
        assert!(
            matches!(refused, Err(Error::TooManyRequests { retry_after }) if retry_after == Duration::from_secs(6))
        );
        assert!(limits.count("a", ApiVersion::Beta, two, at).is_ok());
        assert!(limits.count("b", ApiVersion::V3, two, at).is_ok());
        assert!(limits.count("a", ApiVersion::V3, two, at + WINDOW).is_ok());
    }
}
