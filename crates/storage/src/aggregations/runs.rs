//! One row for each aggregation: how far it is and how it ended.

use passwright_domain::aggregation::{AggregationCounts, AggregationState};
use passwright_domain::ids::{AggregationId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{corrupt, id};
use crate::{StorageError, Tx};

statements! {
    INSERT = "INSERT INTO aggregation (id, source_id, actor, optimized, state, reason, known_count, read_count, \
              created_count, changed_count, removed_count, uncorrelated_count, identities_created, identities_changed, \
              started_at, alive_at) VALUES ($1, $2, $3, $4, 'RUNNING', '', $5, 0, 0, 0, 0, 0, 0, 0, $6, $6)";
    PROGRESS = "UPDATE aggregation SET read_count = $2, created_count = $3, changed_count = $4, uncorrelated_count = $5, \
                identities_created = $6, identities_changed = $7, alive_at = $8 WHERE id = $1 AND ended_at IS NULL";
    FINISH = "UPDATE aggregation SET state = $2, reason = $3, removed_count = $4, ended_at = $5, alive_at = $5 \
              WHERE id = $1 AND ended_at IS NULL";
    INTERRUPT = "UPDATE aggregation SET state = 'INTERRUPTED', reason = $3, ended_at = $2 \
                 WHERE ended_at IS NULL AND alive_at < $1";
    ONE = "SELECT r.id, r.source_id, s.name AS source_name, r.actor, r.optimized, r.state, r.reason, r.known_count, \
           r.read_count, r.created_count, r.changed_count, r.removed_count, r.uncorrelated_count, r.identities_created, \
           r.identities_changed, r.started_at, r.ended_at FROM aggregation r JOIN source s ON s.id = r.source_id \
           WHERE r.id = $1";
    LIST = "SELECT r.id, r.source_id, s.name AS source_name, r.actor, r.optimized, r.state, r.reason, r.known_count, \
            r.read_count, r.created_count, r.changed_count, r.removed_count, r.uncorrelated_count, r.identities_created, \
            r.identities_changed, r.started_at, r.ended_at FROM aggregation r JOIN source s ON s.id = r.source_id \
            ORDER BY r.started_at DESC, r.id DESC LIMIT $1 OFFSET $2";
    LIST_OF_SOURCE = "SELECT r.id, r.source_id, s.name AS source_name, r.actor, r.optimized, r.state, r.reason, \
                      r.known_count, r.read_count, r.created_count, r.changed_count, r.removed_count, \
                      r.uncorrelated_count, r.identities_created, r.identities_changed, r.started_at, r.ended_at \
                      FROM aggregation r JOIN source s ON s.id = r.source_id WHERE r.source_id = $3 \
                      ORDER BY r.started_at DESC, r.id DESC LIMIT $1 OFFSET $2";
}

row! {
    struct Row {
        id: String,
        source_id: String,
        source_name: String,
        actor: String,
        optimized: bool,
        state: String,
        reason: String,
        known_count: i64,
        read_count: i64,
        created_count: i64,
        changed_count: i64,
        removed_count: i64,
        uncorrelated_count: i64,
        identities_created: i64,
        identities_changed: i64,
        started_at: i64,
        ended_at: Option<i64>,
    }
}

/// An aggregation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: AggregationId,
    pub source_id: SourceId,
    pub source_name: String,
    /// Who started it.
    pub actor: String,
    /// Accounts that did not change were left alone.
    pub optimized: bool,
    pub state: AggregationState,
    /// Why it ended without success, for a person; empty otherwise.
    pub reason: String,
    /// Accounts that were known when it began.
    pub known: u64,
    pub counts: AggregationCounts,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

const TABLE: &str = "aggregation";

fn run(row: Row) -> Result<Run, StorageError> {
    let count = |number: i64| u64::try_from(number).map_err(|_| corrupt(TABLE, "a count"));
    Ok(Run {
        id: id(TABLE, &row.id)?,
        source_id: id(TABLE, &row.source_id)?,
        source_name: row.source_name,
        actor: row.actor,
        optimized: row.optimized,
        state: AggregationState::named(&row.state).ok_or_else(|| corrupt(TABLE, "state"))?,
        reason: row.reason,
        known: count(row.known_count)?,
        counts: AggregationCounts {
            read: count(row.read_count)?,
            created: count(row.created_count)?,
            changed: count(row.changed_count)?,
            removed: count(row.removed_count)?,
            uncorrelated: count(row.uncorrelated_count)?,
            identities_created: count(row.identities_created)?,
            identities_changed: count(row.identities_changed)?,
        },
        started_at: Timestamp(row.started_at),
        ended_at: row.ended_at.map(Timestamp),
    })
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Begins one.
///
/// # Errors
/// `Conflict` when one of the source is running.
pub async fn insert(tx: &mut Tx<'_>, run: &Run) -> Result<(), StorageError> {
    execute!(
        tx,
        INSERT,
        run.id.as_str(),
        run.source_id.as_str(),
        run.actor.as_str(),
        run.optimized,
        number(run.known),
        run.started_at.0
    )?;
    Ok(())
}

/// Notes how far it is; false when it was ended meanwhile, and then it must stop.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(
    tx: &mut Tx<'_>,
    run: &AggregationId,
    counts: &AggregationCounts,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let done = execute!(
        tx,
        PROGRESS,
        run.as_str(),
        number(counts.read),
        number(counts.created),
        number(counts.changed),
        number(counts.uncorrelated),
        number(counts.identities_created),
        number(counts.identities_changed),
        now.0
    )?;
    Ok(done == 1)
}

/// Ends it; false when it was ended already.
///
/// # Errors
/// When the database does not answer.
pub async fn finish(
    tx: &mut Tx<'_>,
    run: &AggregationId,
    state: AggregationState,
    reason: &str,
    removed: u64,
    now: Timestamp,
) -> Result<bool, StorageError> {
    Ok(execute!(tx, FINISH, run.as_str(), state.as_str(), reason, number(removed), now.0)? == 1)
}

/// Ends all that gave no sign of life since `before`; gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn interrupt(tx: &mut Tx<'_>, before: Timestamp, reason: &str, now: Timestamp) -> Result<u64, StorageError> {
    execute!(tx, INTERRUPT, before.0, now.0, reason)
}

/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, key: &AggregationId) -> Result<Option<Run>, StorageError> {
    fetch_optional!(tx, Row, ONE, key.as_str())?.map(run).transpose()
}

/// The latest first; of one source or of all.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    tx: &mut Tx<'_>,
    source: Option<&SourceId>,
    limit: u32,
    offset: u32,
) -> Result<Vec<Run>, StorageError> {
    let (limit, offset) = (i64::from(limit), i64::from(offset));
    let rows = match source {
        None => fetch_all!(tx, Row, LIST, limit, offset)?,
        Some(source) => fetch_all!(tx, Row, LIST_OF_SOURCE, limit, offset, source.as_str())?,
    };
    rows.into_iter().map(run).collect()
}
