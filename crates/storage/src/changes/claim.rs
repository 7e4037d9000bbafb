//! Claiming lanes: accounts with a due target and no live lease.

use std::time::Duration;

use passwright_domain::change::{Lane, OpenTarget, PayloadKind, SealedPayload, TargetState};
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::{corrupt, from_json, id};
use crate::{StorageError, Tx, Write};

statements! {
    CLAIM = "WITH due AS MATERIALIZED (SELECT id FROM account WHERE source_id = $4 AND ready_at <= $1 AND lease_until <= $1 \
             ORDER BY ready_at, id LIMIT $2) \
             UPDATE account SET lease_until = $3, fence = fence + 1 WHERE id IN (SELECT id FROM due) RETURNING id, fence";
    CLAIM_SKIP_LOCKED = "WITH due AS MATERIALIZED (SELECT id FROM account WHERE source_id = $4 AND ready_at <= $1 AND lease_until <= $1 \
             ORDER BY ready_at, id LIMIT $2 /* engine: postgresql */ FOR UPDATE SKIP LOCKED) \
             UPDATE account SET lease_until = $3, fence = fence + 1 WHERE id IN (SELECT id FROM due) RETURNING id, fence";
    DUE_TARGETS = "SELECT t.seq, t.position, t.state, t.attempts, t.due_at, t.maybe_written, t.unresolved_until, t.begun_fence, t.seen_changed_at, t.restored, \
             (SELECT MAX(o.begun_at) FROM change_target o WHERE o.account_id = t.account_id AND o.seq > t.seq - 64 \
             AND o.seq <> t.seq) AS others_begun_at, \
             (SELECT MAX(o.begun_fence) FROM change_target o WHERE o.account_id = t.account_id AND o.seq > t.seq - 64 \
             AND o.seq <> t.seq) AS others_begun_fence, c.id AS change_id, \
             c.identity_id, c.named_account_id, c.unlock_account, c.actor, c.tracking_id, c.accepted_at, c.source_ids, c.payload_kind, \
             c.rsa_key_id, c.epoch, c.wrapped_key, c.ciphertext \
             FROM change_target t JOIN password_change c ON c.id = t.change_id \
             WHERE t.account_id = $1 AND t.ended_at IS NULL AND t.due_at <= $2 ORDER BY t.seq DESC LIMIT 8";
    VOID_LEASES = "UPDATE account SET lease_until = 0 WHERE lease_until > 0";
}

/// Claims lanes for `lease`: of each source up to as many as stand with it, the longest due first. A lane comes with its
/// newest due targets, newest first.
pub struct ClaimLanes {
    pub now: Timestamp,
    pub sources: Vec<(SourceId, i64)>,
    pub lease: Duration,
}

impl Write for ClaimLanes {
    type Output = Vec<Lane>;
    const SYNCED: bool = false;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Vec<Lane>, StorageError> {
        let now = tx.now(self.now).await?;
        let claim = match tx {
            Tx::Sqlite(_) => CLAIM,
            Tx::Postgres(_) => CLAIM_SKIP_LOCKED,
        };
        let until = (now + self.lease).0;
        let mut lanes = Vec::new();
        for (source, most) in &self.sources {
            for (account, fence) in fetch_all!(tx, (String, i64), claim, now.0, *most, until, source.as_str())? {
                let rows = fetch_all!(tx, Row, DUE_TARGETS, account.as_str(), now.0)?;
                let targets = rows.into_iter().map(OpenTarget::try_from).collect::<Result<_, _>>()?;
                let account_id = id("account", &account)?;
                lanes.push(Lane { account_id, source_id: source.clone(), fence, claimed_at: now, targets });
            }
        }
        Ok(lanes)
    }
}

/// Ends every lease: one process owns the database and has just started, so no worker is left from before.
pub struct VoidLeases;

impl Write for VoidLeases {
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        execute!(tx, VOID_LEASES)
    }
}

row! {
    struct Row {
        seq: i64,
        position: i64,
        state: String,
        attempts: i64,
        due_at: Option<i64>,
        maybe_written: bool,
        unresolved_until: Option<i64>,
        begun_fence: Option<i64>,
        seen_changed_at: Option<i64>,
        restored: bool,
        others_begun_at: Option<i64>,
        others_begun_fence: Option<i64>,
        change_id: String,
        identity_id: String,
        named_account_id: String,
        unlock_account: bool,
        actor: String,
        tracking_id: String,
        accepted_at: i64,
        source_ids: String,
        payload_kind: String,
        rsa_key_id: Option<String>,
        epoch: i64,
        wrapped_key: Option<String>,
        ciphertext: Option<String>,
    }
}

impl TryFrom<Row> for OpenTarget {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        const TABLE: &str = "password_change";
        let kind = match (row.payload_kind.as_str(), &row.rsa_key_id) {
            ("rsa", Some(key)) => PayloadKind::Rsa(id(TABLE, key)?),
            ("direct", None) => PayloadKind::Direct,
            _ => return Err(corrupt(TABLE, "payload_kind")),
        };
        Ok(Self {
            change_id: id(TABLE, &row.change_id)?,
            identity_id: id(TABLE, &row.identity_id)?,
            actor: row.actor,
            tracking_id: row.tracking_id,
            accepted_at: Timestamp(row.accepted_at),
            payload: SealedPayload {
                kind,
                epoch: row.epoch,
                wrapped_key: row.wrapped_key.ok_or_else(|| corrupt(TABLE, "an open change without a payload"))?,
                ciphertext: row.ciphertext.ok_or_else(|| corrupt(TABLE, "an open change without a payload"))?,
            },
            named_account_id: id(TABLE, &row.named_account_id)?,
            unlock: row.unlock_account,
            seq: row.seq,
            position: row.position,
            state: TargetState::parse(&row.state).ok_or_else(|| corrupt("change_target", "state"))?,
            attempts: row.attempts,
            due_at: row.due_at.map(Timestamp),
            maybe_written: row.maybe_written,
            unresolved_until: row.unresolved_until.map(Timestamp),
            begun_fence: row.begun_fence,
            seen: row.seen_changed_at.map(Timestamp),
            restored: row.restored,
            others_begun_at: row.others_begun_at.map(Timestamp),
            others_begun_fence: row.others_begun_fence,
            source_ids: from_json(TABLE, &row.source_ids)?,
        })
    }
}
