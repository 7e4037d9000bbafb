//! Accepting a change: fence, change, sequence numbers, targets and audit record in one transaction.

use passwright_domain::audit::AuditRecord;
use passwright_domain::change::{ChangeState, NewChange, PayloadKind, TargetState};
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::{id, to_json};
use crate::{StorageError, Tx, Write, audit, notify};

statements! {
    INSERT_FENCE = "INSERT INTO ciphertext_fence (rsa_key_id, digest, actor, identity_id) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (rsa_key_id, digest) DO NOTHING";
    READ_FENCE = "SELECT actor, identity_id FROM ciphertext_fence WHERE rsa_key_id = $1 AND digest = $2";
    INSERT_USE = "INSERT INTO ciphertext_use (rsa_key_id, digest, account_id, change_id) VALUES ($1, $2, $3, $4) \
                  ON CONFLICT (rsa_key_id, digest, account_id) DO NOTHING";
    READ_USE = "SELECT change_id FROM ciphertext_use WHERE rsa_key_id = $1 AND digest = $2 AND account_id = $3";
    INSERT_CHANGE = "INSERT INTO password_change (id, identity_id, named_account_id, actor, tracking_id, accepted_at, \
                     state, errors, source_ids, payload_kind, rsa_key_id, epoch, wrapped_key, ciphertext, \
                     unlock_account) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', $8, $9, $10, $11, $12, $13, $14)";
    TAKE_SEQ = "UPDATE account SET next_seq = next_seq + 1, ready_at = CASE WHEN $2 < 0 THEN ready_at \
                WHEN ready_at IS NULL OR ready_at > $2 THEN $2 ELSE ready_at END WHERE id = $1 RETURNING next_seq";
    INSERT_TARGET = "INSERT INTO change_target (account_id, seq, change_id, position, state, reason, attempts, due_at, \
                     maybe_written) VALUES ($1, $2, $3, $4, $5, '', 0, $6, FALSE)";
}

/// Accepts a change, or finds the one that the same ciphertext made before.
pub struct AcceptChange {
    pub change: NewChange,
    pub audit: AuditRecord,
}

/// The accepted change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub id: PasswordChangeId,
    /// False when the ciphertext was seen before and nothing was written.
    pub is_new: bool,
}

impl Write for AcceptChange {
    type Output = Accepted;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Accepted, StorageError> {
        if let Some(first) = self.pass_fence(tx).await? {
            return Ok(Accepted { id: first, is_new: false });
        }
        let change = &self.change;
        // As all times of a change, so that nodes whose clocks differ agree on it.
        let now = tx.now(change.accepted_at).await?;
        self.insert_change(tx, now).await?;
        // Accounts are locked in id order, so two changes of one group cannot wait for each other.
        let mut targets: Vec<_> = change.targets.iter().enumerate().collect();
        targets.sort_by(|a, b| a.1.account_id.cmp(&b.1.account_id));
        for (position, target) in targets {
            let due_at = (position == 0).then_some(now.0);
            let account = target.account_id.as_str();
            let row = fetch_optional!(tx, (i64,), TAKE_SEQ, account, due_at.unwrap_or(-1))?;
            let Some((seq,)) = row else { return Err(StorageError::Conflict("account".to_owned())) };
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            let waiting = TargetState::Waiting.as_str();
            execute!(tx, INSERT_TARGET, account, seq, change.id.as_str(), position, waiting, due_at)?;
        }
        audit::insert(tx, &self.audit).await?;
        notify::ring(tx).await?;
        Ok(Accepted { id: change.id.clone(), is_new: true })
    }
}

impl AcceptChange {
    /// Gives the earlier change when this ciphertext was used for this account before.
    async fn pass_fence(&self, tx: &mut Tx<'_>) -> Result<Option<PasswordChangeId>, StorageError> {
        let change = &self.change;
        let (PayloadKind::Rsa(key), Some(digest)) = (&change.payload.kind, &change.ciphertext_digest) else {
            return Ok(None);
        };
        let (key, digest) = (key.as_str(), digest.as_str());
        let (actor, identity) = (change.actor.as_str(), change.identity_id.as_str());
        let account = change.named_account_id.as_str();
        if execute!(tx, INSERT_FENCE, key, digest, actor, identity)? == 0 {
            let owner = fetch_optional!(tx, (String, String), READ_FENCE, key, digest)?;
            if owner.is_none_or(|(a, i)| a != actor || i != identity) {
                return Err(StorageError::CiphertextTaken);
            }
        }
        if execute!(tx, INSERT_USE, key, digest, account, change.id.as_str())? == 1 {
            return Ok(None);
        }
        let row = fetch_optional!(tx, (String,), READ_USE, key, digest, account)?;
        row.map(|(first,)| id("ciphertext_use", &first)).transpose()
    }

    async fn insert_change(&self, tx: &mut Tx<'_>, accepted_at: Timestamp) -> Result<(), StorageError> {
        let change = &self.change;
        let source_ids: Vec<&str> = change.targets.iter().map(|t| t.source_id.as_str()).collect();
        let (kind, key) = match &change.payload.kind {
            PayloadKind::Rsa(key) => ("rsa", Some(key.as_str())),
            PayloadKind::Direct => ("direct", None),
        };
        execute!(
            tx,
            INSERT_CHANGE,
            change.id.as_str(),
            change.identity_id.as_str(),
            change.named_account_id.as_str(),
            change.actor.as_str(),
            change.tracking_id.as_str(),
            accepted_at.0,
            ChangeState::InProgress.as_str(),
            to_json(&source_ids),
            kind,
            key,
            change.payload.epoch,
            change.payload.wrapped_key.as_str(),
            change.payload.ciphertext.as_str(),
            change.unlock,
        )?;
        Ok(())
    }
}
