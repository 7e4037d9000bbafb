use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::directory::Application;
use passwright_domain::ids::{ApplicationId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{applications, sources};
use passwright_storage::{StorageError, Tx, Write, audit, settings};
use serde::{Deserialize, Serialize};

use super::get::lookup;
use super::{Offer, StoredApplication};
use crate::edit::{Stop, checked_name, settled};
use crate::{Error, Fault};

/// Longest description, in characters.
const MOST_DESCRIPTION: usize = 2000;

/// What can be changed of an application; the names are the wire's, as a JSON Patch sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) enabled: bool,
    pub(super) match_all_accounts: bool,
    pub(super) app_center_enabled: bool,
    pub(super) provision_request_enabled: bool,
    pub(super) account_source: AccountSource,
}

/// Of a source its id alone counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccountSource {
    pub(super) id: String,
}

impl Fields {
    pub(super) fn of(stored: &StoredApplication) -> Self {
        let StoredApplication { application, offer, .. } = stored;
        Self {
            name: Some(application.name.clone()),
            description: Some(application.description.clone()),
            enabled: offer.enabled,
            match_all_accounts: offer.match_all_accounts,
            app_center_enabled: offer.app_center_enabled,
            provision_request_enabled: offer.provision_request_enabled,
            account_source: AccountSource { id: application.source_id.to_string() },
        }
    }

    fn offer(&self) -> Offer {
        Offer {
            enabled: self.enabled,
            match_all_accounts: self.match_all_accounts,
            app_center_enabled: self.app_center_enabled,
            provision_request_enabled: self.provision_request_enabled,
        }
    }
}

/// Writes an application with these fields, in a transaction that others began.
pub(super) async fn write(
    tx: &mut Tx<'_>,
    id: &ApplicationId,
    fields: Fields,
    now: Timestamp,
) -> Result<StoredApplication, Stop> {
    let offer = fields.offer();
    let name = checked_name("name", fields.name)?;
    let description = fields.description.unwrap_or_default();
    if description.chars().count() > MOST_DESCRIPTION {
        let message = format!("description is longer than {MOST_DESCRIPTION} characters");
        return Err(Error::bad(Fault::OutOfBounds, message).into());
    }
    let source_id: Option<SourceId> = fields.account_source.id.parse().ok();
    let known = sources::list(tx).await?;
    let source_id = source_id.filter(|id| known.iter().any(|source| source.id == *id));
    let source_id = source_id.ok_or_else(|| Error::bad(Fault::UnknownReference, "accountSource.id names no source"))?;
    let others = applications::list(tx).await?;
    if others.iter().any(|other| other.id != *id && canonical(&other.name) == canonical(&name)) {
        return Err(Error::bad(Fault::Taken, "name is the name of another application").into());
    }
    applications::upsert(tx, &Application { id: id.clone(), name, description, source_id }, now).await?;
    applications::set_offer(tx, id, offer).await?;
    settings::raise_catalog_version(tx, now).await?;
    let stored = lookup(tx, id).await?;
    Ok(stored.ok_or_else(|| Error::Internal("an application was not written".to_owned()))?)
}

/// Makes a new one.
pub(super) struct CreateApplication {
    pub(super) id: ApplicationId,
    pub(super) fields: Fields,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

impl CreateApplication {
    async fn create(&self, tx: &mut Tx<'_>) -> Result<StoredApplication, Stop> {
        let stored = write(tx, &self.id, self.fields.clone(), self.now).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(stored)
    }
}

impl Write for CreateApplication {
    type Output = Result<StoredApplication, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.create(tx).await)
    }
}
