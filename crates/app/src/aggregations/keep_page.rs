//! One page of accounts as one write: the accounts, whose they are, the identities they make, the progress, the records.

use std::sync::Arc;

use passwright_domain::aggregation::{AggregationCounts, AggregationSettings, Found};
use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::Identity;
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::aggregations::runs::{self, Run};
use passwright_storage::{StorageError, Tx, Write, audit};

use super::shape::Taken;
use super::take_account::Fresh;

pub(super) struct KeepPage {
    pub(super) run: Arc<Run>,
    pub(super) settings: Arc<AggregationSettings>,
    pub(super) authoritative: bool,
    pub(super) built_in: Option<SourceId>,
    /// Each with whose it seems to be.
    pub(super) accounts: Vec<(Taken, Found, Fresh)>,
    /// As they were before this page.
    pub(super) before: AggregationCounts,
    pub(super) now: Timestamp,
    /// The pattern of the records; the last 16 digits of its id count up.
    pub(super) audit: AuditRecord,
}

/// What a page did.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) counts: AggregationCounts,
    /// Identities that were made or changed.
    pub(super) made: Vec<Identity>,
    records: u64,
}

impl Kept {
    /// A record of this page.
    pub(super) async fn note(
        &mut self,
        tx: &mut Tx<'_>,
        page: &KeepPage,
        event: &'static str,
        object: String,
        detail: &str,
    ) -> Result<(), StorageError> {
        let (time, last) = page.audit.id.split_at_checked(16).unwrap_or_default();
        let last = u64::from_str_radix(last, 16).unwrap_or_default().wrapping_add(self.records);
        self.records += 1;
        let id = format!("{time}{last:016x}");
        audit::insert(tx, &AuditRecord { id, event, object, detail: detail.to_owned(), ..page.audit.clone() }).await
    }
}

impl Write for KeepPage {
    /// `None` when the aggregation was ended meanwhile; then nothing was written.
    type Output = Option<Kept>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let now = tx.now(self.now).await?;
        if !runs::progress(tx, &self.run.id, &self.before, now).await? {
            return Ok(None);
        }
        let mut kept = Kept::default();
        for account in &self.accounts {
            self.take(tx, account, &mut kept).await?;
        }
        let AggregationCounts { created, changed, .. } = kept.counts;
        if created + changed > 0 {
            let detail = format!("{created} created, {changed} changed");
            kept.note(tx, self, "ACCOUNTS_AGGREGATED", self.audit.object.clone(), &detail).await?;
        }
        let mut counts = self.before;
        counts += kept.counts;
        runs::progress(tx, &self.run.id, &counts, now).await?;
        Ok(Some(kept))
    }
}
