//! The counter that bounds guessing of sign-in passwords. An attempt is counted and committed before it is compared.

use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write};

statements! {
    FORGET = "DELETE FROM sign_in_failure WHERE started_at <= $1 AND name_key <> $2";
    // One statement, so that the row's lock puts attempts at the same time in an order.
    TAKE = "INSERT INTO sign_in_failure (name_key, started_at, failures) VALUES ($1, $2, 1) \
            ON CONFLICT (name_key) DO UPDATE SET \
            failures = CASE WHEN sign_in_failure.started_at <= $3 THEN 1 ELSE sign_in_failure.failures + 1 END, \
            started_at = CASE WHEN sign_in_failure.started_at <= $3 THEN excluded.started_at \
            ELSE sign_in_failure.started_at END \
            WHERE sign_in_failure.started_at <= $3 OR sign_in_failure.failures < $4 RETURNING failures";
    CLEAR = "DELETE FROM sign_in_failure WHERE name_key = $1";
}

/// Counts an attempt as failed until it is shown to have been right.
pub struct TakeSignInAttempt {
    /// The canonical name that was given, known or not.
    pub name_key: String,
    pub now: Timestamp,
    /// A count that began at or before this time begins anew.
    pub since: Timestamp,
    /// Attempts that are compared until then.
    pub most: i64,
}

impl Write for TakeSignInAttempt {
    /// False when the name has had too many; that is not counted, so nobody is kept out longer by it.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let name = self.name_key.as_str();
        execute!(tx, FORGET, self.since.0, name)?;
        Ok(fetch_optional!(tx, (i64,), TAKE, name, self.now.0, self.since.0, self.most)?.is_some())
    }
}

/// Forgets a name's failures after a right password.
pub struct ClearSignInFailures {
    pub name_key: String,
}

impl Write for ClearSignInFailures {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, CLEAR, self.name_key.as_str())?;
        Ok(())
    }
}
