use passwright_domain::canonical::canonical;
use passwright_domain::collection::Collection;
use passwright_domain::directory::{Application, ApplicationKey, Applications};
use passwright_domain::ids::ApplicationId;
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO application (id, name, name_key, description, source_id, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              name_key = excluded.name_key, description = excluded.description, source_id = excluded.source_id, \
              modified_at = excluded.modified_at";
    LIST = "SELECT id, name, description, source_id FROM application ORDER BY name_key";
    SELECT = "SELECT application.id, application.name, application.description, application.source_id, \
              application.created_at, application.modified_at, application.enabled, application.match_all_accounts, \
              application.app_center_enabled, application.provision_request_enabled FROM application";
    COUNT = "SELECT COUNT(*) FROM application";
    OFFER = "UPDATE application SET enabled = $2, match_all_accounts = $3, app_center_enabled = $4, \
             provision_request_enabled = $5 WHERE id = $1";
    DELETE = "DELETE FROM application WHERE id = $1";
}

/// Inserts or replaces an application.
///
/// # Errors
/// `Conflict` when another application has the name in its canonical form.
pub async fn upsert(tx: &mut Tx<'_>, application: &Application, now: Timestamp) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        application.id.as_str(),
        application.name.as_str(),
        canonical(&application.name),
        application.description.as_str(),
        application.source_id.as_str(),
        now.0
    )?;
    Ok(())
}

/// All applications, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Application>, StorageError> {
    const TABLE: &str = "application";
    fetch_all!(tx, (String, String, String, String), LIST)?
        .into_iter()
        .map(|(key, name, description, source)| {
            Ok(Application { id: id(TABLE, &key)?, name, description, source_id: id(TABLE, &source)? })
        })
        .collect()
}

impl Listed for Applications {
    type Row = (String, String, String, String, i64, i64, bool, bool, bool, bool);

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::ApplicationId;

    fn column(key: ApplicationKey) -> Column {
        match key {
            ApplicationKey::Id => Column::ApplicationId,
            ApplicationKey::Name => Column::ApplicationName,
            ApplicationKey::SourceId => Column::ApplicationSourceId,
            ApplicationKey::Enabled => Column::ApplicationEnabled,
            ApplicationKey::Created => Column::ApplicationCreated,
            ApplicationKey::Modified => Column::ApplicationModified,
        }
    }
}

/// To whom and where an application is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub enabled: bool,
    /// To everybody with an account on the source; otherwise to nobody.
    pub match_all_accounts: bool,
    pub app_center_enabled: bool,
    pub provision_request_enabled: bool,
}

/// An application with the times its row was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub application: Application,
    pub offer: Offer,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

/// A part of the applications, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    tx: &mut Tx<'_>,
    wanted: &Collection<Applications>,
) -> Result<(Vec<Stored>, Option<u64>), StorageError> {
    const TABLE: &str = "application";
    let (rows, total) = collection::list(tx, wanted).await?;
    let stored =
        rows.into_iter().map(|(key, name, description, source, created, modified, enabled, all, center, ask)| {
            Ok(Stored {
                application: Application { id: id(TABLE, &key)?, name, description, source_id: id(TABLE, &source)? },
                offer: Offer {
                    enabled,
                    match_all_accounts: all,
                    app_center_enabled: center,
                    provision_request_enabled: ask,
                },
                created_at: Timestamp(created),
                modified_at: Timestamp(modified),
            })
        });
    Ok((stored.collect::<Result<_, StorageError>>()?, total))
}

/// Sets to whom an application is offered.
///
/// # Errors
/// When the database does not answer.
pub async fn set_offer(tx: &mut Tx<'_>, key: &ApplicationId, offer: Offer) -> Result<(), StorageError> {
    execute!(
        tx,
        OFFER,
        key.as_str(),
        offer.enabled,
        offer.match_all_accounts,
        offer.app_center_enabled,
        offer.provision_request_enabled
    )?;
    Ok(())
}

/// Deletes an application; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx<'_>, key: &ApplicationId) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE, key.as_str())? == 1)
}
