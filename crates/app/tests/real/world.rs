//! A worker's world: SQLite, one account, one real system, a clock that can be moved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use passwright_app::worker::{self, Breakers, Case, Opened, World};
use passwright_app::{Clock, Error, OsRng, Rng, SystemClock, Target, Timestamp};
use passwright_connectors::{AccountState, Fault, Proof};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{Lane, NewChange, NewTarget, OpenTarget, PayloadKind, SealedPayload, TargetState};
use passwright_domain::directory::{Account, Identity, IdentityStatus, Source};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, SourceId};
use passwright_storage::changes::{AcceptChange, lookup_with_targets};
use passwright_storage::directory::{accounts, identities, sources};
use passwright_storage::{Options, StorageError, Store, Tx, Write};
use passwright_vault::secret::Password;
use tokio::sync::{Notify, watch};

use crate::system::System;

const PATIENCE: Duration = Duration::from_secs(20);

/// The wall clock, moved by what a test says.
#[derive(Default)]
struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::Relaxed))
    }
}

struct TestWorld {
    store: Store,
    clock: MovedClock,
    work_waiting: Notify,
    account: Account,
    identity: Identity,
    system: Arc<System>,
    breakers: Breakers,
}

struct Directory(Account, Identity);

impl Write for Directory {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let source = Source {
            id: self.0.source_id.clone(),
            name: "Directory".to_owned(),
            description: String::new(),
            features: Default::default(),
            connector: Some("{}".to_owned()),
            sealed_credential: None,
            policy_holders: Vec::new(),
        };
        identities::upsert(tx, &self.1, Timestamp(1)).await?;
        sources::upsert(tx, &source, Timestamp(1)).await?;
        accounts::upsert(tx, &self.0, Timestamp(1)).await
    }
}

impl World for TestWorld {
    type Queue = Store;

    fn queue(&self) -> &Store {
        &self.store
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn rng(&self) -> &dyn Rng {
        &OsRng
    }

    fn work_waiting(&self) -> &Notify {
        &self.work_waiting
    }

    fn lanes(&self) -> usize {
        4
    }

    fn lanes_per_source(&self) -> usize {
        4
    }

    fn breakers(&self) -> &Breakers {
        &self.breakers
    }

    async fn look_up(&self, _lane: &Lane, _target: &OpenTarget) -> Result<Case, Error> {
        let (account, identity) = (self.account.clone(), self.identity.clone());
        let accounts = vec![(account.clone(), "Directory".to_owned())];
        Ok(Case { named: account.clone(), account, identity, accounts })
    }

    fn open(&self, target: &OpenTarget, _case: &Case) -> Opened {
        Opened::Password(Password::new(target.payload.ciphertext.clone()))
    }

    async fn broken_rules(&self, _case: &Case, _password: &Password) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    async fn system(&self, _account: &Account) -> Result<Arc<dyn Target>, Fault> {
        Ok(self.system.clone())
    }
}

/// A worker at work on one account.
pub(crate) struct Site {
    world: Arc<TestWorld>,
    pub(crate) system: Arc<System>,
    accepted: AtomicU8,
    stop: watch::Sender<bool>,
    worker: tokio::task::JoinHandle<Result<(), Error>>,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(crate) async fn start(system: Arc<System>, native_identity: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new(format!("sqlite://{}", folder.path().join("queue.sqlite3").display()));
        Store::migrate(&options).await.unwrap();
        let store = Store::open(&options).await.unwrap();
        let identity = Identity {
            id: IdentityId::from_random([1; 16]),
            alias: "abby".to_owned(),
            name: String::new(),
            email: None,
            status: IdentityStatus::Active,
            levels: Default::default(),
            attributes: BTreeMap::new(),
        };
        let account = Account {
            id: AccountId::from_random([3; 16]),
            identity_id: identity.id.clone(),
            source_id: SourceId::from_random([2; 16]),
            name: native_identity.clone(),
            native_identity,
            attributes: BTreeMap::new(),
        };
        store.write(Directory(account.clone(), identity.clone())).await.unwrap();
        let (clock, work_waiting) = (MovedClock::default(), Notify::new());
        let world = Arc::new(TestWorld {
            store,
            clock,
            work_waiting,
            account,
            identity,
            system: system.clone(),
            breakers: Breakers::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(worker::run(world.clone(), stopped));
        Self { world, system, accepted: AtomicU8::new(0), stop, worker, _folder: folder }
    }

    pub(crate) async fn end(self) {
        self.stop.send(true).unwrap();
        self.worker.await.unwrap().unwrap();
    }

    /// Accepts a change as if it had been accepted `ago`.
    pub(crate) async fn accept(&self, password: &str, ago: Duration) -> PasswordChangeId {
        self.accept_with(password, ago, false).await
    }

    /// The same, with or without clearing the account's lock.
    pub(crate) async fn accept_with(&self, password: &str, ago: Duration, unlock: bool) -> PasswordChangeId {
        let n = self.accepted.fetch_add(1, Ordering::Relaxed);
        let id = PasswordChangeId::from_random([n; 16]);
        let account = &self.world.account;
        let change = NewChange {
            id: id.clone(),
            identity_id: account.identity_id.clone(),
            actor: "client:test".to_owned(),
            tracking_id: String::new(),
            accepted_at: self.world.clock.now() - ago,
            payload: SealedPayload {
                kind: PayloadKind::Direct,
                epoch: 1,
                wrapped_key: "key".to_owned(),
                ciphertext: password.to_owned(),
            },
            ciphertext_digest: None,
            named_account_id: account.id.clone(),
            unlock,
            targets: vec![NewTarget { account_id: account.id.clone(), source_id: account.source_id.clone() }],
        };
        let audit = AuditRecord {
            id: format!("accept-{n}"),
            at: Timestamp(1),
            actor: String::new(),
            event: "USER_PASSWORD_UPDATE",
            object: String::new(),
            outcome: Outcome::Passed,
            tracking_id: String::new(),
            address: None,
            detail: String::new(),
        };
        self.world.store.write(AcceptChange { change, audit }).await.unwrap();
        self.world.work_waiting.notify_one();
        id
    }

    /// Waits until the target is in this state after so many attempts; gives what it says.
    pub(crate) async fn until(&self, id: &PasswordChangeId, state: TargetState, attempts: i64) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut reader = self.world.store.read().await.unwrap();
            let stored = lookup_with_targets(&mut reader.tx(), id).await.unwrap().unwrap();
            drop(reader);
            let target = &stored.targets[0];
            if target.state == state && target.attempts == attempts {
                return target.reason.clone();
            }
            assert!(!target.state.is_final() && Instant::now() < deadline, "no {state:?} after {attempts}: {target:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits for one of two states, each after so many attempts.
    pub(crate) async fn until_either(&self, id: &PasswordChangeId, one: (TargetState, i64), other: (TargetState, i64)) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut reader = self.world.store.read().await.unwrap();
            let stored = lookup_with_targets(&mut reader.tx(), id).await.unwrap().unwrap();
            drop(reader);
            let target = &stored.targets[0];
            if [one, other].contains(&(target.state, target.attempts)) {
                return;
            }
            assert!(Instant::now() < deadline, "neither: {target:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets time pass until the target has ended; gives how, and after how many attempts.
    pub(crate) async fn until_ended(&self, id: &PasswordChangeId) -> (TargetState, i64) {
        let deadline = Instant::now() + PATIENCE * 2;
        let mut passed_after = 0;
        loop {
            let mut reader = self.world.store.read().await.unwrap();
            let stored = lookup_with_targets(&mut reader.tx(), id).await.unwrap().unwrap();
            drop(reader);
            let target = &stored.targets[0];
            if target.state.is_final() {
                return (target.state, target.attempts);
            }
            if target.state == TargetState::Retrying && target.attempts > passed_after {
                passed_after = target.attempts;
                self.pass(Duration::from_secs(45 * 60));
            }
            assert!(Instant::now() < deadline, "no end: {target:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How the account is.
    pub(crate) async fn state(&self) -> AccountState {
        self.system.connector.check(Case::reference(&self.world.account)).await.unwrap()
    }

    /// Lets time pass for the worker and its queue.
    pub(crate) fn pass(&self, time: Duration) {
        self.world.clock.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
        self.world.work_waiting.notify_one();
    }

    /// Somebody else changes the password at the system.
    pub(crate) async fn change_outside(&self, password: &str) {
        let account = Case::reference(&self.world.account);
        let before = self.system.connector.check(account).await.unwrap().password_changed_at;
        // OpenLDAP tells whole seconds: two changes within one cannot be told apart.
        while before.is_some_and(|at| SystemClock.now().0 < at + 1_100_000) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.system.connector.set_password(account, password, Default::default()).await.unwrap();
    }

    pub(crate) async fn accepts(&self, password: &str) -> bool {
        let account = Case::reference(&self.world.account);
        self.system.connector.prove(account, password).await.unwrap() == Proof::Proved
    }
}
