use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::AggregationId;
use passwright_storage::aggregations::runs::{self, Run};

use crate::{Error, Service};

impl Service {
    /// How far an aggregation is, or how it ended.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_aggregation(&self, caller: &Caller, id: &str) -> Result<Run, Error> {
        self.require(caller, Action::Administer(Right::ReadSources), &format!("aggregation:{id}")).await?;
        let id: AggregationId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        runs::lookup(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)
    }
}
