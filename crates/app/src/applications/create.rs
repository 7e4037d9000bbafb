use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::ApplicationId;

use super::save::{AccountSource, CreateApplication, Fields};
use super::{ApplicationRequest, ShownApplication, shown};
use crate::{Error, Fault, Service};

impl Service {
    /// Makes an application, switched on.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is absent or taken, no description, or an unknown source.
    pub async fn create_application(
        &self,
        caller: &Caller,
        request: ApplicationRequest,
    ) -> Result<ShownApplication, Error> {
        self.require(caller, Action::Administer(Right::ManageApplications), "application:new").await?;
        let missing = |field: &str| Error::bad(Fault::Missing, format!("{field} is required"));
        let fields = Fields {
            name: request.name,
            description: Some(request.description.ok_or_else(|| missing("description"))?),
            enabled: true,
            match_all_accounts: request.match_all_accounts,
            app_center_enabled: true,
            provision_request_enabled: false,
            account_source: AccountSource { id: request.source_id.ok_or_else(|| missing("accountSource.id"))? },
        };
        let id = ApplicationId::from_random(self.rng.bytes16());
        let audit = self.changed(caller, "APPLICATION_CREATED", format!("application:{id}"), "");
        let stored = self.store.write(CreateApplication { id, fields, now: self.now(), audit }).await??;
        self.recheck_catalog();
        let catalog = self.catalog().await?;
        Ok(shown(stored, &catalog))
    }
}
