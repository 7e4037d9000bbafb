//! Changes with their targets, as people are shown them. A change and its targets come from one statement, so that they
//! are of one moment.

use std::time::Duration;

use passwright_domain::change::{ChangeState, TargetState};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, SourceId};
use passwright_domain::timestamp::Timestamp;

use super::ChangeStatus;
use crate::rows::{corrupt, from_json, id};
use crate::{StorageError, Tx};

statements! {
    ONE = "SELECT c.id, c.identity_id, c.actor, c.accepted_at, c.state, c.errors, c.source_ids, c.ended_at, \
           c.released_at, c.held_at, s.id AS source_id, s.name AS source_name, a.native_identity, a.name AS account_name, \
           t.state AS target_state, t.reason, t.attempts, t.due_at, t.maybe_written, t.ended_at AS target_ended_at \
           FROM password_change c JOIN change_target t ON t.change_id = c.id JOIN account a ON a.id = t.account_id \
           JOIN source s ON s.id = a.source_id WHERE c.id = $1 ORDER BY t.position";
    OF_IDENTITY = "SELECT c.id, c.identity_id, c.actor, c.accepted_at, c.state, c.errors, c.source_ids, c.ended_at, \
           c.released_at, c.held_at, s.id AS source_id, s.name AS source_name, a.native_identity, a.name AS account_name, \
           t.state AS target_state, t.reason, t.attempts, t.due_at, t.maybe_written, t.ended_at AS target_ended_at \
           FROM password_change c JOIN change_target t ON t.change_id = c.id JOIN account a ON a.id = t.account_id \
           JOIN source s ON s.id = a.source_id WHERE c.id IN (SELECT id FROM password_change WHERE identity_id = $1 \
           ORDER BY accepted_at DESC, id DESC LIMIT $2 OFFSET $3) ORDER BY c.accepted_at DESC, c.id DESC, t.position";
    OWN_WRITE = "SELECT COUNT(*) FROM change_target WHERE account_id = $1 AND (unresolved_until > $2 \
           OR (state IN ('proved', 'confirmed') AND ended_at > $3))";
}

/// A change and its targets, first target first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    pub change: ChangeStatus,
    pub targets: Vec<StoredTarget>,
}

/// A target with the names people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTarget {
    pub source_id: SourceId,
    pub source_name: String,
    pub native_identity: String,
    pub account_name: String,
    pub state: TargetState,
    pub reason: String,
    pub attempts: i64,
    pub due_at: Option<Timestamp>,
    pub maybe_written: bool,
    pub ended_at: Option<Timestamp>,
}

row! {
    pub(super) struct Row {
        id: String,
        identity_id: String,
        actor: String,
        accepted_at: i64,
        state: String,
        errors: String,
        source_ids: String,
        ended_at: Option<i64>,
        released_at: Option<i64>,
        held_at: Option<i64>,
        source_id: String,
        source_name: String,
        native_identity: String,
        account_name: String,
        target_state: String,
        reason: String,
        attempts: i64,
        due_at: Option<i64>,
        maybe_written: bool,
        target_ended_at: Option<i64>,
    }
}

impl Row {
    fn change(&self) -> Result<ChangeStatus, StorageError> {
        const TABLE: &str = "password_change";
        Ok(ChangeStatus {
            id: id(TABLE, &self.id)?,
            identity_id: id(TABLE, &self.identity_id)?,
            actor: self.actor.clone(),
            accepted_at: Timestamp(self.accepted_at),
            state: ChangeState::parse(&self.state).ok_or_else(|| corrupt(TABLE, "state"))?,
            errors: from_json(TABLE, &self.errors)?,
            source_ids: from_json(TABLE, &self.source_ids)?,
            ended_at: self.ended_at.map(Timestamp),
            released_at: self.released_at.map(Timestamp),
            held_at: self.held_at.map(Timestamp),
        })
    }

    fn target(self) -> Result<StoredTarget, StorageError> {
        const TABLE: &str = "change_target";
        Ok(StoredTarget {
            source_id: id(TABLE, &self.source_id)?,
            source_name: self.source_name,
            native_identity: self.native_identity,
            account_name: self.account_name,
            state: TargetState::parse(&self.target_state).ok_or_else(|| corrupt(TABLE, "state"))?,
            reason: self.reason,
            attempts: self.attempts,
            due_at: self.due_at.map(Timestamp),
            maybe_written: self.maybe_written,
            ended_at: self.target_ended_at.map(Timestamp),
        })
    }
}

/// Rows of one change follow each other.
pub(super) fn gather(rows: Vec<Row>) -> Result<Vec<StoredChange>, StorageError> {
    let mut changes: Vec<StoredChange> = Vec::new();
    for row in rows {
        match changes.last_mut().filter(|last| last.change.id.as_str() == row.id) {
            Some(last) => last.targets.push(row.target()?),
            None => changes.push(StoredChange { change: row.change()?, targets: vec![row.target()?] }),
        }
    }
    Ok(changes)
}

/// Looks a change up with its targets.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_with_targets(
    tx: &mut Tx<'_>,
    change: &PasswordChangeId,
) -> Result<Option<StoredChange>, StorageError> {
    Ok(gather(fetch_all!(tx, Row, ONE, change.as_str())?)?.pop())
}

/// The changes of an identity, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_of_identity(
    tx: &mut Tx<'_>,
    identity: &IdentityId,
    limit: i64,
    offset: i64,
) -> Result<Vec<StoredChange>, StorageError> {
    gather(fetch_all!(tx, Row, OF_IDENTITY, identity.as_str(), limit, offset)?)
}

/// Whether a write of ours on this account is under way, or was confirmed `within` this time before now.
///
/// # Errors
/// When the database does not answer.
pub async fn wrote_within(
    tx: &mut Tx<'_>,
    account: &AccountId,
    now: Timestamp,
    within: Duration,
) -> Result<bool, StorageError> {
    let now = tx.now(now).await?;
    let row = fetch_optional!(tx, (i64,), OWN_WRITE, account.as_str(), now.0, (now - within).0)?;
    Ok(row.is_some_and(|(count,)| count > 0))
}
