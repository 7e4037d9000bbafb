//! Everybody's changes, newest first, and how much waits at each source.

use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use super::show::{Row, StoredChange, gather};
use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    // An end that may not be shown yet is none.
    RECENT = "SELECT c.id, c.identity_id, c.actor, c.accepted_at, c.state, c.errors, c.source_ids, c.ended_at, \
           c.released_at, c.held_at, s.id AS source_id, s.name AS source_name, a.native_identity, a.name AS account_name, \
           t.state AS target_state, t.reason, t.attempts, t.due_at, t.maybe_written, t.ended_at AS target_ended_at \
           FROM password_change c JOIN change_target t ON t.change_id = c.id JOIN account a ON a.id = t.account_id \
           JOIN source s ON s.id = a.source_id WHERE c.id IN (SELECT p.id FROM password_change p \
           WHERE ($1 = '' OR p.identity_id = $1) \
           AND ($2 = '' OR EXISTS (SELECT 1 FROM change_target o JOIN account b ON b.id = o.account_id \
           WHERE o.change_id = p.id AND b.source_id = $2)) \
           AND ($3 = '' OR ($3 = 'open' AND (p.ended_at IS NULL OR p.released_at > $4)) \
           OR ($3 = 'held' AND p.ended_at IS NULL AND p.held_at IS NOT NULL) \
           OR ($3 = 'retrying' AND p.ended_at IS NULL AND EXISTS (SELECT 1 FROM change_target o \
           WHERE o.change_id = p.id AND o.state = 'retrying' AND o.ended_at IS NULL)) \
           OR ($3 = 'finished' AND p.state = 'FINISHED' AND p.released_at <= $4) \
           OR ($3 = 'failed' AND p.state = 'FAILED' AND p.released_at <= $4)) \
           ORDER BY p.accepted_at DESC, p.id DESC LIMIT $5 OFFSET $6) \
           ORDER BY c.accepted_at DESC, c.id DESC, t.position";
    WAITING = "SELECT a.source_id, COUNT(*), SUM(CASE WHEN t.state = 'retrying' THEN 1 ELSE 0 END) FROM change_target t \
           JOIN account a ON a.id = t.account_id WHERE t.ended_at IS NULL GROUP BY a.source_id";
    // Of the newest changes alone: there may be millions.
    LAST_CONFIRMED = "SELECT a.source_id, MAX(t.ended_at) FROM change_target t JOIN account a ON a.id = t.account_id \
           WHERE t.change_id IN (SELECT id FROM password_change ORDER BY accepted_at DESC LIMIT 1000) \
           AND t.state IN ('proved', 'confirmed') GROUP BY a.source_id";
}

/// Which changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    #[default]
    All,
    /// Not ended, as far as it is shown.
    Open,
    Retrying,
    Held,
    Finished,
    Failed,
}

impl Wanted {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Open => "open",
            Self::Retrying => "retrying",
            Self::Held => "held",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    pub identity: Option<IdentityId>,
    /// A target of the change is there.
    pub source: Option<SourceId>,
    pub wanted: Wanted,
    pub limit: i64,
    pub offset: i64,
}

/// The changes that are looked for, newest first. `now` is the database's.
///
/// # Errors
/// When the database does not answer.
pub async fn search(tx: &mut Tx<'_>, wanted: &Search, now: Timestamp) -> Result<Vec<StoredChange>, StorageError> {
    let identity = wanted.identity.as_ref().map_or("", IdentityId::as_str);
    let source = wanted.source.as_ref().map_or("", SourceId::as_str);
    let (state, limit, offset) = (wanted.wanted.as_str(), wanted.limit, wanted.offset);
    gather(fetch_all!(tx, Row, RECENT, identity, source, state, now.0, limit, offset)?)
}

/// How a source's queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// Targets that have not ended.
    pub waiting: i64,
    /// Those of them that failed for now.
    pub retrying: i64,
    /// When a password was confirmed there last, among the newest thousand changes.
    pub confirmed_at: Option<Timestamp>,
}

/// The queue of each source that has one.
///
/// # Errors
/// When the database does not answer.
pub async fn queues(tx: &mut Tx<'_>) -> Result<Vec<(SourceId, Queue)>, StorageError> {
    let mut queues: Vec<(SourceId, Queue)> = Vec::new();
    for (source, waiting, retrying) in fetch_all!(tx, (String, i64, i64), WAITING)? {
        queues.push((id("account", &source)?, Queue { waiting, retrying, confirmed_at: None }));
    }
    for (source, at) in fetch_all!(tx, (String, Option<i64>), LAST_CONFIRMED)? {
        let source: SourceId = id("account", &source)?;
        let confirmed_at = at.map(Timestamp);
        match queues.iter_mut().find(|(known, _)| *known == source) {
            Some((_, queue)) => queue.confirmed_at = confirmed_at,
            None => queues.push((source, Queue { confirmed_at, ..Queue::default() })),
        }
    }
    Ok(queues)
}
