use passwright_domain::access::{Action, Caller, Right};

use super::SourceFields;
use super::connection::GivenCredential;
use super::wanted::Wanted;
use crate::{Error, Fault, Service};

impl Service {
    /// Connects a system. `as_csv` asks for a source that is a file of accounts.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is absent or taken, an owner that is absent or unknown, or settings that
    /// the connector refuses or that only `apply` may give.
    pub async fn create_source(
        &self,
        caller: &Caller,
        fields: SourceFields,
        as_csv: bool,
    ) -> Result<SourceFields, Error> {
        self.require(caller, Action::Administer(Right::ManageSources), "source:new").await?;
        if as_csv {
            return Err(Error::bad(
                Fault::Illegal,
                "provisionAsCsv: sources that are files of accounts are not offered",
            ));
        }
        let kind = fields.connector.clone().filter(|kind| !kind.is_empty());
        let kind = kind.ok_or_else(|| Error::bad(Fault::Missing, "connector is required"))?;
        if fields.authoritative == Some(true) {
            return Err(Error::bad(Fault::Illegal, "authoritative cannot be set"));
        }
        let wanted = Wanted::of(fields, GivenCredential::Drop)?;
        if wanted.owner.is_none() {
            return Err(Error::bad(Fault::Missing, "owner.id is required"));
        }
        self.insert_source(caller, &kind, wanted).await
    }
}
