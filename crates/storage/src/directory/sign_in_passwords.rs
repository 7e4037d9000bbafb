//! The sign-in passwords of the built-in source, as hashes.

use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::recovery::generations;
use crate::{StorageError, Tx, Write, oauth_grants, sessions};

statements! {
    SET = "INSERT INTO sign_in_password (identity_id, hash, changed_at) VALUES ($1, $2, $3) \
           ON CONFLICT (identity_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    READ = "SELECT hash, changed_at FROM sign_in_password WHERE identity_id = $1";
}

/// Sets the hash of an identity's sign-in password, ends its sessions and the resets under way, and revokes what earlier sign-ins
/// gave to clients.
///
/// # Errors
/// `Conflict` when the identity does not exist.
pub async fn set(tx: &mut Tx<'_>, identity: &IdentityId, hash: &str, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, SET, identity.as_str(), hash, now.0)?;
    generations::raise(tx, identity).await?;
    sessions::end_of_changed(tx, identity, now).await?;
    oauth_grants::revoke_of_identity(tx, identity, now).await
}

/// The hash and when it was set.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Option<(String, Timestamp)>, StorageError> {
    Ok(fetch_optional!(tx, (String, i64), READ, identity.as_str())?.map(|(hash, at)| (hash, Timestamp(at))))
}

/// [`set`] as a write of its own.
pub struct SetSignInPassword {
    pub identity_id: IdentityId,
    pub hash: String,
    pub now: Timestamp,
}

impl Write for SetSignInPassword {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        set(tx, &self.identity_id, &self.hash, self.now).await
    }
}
