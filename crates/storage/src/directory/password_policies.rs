use passwright_domain::canonical::canonical;
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::{PasswordPolicies, PasswordPolicy, PasswordPolicyKey};
use passwright_domain::timestamp::Timestamp;

use crate::collection::{Column, Listed};
use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO password_policy (id, name, name_key, is_default, body, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              name_key = excluded.name_key, is_default = excluded.is_default, body = excluded.body, \
              modified_at = excluded.modified_at";
    LIST = "SELECT id, body FROM password_policy ORDER BY name_key";
    SELECT = "SELECT password_policy.id, password_policy.body FROM password_policy";
    COUNT = "SELECT COUNT(*) FROM password_policy";
    DELETE = "DELETE FROM password_policy WHERE id = $1";
}

impl Listed for PasswordPolicies {
    type Row = (String, String);

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::PasswordPolicyId;

    fn column(key: PasswordPolicyKey) -> Column {
        match key {
            PasswordPolicyKey::Id => Column::PasswordPolicyId,
            PasswordPolicyKey::Name => Column::PasswordPolicyName,
        }
    }
}

/// A policy of a list.
///
/// # Errors
/// When a row does not read back.
pub fn read((key, body): (String, String)) -> Result<(PolicyId, PasswordPolicy), StorageError> {
    const TABLE: &str = "password_policy";
    Ok((id(TABLE, &key)?, from_json(TABLE, &body)?))
}

/// Deletes a policy; true when there was one.
///
/// # Errors
/// `Conflict` when a password group uses it.
pub async fn delete(tx: &mut Tx<'_>, key: &PolicyId) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE, key.as_str())? == 1)
}

/// Inserts or replaces a policy.
///
/// # Errors
/// `Conflict` when another policy has the name in its canonical form.
pub async fn upsert(
    tx: &mut Tx<'_>,
    key: &PolicyId,
    policy: &PasswordPolicy,
    now: Timestamp,
) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        key.as_str(),
        policy.name.as_str(),
        canonical(&policy.name),
        policy.default_policy,
        to_json(policy),
        now.0
    )?;
    Ok(())
}

/// All policies, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<(PolicyId, PasswordPolicy)>, StorageError> {
    fetch_all!(tx, (String, String), LIST)?.into_iter().map(read).collect()
}
