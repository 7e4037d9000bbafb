//! Recording what became of an attempt; the end of the change, when it was the last one, in the same transaction.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::budget::PayloadBudget;
use passwright_domain::change::{
    ChangeState, Conclusion, EndReason, PayloadKind, TargetOutcome, TargetState, conclude, released_at,
};
use passwright_domain::delivery::Notice;
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId};
use passwright_domain::timestamp::Timestamp;

use crate::budgets::{WornKey, count_failure};
use crate::deliveries::publish;
use crate::rows::{corrupt, id, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    CHECK_FENCE = "SELECT fence FROM account WHERE id = $1";
    END_TARGET = "UPDATE change_target SET state = $3, reason = $4, maybe_written = FALSE, due_at = NULL, ended_at = $5, \
             unresolved_until = $6 WHERE account_id = $1 AND seq = $2 AND ended_at IS NULL";
    RETRY_TARGET = "UPDATE change_target SET state = $3, reason = $4, maybe_written = $5, due_at = $6, \
             attempts = $7, unresolved_until = $8, \
             seen_changed_at = CASE WHEN $9 THEN seen_changed_at ELSE $10 END WHERE account_id = $1 AND seq = $2 AND ended_at IS NULL";
    SUPERSEDE_OLDER = "UPDATE change_target SET state = 'superseded', reason = '', maybe_written = FALSE, \
             due_at = NULL, ended_at = $3 WHERE account_id = $1 AND seq < $2 AND ended_at IS NULL RETURNING change_id, position";
    POSTPONE_TARGET = "UPDATE change_target SET due_at = $3 WHERE account_id = $1 AND seq = $2 AND ended_at IS NULL";
    RELEASE_OTHERS = "UPDATE change_target SET due_at = $2 WHERE change_id = $1 AND position > 0 AND ended_at IS NULL \
             AND due_at IS NULL RETURNING account_id";
    END_OPEN = "UPDATE change_target SET state = $3, reason = $4, due_at = NULL, ended_at = $2 WHERE change_id = $1 \
             AND ended_at IS NULL RETURNING account_id";
    MAKE_READY = "UPDATE account SET ready_at = $2 WHERE id = $1 AND (ready_at IS NULL OR ready_at > $2)";
    TARGETS = "SELECT s.name, t.state, t.reason FROM change_target t JOIN account a ON a.id = t.account_id \
             JOIN source s ON s.id = a.source_id WHERE t.change_id = $1 ORDER BY t.position";
    // Two targets that end at the same moment must see each other's end, or neither would end the change.
    LOCK_CHANGE = "SELECT id FROM password_change WHERE id = $1 /* engine: postgresql */ FOR UPDATE";
    READ_CHANGE = "SELECT identity_id, rsa_key_id, accepted_at FROM password_change WHERE id = $1";
    END_CHANGE = "UPDATE password_change SET state = $2, errors = $3, ended_at = $4, released_at = $5, \
             wrapped_key = NULL, ciphertext = NULL WHERE id = $1 AND ended_at IS NULL";
    // A change accepted at this moment holds the lane's row. Only a statement that begins after it was let go sees the
    // change's target; the lane would be put to rest beside it.
    LOCK_LANE = "SELECT id FROM account WHERE id = $1 /* engine: postgresql */ FOR UPDATE";
    RELEASE_LANE = "UPDATE account SET lease_until = 0, ready_at = (SELECT MIN(due_at) FROM change_target \
             WHERE account_id = $1 AND ended_at IS NULL) WHERE id = $1 AND fence = $2";
}

/// Why the other targets of a change were left alone.
const FIRST_REFUSED: &str = "not tried because the first system did not take the password";

/// The failed attempt after which a change may take longer.
const MAY_TAKE_LONGER: i64 = 1;

/// What became of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The source holds the new password: `Proved` or `Confirmed`; the text says what could not be shown.
    Confirmed(TargetState, String),
    /// Final without success: `Refused`, `Failed` or `Superseded`.
    Ended(TargetState, String),
    /// To be tried again; `attempts` were made so far.
    Retry { at: Timestamp, reason: String, maybe_written: bool, attempts: i64, seen: Seen },
    /// Nothing was tried; the lane is given back and looked at again at this time.
    Postponed { at: Timestamp },
}

/// When the account's password had last been changed, on the system's clock, as far as we know what did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// As the attempt's beginning has it.
    AsBefore,
    /// As it was after our write was answered; `None` where it could not be read.
    At(Option<Timestamp>),
}

/// Records the outcome of an attempt and gives the lane back.
pub struct FinishTarget {
    pub account_id: AccountId,
    pub fence: i64,
    pub change_id: PasswordChangeId,
    pub seq: i64,
    pub position: i64,
    pub resolution: Resolution,
    /// How long the attempt may still reach the system, when its outcome is not known.
    pub unresolved_for: Option<Duration>,
    /// What the claim said of earlier attempts; their time does not shorten.
    pub earlier_unresolved: Option<Timestamp>,
    pub now: Timestamp,
    pub audit: Option<AuditRecord>,
}

impl Write for FinishTarget {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        let account = self.account_id.as_str();
        let unresolved = self.unresolved_until(now);
        match &self.resolution {
            Resolution::Confirmed(state, reason) => {
                self.end_target(tx, *state, reason, now).await?;
                for (change, position) in fetch_all!(tx, (String, i64), SUPERSEDE_OLDER, account, self.seq, now.0)? {
                    let change = id("change_target", &change)?;
                    // Without its first target the older change cannot go on anywhere.
                    if position == 0 {
                        end_open(tx, &change, TargetState::Superseded, "", now).await?;
                    }
                    end_if_complete(tx, &change, now).await?;
                }
                if self.position == 0 {
                    self.release_others(tx, now).await?;
                }
                end_if_complete(tx, &self.change_id, now).await?;
            }
            Resolution::Ended(state, reason) => {
                self.end_target(tx, *state, reason, now).await?;
                if self.position == 0 {
                    let (others, because) = match state {
                        TargetState::Superseded => (TargetState::Superseded, ""),
                        _ => (TargetState::NotAttempted, FIRST_REFUSED),
                    };
                    end_open(tx, &self.change_id, others, because, now).await?;
                }
                end_if_complete(tx, &self.change_id, now).await?;
            }
            Resolution::Retry { at, reason, maybe_written, attempts, seen } => {
                let (state, at) = (TargetState::Retrying.as_str(), shifted(*at, self.now, now).0);
                let seen_at = match seen {
                    Seen::AsBefore => None,
                    Seen::At(at) => at.map(|at| at.0),
                };
                execute!(
                    tx,
                    RETRY_TARGET,
                    account,
                    self.seq,
                    state,
                    reason.as_str(),
                    *maybe_written,
                    at,
                    *attempts,
                    unresolved,
                    *seen == Seen::AsBefore,
                    seen_at
                )?;
                self.tell_retry(tx, Timestamp(at), now).await?;
            }
            Resolution::Postponed { at } => {
                execute!(tx, POSTPONE_TARGET, account, self.seq, shifted(*at, self.now, now).0)?;
            }
        }
        if let Some(record) = &self.audit {
            audit::insert(tx, record).await?;
        }
        release_lane(tx, account, self.fence).await
    }
}

impl FinishTarget {
    fn unresolved_until(&self, now: Timestamp) -> Option<i64> {
        let of_this = self.unresolved_for.map(|window| now + window);
        of_this.max(self.earlier_unresolved).filter(|until| *until > now).map(|until| until.0)
    }

    async fn end_target(
        &self,
        tx: &mut Tx<'_>,
        state: TargetState,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let unresolved = self.unresolved_until(now);
        let (account, state) = (self.account_id.as_str(), state.as_str());
        let ended = execute!(tx, END_TARGET, account, self.seq, state, reason, now.0, unresolved)?;
        if ended != 1 {
            return Err(StorageError::LeaseLost);
        }
        publish(tx, &Notice::target_ended(&self.change_id, self.position, now), now).await
    }

    /// Tells of an attempt that will be made again; the person it concerns too, if it is not done soon.
    async fn tell_retry(&self, tx: &mut Tx<'_>, at: Timestamp, now: Timestamp) -> Result<(), StorageError> {
        let Resolution::Retry { reason, maybe_written, attempts, .. } = &self.resolution else { return Ok(()) };
        let change = &self.change_id;
        let again = Notice::target_retrying(change, self.position, *attempts, reason, *maybe_written, at, now);
        publish(tx, &again, now).await?;
        if *attempts != MAY_TAKE_LONGER {
            return Ok(());
        }
        let identity = read_change(tx, change).await?.identity_id;
        publish(tx, &Notice::change_delayed(change, identity, now), now).await
    }

    async fn release_others(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StorageError> {
        let mut accounts = fetch_all!(tx, (String,), RELEASE_OTHERS, self.change_id.as_str(), now.0)?;
        accounts.sort();
        for (account,) in accounts {
            make_ready(tx, &account, now).await?;
        }
        Ok(())
    }
}

/// Ends a change whose payload turned out not to be an acceptable password; no target was touched by it.
pub struct FailChange {
    pub account_id: AccountId,
    pub fence: i64,
    pub change_id: PasswordChangeId,
    pub reason: EndReason,
    pub errors: Vec<String>,
    pub now: Timestamp,
    pub audit: AuditRecord,
    /// Counts the failure against this budget.
    pub counted: Option<PayloadBudget>,
}

impl Write for FailChange {
    /// The key that the failure was counted for, when that is worth a word; an audit record says so too.
    type Output = Option<WornKey>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Option<WornKey>, StorageError> {
        let now = tx.now(self.now).await?;
        let account = self.account_id.as_str();
        let fence = fetch_optional!(tx, (i64,), CHECK_FENCE, account)?;
        if fence != Some((self.fence,)) {
            return Err(StorageError::LeaseLost);
        }
        end_open(tx, &self.change_id, TargetState::NotAttempted, "not tried because the password is not valid", now)
            .await?;
        let conclusion = Conclusion { state: ChangeState::Failed, reason: self.reason, errors: self.errors.clone() };
        end_change(tx, &self.change_id, &conclusion, now).await?;
        audit::insert(tx, &self.audit).await?;
        release_lane(tx, account, self.fence).await?;
        // Last: every failure under the key waits for this row.
        let Some(budget) = &self.counted else { return Ok(None) };
        let worn = count_failure(tx, &self.change_id, budget, now).await?;
        if let Some(worn) = &worn {
            audit::insert(tx, &self.key_record(worn)).await?;
        }
        Ok(worn)
    }
}

impl FailChange {
    /// It lies beside the record of the change that was one too many.
    fn key_record(&self, worn: &WornKey) -> AuditRecord {
        AuditRecord {
            id: format!("{}.key", self.audit.id),
            event: worn.wear.event(),
            object: format!("rsa_key:{}", worn.id),
            detail: format!("{} payload failures under the key, of all principals", worn.failures),
            ..self.audit.clone()
        }
    }
}

/// Gives a lane back without having tried anything.
pub struct ReleaseLane {
    pub account_id: AccountId,
    pub fence: i64,
}

impl Write for ReleaseLane {
    type Output = ();
    const SYNCED: bool = false;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        release_lane(tx, self.account_id.as_str(), self.fence).await
    }
}

/// Moves a time of the caller's clock to the database's.
fn shifted(at: Timestamp, local_now: Timestamp, now: Timestamp) -> Timestamp {
    Timestamp(at.0.saturating_add(now.0.saturating_sub(local_now.0)))
}

/// The lane is due now, if it was not before.
pub(super) async fn make_ready(tx: &mut Tx<'_>, account: &str, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, MAKE_READY, account, now.0)?;
    Ok(())
}

async fn end_open(
    tx: &mut Tx<'_>,
    change: &PasswordChangeId,
    state: TargetState,
    reason: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    // A lane that was ready for one of them is claimed once more, found empty and given back.
    fetch_all!(tx, (String,), END_OPEN, change.as_str(), now.0, state.as_str(), reason)?;
    Ok(())
}

pub(super) async fn end_if_complete(
    tx: &mut Tx<'_>,
    change: &PasswordChangeId,
    now: Timestamp,
) -> Result<(), StorageError> {
    if let Tx::Postgres(c) = tx {
        sqlx::query(LOCK_CHANGE).bind(change.as_str()).execute(&mut **c).await?;
    }
    let rows = fetch_all!(tx, (String, String, String), TARGETS, change.as_str())?;
    let targets = rows
        .into_iter()
        .map(|(source_name, state, reason)| {
            let state = TargetState::parse(&state).ok_or_else(|| corrupt("change_target", "state"))?;
            Ok(TargetOutcome { source_name, state, reason })
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    match conclude(&targets) {
        Some(conclusion) => end_change(tx, change, &conclusion, now).await,
        None => Ok(()),
    }
}

/// Ends the change and erases its waiting password.
async fn end_change(
    tx: &mut Tx<'_>,
    change: &PasswordChangeId,
    conclusion: &Conclusion,
    now: Timestamp,
) -> Result<(), StorageError> {
    let facts = read_change(tx, change).await?;
    let released = released_at(conclusion.reason, &facts.kind, facts.accepted_at, now);
    let ended = execute!(
        tx,
        END_CHANGE,
        change.as_str(),
        conclusion.state.as_str(),
        to_json(&conclusion.errors),
        now.0,
        released.0
    )?;
    if ended == 0 {
        return Ok(());
    }
    // What a newer change replaced is told by that one.
    let mail_to = (conclusion.reason != EndReason::Superseded).then_some(facts.identity_id);
    publish(tx, &Notice::change_ended(change, mail_to, released), now).await
}

struct ChangeFacts {
    identity_id: IdentityId,
    kind: PayloadKind,
    accepted_at: Timestamp,
}

async fn read_change(tx: &mut Tx<'_>, change: &PasswordChangeId) -> Result<ChangeFacts, StorageError> {
    const TABLE: &str = "password_change";
    let row = fetch_optional!(tx, (String, Option<String>, i64), READ_CHANGE, change.as_str())?;
    let (identity, key, accepted_at) = row.ok_or_else(|| corrupt(TABLE, "a target without its change"))?;
    let kind = match key {
        Some(key) => PayloadKind::Rsa(id(TABLE, &key)?),
        None => PayloadKind::Direct,
    };
    Ok(ChangeFacts { identity_id: id(TABLE, &identity)?, kind, accepted_at: Timestamp(accepted_at) })
}

async fn release_lane(tx: &mut Tx<'_>, account: &str, fence: i64) -> Result<(), StorageError> {
    if let Tx::Postgres(c) = tx {
        sqlx::query(LOCK_LANE).bind(account).execute(&mut **c).await?;
    }
    if execute!(tx, RELEASE_LANE, account, fence)? == 1 { Ok(()) } else { Err(StorageError::LeaseLost) }
}
