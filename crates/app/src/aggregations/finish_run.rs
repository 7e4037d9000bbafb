//! The end of an aggregation as one write: what is gone, how it ended, the record.

use std::sync::Arc;

use passwright_domain::aggregation::{AggregationState, may_remove};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::aggregations::accounts;
use passwright_storage::aggregations::runs::{self, Run};
use passwright_storage::{StorageError, Tx, Write, audit};

pub(super) struct FinishRun {
    pub(super) run: Arc<Run>,
    /// Why it did not come to its end; `None`: all was read.
    pub(super) fault: Option<String>,
    /// Percentage that may go without a word of an administrator.
    pub(super) limit: u8,
    pub(super) confirmed: bool,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

impl FinishRun {
    async fn end(&self, tx: &mut Tx<'_>) -> Result<(AggregationState, String, u64), StorageError> {
        if let Some(fault) = &self.fault {
            return Ok((AggregationState::Failed, fault.clone(), 0));
        }
        let Run { id, source_id, known, started_at, .. } = &*self.run;
        let gone = accounts::count_gone(tx, source_id, id, *started_at).await?;
        if !may_remove(*known, gone, self.limit, self.confirmed) {
            let reason = format!(
                "{gone} of {known} accounts are gone at the source, more than {} percent; nothing was removed: look at the \
                 source, and confirm the removals if it is right",
                self.limit
            );
            return Ok((AggregationState::Held, reason, gone));
        }
        let removed = accounts::remove_gone(tx, source_id, id, *started_at, self.now).await?;
        Ok((AggregationState::Completed, String::new(), removed))
    }
}

impl Write for FinishRun {
    type Output = AggregationState;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<AggregationState, StorageError> {
        // What was ended meanwhile removes nothing any more.
        let now = tx.now(self.now).await?;
        let stored = runs::lookup(tx, &self.run.id).await?;
        if stored.is_none_or(|stored| stored.ended_at.is_some()) {
            return Ok(AggregationState::Interrupted);
        }
        let (state, reason, removed) = self.end(tx).await?;
        runs::finish(tx, &self.run.id, state, &reason, removed, now).await?;
        let (event, outcome) = match state {
            AggregationState::Completed => ("ACCOUNT_AGGREGATION_PASSED", Outcome::Passed),
            _ => ("ACCOUNT_AGGREGATION_FAILED", Outcome::Failed),
        };
        let detail = if reason.is_empty() { format!("{removed} removed") } else { reason };
        audit::insert(tx, &AuditRecord { event, outcome, detail, ..self.audit.clone() }).await?;
        Ok(state)
    }
}
