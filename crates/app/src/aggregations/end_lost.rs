//! Ending aggregations whose process is gone.

use std::time::Duration;

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::aggregations::runs;
use passwright_storage::{StorageError, Tx, Write, audit};

use crate::{Error, Service};

/// Without a sign of life for so long, its process is gone: a page takes a minute at most.
const SILENCE: Duration = Duration::from_secs(300);
const REASON: &str = "the service was ended while it read; what was read is kept, nothing was removed";

struct EndLost {
    silence: Duration,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for EndLost {
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let now = tx.now(self.now).await?;
        // The same moment is before the next one.
        let before = if self.silence.is_zero() { now + Duration::from_secs(1) } else { now - self.silence };
        let ended = runs::interrupt(tx, before, REASON, now).await?;
        if ended > 0 {
            audit::insert(tx, &AuditRecord { detail: format!("{ended} interrupted"), ..self.audit.clone() }).await?;
        }
        Ok(ended)
    }
}

impl Service {
    /// At the start of the process: where it is the only one, no aggregation can be under way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_aggregations_of_before(&self) -> Result<(), Error> {
        let silence = if self.store.is_single_process() { Duration::ZERO } else { SILENCE };
        self.end_silent_for(silence).await
    }

    /// Ends those of which nothing was heard for minutes.
    pub(crate) async fn end_lost_aggregations(&self) -> Result<(), Error> {
        self.end_silent_for(SILENCE).await
    }

    async fn end_silent_for(&self, silence: Duration) -> Result<(), Error> {
        let (actor, event) = ("system:aggregation".to_owned(), "ACCOUNT_AGGREGATION_FAILED");
        let audit = self.audit_record(actor, event, "aggregation:lost", Outcome::Failed, "", "");
        let ended = self.store.write(EndLost { silence, now: self.now(), audit }).await?;
        if ended > 0 {
            tracing::warn!(ended, "aggregations were interrupted by the end of their process");
        }
        Ok(())
    }
}
