//! Who may administer everything.

use crate::{StorageError, Tx};

statements! {
    LOCK = "INSERT INTO counting_lock (name, at) VALUES ('administrators', $1) ON CONFLICT (name) DO UPDATE SET \
        at = excluded.at";
    COUNT = "SELECT COUNT(*) FROM identity WHERE status = 'ACTIVE' AND levels LIKE '%\"ORG_ADMIN\"%'";
}

/// How many active identities are ORG_ADMIN. Two transactions that ask this wait for each other.
///
/// # Errors
/// When the database does not answer.
pub async fn count_alone(tx: &mut Tx<'_>, now: i64) -> Result<i64, StorageError> {
    execute!(tx, LOCK, now)?;
    let row = fetch_optional!(tx, (i64,), COUNT)?;
    Ok(row.map_or(0, |(count,)| count))
}
