//! One source that does not answer, of twenty: the others must not notice. The product's worker on a paused clock, a queue
//! in memory and scripted sources, so that every run is the same and no processor is too slow for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use passwright_app::worker::{self, BreakerLimits, Breakers, Case, ChangeQueue, Opened, World};
use passwright_app::{Clock, Error, Rng, Target, Timestamp};
use passwright_connectors::{AccountRef, AccountState, Fault, Proof, SetPassword};
use passwright_domain::change::{Lane, OpenTarget, PayloadKind, SealedPayload, TargetState};
use passwright_domain::directory::{Account, Identity, IdentityStatus};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, SourceId};
use passwright_storage::StorageError;
use passwright_storage::budgets::WornKey;
use passwright_storage::changes::{
    BeginWrite, Begun, ClaimLanes, FailChange, FinishTarget, ReleaseLane, RenewLane, Resolution,
};
use passwright_vault::secret::Password;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

const SOURCES: u32 = 20;
/// The source that does not answer.
const DEAD: u32 = 0;
const CHANGES: u32 = 10_000;
/// Between two accepted changes: 100 a second, five of them for each source.
const BETWEEN: Duration = Duration::from_millis(10);
const START: Timestamp = Timestamp(1_800_000_000_000_000);

fn bytes(kind: u8, n: u32) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    bytes
}

fn source(n: u32) -> SourceId {
    SourceId::from_random(bytes(1, n))
}

fn account(n: u32, source_number: u32) -> Account {
    Account {
        id: AccountId::from_random(bytes(2, n)),
        identity_id: IdentityId::from_random(bytes(3, n)),
        source_id: source(source_number),
        native_identity: n.to_string(),
        name: n.to_string(),
        attributes: BTreeMap::new(),
    }
}

/// One change of one account.
struct Job {
    source: u32,
    accepted_at: Timestamp,
    due_at: Option<Timestamp>,
    lease_until: Timestamp,
    fence: i64,
    attempts: i64,
    done_at: Option<Timestamp>,
}

#[derive(Default)]
struct Queue {
    jobs: Mutex<Vec<Job>>,
    /// The numbers of those that are not done.
    open: Mutex<BTreeSet<usize>>,
    numbers: Mutex<BTreeMap<AccountId, usize>>,
}

impl Queue {
    fn accept(&self, source_number: u32, now: Timestamp) {
        let mut jobs = self.jobs.lock().unwrap();
        let n = u32::try_from(jobs.len()).unwrap();
        self.numbers.lock().unwrap().insert(account(n, source_number).id, jobs.len());
        self.open.lock().unwrap().insert(jobs.len());
        jobs.push(Job {
            source: source_number,
            accepted_at: now,
            due_at: Some(now),
            lease_until: Timestamp(0),
            fence: 0,
            attempts: 0,
            done_at: None,
        });
    }

    fn number(&self, id: &AccountId) -> usize {
        self.numbers.lock().unwrap()[id]
    }
}

impl ChangeQueue for Queue {
    fn is_single_process(&self) -> bool {
        true
    }

    async fn void_leases(&self) -> Result<(), StorageError> {
        Ok(())
    }

    async fn due_sources(&self, now: Timestamp) -> Result<(Vec<(SourceId, Timestamp)>, Timestamp), StorageError> {
        let mut due = BTreeMap::new();
        let jobs = self.jobs.lock().unwrap();
        for job in self.open.lock().unwrap().iter().map(|n| &jobs[*n]).filter(|job| job.lease_until <= now) {
            if let Some(at) = job.due_at {
                due.entry(job.source).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        Ok((due.into_iter().map(|(n, at)| (source(n), at)).collect(), now))
    }

    async fn claim(&self, claim: ClaimLanes) -> Result<Vec<Lane>, StorageError> {
        let mut lanes = Vec::new();
        let mut jobs = self.jobs.lock().unwrap();
        let open = self.open.lock().unwrap();
        for (of, most) in claim.sources {
            let number = (0..SOURCES).find(|n| source(*n) == of).unwrap();
            let is_due = |n: &&usize| {
                let job = &jobs[**n];
                job.source == number && job.lease_until <= claim.now && job.due_at.is_some_and(|at| at <= claim.now)
            };
            let due: Vec<usize> = open.iter().filter(is_due).take(usize::try_from(most).unwrap()).copied().collect();
            for n in due {
                let job = &mut jobs[n];
                job.lease_until = claim.now + claim.lease;
                job.fence += 1;
                let account = account(u32::try_from(n).unwrap(), job.source);
                let target = OpenTarget {
                    change_id: PasswordChangeId::from_random(bytes(4, u32::try_from(n).unwrap())),
                    identity_id: account.identity_id,
                    actor: String::new(),
                    tracking_id: String::new(),
                    accepted_at: job.accepted_at,
                    payload: SealedPayload {
                        kind: PayloadKind::Direct,
                        epoch: 0,
                        wrapped_key: String::new(),
                        ciphertext: String::new(),
                    },
                    named_account_id: account.id.clone(),
                    unlock: false,
                    seq: 1,
                    position: 0,
                    state: TargetState::Waiting,
                    attempts: job.attempts,
                    due_at: job.due_at,
                    maybe_written: false,
                    unresolved_until: None,
                    begun_fence: None,
                    seen: None,
                    restored: false,
                    others_begun_at: None,
                    others_begun_fence: None,
                    source_ids: vec![of.clone()],
                };
                lanes.push(Lane {
                    account_id: account.id,
                    source_id: of.clone(),
                    fence: job.fence,
                    claimed_at: claim.now,
                    targets: vec![target],
                });
            }
        }
        Ok(lanes)
    }

    async fn renew(&self, renew: RenewLane) -> Result<(), StorageError> {
        let number = self.number(&renew.account_id);
        let job = &mut self.jobs.lock().unwrap()[number];
        assert_eq!(job.fence, renew.fence, "a lease ran out");
        job.lease_until = renew.now + renew.lease;
        Ok(())
    }

    async fn begin(&self, _begin: BeginWrite) -> Result<Begun, StorageError> {
        Ok(Begun::Go)
    }

    async fn finish(&self, finish: FinishTarget) -> Result<(), StorageError> {
        let mut jobs = self.jobs.lock().unwrap();
        let number = self.number(&finish.account_id);
        let job = &mut jobs[number];
        assert_eq!(job.fence, finish.fence, "a lease ran out");
        job.lease_until = Timestamp(0);
        match finish.resolution {
            Resolution::Confirmed(..) => {
                (job.due_at, job.done_at) = (None, Some(finish.now));
                self.open.lock().unwrap().remove(&number);
            }
            Resolution::Retry { at, attempts, .. } => (job.due_at, job.attempts) = (Some(at), attempts),
            Resolution::Postponed { at } => job.due_at = Some(at),
            Resolution::Ended(state, reason) => panic!("{state:?} {reason}"),
        }
        Ok(())
    }

    async fn fail(&self, _fail: FailChange) -> Result<Option<WornKey>, StorageError> {
        panic!("no change of this test is refused");
    }

    async fn release(&self, _release: ReleaseLane) -> Result<(), StorageError> {
        panic!("no lane of this test is empty");
    }
}

struct RunClock(Instant);

impl Clock for RunClock {
    fn now(&self) -> Timestamp {
        START + self.0.elapsed()
    }
}

/// A sequence of its own; what it is like does not matter here.
struct Sequence(AtomicU64);

impl Rng for Sequence {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            let n = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            *byte = (n ^ (n >> 29)).to_be_bytes()[1];
        }
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// A source that answers after a while, or never.
struct Scripted {
    is_dead: bool,
    dead_calls: Arc<AtomicU64>,
}

impl Scripted {
    async fn answer<T>(&self, after: u64, answer: T) -> Result<T, Fault> {
        if self.is_dead {
            self.dead_calls.fetch_add(1, Ordering::Relaxed);
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(after)).await;
        Ok(answer)
    }
}

impl Target for Scripted {
    fn check<'a>(&'a self, _account: AccountRef<'a>) -> Answer<'a, AccountState> {
        Box::pin(self.answer(5, AccountState::default()))
    }

    fn set_password<'a>(&'a self, _account: AccountRef<'a>, _new: &'a str, _options: SetPassword) -> Answer<'a, ()> {
        Box::pin(self.answer(20, ()))
    }

    fn prove<'a>(&'a self, _account: AccountRef<'a>, _password: &'a str) -> Answer<'a, Proof> {
        Box::pin(self.answer(15, Proof::Proved))
    }
}

/// How a run is laid out.
#[derive(Clone, Copy)]
struct Layout {
    is_dead: bool,
    lanes_per_source: usize,
    faults: u32,
    first_lanes: usize,
    /// Every change is of an account on a live source whose owner has one on the dead source too.
    is_group: bool,
}

struct Site {
    layout: Layout,
    queue: Queue,
    clock: RunClock,
    rng: Sequence,
    work_waiting: Notify,
    breakers: Breakers,
    dead_calls: Arc<AtomicU64>,
    /// Passwords opened for the source that does not answer while lanes of others waited.
    dead_opened: AtomicU64,
}

impl Site {
    fn new(layout: Layout) -> Arc<Self> {
        Arc::new(Self {
            layout,
            queue: Queue::default(),
            clock: RunClock(Instant::now()),
            rng: Sequence(AtomicU64::new(1)),
            work_waiting: Notify::new(),
            breakers: Breakers::new(BreakerLimits {
                faults: layout.faults,
                first_lanes: layout.first_lanes,
                ..BreakerLimits::default()
            }),
            dead_calls: Arc::default(),
            dead_opened: AtomicU64::new(0),
        })
    }

    /// Whether only changes of the dead source are open.
    fn is_drained(&self) -> bool {
        let jobs = self.queue.jobs.lock().unwrap();
        self.queue.open.lock().unwrap().iter().all(|n| jobs[*n].source == DEAD)
    }

    /// Whether a lane of another source waits for a place.
    fn others_wait(&self) -> bool {
        let jobs = self.queue.jobs.lock().unwrap();
        let waits = |job: &Job| job.source != DEAD && job.lease_until <= self.clock.now();
        self.queue.open.lock().unwrap().iter().any(|n| waits(&jobs[*n]))
    }

    async fn drained(&self) {
        while !self.is_drained() {
            assert!(self.clock.now().since(START) < Duration::from_secs(3600), "some never end");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl World for Site {
    type Queue = Queue;

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn rng(&self) -> &dyn Rng {
        &self.rng
    }

    fn work_waiting(&self) -> &Notify {
        &self.work_waiting
    }

    fn lanes(&self) -> usize {
        64
    }

    fn lanes_per_source(&self) -> usize {
        self.layout.lanes_per_source
    }

    fn breakers(&self) -> &Breakers {
        &self.breakers
    }

    async fn look_up(&self, lane: &Lane, _target: &OpenTarget) -> Result<Case, Error> {
        let n = self.queue.number(&lane.account_id);
        let source_number = self.queue.jobs.lock().unwrap()[n].source;
        let own = account(u32::try_from(n).unwrap(), source_number);
        let mut accounts = vec![(own.clone(), "Own".to_owned())];
        if self.layout.is_group {
            accounts.push((account(CHANGES + u32::try_from(n).unwrap(), DEAD), "Dead".to_owned()));
        }
        let identity = Identity {
            id: own.identity_id.clone(),
            alias: String::new(),
            name: String::new(),
            email: None,
            status: IdentityStatus::Active,
            levels: BTreeSet::new(),
            attributes: BTreeMap::new(),
        };
        Ok(Case { account: own.clone(), named: own, identity, accounts })
    }

    fn open(&self, _target: &OpenTarget, case: &Case) -> Opened {
        if case.account.source_id == source(DEAD) && self.others_wait() {
            self.dead_opened.fetch_add(1, Ordering::Relaxed);
        }
        Opened::Password(Password::new("Correct-Horse-9".to_owned()))
    }

    async fn broken_rules(&self, _case: &Case, _password: &Password) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    async fn system(&self, account: &Account) -> Result<Arc<dyn Target>, Fault> {
        let is_dead = self.layout.is_dead && account.source_id == source(DEAD);
        Ok(Arc::new(Scripted { is_dead, dead_calls: self.dead_calls.clone() }))
    }
}

struct Ran {
    /// From acceptance to proof, of every change on a live source, shortest first.
    times: Vec<Duration>,
    dead_calls: u64,
    dead_attempts: i64,
}

impl Ran {
    fn p99(&self) -> Duration {
        self.times[self.times.len() * 99 / 100]
    }
}

fn run(layout: Layout) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let site = Site::new(layout);
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(worker::run(site.clone(), stopped));
        for n in 0..CHANGES {
            let first = u32::from(layout.is_group);
            site.queue.accept(first + n % (SOURCES - first), site.clock.now());
            site.work_waiting.notify_one();
            tokio::time::sleep(BETWEEN).await;
        }
        site.drained().await;
        stop.send(true).unwrap();
        worker.await.unwrap().unwrap();
        let jobs = site.queue.jobs.lock().unwrap();
        let mut times: Vec<_> = jobs
            .iter()
            .filter(|job| job.source != DEAD)
            .map(|job| job.done_at.unwrap().since(job.accepted_at))
            .collect();
        times.sort();
        let dead_attempts = jobs.iter().filter(|job| job.source == DEAD).map(|job| job.attempts).sum();
        Ran { times, dead_calls: site.dead_calls.load(Ordering::Relaxed), dead_attempts }
    })
}

const LAYOUT: Layout = Layout { is_dead: true, lanes_per_source: 32, faults: 5, first_lanes: 8, is_group: false };

#[test]
fn one_dead_source_of_twenty_does_not_slow_the_others() {
    let sound = run(Layout { is_dead: false, ..LAYOUT });
    let ran = run(LAYOUT);
    eprintln!("p99 {:?} with, {:?} without; {} calls to the dead source", ran.p99(), sound.p99(), ran.dead_calls);
    assert!(ran.p99() * 10 < sound.p99() * 12, "{:?} with, {:?} without", ran.p99(), sound.p99());
    // 500 changes wait for it: those under way when the breaker opens, then one probe for each pause.
    assert!((8..40).contains(&ran.dead_calls), "{}", ran.dead_calls);
    assert_eq!(ran.dead_attempts, i64::try_from(ran.dead_calls).unwrap(), "waiting is not an attempt");
}

#[test]
fn without_bound_and_breaker_it_would() {
    let sound = run(Layout { is_dead: false, ..LAYOUT });
    let ran = run(Layout { lanes_per_source: 64, faults: u32::MAX, first_lanes: 64, ..LAYOUT });
    assert!(ran.p99() > sound.p99() * 2, "else the test above proves nothing: {:?} and {:?}", ran.p99(), sound.p99());
}

#[test]
fn a_group_with_a_dead_member_soon_stops_waiting_for_its_look() {
    let sound = run(Layout { is_dead: false, is_group: true, ..LAYOUT });
    let ran = run(Layout { is_group: true, ..LAYOUT });
    eprintln!("median {:?}, {} looks at the dead source", ran.times[ran.times.len() / 2], ran.dead_calls);
    assert_eq!(ran.times[ran.times.len() / 2], sound.times[sound.times.len() / 2]);
    // The looks of the first five seconds, up to the first five that end without an answer.
    assert!(ran.dead_calls < 600, "{}", ran.dead_calls);
}

#[test]
fn what_waits_for_a_dead_source_costs_a_drain_nothing() {
    const WAITING: u32 = 3_000;
    // Eight seconds of work for one source: most of it after the breaker opened.
    const LIVE: u32 = 6_400;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let site = Site::new(LAYOUT);
        let accept = |count: u32, source| (0..count).for_each(|_| site.queue.accept(source, site.clock.now()));
        accept(WAITING, DEAD);
        accept(LIVE, 1);
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(worker::run(site.clone(), stopped));
        site.drained().await;
        let opened = site.dead_opened.load(Ordering::Relaxed);
        let took = site.clock.now().since(START);
        stop.send(true).unwrap();
        worker.await.unwrap().unwrap();
        eprintln!("{took:?}, {opened} passwords opened for the dead source");
        assert!(took < Duration::from_secs(10), "{took:?}");
        // Those under way when the breaker opened.
        assert!((5..=8).contains(&opened), "{opened}");
    });
}
