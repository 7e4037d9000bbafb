//! Texts that SQLite holds and PostgreSQL does not: told as such, never as a defect of a statement.

use passwright_storage::StorageError;
use passwright_storage::digit_tokens::{Attempt, TakeAttempt};
use passwright_storage::directory::identities;

use super::engines::on_both_engines;
use super::fixture::now;

/// Hex digits that do not compress to the size of an index entry.
fn long_name() -> String {
    let mut state = 1_u64;
    let mut digits = String::new();
    while digits.len() < 60_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        digits.push_str(&format!("{:08x}", state >> 32));
    }
    digits
}

#[test]
fn a_text_that_cannot_be_held_is_told() {
    on_both_engines(async |database| {
        let store = database.store;
        for name in ["a\0b", "\0"] {
            let mut reader = store.read().await.unwrap();
            let found = identities::lookup_by_alias(&mut reader.tx(), name).await;
            assert!(matches!(found, Ok(None) | Err(StorageError::Unstorable(_))), "{found:?}");
        }
        let guess = TakeAttempt {
            guess_id: "1".to_owned(),
            name_key: long_name(),
            identity_id: None,
            now: now(),
            most_attempts: 5,
            since: now(),
            most_guesses: 15,
        };
        let taken = store.write(guess).await;
        assert!(matches!(taken, Ok(Attempt::Nothing) | Err(StorageError::Unstorable(_))));
        // The writer goes on.
        let mut reader = store.read().await.unwrap();
        assert!(identities::lookup_by_alias(&mut reader.tx(), "a").await.unwrap().is_none());
    });
}
