use std::collections::HashMap;
use std::time::Duration;

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::Collection;
use passwright_domain::directory::Sources;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::overview::{Queue, queues};
use passwright_storage::directory::sources::{self, Stored};

use crate::catalog::{Catalog, CatalogSource};
use crate::{Error, Service};

/// How a source is, and how much waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    pub id: String,
    pub name: String,
    pub description: String,
    /// The kind of connector, as `apply` files name it.
    pub kind: String,
    pub built_in: bool,
    /// The password group it is in.
    pub group: Option<String>,
    pub condition: Condition,
    /// When its connection was checked last.
    pub checked_at: Option<Timestamp>,
    /// Targets that have not ended.
    pub waiting: u64,
    /// Those of them that failed for now.
    pub retrying: u64,
    /// When a password was confirmed there last, among the newest thousand changes.
    pub confirmed_at: Option<Timestamp>,
}

/// The first of these that is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Its service account was refused: no call is made before `probe_at`.
    Stopped {
        reason: String,
        detail: String,
        since: Timestamp,
        probe_at: Timestamp,
    },
    /// Its settings cannot be used.
    Unusable {
        reason: String,
        detail: String,
    },
    /// It failed several times in a row, and this node leaves it alone for so long still.
    Paused {
        reason: String,
        left: Duration,
    },
    /// The last check failed.
    Faulty,
    /// The last check went well, or it is the service itself.
    Works,
    Unchecked,
}

impl Service {
    /// How every source is, by name. What is paused is what this node has paused.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn list_source_states(&self, caller: &Caller) -> Result<Vec<SourceState>, Error> {
        self.require(caller, Action::Administer(Right::ReadSources), "source:all").await?;
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (stored, _) = sources::page(&mut tx, &Collection::<Sources>::whole()).await?;
        let queues: HashMap<_, _> = queues(&mut tx).await?.into_iter().collect();
        let state = |stored: &Stored| {
            let queue = queues.get(&stored.source.id).copied().unwrap_or_default();
            self.state_of(stored, queue, &catalog)
        };
        Ok(stored.iter().map(state).collect())
    }

    /// How one source is.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_source_state(&self, caller: &Caller, id: &str) -> Result<SourceState, Error> {
        let states = self.list_source_states(caller).await?;
        states.into_iter().find(|state| state.id == id).ok_or(Error::NotFound)
    }

    fn state_of(&self, stored: &Stored, queue: Queue, catalog: &Catalog) -> SourceState {
        let (source, health) = (&stored.source, &stored.health);
        let known = catalog.source(&source.id);
        let unchecked = match (source.is_built_in(), health.checked_at) {
            (true, _) => Condition::Works,
            (false, None) => Condition::Unchecked,
            (false, Some(_)) if health.healthy => Condition::Works,
            (false, Some(_)) => Condition::Faulty,
        };
        let stopped = known.and_then(|known| known.stopped.as_ref()).map(|stopped| Condition::Stopped {
            reason: stopped.reason.clone(),
            detail: stopped.detail.clone(),
            since: stopped.since,
            probe_at: stopped.probe_at,
        });
        let unusable = || {
            let fault = known.and_then(CatalogSource::connector).and_then(Result::err)?;
            Some(Condition::Unusable { reason: fault.reason, detail: fault.detail })
        };
        let paused = || {
            let (left, reason) = self.breakers.paused(&source.id)?;
            Some(Condition::Paused { reason, left })
        };
        SourceState {
            id: source.id.to_string(),
            name: source.name.clone(),
            description: source.description.clone(),
            kind: source.kind(),
            built_in: source.is_built_in(),
            group: known.and_then(|known| known.group.as_ref()).map(|group| group.name.clone()),
            condition: stopped.or_else(unusable).or_else(paused).unwrap_or(unchecked),
            checked_at: health.checked_at,
            waiting: u64::try_from(queue.waiting).unwrap_or_default(),
            retrying: u64::try_from(queue.retrying).unwrap_or_default(),
            confirmed_at: queue.confirmed_at,
        }
    }
}
