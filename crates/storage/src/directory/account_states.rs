//! What was last seen of an account at its source, and whose somebody says it is.

use passwright_domain::ids::{AccountId, IdentityId};
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx};

statements! {
    SET = "UPDATE account SET disabled = $2, locked = $3, modified_at = $4 WHERE id = $1";
    LANE = "SELECT next_seq, (SELECT COUNT(*) FROM change_target WHERE change_target.account_id = account.id \
            AND change_target.ended_at IS NULL) FROM account WHERE id = $1";
    LINK = "UPDATE account SET identity_id = $2, manually_correlated = TRUE, modified_at = $3 WHERE id = $1 \
            AND next_seq = $4";
}

/// Keeps the state of an account; true when there is such an account.
///
/// # Errors
/// When the database does not answer.
pub async fn set(
    tx: &mut Tx<'_>,
    key: &AccountId,
    disabled: bool,
    locked: bool,
    now: Timestamp,
) -> Result<bool, StorageError> {
    Ok(execute!(tx, SET, key.as_str(), disabled, locked, now.0)? == 1)
}

/// Gives an account to an identity; false when there is no such account or a change of it is under way. A change that is
/// accepted at the same moment has taken the next sequence number.
///
/// # Errors
/// When the database does not answer.
pub async fn link(
    tx: &mut Tx<'_>,
    key: &AccountId,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    match fetch_optional!(tx, (i64, i64), LANE, key.as_str())? {
        Some((next, 0)) => Ok(execute!(tx, LINK, key.as_str(), identity.as_str(), now.0, next)? == 1),
        _ => Ok(false),
    }
}
