//! Audit records, written in the transaction of their effect.

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write};

statements! {
    INSERT = "INSERT INTO audit_record (id, at, actor, event, object, outcome, tracking_id, address, detail) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ORIGINS = "SELECT event, address FROM audit_record ORDER BY at, id";
    LATEST = "SELECT MAX(id) FROM audit_record";
    LIST = "SELECT at, actor, event, object, outcome, tracking_id, detail FROM audit_record \
            WHERE at >= $1 ORDER BY at, id LIMIT $2";
    // Ids grow with time, so that bounds of time are bounds of ids.
    SEARCH = "SELECT id, at, actor, event, object, outcome, tracking_id, address, detail FROM audit_record \
              WHERE id > $1 AND id < $2 AND ($3 = '' OR actor = $3 OR object = $3) AND ($4 = '' OR LOWER(event) LIKE $4 ESCAPE '!') \
              AND ($5 = '' OR outcome = $5) ORDER BY id DESC LIMIT $6";
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

row! {
    /// A whole record as stored.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Kept {
        pub id: String,
        /// Microseconds since the Unix epoch.
        pub at: i64,
        pub actor: String,
        pub event: String,
        pub object: String,
        pub outcome: String,
        pub tracking_id: String,
        pub address: Option<String>,
        pub detail: String,
    }
}

/// What to look for in the audit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than the record of this id: the next page.
    pub older_than: Option<String>,
    /// Who did it or to whom it was done, as records write it: `identity:…`, `client:…`.
    pub who: Option<String>,
    /// A part of the event's name, in any case.
    pub event: Option<String>,
    pub outcome: Option<Outcome>,
    pub limit: i64,
}

/// The records that are looked for, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn search(tx: &mut Tx<'_>, wanted: &Search) -> Result<Vec<Kept>, StorageError> {
    let moment = |at: Timestamp| format!("{:016x}", at.0.max(0));
    let from = wanted.from.map(moment).unwrap_or_default();
    // No digit is greater than `f`.
    let until = wanted.until.map_or_else(|| "g".to_owned(), moment);
    let before = wanted.older_than.as_ref().filter(|id| **id < until).unwrap_or(&until);
    let event = wanted.event.as_ref().map(|text| format!("%{}%", escaped(&text.to_lowercase()))).unwrap_or_default();
    let (who, outcome) = (wanted.who.as_deref().unwrap_or_default(), wanted.outcome.map_or("", Outcome::as_str));
    fetch_all!(tx, Kept, SEARCH, from.as_str(), before.as_str(), who, event.as_str(), outcome, wanted.limit)
}

/// Text whose every character stands for itself in a `LIKE … ESCAPE '!'`.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c])).collect()
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
