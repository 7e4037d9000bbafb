//! People who gave the right password and have a factor to show yet. Of the secret in a cookie only its digest is kept; each opens
//! one session, and none once the credentials changed.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::recovery::generations;
use crate::rows::id;
use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT = "INSERT INTO half_sign_in (digest, identity_id, generation, expires_at) VALUES ($1, $2, $3, $4)";
    LOOKUP = "SELECT identity_id, generation FROM half_sign_in WHERE digest = $1 AND expires_at > $2";
    USE = "DELETE FROM half_sign_in WHERE digest = $1 AND identity_id = $2 AND expires_at > $3 RETURNING generation";
    END_ALL = "DELETE FROM half_sign_in WHERE identity_id = $1";
    FORGET = "DELETE FROM half_sign_in WHERE expires_at <= $1";
}

/// Whose it is, while it can be completed.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, digest: &str, now: Timestamp) -> Result<Option<IdentityId>, StorageError> {
    let Some((identity, generation)) = fetch_optional!(tx, (String, i64), LOOKUP, digest, now.0)? else {
        return Ok(None);
    };
    let identity: IdentityId = id("half_sign_in", &identity)?;
    let goes_on = generations::lookup(tx, &identity).await? == generation;
    Ok(goes_on.then_some(identity))
}

/// Uses it up, part of the transaction that opens the session. False: it was used, is over, or the credentials changed.
pub(crate) async fn complete(
    tx: &mut Tx<'_>,
    digest: &str,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let used = fetch_optional!(tx, (i64,), USE, digest, identity.as_str(), now.0)?;
    let Some((generation,)) = used else { return Ok(false) };
    Ok(generations::lookup(tx, identity).await? == generation)
}

/// Ends those of an identity whose sign-in password changes; part of that transaction.
pub(crate) async fn end_of_identity(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<(), StorageError> {
    execute!(tx, END_ALL, identity.as_str())?;
    Ok(())
}

/// The right password was given.
pub struct BeginHalfSignIn {
    pub digest: String,
    pub identity_id: IdentityId,
    pub now: Timestamp,
    pub expires_at: Timestamp,
    pub audit: AuditRecord,
}

impl Write for BeginHalfSignIn {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, FORGET, self.now.0)?;
        let generation = generations::lookup(tx, &self.identity_id).await?;
        let (digest, identity) = (self.digest.as_str(), self.identity_id.as_str());
        execute!(tx, INSERT, digest, identity, generation, self.expires_at.0)?;
        audit::insert(tx, &self.audit).await
    }
}
