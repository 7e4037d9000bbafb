//! The generation of an identity's credentials: proofs and grants of an earlier one are worth nothing.

use passwright_domain::ids::IdentityId;

use crate::{StorageError, Tx};

statements! {
    READ = "SELECT generation FROM credential_generation WHERE identity_id = $1";
    RAISE = "INSERT INTO credential_generation (identity_id, generation) VALUES ($1, 1) \
             ON CONFLICT (identity_id) DO UPDATE SET generation = credential_generation.generation + 1";
    // One statement, so that of two who have the same generation one gets past it.
    RAISE_FROM = "INSERT INTO credential_generation (identity_id, generation) VALUES ($1, CAST($2 AS BIGINT) + 1) \
             ON CONFLICT (identity_id) DO UPDATE SET generation = excluded.generation \
             WHERE credential_generation.generation = CAST($2 AS BIGINT) RETURNING generation";
}

/// The generation of now; 0 for an identity whose credentials never changed.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<i64, StorageError> {
    Ok(fetch_optional!(tx, (i64,), READ, identity.as_str())?.map_or(0, |(generation,)| generation))
}

/// Ends the worth of what was proved before; part of the transaction that changes a credential.
///
/// # Errors
/// When the database does not answer.
pub async fn raise(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<(), StorageError> {
    execute!(tx, RAISE, identity.as_str())?;
    Ok(())
}

/// [`raise`] if the generation is `from` still; false: it is not, and nothing was written.
pub(crate) async fn raise_from(tx: &mut Tx<'_>, identity: &IdentityId, from: i64) -> Result<bool, StorageError> {
    Ok(fetch_optional!(tx, (i64,), RAISE_FROM, identity.as_str(), from)?.is_some())
}
