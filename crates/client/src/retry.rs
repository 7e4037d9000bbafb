//! When a refused call is sent again.
//!
//! Only 429 and 503, only when the server says how long to wait, and only calls that may be repeated. Other 5xx and
//! broken connections are told to the caller: whether they were carried out is not known.

use std::time::Duration;

use crate::error::ApiError;

/// Bounds of repetition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// How often one call is sent again at most.
    pub(crate) repeats: u32,
    /// A longer `Retry-After` is not waited for but told to the caller.
    pub(crate) longest_wait: Duration,
}

impl Default for RetryPolicy {
    /// Three repeats, each after at most 30 s. The rate limit's window is 10 s.
    fn default() -> Self {
        Self { repeats: 3, longest_wait: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// How long to wait before the call is sent again; `None`: do not. `done` counts the repeats so far.
    pub(crate) fn wait(self, repeatable: bool, error: &ApiError, done: u32) -> Option<Duration> {
        let wait = error.retry_after?;
        let refused_for_now = matches!(error.status, 429 | 503);
        (repeatable && refused_for_now && done < self.repeats && wait <= self.longest_wait).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        let policy = RetryPolicy::default();
        // Repeatable, status, Retry-After, repeats done, waits.
        let cases = [
            (true, 429, Some(7), 0, true),
            (true, 503, Some(30), 2, true),
            (true, 429, Some(7), 3, false),
            (true, 429, Some(31), 0, false),
            (true, 429, None, 0, false),
            (true, 500, Some(1), 0, false),
            (true, 502, Some(1), 0, false),
            (false, 429, Some(1), 0, false),
        ];
        for (repeatable, status, seconds, done, waits) in cases {
            let retry_after = seconds.map(Duration::from_secs);
            let error = ApiError { status, retry_after, ..ApiError::default() };
            let wanted = retry_after.filter(|_| waits);
            assert_eq!(policy.wait(repeatable, &error, done), wanted, "{status} {seconds:?} {done}");
        }
    }
}
