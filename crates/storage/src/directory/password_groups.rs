use passwright_domain::canonical::canonical;
use passwright_domain::directory::PasswordGroup;
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO password_group (id, name, name_key, policy_id, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              name_key = excluded.name_key, policy_id = excluded.policy_id, modified_at = excluded.modified_at";
    CLEAR_SOURCES = "DELETE FROM password_group_source WHERE group_id = $1";
    ADD_SOURCE = "INSERT INTO password_group_source (source_id, group_id, position) VALUES ($1, $2, $3)";
    LIST = "SELECT id, name, policy_id FROM password_group ORDER BY name_key";
    SOURCES = "SELECT group_id, source_id FROM password_group_source ORDER BY group_id, position";
}

/// Inserts or replaces a group and its sources.
///
/// # Errors
/// `Conflict` when another group has the name, or a source is in another group.
pub async fn upsert(tx: &mut Tx<'_>, group: &PasswordGroup, now: Timestamp) -> Result<(), StorageError> {
    let policy = group.policy_id.as_ref().map(passwright_domain::ids::PolicyId::as_str);
    execute!(tx, UPSERT, group.id.as_str(), group.name.as_str(), canonical(&group.name), policy, now.0)?;
    execute!(tx, CLEAR_SOURCES, group.id.as_str())?;
    for (position, source) in (0_i64..).zip(&group.source_ids) {
        execute!(tx, ADD_SOURCE, source.as_str(), group.id.as_str(), position)?;
    }
    Ok(())
}

/// All groups, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<PasswordGroup>, StorageError> {
    const TABLE: &str = "password_group";
    let members = fetch_all!(tx, (String, String), SOURCES)?;
    fetch_all!(tx, (String, String, Option<String>), LIST)?
        .into_iter()
        .map(|(key, name, policy)| {
            let sources = members.iter().filter(|(group, _)| *group == key).map(|(_, source)| id(TABLE, source));
            Ok(PasswordGroup {
                id: id(TABLE, &key)?,
                name,
                policy_id: policy.map(|p| id(TABLE, &p)).transpose()?,
                source_ids: sources.collect::<Result<_, _>>()?,
            })
        })
        .collect()
}
