//! The last look before a write: in one transaction the lease is renewed, "still the newest" is checked, and the
//! attempt is recorded, so that after a crash a possible write is known.

use std::time::Duration;

use passwright_domain::change::TargetState;
use passwright_domain::ids::AccountId;
use passwright_domain::timestamp::Timestamp;

use super::renew::renew;
use crate::{StorageError, Tx, Write};

statements! {
    // A newer target that the source confirmed, or whose change's first target accepted it, outranks this one. A newer
    // one with an unknown outcome must be resolved before an older may be written over it.
    NEWER = "SELECT COUNT(CASE WHEN state IN ('proved', 'confirmed') OR (ended_at IS NULL AND position > 0 \
             AND due_at IS NOT NULL) THEN 1 END), COUNT(CASE WHEN ended_at IS NULL AND maybe_written THEN 1 END) \
             FROM change_target WHERE account_id = $1 AND seq > $2";
    // An attempt of another change whose outcome is not known may still reach the system and overwrite this one.
    UNRESOLVED = "SELECT MAX(unresolved_until) FROM change_target WHERE account_id = $1 AND seq <> $2 \
             AND unresolved_until > $3";
    BEGIN = "UPDATE change_target SET state = $3, attempts = attempts + 1, maybe_written = TRUE, begun_at = $5, \
             begun_fence = $7, seen_changed_at = $6, restored = FALSE, unresolved_until = CASE WHEN unresolved_until > $4 THEN unresolved_until ELSE $4 END \
             WHERE account_id = $1 AND seq = $2 AND ended_at IS NULL";
}

/// Begins an attempt on a target of a held lane.
pub struct BeginWrite {
    pub account_id: AccountId,
    pub fence: i64,
    pub seq: i64,
    pub now: Timestamp,
    pub lease: Duration,
    /// When the lane was claimed, as the claim tells it: on the queue's clock, and before the look at the account. How long this
    /// statement was under way does not matter then.
    pub claimed_at: Timestamp,
    /// When the account's password had last been changed at the look, on the system's clock.
    pub seen: Option<Timestamp>,
    /// How long an attempt that is never heard of again (its worker died) may still reach the system.
    pub resolved_within: Duration,
}

/// Whether the attempt may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    Go,
    /// A newer change has taken this one's place.
    Outranked,
    /// Another change's write on this account is unresolved: not before this time, or, without one, not before it is resolved.
    Wait {
        until: Option<Timestamp>,
    },
}

impl Write for BeginWrite {
    type Output = Begun;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Begun, StorageError> {
        let account = self.account_id.as_str();
        let now = tx.now(self.now).await?;
        // A worker that was stopped for longer than its lease looked at the account too long ago.
        renew(tx, &self.account_id, self.fence, now, self.lease).await?;
        let newer = fetch_optional!(tx, (i64, i64), NEWER, account, self.seq)?;
        let (outranking, unresolved) = newer.unwrap_or_default();
        if outranking > 0 {
            return Ok(Begun::Outranked);
        }
        if unresolved > 0 {
            return Ok(Begun::Wait { until: None });
        }
        let other = fetch_optional!(tx, (Option<i64>,), UNRESOLVED, account, self.seq, self.claimed_at.0)?;
        let other = other.and_then(|(until,)| until);
        if let Some(until) = other.filter(|until| *until > now.0) {
            // In the caller's clock, as it was given.
            let until = Timestamp(until.saturating_sub(now.0).saturating_add(self.now.0));
            return Ok(Begun::Wait { until: Some(until) });
        }
        let resolved = (now + self.resolved_within).0;
        // An attempt of another change that could still reach the system at the claim may have done so after the look.
        let seen = self.seen.filter(|_| other.is_none()).map(|at| at.0);
        let state = TargetState::Writing.as_str();
        if execute!(tx, BEGIN, account, self.seq, state, resolved, now.0, seen, self.fence)? != 1 {
            return Err(StorageError::LeaseLost);
        }
        Ok(Begun::Go)
    }
}
