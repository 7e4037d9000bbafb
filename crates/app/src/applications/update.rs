use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::ApplicationId;
use passwright_domain::json_patch::PatchOperation;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{StorageError, Tx, Write, audit};

use super::get::lookup;
use super::save::{Fields, write};
use super::{ShownApplication, StoredApplication, shown};
use crate::edit::{Stop, settled};
use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

/// Most applications of one update, as the vendor's API has it.
const MOST_AT_ONCE: usize = 50;

/// Patches all of them, or none.
struct PatchApplications {
    ids: Vec<(ApplicationId, AuditRecord)>,
    patch: Vec<PatchOperation>,
    now: Timestamp,
}

impl PatchApplications {
    /// A refusal's transaction is committed, so every patch is tried before the first is written.
    async fn patch(&self, tx: &mut Tx<'_>) -> Result<Vec<StoredApplication>, Stop> {
        let mut patched = Vec::with_capacity(self.ids.len());
        for (id, audit) in &self.ids {
            let stored = lookup(tx, id).await?.ok_or(Error::NotFound)?;
            patched.push((id, apply_patch(&Fields::of(&stored), &self.patch)?, audit));
        }
        let mut written = Vec::with_capacity(patched.len());
        for (id, fields, record) in patched {
            written.push(write(tx, id, fields, self.now).await?);
            audit::insert(tx, record).await?;
        }
        Ok(written)
    }
}

impl Write for PatchApplications {
    type Output = Result<Vec<StoredApplication>, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.patch(tx).await)
    }
}

impl Service {
    /// Changes fields of an application.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for a patch that does not apply or gives wrong fields.
    pub async fn update_application(
        &self,
        caller: &Caller,
        id: &str,
        patch: Vec<PatchOperation>,
    ) -> Result<ShownApplication, Error> {
        self.require(caller, Action::Administer(Right::ManageApplications), &format!("application:{id}")).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let written = self.patch_applications(caller, vec![id], patch).await?;
        let one = written.into_iter().next().ok_or(Error::NotFound)?;
        let catalog = self.catalog().await?;
        Ok(shown(one, &catalog))
    }

    /// Changes the same fields of up to 50 applications, of all or of none.
    ///
    /// # Errors
    /// As [`update_application`](Self::update_application); `BadRequest` for too many, or for one name given to several.
    pub async fn update_applications(
        &self,
        caller: &Caller,
        ids: &[String],
        patch: Vec<PatchOperation>,
    ) -> Result<(), Error> {
        self.require(caller, Action::Administer(Right::ManageApplications), "application:several").await?;
        if ids.len() > MOST_AT_ONCE {
            return Err(Error::bad(Fault::OutOfBounds, format!("appIds has {MOST_AT_ONCE} ids at most")));
        }
        let names = |path: &str| path.starts_with("/name") || path.starts_with("/accountSource") || path.is_empty();
        let named = patch.iter().any(|step| match step {
            PatchOperation::Add { path, .. }
            | PatchOperation::Remove { path }
            | PatchOperation::Replace { path, .. }
            | PatchOperation::Move { path, .. }
            | PatchOperation::Copy { path, .. } => names(path),
            PatchOperation::Test { .. } => false,
        });
        if named {
            return Err(Error::bad(Fault::Illegal, "jsonPatch: the name and the source are changed one by one"));
        }
        let mut parsed: Vec<ApplicationId> = Vec::with_capacity(ids.len());
        for id in ids {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            if !parsed.contains(&id) {
                parsed.push(id);
            }
        }
        self.patch_applications(caller, parsed, patch).await.map(|_| ())
    }

    async fn patch_applications(
        &self,
        caller: &Caller,
        ids: Vec<ApplicationId>,
        patch: Vec<PatchOperation>,
    ) -> Result<Vec<StoredApplication>, Error> {
        let audited = |id: ApplicationId| {
            let audit = self.changed(caller, "APPLICATION_UPDATED", format!("application:{id}"), "");
            (id, audit)
        };
        let ids = ids.into_iter().map(audited).collect();
        let written = self.store.write(PatchApplications { ids, patch, now: self.now() }).await??;
        self.recheck_catalog();
        Ok(written)
    }
}
