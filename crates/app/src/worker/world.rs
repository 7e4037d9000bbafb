//! What the worker stands on: the queue, the clock, randomness, the directory and the systems behind it. The service is
//! one world; a simulation is another, so the worker's own code runs under a seed.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use passwright_connectors::{AccountRef, Fault};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::change::{Lane, OpenTarget};
use passwright_domain::directory::{Account, Identity};
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::budgets::WornKey;
use passwright_storage::changes::{
    BeginWrite, Begun, ClaimLanes, FailChange, FinishTarget, ReleaseLane, RenewLane, VoidLeases,
};
use passwright_storage::{StorageError, Store};
use passwright_vault::secret::Password;
use tokio::sync::Notify;

use super::Breakers;
use crate::{Clock, Error, Rng, Target};

/// The change queue as the worker uses it. Each call is one transaction.
pub trait ChangeQueue: Send + Sync + 'static {
    /// Whether this process alone works on the queue; leases from before its start are void then.
    fn is_single_process(&self) -> bool;
    /// Ends every lease.
    fn void_leases(&self) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// When the next unleased lane of each source is due, and what time it is, on the clock that due times are of.
    fn due_sources(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<(Vec<(SourceId, Timestamp)>, Timestamp), StorageError>> + Send;
    fn claim(&self, claim: ClaimLanes) -> impl Future<Output = Result<Vec<Lane>, StorageError>> + Send;
    /// Keeps a claimed lane; fails with [`StorageError::LeaseLost`] when it is no longer ours.
    fn renew(&self, renew: RenewLane) -> impl Future<Output = Result<(), StorageError>> + Send;
    fn begin(&self, begin: BeginWrite) -> impl Future<Output = Result<Begun, StorageError>> + Send;
    fn finish(&self, finish: FinishTarget) -> impl Future<Output = Result<(), StorageError>> + Send;
    fn fail(&self, fail: FailChange) -> impl Future<Output = Result<Option<WornKey>, StorageError>> + Send;
    fn release(&self, release: ReleaseLane) -> impl Future<Output = Result<(), StorageError>> + Send;
}

impl ChangeQueue for Store {
    fn is_single_process(&self) -> bool {
        Store::is_single_process(self)
    }

    async fn void_leases(&self) -> Result<(), StorageError> {
        self.write(VoidLeases).await.map(|_| ())
    }

    async fn due_sources(&self, now: Timestamp) -> Result<(Vec<(SourceId, Timestamp)>, Timestamp), StorageError> {
        let mut reader = self.read().await?;
        let mut tx = reader.tx();
        let due = passwright_storage::changes::due_sources(&mut tx, now).await?;
        Ok((due, tx.now(now).await?))
    }

    async fn claim(&self, claim: ClaimLanes) -> Result<Vec<Lane>, StorageError> {
        self.write(claim).await
    }

    async fn renew(&self, renew: RenewLane) -> Result<(), StorageError> {
        self.write(renew).await
    }

    async fn begin(&self, begin: BeginWrite) -> Result<Begun, StorageError> {
        self.write(begin).await
    }

    async fn finish(&self, finish: FinishTarget) -> Result<(), StorageError> {
        self.write(finish).await
    }

    async fn fail(&self, fail: FailChange) -> Result<Option<WornKey>, StorageError> {
        self.write(fail).await
    }

    async fn release(&self, release: ReleaseLane) -> Result<(), StorageError> {
        self.write(release).await
    }
}

/// What an attempt needs to know of the directory, read before the password is opened.
pub struct Case {
    /// The account at hand.
    pub account: Account,
    /// The account the caller named; the payload is bound to it.
    pub named: Account,
    pub identity: Identity,
    /// Every account of the change, with the name of its source.
    pub accounts: Vec<(Account, String)>,
}

impl Case {
    #[must_use]
    pub fn reference(account: &Account) -> AccountRef<'_> {
        AccountRef { native_identity: &account.native_identity, name: &account.name }
    }
}

/// What came out of a payload.
pub enum Opened {
    Password(Password),
    /// Not a password: not UTF-8, empty, or with control characters.
    Invalid,
    /// The key is gone: its time was over.
    KeyGone,
}

/// What is assumed of systems unless the installation knows better.
pub const LATE_WRITES: Duration = Duration::from_secs(60);

/// The worker's surroundings.
pub trait World: Send + Sync + 'static {
    type Queue: ChangeQueue;

    fn queue(&self) -> &Self::Queue;
    fn clock(&self) -> &dyn Clock;
    fn rng(&self) -> &dyn Rng;
    /// Rung when work may be waiting; a hint.
    fn work_waiting(&self) -> &Notify;
    /// Lanes to work on at once.
    fn lanes(&self) -> usize;
    /// Lanes of one source to work on at once.
    fn lanes_per_source(&self) -> usize;
    /// What is known of the sources' faults.
    fn breakers(&self) -> &Breakers;
    /// How long a system may carry out a write after we gave up waiting for its answer. No other change is written to
    /// the account before.
    fn late_writes(&self) -> Duration {
        LATE_WRITES
    }
    /// What payload failures are counted against.
    fn payload_budget(&self) -> PayloadBudget {
        PayloadBudget::default()
    }
    /// A key has met so many payload failures that somebody must hear of it.
    fn key_worn(&self, worn: WornKey) -> impl Future<Output = ()> + Send {
        let _ = worn;
        std::future::ready(())
    }
    /// Where the numbers of changes begin, as systems keep them: a restored database gives its own out a second time.
    fn order_base(&self) -> i64 {
        0
    }
    fn look_up(&self, lane: &Lane, target: &OpenTarget) -> impl Future<Output = Result<Case, Error>> + Send;
    /// Opens the payload; takes the same steps whatever an RSA plaintext turns out to be.
    fn open(&self, target: &OpenTarget, case: &Case) -> Opened;
    /// Every rule the password breaks at any account of the change, one plain sentence each.
    fn broken_rules(&self, case: &Case, password: &Password)
    -> impl Future<Output = Result<Vec<String>, Error>> + Send;
    /// How long the lanes of a stopped source wait, and why; `None` when it is not stopped.
    fn stopped(&self, _source: &SourceId) -> impl Future<Output = Option<(Duration, String)>> + Send {
        async { None }
    }
    /// Whether a stopped source is to be left alone (`true`) or tried with one lane; `None` when it is not stopped.
    fn is_resting(&self, _source: &SourceId) -> impl Future<Output = Option<bool>> + Send {
        async { None }
    }
    /// Stops a source that refused its service account.
    fn stop_source(&self, _source: &SourceId, _fault: &Fault) -> impl Future<Output = ()> + Send {
        async {}
    }
    /// What talks to the account's system.
    fn system(&self, account: &Account) -> impl Future<Output = Result<Arc<dyn Target>, Fault>> + Send;
}
