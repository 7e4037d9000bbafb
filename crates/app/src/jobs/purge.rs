//! Removing what was kept long enough.

use std::sync::Arc;
use std::time::Duration;

use passwright_domain::audit::Outcome;
use passwright_storage::retention::{Kept, Purge};
use tokio::sync::watch;

use crate::{Error, Service};

/// Rows of one transaction: a few milliseconds.
const BATCH: u32 = 500;
/// Between two transactions, for those who wait.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two looks.
const EVERY: Duration = Duration::from_secs(3600);
/// After the start, which has more urgent work.
const FIRST: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// How long things are kept after they ended, happened or were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Ended password changes with their targets; at least 7 days, as the last of their retries, holds and repeated requests are
    /// over then.
    pub changes: Duration,
    pub audit_records: Duration,
    /// At least 2 days: the budgets of a day count them.
    pub digit_tokens: Duration,
    pub deliveries: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { changes: 90 * DAY, audit_records: 365 * DAY, digit_tokens: 30 * DAY, deliveries: 30 * DAY }
    }
}

impl Retention {
    fn of(&self, what: Kept) -> Duration {
        match what {
            Kept::Changes => self.changes,
            Kept::AuditRecords => self.audit_records,
            Kept::DigitTokens => self.digit_tokens,
            Kept::Deliveries => self.deliveries,
            // What they say is in the audit records too.
            Kept::Aggregations => self.changes,
            // An account that comes back within this time is the same one.
            Kept::RemovedAccounts => self.changes,
        }
    }
}

/// Purges once an hour until told to stop.
pub async fn purge(service: Arc<Service>, retention: Retention, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        wait = EVERY;
        for what in Kept::ALL {
            let purged = tokio::select! {
                purged = service.purge(what, retention.of(what)) => purged,
                // A batch under way ends in the storage; the rest is for the next start.
                _ = stop.wait_for(|stop| *stop) => return,
            };
            match purged {
                Ok(0) => {}
                Ok(gone) => tracing::info!(gone, what = what.as_str(), "what was kept long enough was removed"),
                Err(error) => {
                    tracing::error!(error = %error, what = what.as_str(), "old records could not be removed");
                }
            }
        }
    }
}

impl Service {
    /// Removes what is older than `kept`, in small transactions; gives how many.
    ///
    /// # Errors
    /// When the database does not answer; what was removed stays removed.
    pub async fn purge(&self, what: Kept, kept: Duration) -> Result<u64, Error> {
        let before = self.clock.now() - kept;
        let mut gone = 0;
        loop {
            let audit = self.audit_record(
                "system:retention".to_owned(),
                "RETENTION_PURGED",
                "retention",
                Outcome::Passed,
                "",
                format!("{} of before {}", what.as_str(), crate::passwords::rfc3339(before)),
            );
            let batch = self.store.write(Purge { what, before, most: BATCH, audit }).await?;
            gone += batch;
            if batch < u64::from(BATCH) {
                return Ok(gone);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
