//! Applying a document: one write that compares, changes and records.

use std::collections::BTreeMap;
use std::sync::Arc;

use passwright_connectors::hash::{Argon2id, HashScheme, background};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{identities, sign_in_passwords};
use passwright_storage::{StorageError, Tx, Write, audit, settings};
use passwright_vault::Key;
use passwright_vault::key_source::Purpose;

use super::planner::{self, Facts, Planned, Stop};
use super::{Plan, Setup, SetupError};
use crate::{Error, Rng, Service};

pub(super) struct ApplySetup {
    pub(super) setup: Setup,
    pub(super) hashes: BTreeMap<usize, String>,
    pub(super) kek: Key,
    pub(super) rng: Arc<dyn Rng>,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

impl ApplySetup {
    async fn plan(&self, tx: &mut Tx<'_>) -> Result<Result<Planned, SetupError>, StorageError> {
        let facts = Facts { setup: &self.setup, hashes: &self.hashes, kek: &self.kek, rng: &*self.rng, now: self.now };
        match planner::plan(tx, facts).await {
            Ok(planned) => Ok(Ok(planned)),
            Err(Stop::Setup(error)) => Ok(Err(error)),
            Err(Stop::Storage(error)) => Err(error),
        }
    }
}

impl Write for ApplySetup {
    type Output = Result<Plan, SetupError>;

    /// A fault of the document is found before anything is written, so it needs no roll-back.
    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let planned = match self.plan(tx).await? {
            Ok(planned) => planned,
            Err(error) => return Ok(Err(error)),
        };
        if planned.plan.is_empty() {
            return Ok(Ok(planned.plan));
        }
        for change in &planned.changes {
            change.write(tx, self.now).await?;
        }
        audit::insert(tx, &AuditRecord { detail: planned.plan.summary(), ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(Ok(planned.plan))
    }
}

impl Service {
    /// Makes the database as the document says, in one transaction, and tells what was changed; with `dry_run` tells it
    /// only. Objects that the document does not name are left alone.
    ///
    /// # Errors
    /// [`SetupError`]; then nothing was changed.
    pub async fn apply(&self, setup: Setup, dry_run: bool) -> Result<Plan, SetupError> {
        let hashes = self.first_passwords(&setup, dry_run).await?;
        let tracking_id = self.tracking_id();
        let write = ApplySetup {
            hashes,
            kek: self.root.derive(Purpose::SourceSecrets),
            rng: self.rng.clone(),
            now: self.now(),
            audit: self.audit_record(
                "system:apply".to_owned(),
                "SETUP_APPLIED",
                "setup",
                Outcome::Passed,
                &tracking_id,
                "",
            ),
            setup,
        };
        if dry_run {
            let mut reader = self.store.read().await?;
            return Ok(write.plan(&mut reader.tx()).await??.plan);
        }
        self.store.write(write).await?
    }

    /// Hashes the first sign-in passwords of identities that have none; hashing is slow and stays out of the transaction.
    pub(super) async fn first_passwords(
        &self,
        setup: &Setup,
        dry_run: bool,
    ) -> Result<BTreeMap<usize, String>, SetupError> {
        let mut hashes = BTreeMap::new();
        for (at, identity) in setup.identities.iter().enumerate() {
            let Some(password) = &identity.value.first_password else { continue };
            let mut reader = self.store.read().await?;
            let known = identities::lookup_by_alias(&mut reader.tx(), &identity.value.alias).await?;
            if let Some(known) = known
                && sign_in_passwords::lookup(&mut reader.tx(), &known.id).await?.is_some()
            {
                continue;
            }
            drop(reader);
            let hash = if dry_run {
                String::new()
            } else {
                let scheme = HashScheme::Argon2id(Argon2id::default());
                let hash = background::hash(scheme, password.expose()).await;
                hash.map_err(|e| Error::Internal(e.to_string()))?.to_string()
            };
            hashes.insert(at, hash);
        }
        Ok(hashes)
    }
}
