//! The safety stop: a source that suddenly gives far fewer accounts is more often broken than deserted.

/// Whether the accounts that were not read may be taken for gone. `known` are the accounts known before, `gone` those of
/// them that were not read, `limit` the percentage that may go without a word of an administrator, 0 to 100.
#[must_use]
pub fn may_remove(known: u64, gone: u64, limit: u8, confirmed: bool) -> bool {
    let allowed = u128::from(known) * u128::from(limit.min(100));
    confirmed || u128::from(gone) * 100 <= allowed
}

#[cfg(test)]
mod tests {
    use super::may_remove;

    #[test]
    fn more_than_the_limit_needs_a_word() {
        for (known, gone, limit, expected) in [
            (0, 0, 10, true),
            (100, 0, 10, true),
            (100, 10, 10, true),
            (100, 11, 10, false),
            (1_000, 100, 10, true),
            (1_000, 101, 10, false),
            (7, 1, 10, false),
            (10, 1, 10, true),
            (5, 5, 100, true),
            (5, 5, 255, true),
            (100, 1, 0, false),
            (100, 0, 0, true),
            (u64::MAX, u64::MAX, 10, false),
        ] {
            assert_eq!(may_remove(known, gone, limit, false), expected, "{gone} of {known}, {limit} %");
            assert!(may_remove(known, gone, limit, true));
        }
    }
}
