//! Active Directory's clock: 100 ns steps since 1601-01-01 UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Steps between 1601 and 1970.
const UNIX_EPOCH_STEPS: i64 = 116_444_736_000_000_000;
/// "Never" in attributes that hold an end.
pub(crate) const NEVER: i64 = i64::MAX;

pub(crate) fn now() -> i64 {
    // A clock before 1970 reads as 1970.
    UNIX_EPOCH_STEPS + steps(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A length of time in 100 ns steps; what does not fit is the longest there is.
pub(crate) fn steps(span: Duration) -> i64 {
    i64::try_from(span.as_nanos() / 100).unwrap_or(NEVER - UNIX_EPOCH_STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_lies_between_2024_and_2100() {
        // 2024-01-01 and 2100-01-01 as Windows counts them.
        assert!((133_485_408_000_000_000..157_469_184_000_000_000).contains(&now()), "{}", now());
        assert_eq!(steps(Duration::from_secs(1)), 10_000_000);
    }
}
