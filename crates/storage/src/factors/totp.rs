//! Authenticator apps. One is in force for an identity at a time.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use super::enrolled::changed;
use crate::recovery::right;
use crate::{StorageError, Tx, Write};

statements! {
    DELETE_PENDING = "DELETE FROM totp_factor WHERE identity_id = $1 AND confirmed_at IS NULL";
    INSERT = "INSERT INTO totp_factor (id, identity_id, sealed_seed, created_at, expires_at, last_step) \
              VALUES ($1, $2, $3, $4, $5, 0)";
    PENDING = "SELECT id, sealed_seed, last_step FROM totp_factor WHERE identity_id = $1 AND confirmed_at IS NULL \
              AND expires_at > $2 ORDER BY created_at DESC LIMIT 1";
    IN_FORCE = "SELECT id, sealed_seed, last_step FROM totp_factor WHERE identity_id = $1 \
              AND confirmed_at IS NOT NULL ORDER BY confirmed_at DESC LIMIT 1";
    CONFIRM = "UPDATE totp_factor SET confirmed_at = $3, last_step = $4 WHERE id = $1 AND identity_id = $2 \
              AND confirmed_at IS NULL AND expires_at > $3 RETURNING id";
    DELETE_OTHERS = "DELETE FROM totp_factor WHERE identity_id = $1 AND id <> $2";
    CONSUME = "UPDATE totp_factor SET last_step = $3 WHERE id = $1 AND identity_id = $2 \
              AND confirmed_at IS NOT NULL AND last_step < $3 RETURNING id";
}

/// A stored authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTotp {
    pub id: String,
    pub sealed_seed: String,
    /// No code of a step up to this one works.
    pub last_step: i64,
}

type Row = (String, String, i64);

fn totp((id, sealed_seed, last_step): Row) -> StoredTotp {
    StoredTotp { id, sealed_seed, last_step }
}

/// The authenticator in force.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_totp(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Option<StoredTotp>, StorageError> {
    Ok(fetch_optional!(tx, Row, IN_FORCE, identity.as_str())?.map(totp))
}

/// The one that was shown and can be confirmed still.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_pending_totp(
    tx: &mut Tx<'_>,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<Option<StoredTotp>, StorageError> {
    Ok(fetch_optional!(tx, Row, PENDING, identity.as_str(), now.0)?.map(totp))
}

/// An authenticator that is shown now; an earlier one that was not confirmed is gone.
pub struct StartTotp {
    pub id: String,
    pub identity_id: IdentityId,
    pub sealed_seed: String,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

impl Write for StartTotp {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let (id, identity, seed) = (self.id.as_str(), self.identity_id.as_str(), self.sealed_seed.as_str());
        execute!(tx, DELETE_PENDING, identity)?;
        execute!(tx, INSERT, id, identity, seed, self.now.0, self.expires_at.0)?;
        Ok(())
    }
}

/// Puts the shown authenticator into force, in the place of an earlier one.
pub struct ConfirmTotp {
    pub id: String,
    pub identity_id: IdentityId,
    /// Of the code it was confirmed with.
    pub step: i64,
    pub now: Timestamp,
    pub audit: AuditRecord,
    pub notice: Notice,
}

impl Write for ConfirmTotp {
    /// False when there is none to confirm any more.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (id, identity) = (self.id.as_str(), self.identity_id.as_str());
        if fetch_optional!(tx, (String,), CONFIRM, id, identity, self.now.0, self.step)?.is_none() {
            return Ok(false);
        }
        execute!(tx, DELETE_OTHERS, identity, id)?;
        changed(tx, &self.identity_id, &self.audit, &self.notice, self.now).await?;
        Ok(true)
    }
}

/// Uses up the codes of a time step and of those before. Exactly one caller gets true for a step.
pub struct ConsumeTotpStep {
    pub id: String,
    pub identity_id: IdentityId,
    pub step: i64,
    /// The answer, which counts as failed no longer.
    pub attempt: String,
}

impl Write for ConsumeTotpStep {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (id, identity) = (self.id.as_str(), self.identity_id.as_str());
        let won = fetch_optional!(tx, (String,), CONSUME, id, identity, self.step)?.is_some();
        if won {
            right(tx, &self.attempt).await?;
        }
        Ok(won)
    }
}
