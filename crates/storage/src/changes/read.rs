//! Reading changes: status for the wire, targets for the native API, and when the queue is due.

use passwright_domain::change::{ChangeState, TargetState};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{corrupt, from_json, id};
use crate::{StorageError, Tx};

statements! {
    LOOKUP = "SELECT identity_id, actor, accepted_at, state, errors, source_ids, ended_at, released_at, held_at \
              FROM password_change WHERE id = $1";
    TARGETS = "SELECT t.account_id, a.source_id, t.seq, t.state, t.reason, t.attempts, t.due_at, t.ended_at \
               FROM change_target t JOIN account a ON a.id = t.account_id WHERE t.change_id = $1 ORDER BY t.position";
    DUE_SOURCES = "SELECT s.id, (SELECT a.ready_at FROM account a WHERE a.source_id = s.id AND a.ready_at IS NOT NULL \
                  AND a.lease_until <= $1 ORDER BY a.ready_at LIMIT 1) FROM source s";
    OPEN_EPOCHS = "SELECT MIN(epoch) FROM password_change WHERE ended_at IS NULL";
}

/// A change as stored. Whether its end may be shown already is the reader's to decide (`released_at`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeStatus {
    pub id: PasswordChangeId,
    pub identity_id: IdentityId,
    pub actor: String,
    pub accepted_at: Timestamp,
    pub state: ChangeState,
    pub errors: Vec<String>,
    pub source_ids: Vec<SourceId>,
    pub ended_at: Option<Timestamp>,
    pub released_at: Option<Timestamp>,
    /// Since when it waits for an administrator after the database was restored.
    pub held_at: Option<Timestamp>,
}

/// A target as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetStatus {
    pub account_id: AccountId,
    pub source_id: SourceId,
    pub seq: i64,
    pub state: TargetState,
    pub reason: String,
    pub attempts: i64,
    pub due_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

type ChangeRow = (String, String, i64, String, String, String, Option<i64>, Option<i64>, Option<i64>);
type TargetRow = (String, String, i64, String, String, i64, Option<i64>, Option<i64>);

/// Looks a change up.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_change(tx: &mut Tx<'_>, change: &PasswordChangeId) -> Result<Option<ChangeStatus>, StorageError> {
    const TABLE: &str = "password_change";
    let Some(row) = fetch_optional!(tx, ChangeRow, LOOKUP, change.as_str())? else { return Ok(None) };
    let (identity, actor, accepted_at, state, errors, source_ids, ended_at, released_at, held_at) = row;
    Ok(Some(ChangeStatus {
        id: change.clone(),
        identity_id: id(TABLE, &identity)?,
        actor,
        accepted_at: Timestamp(accepted_at),
        state: ChangeState::parse(&state).ok_or_else(|| corrupt(TABLE, "state"))?,
        errors: from_json(TABLE, &errors)?,
        source_ids: from_json(TABLE, &source_ids)?,
        ended_at: ended_at.map(Timestamp),
        released_at: released_at.map(Timestamp),
        held_at: held_at.map(Timestamp),
    }))
}

/// The targets of a change, first target first.
///
/// # Errors
/// When the database does not answer.
pub async fn targets_of(tx: &mut Tx<'_>, change: &PasswordChangeId) -> Result<Vec<TargetStatus>, StorageError> {
    const TABLE: &str = "change_target";
    let rows = fetch_all!(tx, TargetRow, TARGETS, change.as_str())?;
    rows.into_iter()
        .map(|(account, source, seq, state, reason, attempts, due_at, ended_at)| {
            Ok(TargetStatus {
                account_id: id(TABLE, &account)?,
                source_id: id(TABLE, &source)?,
                seq,
                state: TargetState::parse(&state).ok_or_else(|| corrupt(TABLE, "state"))?,
                reason,
                attempts,
                due_at: due_at.map(Timestamp),
                ended_at: ended_at.map(Timestamp),
            })
        })
        .collect()
}

/// When the next unleased lane of each source is due, in no order; a source without one is left out.
///
/// # Errors
/// When the database does not answer.
pub async fn due_sources(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<(SourceId, Timestamp)>, StorageError> {
    let now = tx.now(now).await?;
    let rows = fetch_all!(tx, (String, Option<i64>), DUE_SOURCES, now.0)?;
    rows.into_iter()
        .filter_map(|(source, at)| Some((source, at?)))
        .map(|(s, at)| Ok((id("source", &s)?, Timestamp(at))))
        .collect()
}

/// The oldest epoch that an open change still needs.
///
/// # Errors
/// When the database does not answer.
pub async fn open_epochs(tx: &mut Tx<'_>) -> Result<Option<i64>, StorageError> {
    Ok(fetch_optional!(tx, (Option<i64>,), OPEN_EPOCHS)?.and_then(|(epoch,)| epoch))
}
