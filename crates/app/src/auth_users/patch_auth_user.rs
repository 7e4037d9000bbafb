use std::collections::BTreeSet;

use passwright_domain::access::{Action, Caller, Level, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::ids::IdentityId;
use passwright_domain::json_patch::PatchOperation;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{administrators, identities};
use passwright_storage::{StorageError, Tx, Write, audit};
use serde::{Deserialize, Serialize};

use super::AuthUser;
use crate::edit::{Stop, settled};
use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

/// What can be changed of a user; the names are the wire's, as a JSON Patch sees them.
#[derive(Serialize, Deserialize)]
struct Fields {
    capabilities: Option<Vec<String>>,
}

/// Gives and takes levels.
struct SetLevels {
    id: IdentityId,
    patch: Vec<PatchOperation>,
    now: Timestamp,
    audit: AuditRecord,
}

impl SetLevels {
    async fn set(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        // First: whoever gives or takes a level waits here for the other who does.
        let administrators = administrators::count_alone(tx, self.now.0).await?;
        let identity = identities::lookup(tx, &self.id).await?.ok_or(Error::NotFound)?;
        let levels = wanted(&identity, &self.patch)?;
        if levels == identity.levels {
            return Ok(());
        }
        let administers =
            |levels: &BTreeSet<Level>| identity.status == IdentityStatus::Active && levels.contains(&Level::OrgAdmin);
        if administrators <= 1 && administers(&identity.levels) && !administers(&levels) {
            let message = "capabilities: nobody would be ORG_ADMIN any more";
            return Err(Error::bad(Fault::Semantic, message).into());
        }
        let detail = told(&identity.levels, &levels);
        identities::upsert(tx, &Identity { levels, ..identity }, self.now).await?;
        audit::insert(tx, &AuditRecord { detail, ..self.audit.clone() }).await?;
        Ok(())
    }
}

impl Write for SetLevels {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.set(tx).await)
    }
}

/// The levels after a patch.
fn wanted(identity: &Identity, patch: &[PatchOperation]) -> Result<BTreeSet<Level>, Error> {
    let fields = Fields { capabilities: Some(names(&identity.levels).map(str::to_owned).collect()) };
    let wanted = apply_patch(&fields, patch)?.capabilities.unwrap_or_default();
    wanted.iter().map(|name| level(name)).collect()
}

fn level(name: &str) -> Result<Level, Error> {
    Level::ALL.into_iter().find(|level| level.as_str() == name).ok_or_else(|| {
        let known: Vec<_> = Level::ALL.iter().map(|level| level.as_str()).collect();
        Error::bad(Fault::Illegal, format!("capabilities may be {} here", known.join(", ")))
    })
}

fn names(levels: &BTreeSet<Level>) -> impl Iterator<Item = &'static str> {
    levels.iter().map(|level| level.as_str())
}

/// What a change of levels does, for the audit.
fn told(before: &BTreeSet<Level>, after: &BTreeSet<Level>) -> String {
    let list = |one: &BTreeSet<Level>, other: &BTreeSet<Level>| {
        one.difference(other).map(|level| level.as_str()).collect::<Vec<_>>().join(", ")
    };
    format!("given: {}; taken: {}", list(after, before), list(before, after))
}

/// Everything else of a user is not changed here.
fn check_paths(patch: &[PatchOperation]) -> Result<(), Error> {
    let capabilities = |path: &str| path == "/capabilities" || path.starts_with("/capabilities/");
    let fits = |step: &PatchOperation| match step {
        PatchOperation::Add { path, .. }
        | PatchOperation::Remove { path }
        | PatchOperation::Replace { path, .. }
        | PatchOperation::Test { path, .. } => capabilities(path),
        PatchOperation::Move { from, path } | PatchOperation::Copy { from, path } => {
            capabilities(from) && capabilities(path)
        }
    };
    if patch.iter().all(fits) {
        return Ok(());
    }
    Err(Error::bad(Fault::Immutable, "only /capabilities can be changed of a user"))
}

impl Service {
    /// Gives and takes levels of a user. They count from the next request on, also for tokens that were issued before.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for a patch that does not apply, for a path other than `/capabilities`, an
    /// unknown level, and where the last active ORG_ADMIN would lose that level.
    pub async fn patch_auth_user(
        &self,
        caller: &Caller,
        id: &str,
        patch: Vec<PatchOperation>,
    ) -> Result<AuthUser, Error> {
        let object = format!("identity:{id}");
        self.require(caller, Action::Administer(Right::ManageAuthUsers), &object).await?;
        check_paths(&patch)?;
        let identity: IdentityId = id.parse().map_err(|_| Error::NotFound)?;
        let audit = self.changed(caller, "USER_CAPABILITIES_UPDATED", object, "");
        self.store.write(SetLevels { id: identity, patch, now: self.now(), audit }).await??;
        self.auth_user(id).await
    }
}
