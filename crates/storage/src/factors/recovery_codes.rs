//! Recovery codes, as digests.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use super::enrolled::changed;
use crate::deliveries::publish;
use crate::recovery::right;
use crate::{StorageError, Tx, Write};

statements! {
    DELETE = "DELETE FROM recovery_code WHERE identity_id = $1";
    INSERT = "INSERT INTO recovery_code (identity_id, digest, created_at) VALUES ($1, $2, $3)";
    CONSUME = "UPDATE recovery_code SET used_at = $3 WHERE identity_id = $1 AND digest = $2 AND used_at IS NULL \
               RETURNING digest";
}

/// New codes in the place of all earlier ones.
pub struct ReplaceRecoveryCodes {
    pub identity_id: IdentityId,
    pub digests: Vec<String>,
    pub now: Timestamp,
    pub audit: AuditRecord,
    pub notice: Notice,
}

impl Write for ReplaceRecoveryCodes {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, DELETE, self.identity_id.as_str())?;
        for digest in &self.digests {
            execute!(tx, INSERT, self.identity_id.as_str(), digest.as_str(), self.now.0)?;
        }
        changed(tx, &self.identity_id, &self.audit, &self.notice, self.now).await
    }
}

/// Uses a code up and tells the person. Exactly one caller gets true.
pub struct ConsumeRecoveryCode {
    /// Of nobody: the digest is in no row.
    pub identity_id: Option<IdentityId>,
    pub digest: String,
    /// The answer, which counts as failed no longer.
    pub attempt: String,
    pub now: Timestamp,
    pub notice: Notice,
}

impl Write for ConsumeRecoveryCode {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let identity = self.identity_id.as_ref().map_or("", IdentityId::as_str);
        let won = fetch_optional!(tx, (String,), CONSUME, identity, self.digest.as_str(), self.now.0)?.is_some();
        if won {
            right(tx, &self.attempt).await?;
            let now = tx.now(self.now).await?;
            publish(tx, &self.notice, now).await?;
        }
        Ok(won)
    }
}
