use std::time::Duration;

use passwright_connectors::FaultClass;
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::ids::SourceId;
use passwright_storage::directory::sources::{self, Health};
use passwright_storage::{StorageError, Tx, Write, audit};

use crate::{Error, Service};

/// For the whole check; the connector's own limits are below it.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// What a check of a source's connection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCheck {
    pub id: String,
    pub name: String,
    pub elapsed: Duration,
    /// Class, reason and exact detail; `None` when the source answered.
    pub fault: Option<(&'static str, String, String)>,
}

struct NoteCheck {
    id: SourceId,
    health: Health,
    audit: AuditRecord,
}

impl Write for NoteCheck {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        sources::set_health(tx, &self.id, &self.health).await?;
        audit::insert(tx, &self.audit).await
    }
}

impl Service {
    /// Connects to a source and signs in as its service account, as `doctor` does; changes nothing there. What was found
    /// is kept as the source's health. A source that is stopped, because its service account was refused, is not asked.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`. A source that does not answer is an outcome, not an error.
    pub async fn check_source(&self, caller: &Caller, id: &str) -> Result<SourceCheck, Error> {
        let object = format!("source:{id}");
        self.require(caller, Action::Administer(Right::CheckSources), &object).await?;
        let id: SourceId = id.parse().map_err(|_| Error::NotFound)?;
        self.recheck_catalog();
        let catalog = self.catalog().await?;
        let source = catalog.source(&id).ok_or(Error::NotFound)?;
        let began = self.clock.now();
        let fault = match tokio::time::timeout(PATIENCE, self.test_source(source)).await {
            Ok(None | Some(Ok(()))) => None,
            Ok(Some(Err(fault))) => Some(told(fault)),
            Err(_) => {
                let detail = format!("no answer in {} seconds", PATIENCE.as_secs());
                Some((class(FaultClass::Transient), "the system does not answer".to_owned(), detail))
            }
        };
        let now = self.clock.now();
        let status = if fault.is_none() { "SOURCE_STATE_HEALTHY" } else { "SOURCE_STATE_FAILURE_SOURCE" };
        let health = Health { healthy: fault.is_none(), status: status.to_owned(), checked_at: Some(now) };
        let (outcome, detail) = match &fault {
            None => (Outcome::Passed, ""),
            Some((_, _, detail)) => (Outcome::Failed, detail.as_str()),
        };
        let tracking = &caller.tracking_id;
        let audit = self.audit_record(caller.actor(), "SOURCE_CONNECTION_CHECKED", object, outcome, tracking, detail);
        self.store.write(NoteCheck { id: id.clone(), health, audit }).await?;
        Ok(SourceCheck { id: id.to_string(), name: source.source.name.clone(), elapsed: now.since(began), fault })
    }
}

/// Class, reason and exact detail.
pub(crate) fn told(fault: passwright_connectors::Fault) -> (&'static str, String, String) {
    (class(fault.class), fault.reason, fault.detail)
}

fn class(class: FaultClass) -> &'static str {
    match class {
        FaultClass::Transient => "transient",
        FaultClass::Refused => "refused",
        FaultClass::Permanent => "permanent",
        FaultClass::Configuration => "configuration",
    }
}
