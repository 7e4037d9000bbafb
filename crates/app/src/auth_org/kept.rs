//! One JSON object that is read and patched as a whole.

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::json_patch::PatchOperation;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::settings::{self, ReplaceSetting};
use passwright_storage::{StorageError, Tx, Write, audit};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::edit::{Stop, settled};
use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

/// A setting: of how people sign in, or of how the pages look.
pub(crate) trait Kept: Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static {
    /// Its name in the database and in the audit.
    const NAME: &'static str;
    /// The audit event of a change.
    const CHANGED: &'static str;
    /// Who may change it.
    const CHANGE: Right;

    /// Whether it is in the view that processes keep of what set-up rarely changes.
    const IN_CATALOG: bool = false;

    /// Everything that is wrong with it.
    fn faults(&self) -> Vec<String>;

    /// It as the audit tells it: without what is too long for a record.
    #[must_use]
    fn told(&self) -> Self {
        self.clone()
    }
}

/// How to come from what is kept to what is to be kept.
pub(crate) enum Change<K> {
    Patch(Vec<PatchOperation>),
    Set(K),
}

struct SaveKept<K> {
    change: Change<K>,
    now: Timestamp,
    audit: AuditRecord,
}

impl<K: Kept> SaveKept<K> {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<K, Stop> {
        let before = settings::lookup(tx, K::NAME).await?;
        let value = match &self.change {
            Change::Set(value) => value.clone(),
            Change::Patch(patch) => apply_patch(&parsed::<K>(before.as_deref())?, patch)?,
        };
        let faults = value.faults();
        if !faults.is_empty() {
            return Err(Error::bad(Fault::OutOfBounds, faults.join("; ")).into());
        }
        let json = |value: &K| serde_json::to_string(value).map_err(|e| Error::Internal(e.to_string()));
        let (after, detail) = (json(&value)?, json(&value.told())?);
        let replace = ReplaceSetting { name: K::NAME, before, after, now: self.now };
        if !replace.apply(tx).await? {
            return Err(Error::Conflict(format!("the {} was changed at the same time", K::NAME)).into());
        }
        audit::insert(tx, &AuditRecord { detail, ..self.audit.clone() }).await?;
        if K::IN_CATALOG {
            settings::raise_catalog_version(tx, self.now).await?;
        }
        Ok(value)
    }
}

impl<K: Kept> Write for SaveKept<K> {
    type Output = Result<K, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}

/// What is kept; the defaults when nothing was set.
fn parsed<K: Kept>(json: Option<&str>) -> Result<K, Error> {
    Ok(parsed_if_set(json)?.unwrap_or_default())
}

fn parsed_if_set<K: Kept>(json: Option<&str>) -> Result<Option<K>, Error> {
    json.map(|json| serde_json::from_str(json).map_err(|e| Error::Internal(format!("{}: {e}", K::NAME)))).transpose()
}

impl Service {
    /// For the service's own use; nobody's right is asked for.
    pub(crate) async fn kept<K: Kept>(&self) -> Result<K, Error> {
        let mut reader = self.store.read().await?;
        let json = settings::lookup(&mut reader.tx(), K::NAME).await?;
        parsed(json.as_deref())
    }

    /// The same; `None` when nobody has set it.
    pub(super) async fn kept_if_set<K: Kept>(&self) -> Result<Option<K>, Error> {
        let mut reader = self.store.read().await?;
        let json = settings::lookup(&mut reader.tx(), K::NAME).await?;
        parsed_if_set(json.as_deref())
    }

    pub(crate) async fn get_kept<K: Kept>(&self, caller: &Caller) -> Result<K, Error> {
        self.require(caller, Action::Administer(Right::ReadAuthOrg), K::NAME).await?;
        self.kept().await
    }

    pub(crate) async fn change_kept<K: Kept>(&self, caller: &Caller, change: Change<K>) -> Result<K, Error> {
        self.require(caller, Action::Administer(K::CHANGE), K::NAME).await?;
        let audit = self.changed(caller, K::CHANGED, K::NAME.to_owned(), "");
        self.store.write(SaveKept { change, now: self.now(), audit }).await?
    }
}
