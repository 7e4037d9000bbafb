//! Password sync groups: sources that share one password and one policy.

mod create;
mod delete;
mod get;
mod list;
mod save;
mod update;

pub use passwright_storage::directory::password_groups::Stored as StoredPasswordGroup;

/// A group as it is asked for; the whole of it, absent means empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordGroupRequest {
    pub name: Option<String>,
    pub password_policy_id: Option<String>,
    /// In order: the first is written first.
    pub source_ids: Vec<String>,
}
