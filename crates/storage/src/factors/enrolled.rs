//! Which factors an identity has, and their end.

use std::collections::BTreeSet;

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::factors::Factor;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::deliveries::publish;
use crate::recovery::generations;
use crate::{StorageError, Tx, Write, audit};

statements! {
    COUNT = "SELECT (SELECT COUNT(*) FROM totp_factor WHERE identity_id = $1 AND confirmed_at IS NOT NULL) AS totp, \
             (SELECT COUNT(*) FROM recovery_code WHERE identity_id = $1 AND used_at IS NULL) AS codes, \
             (SELECT COUNT(*) FROM passkey WHERE identity_id = $1) AS passkeys";
    DELETE_TOTP = "DELETE FROM totp_factor WHERE identity_id = $1 AND confirmed_at IS NOT NULL RETURNING id";
    DELETE_CODES = "DELETE FROM recovery_code WHERE identity_id = $1 RETURNING digest";
    DELETE_PASSKEYS = "DELETE FROM passkey WHERE identity_id = $1 RETURNING credential_id";
}

/// What an identity has enrolled. Recovery codes that are all used are none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolled {
    pub factors: BTreeSet<Factor>,
    pub recovery_codes_left: i64,
}

/// # Errors
/// When the database does not answer.
pub async fn enrolled(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Enrolled, StorageError> {
    let (totp, codes, passkeys) = fetch_optional!(tx, (i64, i64, i64), COUNT, identity.as_str())?.unwrap_or_default();
    let factors = [(Factor::Totp, totp), (Factor::RecoveryCodes, codes), (Factor::Passkey, passkeys)];
    let factors = factors.into_iter().filter(|(_, count)| *count > 0).map(|(factor, _)| factor).collect();
    Ok(Enrolled { factors, recovery_codes_left: codes })
}

/// What every change of a factor does besides: it ends what was proved before, is recorded, and is told to the person.
pub(crate) async fn changed(
    tx: &mut Tx<'_>,
    identity: &IdentityId,
    record: &AuditRecord,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), StorageError> {
    generations::raise(tx, identity).await?;
    audit::insert(tx, record).await?;
    let now = tx.now(now).await?;
    publish(tx, notice, now).await
}

/// Removes a factor.
pub struct RemoveFactor {
    pub identity_id: IdentityId,
    pub factor: Factor,
    pub now: Timestamp,
    pub audit: AuditRecord,
    pub notice: Notice,
}

impl Write for RemoveFactor {
    /// False when there was none.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let statement = match self.factor {
            Factor::Totp => DELETE_TOTP,
            Factor::RecoveryCodes => DELETE_CODES,
            Factor::Passkey => DELETE_PASSKEYS,
        };
        if fetch_all!(tx, (String,), statement, self.identity_id.as_str())?.is_empty() {
            return Ok(false);
        }
        changed(tx, &self.identity_id, &self.audit, &self.notice, self.now).await?;
        Ok(true)
    }
}
