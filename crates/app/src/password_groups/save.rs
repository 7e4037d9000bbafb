use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::directory::{Feature, PasswordGroup, Source, repeated_source};
use passwright_domain::ids::{PasswordGroupId, PolicyId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{password_groups, password_policies};
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::get::lookup;
use super::{PasswordGroupRequest, StoredPasswordGroup};
use crate::edit::{Stop, checked_name, settled};
use crate::password_policies::Users;
use crate::{Error, Fault};

/// Writes a group as it is given.
pub(super) struct SaveGroup {
    pub(super) group: PasswordGroup,
    /// Whether it is a new one.
    pub(super) new: bool,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

/// What can be said of a group without looking at anything else.
pub(super) fn checked(id: PasswordGroupId, request: PasswordGroupRequest) -> Result<PasswordGroup, Error> {
    let name = checked_name("name", request.name)?;
    let unknown = |field: &str| Error::bad(Fault::UnknownReference, format!("{field} names no such object"));
    let policy = request.password_policy_id.filter(|id| !id.is_empty());
    let policy_id = policy.map(|id| id.parse::<PolicyId>().map_err(|_| unknown("passwordPolicyId"))).transpose()?;
    let sources = request.source_ids.iter().map(|id| id.parse::<SourceId>().map_err(|_| unknown("sourceIds")));
    let source_ids = sources.collect::<Result<Vec<_>, _>>()?;
    if source_ids.is_empty() {
        return Err(Error::bad(Fault::Missing, "sourceIds names no source"));
    }
    if let Some(source) = repeated_source(&source_ids) {
        return Err(Error::bad(Fault::Illegal, format!("sourceIds names {source} twice")));
    }
    Ok(PasswordGroup { id, name, policy_id, source_ids })
}

impl SaveGroup {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<StoredPasswordGroup, Stop> {
        let users = Users::read(tx).await?;
        let others = || users.groups.iter().filter(|other| other.id != self.group.id);
        if !self.new && users.groups.iter().all(|known| known.id != self.group.id) {
            return Err(Error::NotFound.into());
        }
        if others().any(|other| canonical(&other.name) == canonical(&self.group.name)) {
            return Err(Error::bad(Fault::Taken, "name is the name of another password group").into());
        }
        if let Some(wanted) = &self.group.policy_id
            && password_policies::list(tx).await?.iter().all(|(id, _)| id != wanted)
        {
            return Err(Error::bad(Fault::UnknownReference, "passwordPolicyId names no such object").into());
        }
        for id in &self.group.source_ids {
            let source = users.sources.iter().find(|source| source.id == *id);
            let source = source
                .ok_or_else(|| Error::bad(Fault::UnknownReference, format!("sourceIds: there is no source {id}")))?;
            if let Some(other) = others().find(|other| other.source_ids.contains(id)) {
                let message =
                    format!("the source \"{}\" is in the password group \"{}\" already", source.name, other.name);
                return Err(Error::bad(Fault::Taken, message).into());
            }
            joins(source)?;
        }
        password_groups::upsert(tx, &self.group, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        let stored = lookup(tx, &self.group.id).await?;
        Ok(stored.ok_or_else(|| Error::Internal("a password group was not written".to_owned()))?)
    }
}

/// Whether a source can be in a group: its passwords can be set, and it has no exceptions, which a group leaves no room for.
fn joins(source: &Source) -> Result<(), Error> {
    if !source.features.contains(&Feature::Password) {
        let message = format!("the source \"{}\" does not have the feature PASSWORD", source.name);
        return Err(Error::bad(Fault::Illegal, message));
    }
    let excepts = |selectors: &Option<Vec<_>>| selectors.as_ref().is_some_and(|selectors| !selectors.is_empty());
    if source.policy_holders.iter().any(|holder| excepts(&holder.selectors)) {
        let message = format!("the source \"{}\" has policy exceptions, which do not hold in a group", source.name);
        return Err(Error::bad(Fault::Illegal, message));
    }
    Ok(())
}

impl Write for SaveGroup {
    type Output = Result<StoredPasswordGroup, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}
