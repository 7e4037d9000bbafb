use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::{PasswordPolicy, first_fault};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::password_policies;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::Users;
use crate::edit::{Stop, checked_name, settled};
use crate::{Error, Fault};

/// Writes a policy as it is given; the service's own fields are kept or made.
pub(super) struct SavePolicy {
    pub(super) id: PolicyId,
    /// Whether it is a new one.
    pub(super) new: bool,
    pub(super) policy: PasswordPolicy,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

/// What can be said of a policy without looking at others; `apply` asks the same.
pub(super) fn checked(policy: PasswordPolicy) -> Result<PasswordPolicy, Error> {
    let name = checked_name("name", Some(policy.name.clone()))?;
    match first_fault(&policy) {
        Some(conflict) => Err(Error::bad(Fault::OutOfBounds, conflict.message)),
        None => Ok(PasswordPolicy { name, ..policy }),
    }
}

impl SavePolicy {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<PasswordPolicy, Stop> {
        let stored = password_policies::list(tx).await?;
        let old = stored.iter().find(|(id, _)| *id == self.id).map(|(_, policy)| policy);
        if old.is_none() && !self.new {
            return Err(Error::NotFound.into());
        }
        let others = || stored.iter().filter(|(id, _)| *id != self.id);
        if others().any(|(_, other)| canonical(&other.name) == canonical(&self.policy.name)) {
            return Err(Error::bad(Fault::Taken, "name is the name of another password policy").into());
        }
        let users = Users::read(tx).await?;
        let milliseconds = self.now.0 / 1000;
        let policy = PasswordPolicy {
            id: self.id.to_string(),
            date_created: old.map_or(milliseconds, |old| old.date_created),
            last_updated: old.map(|_| milliseconds),
            created: None,
            modified: None,
            default_policy: self.policy.default_policy || old.is_some_and(|old| old.default_policy),
            source_ids: Vec::new(),
            ..self.policy.clone()
        };
        let shown = users.shown(&self.id, policy.clone());
        let mut given = self.policy.source_ids.clone();
        given.sort();
        if !given.is_empty() && given != shown.source_ids {
            let message =
                "sourceIds only tells which sources use the policy; set it at the source or its password group";
            return Err(Error::bad(Fault::Illegal, message).into());
        }
        for (id, other) in others().filter(|(_, other)| policy.default_policy && other.default_policy) {
            let other = PasswordPolicy { default_policy: false, last_updated: Some(milliseconds), ..other.clone() };
            password_policies::upsert(tx, id, &other, self.now).await?;
        }
        password_policies::upsert(tx, &self.id, &policy, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(shown)
    }
}

impl Write for SavePolicy {
    type Output = Result<PasswordPolicy, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}
