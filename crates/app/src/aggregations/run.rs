use std::sync::Arc;

use passwright_connectors::Fault;
use passwright_domain::aggregation::{AggregationCounts, AggregationSettings, AggregationState, Found};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::ids::SourceId;
use passwright_storage::aggregations::accounts;
use passwright_storage::aggregations::runs::Run;
use passwright_storage::directory::identities;
use passwright_storage::{StorageError, Tx, Write};

use super::feed::Feed;
use super::finish_run::FinishRun;
use super::keep_page::KeepPage;
use super::people::People;
use super::shape::{Shape, Taken};
use super::take_account::facts;
use crate::{Error, Service};

/// Rows of one look at the identities, and of one transaction that gives keys.
const BATCH: u32 = 1_000;

/// An aggregation under way.
pub(super) struct Running {
    pub(super) service: Arc<Service>,
    pub(super) run: Arc<Run>,
    pub(super) shape: Shape,
    pub(super) settings: Arc<AggregationSettings>,
    pub(super) authoritative: bool,
    pub(super) built_in: Option<SourceId>,
    pub(super) confirmed: bool,
    pub(super) tracking_id: Trace,
}

/// Why it did not come to its end.
enum Stop {
    /// A sentence for a person.
    Told(String),
    /// Somebody ended it.
    Ended,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        tracing::error!(error = %error, "an aggregation cannot go on");
        Self::Told("the service itself could not go on".to_owned())
    }
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Error::from(error).into()
    }
}

impl Running {
    /// Reads to the end and says how it ended.
    pub(super) async fn run(self, feed: Result<Feed, Fault>) {
        let read = match feed {
            Ok(feed) => self.read(feed).await,
            Err(fault) => Err(self.fault(&fault).await),
        };
        let fault = match read {
            Ok(()) => None,
            Err(Stop::Told(reason)) => Some(reason),
            Err(Stop::Ended) => return,
        };
        let finish = FinishRun {
            run: self.run.clone(),
            fault,
            limit: self.settings.removal_limit,
            confirmed: self.confirmed,
            now: self.service.now(),
            audit: self.record("ACCOUNT_AGGREGATION_PASSED"),
        };
        let source = self.run.source_name.as_str();
        match self.service.store.write(finish).await {
            Ok(AggregationState::Completed) => tracing::info!(source.name = source, "accounts were aggregated"),
            Ok(state) => tracing::warn!(source.name = source, state = state.as_str(), "an aggregation ended early"),
            // It is found without a sign of life and ended as interrupted.
            Err(error) => tracing::error!(source.name = source, error = %error, "an aggregation could not be ended"),
        }
    }

    async fn read(&self, mut feed: Feed) -> Result<(), Stop> {
        self.give_keys().await?;
        let mut people = self.people().await?;
        let mut counts = AggregationCounts::default();
        loop {
            let page = match feed.page().await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(()),
                Err(fault) => return Err(self.fault(&fault).await),
            };
            let accounts = page.into_iter().filter_map(|read| self.shape.take(read));
            let accounts = accounts.map(|taken| self.with_owner(taken, &people)).collect();
            let keep = KeepPage {
                run: self.run.clone(),
                settings: self.settings.clone(),
                authoritative: self.authoritative,
                built_in: self.built_in.clone(),
                accounts,
                before: counts,
                now: self.service.now(),
                audit: self.record("ACCOUNTS_AGGREGATED"),
            };
            let kept = self.service.store.write(keep).await?.ok_or(Stop::Ended)?;
            counts += kept.counts;
            if people.is_needed() {
                kept.made.iter().for_each(|identity| people.add(identity));
            }
        }
    }

    fn with_owner(&self, taken: Taken, people: &People) -> (Taken, Found, [[u8; 16]; 3]) {
        let found = people.find(facts(&taken));
        let now = self.service.now();
        (taken, found, std::array::from_fn(|_| self.service.rng.id_bytes(now)))
    }

    /// Accounts that were made by hand have no key yet.
    async fn give_keys(&self) -> Result<(), Stop> {
        let write = || GiveKeys { source: self.run.source_id.clone(), shape: self.shape.clone() };
        while self.service.store.write(write()).await? {}
        Ok(())
    }

    async fn people(&self) -> Result<People, Stop> {
        let mut people = People::new(self.settings.correlation.clone());
        let mut last = None;
        while people.is_needed() {
            let mut reader = self.service.store.read().await?;
            let some = identities::after(&mut reader.tx(), last.as_ref(), BATCH).await?;
            some.iter().for_each(|identity| people.add(identity));
            match some.last() {
                Some(identity) => last = Some(identity.id.clone()),
                None => break,
            }
        }
        Ok(people)
    }

    /// A refused service account stops its source, as anywhere else.
    async fn fault(&self, fault: &Fault) -> Stop {
        tracing::warn!(source.name = %self.run.source_name, fault = %fault, "the accounts of a source cannot be read");
        if fault.stops_source {
            self.service.stop_source(&self.run.source_id, fault).await;
        }
        Stop::Told(fault.reason.clone())
    }

    fn record(&self, event: &'static str) -> passwright_domain::audit::AuditRecord {
        let object = format!("source:{}", self.run.source_id);
        let actor = self.run.actor.clone();
        self.service.audit_record(actor, event, object, Outcome::Passed, &self.tracking_id, "")
    }
}

struct GiveKeys {
    source: SourceId,
    shape: Shape,
}

impl Write for GiveKeys {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        accounts::set_keys(tx, &self.source, BATCH, |name| self.shape.key(name)).await
    }
}
