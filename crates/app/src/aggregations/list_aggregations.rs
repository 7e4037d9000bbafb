use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::SourceId;
use passwright_storage::aggregations::runs::{self, Run};

use crate::{Error, Fault, Service};

/// Longest part of the list.
const LONGEST_PAGE: u64 = 250;

/// Which aggregations are listed.
#[derive(Debug, Clone, Default)]
pub struct AggregationQuery {
    /// Of which source; `None`: of all.
    pub source_id: Option<String>,
    /// 0 to 250; absent: 250.
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

impl Service {
    /// The aggregations of a source, or of all, the latest first.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for what is no id of a source, and a page outside its limits.
    pub async fn list_aggregations(&self, caller: &Caller, query: AggregationQuery) -> Result<Vec<Run>, Error> {
        self.require(caller, Action::Administer(Right::ReadSources), "aggregation:all").await?;
        let unknown = |_| Error::bad(Fault::Illegal, "sourceId is no id of a source");
        let source = query.source_id.map(|id| id.parse::<SourceId>()).transpose().map_err(unknown)?;
        let limit = query.limit.unwrap_or(LONGEST_PAGE);
        if limit > LONGEST_PAGE {
            return Err(Error::bad(Fault::OutOfBounds, format!("limit must be at most {LONGEST_PAGE}")));
        }
        let limit = u32::try_from(limit).unwrap_or_default();
        let offset = u32::try_from(query.offset.unwrap_or(0)).unwrap_or(u32::MAX);
        let mut reader = self.store.read().await?;
        Ok(runs::list(&mut reader.tx(), source.as_ref(), limit, offset).await?)
    }
}
