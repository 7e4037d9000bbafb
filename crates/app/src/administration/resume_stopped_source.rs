use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::Outcome;
use passwright_domain::ids::SourceId;
use passwright_storage::audit::WriteAudit;

use crate::sources::{SourceCheck, told};
use crate::{Error, Service};

impl Service {
    /// Tries a stopped source once, now, as `doctor --resume` does; on success it goes on.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `Conflict` for a source that is not stopped. One that is refused again is an outcome.
    pub async fn resume_stopped_source(&self, caller: &Caller, id: &str) -> Result<SourceCheck, Error> {
        let object = format!("source:{id}");
        self.require(caller, Action::Administer(Right::CheckSources), &object).await?;
        let id: SourceId = id.parse().map_err(|_| Error::NotFound)?;
        self.recheck_catalog();
        let catalog = self.catalog().await?;
        let source = catalog.source(&id).ok_or(Error::NotFound)?;
        if source.stopped.is_none() {
            return Err(Error::Conflict("the source is not stopped".to_owned()));
        }
        let began = self.clock.now();
        // The record of a success is in the transaction that lets the source go on.
        let fault = self.probe(source, &caller.actor(), &caller.tracking_id).await.err();
        if let Some(fault) = &fault {
            let tracking = &caller.tracking_id;
            let event = "SOURCE_CONNECTION_CHECKED";
            let record =
                self.audit_record(caller.actor(), event, object, Outcome::Failed, tracking, fault.detail.as_str());
            self.store.write(WriteAudit(record)).await?;
        }
        self.recheck_catalog();
        let elapsed = self.clock.now().since(began);
        Ok(SourceCheck { id: id.to_string(), name: source.source.name.clone(), elapsed, fault: fault.map(told) })
    }
}
