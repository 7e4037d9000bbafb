//! Audit records, written in the transaction of their effect.

use passwright_domain::audit::AuditRecord;

use crate::{StorageError, Tx, Write};

statements! {
    INSERT = "INSERT INTO audit_record (id, at, actor, event, object, outcome, tracking_id, address, detail) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ORIGINS = "SELECT event, address FROM audit_record ORDER BY at, id";
    LATEST = "SELECT MAX(id) FROM audit_record";
    LIST = "SELECT at, actor, event, object, outcome, tracking_id, detail FROM audit_record \
            WHERE at >= $1 ORDER BY at, id LIMIT $2";
}

/// Inserts one record; part of the caller's transaction.
///
/// # Errors
/// When the database refuses; then the effect must not stand either.
pub async fn insert(tx: &mut Tx<'_>, record: &AuditRecord) -> Result<(), StorageError> {
    execute!(
        tx,
        INSERT,
        record.id.as_str(),
        record.at.0,
        record.actor.as_str(),
        record.event,
        record.object.as_str(),
        record.outcome.as_str(),
        record.tracking_id.as_str(),
        record.address.map(|address| address.to_string()),
        record.detail.as_str(),
    )?;
    Ok(())
}

/// A record as stored: time in microseconds, actor, event, object, outcome, tracking id, detail.
pub type Stored = (i64, String, String, String, String, String, String);

/// Lists records from `since` on, oldest first, at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>, since: i64, limit: i64) -> Result<Vec<Stored>, StorageError> {
    fetch_all!(tx, Stored, LIST, since, limit)
}

/// Every record's event and the address its request came from, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn origins(tx: &mut Tx<'_>) -> Result<Vec<(String, Option<String>)>, StorageError> {
    fetch_all!(tx, (String, Option<String>), ORIGINS)
}

/// The id of the latest record: another one than before says that something was done.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(tx: &mut Tx<'_>) -> Result<Option<String>, StorageError> {
    Ok(fetch_optional!(tx, (Option<String>,), LATEST)?.and_then(|(id,)| id))
}

/// A record with no other effect: a refusal.
pub struct WriteAudit(pub AuditRecord);

impl Write for WriteAudit {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        insert(tx, &self.0).await
    }
}
