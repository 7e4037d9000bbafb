use passwright_domain::canonical::canonical;
use passwright_domain::collection::Collection;
use passwright_domain::directory::{PasswordGroup, PasswordGroupKey, PasswordGroups};
use passwright_domain::ids::PasswordGroupId;
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO password_group (id, name, name_key, policy_id, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              name_key = excluded.name_key, policy_id = excluded.policy_id, modified_at = excluded.modified_at";
    CLEAR_SOURCES = "DELETE FROM password_group_source WHERE group_id = $1";
    ADD_SOURCE = "INSERT INTO password_group_source (source_id, group_id, position) VALUES ($1, $2, $3)";
    SELECT = "SELECT password_group.id, password_group.name, password_group.policy_id, password_group.created_at, \
              password_group.modified_at FROM password_group";
    COUNT = "SELECT COUNT(*) FROM password_group";
    DELETE = "DELETE FROM password_group WHERE id = $1";
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

impl Listed for PasswordGroups {
    type Row = (String, String, Option<String>, i64, i64);

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::PasswordGroupId;

    fn column(key: PasswordGroupKey) -> Column {
        match key {
            PasswordGroupKey::Id => Column::PasswordGroupId,
            PasswordGroupKey::Name => Column::PasswordGroupName,
            PasswordGroupKey::PolicyId => Column::PasswordGroupPolicyId,
        }
    }
}

/// A group with the times its row was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub group: PasswordGroup,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

/// A part of the groups, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    tx: &mut Tx<'_>,
    wanted: &Collection<PasswordGroups>,
) -> Result<(Vec<Stored>, Option<u64>), StorageError> {
    const TABLE: &str = "password_group";
    let (rows, total) = collection::list(tx, wanted).await?;
    let members = fetch_all!(tx, (String, String), SOURCES)?;
    let stored = rows.into_iter().map(|(key, name, policy, created_at, modified_at)| {
        let sources = members.iter().filter(|(group, _)| *group == key).map(|(_, source)| id(TABLE, source));
        let group = PasswordGroup {
            id: id(TABLE, &key)?,
            name,
            policy_id: policy.map(|p| id(TABLE, &p)).transpose()?,
            source_ids: sources.collect::<Result<_, _>>()?,
        };
        Ok(Stored { group, created_at: Timestamp(created_at), modified_at: Timestamp(modified_at) })
    });
    Ok((stored.collect::<Result<_, StorageError>>()?, total))
}

/// All groups, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<PasswordGroup>, StorageError> {
    let (stored, _) = page(tx, &Collection::whole()).await?;
    Ok(stored.into_iter().map(|stored| stored.group).collect())
}

/// Deletes a group; true when there was one. Its sources are in none then.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx<'_>, key: &PasswordGroupId) -> Result<bool, StorageError> {
    execute!(tx, CLEAR_SOURCES, key.as_str())?;
    Ok(execute!(tx, DELETE, key.as_str())? == 1)
}
