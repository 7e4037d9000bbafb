//! The memory queue against the stored one: random histories of transactions, the same on each engine, with every answer
//! compared after each step and every readable state after every fifth.
//!
//! PostgreSQL goes by its own clock, so a history has no times of its own: what is due is due at once, what is not is due
//! an hour later, and time passes in a history only by voiding leases.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use passwright_app::worker::ChangeQueue;
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{
    EndReason, INVALID_PAYLOAD, Lane, NewChange, NewTarget, PayloadKind, SealedPayload, TargetState,
};
use passwright_domain::directory::{Account, Identity, IdentityStatus, Source};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, RsaKeyId, SourceId};
use passwright_domain::restore::Mark;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{
    AcceptChange, AdvanceMark, BeginWrite, CancelHeld, ClaimLanes, FailChange, FinishTarget, ReleaseHeld, ReleaseLane,
    RenewLane, Resolution, Seen, VoidLeases, lookup_change, targets_of,
};
use passwright_storage::directory::{accounts, identities, sources};
use passwright_storage::{Options, StorageError, Store, Tx, Write};
use passwright_testkit::{Postgres, require};

use crate::pictures::{answer, picture};
use crate::queue::{AccountRow, Op, Reply, Tables};
use crate::rng::SplitMix;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
const ACCOUNTS: u8 = 3;
const STEPS: usize = 30;

pub(crate) fn now() -> Timestamp {
    Timestamp(0) + SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

/// Ids of one history; each has its own, so that many share a database.
#[derive(Clone, Copy)]
struct History(u32);

impl History {
    fn bytes(self, kind: u8, n: u8) -> [u8; 16] {
        let mut bytes = [kind; 16];
        bytes[4..8].copy_from_slice(&self.0.to_be_bytes());
        bytes[15] = n;
        bytes
    }

    fn identity(self, n: u8) -> IdentityId {
        IdentityId::from_random(self.bytes(1, n))
    }

    fn source(self, n: u8) -> SourceId {
        SourceId::from_random(self.bytes(2, n))
    }

    fn account(self, n: u8) -> AccountId {
        AccountId::from_random(self.bytes(3, n))
    }

    fn change(self, n: u8) -> PasswordChangeId {
        PasswordChangeId::from_random(self.bytes(4, n))
    }

    fn claim(self, most: i64) -> ClaimLanes {
        ClaimLanes { now: now(), sources: (0..ACCOUNTS).map(|n| (self.source(n), most)).collect(), lease: HOUR }
    }

    fn source_name(self, n: u8) -> String {
        format!("Source {n} of {}", self.0)
    }
}

impl Write for History {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let person = Identity {
            id: self.identity(0),
            alias: format!("person{}", self.0),
            name: String::new(),
            email: None,
            status: IdentityStatus::Active,
            levels: Default::default(),
            attributes: BTreeMap::new(),
        };
        identities::upsert(tx, &person, Timestamp(1)).await?;
        for n in 0..ACCOUNTS {
            let source = Source {
                id: self.source(n),
                name: self.source_name(n),
                description: String::new(),
                features: Default::default(),
                connector: Some("{}".to_owned()),
                sealed_credential: None,
                policy_holders: Vec::new(),
            };
            sources::upsert(tx, &source, Timestamp(1)).await?;
            let account = Account {
                id: self.account(n),
                identity_id: self.identity(0),
                source_id: self.source(n),
                native_identity: format!("native{n}"),
                name: String::new(),
                attributes: BTreeMap::new(),
            };
            accounts::upsert(tx, &account, Timestamp(1)).await?;
        }
        Ok(())
    }
}

/// A queue under test.
enum Engine {
    Memory(Mutex<Tables>),
    Stored(Store),
}

impl Engine {
    async fn run(&self, op: Op) -> Result<Reply, StorageError> {
        let store = match self {
            Self::Memory(tables) => return tables.lock().unwrap().run(&op, None),
            Self::Stored(store) => store,
        };
        match op {
            Op::Accept(op) => store.write(*op).await.map(Reply::Accepted),
            Op::DueSources(at) => store.due_sources(at).await.map(|(due, now)| Reply::Due(due, now)),
            Op::Claim(op) => store.write(op).await.map(Reply::Lanes),
            Op::Renew(op) => store.write(op).await.map(|()| Reply::Done),
            Op::Begin(op) => store.write(op).await.map(Reply::Begun),
            Op::Finish(op) => store.write(*op).await.map(|()| Reply::Done),
            Op::Fail(op) => store.write(*op).await.map(|_| Reply::Done),
            Op::Release(op) => store.write(op).await.map(|()| Reply::Done),
            Op::VoidLeases => store.write(VoidLeases).await.map(|_| Reply::Done),
            Op::Hold(op) => store.write(*op).await.map(|advanced| {
                assert!(advanced.held.is_some(), "the folder of another installation: {advanced:?}");
                Reply::Done
            }),
            Op::ReleaseHeld(op) => store.write(op).await.map(Reply::Found),
            Op::CancelHeld(op) => store.write(op).await.map(Reply::Found),
        }
    }

    /// What can be read of a change, without times that differ by a clock.
    async fn picture(&self, change: &PasswordChangeId) -> Option<String> {
        let (state, errors, is_shown, is_held, targets) = match self {
            Self::Memory(tables) => {
                let tables = tables.lock().unwrap();
                let row = tables.changes.get(change)?;
                let targets: Vec<_> = tables
                    .of_change(change)
                    .into_iter()
                    .map(|(a, seq, t)| {
                        let due = t.due_at.map(Timestamp);
                        picture(a, seq, t.state, &t.reason, t.attempts, due, t.ended_at.is_some())
                    })
                    .collect();
                let is_shown = row.ended_at.is_some() && row.released_at.is_some();
                (row.state, row.errors.clone(), is_shown, row.held_at.is_some(), targets)
            }
            Self::Stored(store) => {
                let mut reader = store.read().await.unwrap();
                let row = lookup_change(&mut reader.tx(), change).await.unwrap()?;
                let targets = targets_of(&mut reader.tx(), change).await.unwrap();
                let targets: Vec<_> = targets
                    .into_iter()
                    .map(|t| {
                        let ended = t.ended_at.is_some();
                        picture(&t.account_id, t.seq, t.state, &t.reason, t.attempts, t.due_at, ended)
                    })
                    .collect();
                let is_shown = row.ended_at.is_some() && row.released_at.is_some();
                (row.state, row.errors, is_shown, row.held_at.is_some(), targets)
            }
        };
        Some(format!("{state:?} {errors:?} shown {is_shown} held {is_held} {targets:#?}"))
    }
}

/// What the steps know: the lanes last claimed, also stale ones.
struct Steps {
    rng: SplitMix,
    history: History,
    changes: u8,
    audits: u64,
    lanes: Vec<Lane>,
}

impl Steps {
    fn next(&mut self) -> Op {
        let lane = (!self.lanes.is_empty()).then(|| self.rng.pick(&self.lanes).clone());
        if self.changes > 0 && self.rng.chance(60) {
            return self.restore();
        }
        match (self.rng.below(12), lane) {
            (0..=2, _) | (_, None) if self.changes < 12 && self.rng.chance(700) => self.accept(),
            (3 | 4, _) | (_, None) => Op::Claim(self.history.claim(10)),
            (5..=7, Some(lane)) => self.begin(&lane),
            (8, Some(lane)) if self.rng.chance(300) => self.fail(&lane),
            (8, Some(lane)) => Op::Release(ReleaseLane { account_id: lane.account_id, fence: lane.fence }),
            (9, Some(lane)) if self.rng.chance(300) => {
                Op::Renew(RenewLane { account_id: lane.account_id, fence: lane.fence, now: now(), lease: HOUR })
            }
            (9, _) if self.rng.chance(500) => Op::VoidLeases,
            (9, _) => Op::DueSources(now()),
            (_, Some(lane)) => self.finish(&lane),
        }
    }

    /// The database turns out to be an older copy; or an administrator decides what becomes of a held change.
    fn restore(&mut self) -> Op {
        let change_id = self.history.change(u8::try_from(self.rng.below(usize::from(self.changes))).unwrap());
        let (what, audit) = (self.rng.below(4), self.audit());
        match what {
            0 => {
                // The folder of another installation each time.
                let installation =
                    format!("{:x}", SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos());
                let folder = Some(Mark { installation, count: 1 });
                Op::Hold(Box::new(AdvanceMark { folder, new_installation: "a1".to_owned(), now: now(), audit }))
            }
            1 => Op::CancelHeld(CancelHeld { change_id, reason: "cancelled".to_owned(), now: now(), audit }),
            _ => Op::ReleaseHeld(ReleaseHeld { change_id, now: now(), audit }),
        }
    }

    fn audit(&mut self) -> AuditRecord {
        self.audits += 1;
        AuditRecord {
            id: format!("{}-{}", self.history.0, self.audits),
            at: now(),
            actor: String::new(),
            event: "USER_PASSWORD_UPDATE",
            object: String::new(),
            outcome: Outcome::Passed,
            tracking_id: String::new(),
            address: None,
            detail: String::new(),
        }
    }

    fn accept(&mut self) -> Op {
        let n = self.changes;
        self.changes += 1;
        let history = self.history;
        let mut order: Vec<u8> = (0..ACCOUNTS).collect();
        self.rng.shuffle(&mut order);
        order.truncate(self.rng.below(usize::from(ACCOUNTS)) + 1);
        // Sometimes the ciphertext of an earlier one, sometimes by another caller.
        let ciphertext = if n > 0 && self.rng.chance(200) { self.rng.below(usize::from(n)) } else { usize::from(n) };
        let kind = match self.rng.chance(800) {
            true => PayloadKind::Rsa(RsaKeyId::from_random(history.bytes(9, 0))),
            false => PayloadKind::Direct,
        };
        let digest = matches!(kind, PayloadKind::Rsa(_)).then(|| format!("{}/{ciphertext}", history.0));
        let change = NewChange {
            id: history.change(n),
            identity_id: history.identity(0),
            actor: if self.rng.chance(900) { "client:a".to_owned() } else { "client:b".to_owned() },
            tracking_id: format!("tracking{n}"),
            accepted_at: now(),
            payload: SealedPayload { kind, epoch: 1, wrapped_key: "key".to_owned(), ciphertext: format!("text{n}") },
            ciphertext_digest: digest,
            named_account_id: history.account(order[0]),
            unlock: self.rng.chance(300),
            targets: order
                .iter()
                .map(|t| NewTarget { account_id: history.account(*t), source_id: history.source(*t) })
                .collect(),
        };
        let audit = self.audit();
        Op::Accept(Box::new(AcceptChange { change, audit }))
    }

    fn begin(&mut self, lane: &Lane) -> Op {
        let seq = if lane.targets.is_empty() { 1 } else { self.rng.pick(&lane.targets).seq };
        let resolved_within = if self.rng.chance(300) { HOUR } else { Duration::ZERO };
        let seen = self.rng.chance(700).then(|| Timestamp(self.rng.below(9) as i64));
        let claimed_at = if self.rng.chance(200) { now() - HOUR * 2 } else { now() };
        let (account_id, fence) = (lane.account_id.clone(), lane.fence);
        Op::Begin(BeginWrite { account_id, fence, seq, now: now(), lease: HOUR, claimed_at, seen, resolved_within })
    }

    fn finish(&mut self, lane: &Lane) -> Op {
        if lane.targets.is_empty() {
            return Op::Release(ReleaseLane { account_id: lane.account_id.clone(), fence: lane.fence });
        }
        let target = self.rng.pick(&lane.targets).clone();
        let at = if self.rng.chance(400) { now() + HOUR } else { now() };
        let resolution = match self.rng.below(9) {
            0..=3 => Resolution::Confirmed(TargetState::Proved, String::new()),
            4 => Resolution::Ended(TargetState::Refused, "too short".to_owned()),
            5 => Resolution::Ended(TargetState::Superseded, String::new()),
            6 => Resolution::Postponed { at },
            _ => {
                let maybe_written = self.rng.chance(500);
                let seen = match self.rng.below(3) {
                    0 => Seen::AsBefore,
                    1 => Seen::At(None),
                    _ => Seen::At(Some(Timestamp(11))),
                };
                Resolution::Retry { at, reason: "down".to_owned(), maybe_written, attempts: target.attempts + 1, seen }
            }
        };
        Op::Finish(Box::new(FinishTarget {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: target.change_id,
            seq: target.seq,
            position: target.position,
            resolution,
            unresolved_for: self.rng.chance(200).then_some(HOUR),
            earlier_unresolved: target.unresolved_until,
            now: now(),
            audit: self.rng.chance(500).then(|| self.audit()),
        }))
    }

    fn fail(&mut self, lane: &Lane) -> Op {
        let Some(target) = lane.targets.first().cloned() else { return Op::DueSources(now()) };
        Op::Fail(Box::new(FailChange {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: target.change_id,
            reason: if self.rng.chance(500) { EndReason::Payload } else { EndReason::Policy },
            errors: vec![INVALID_PAYLOAD.to_owned()],
            now: now(),
            audit: self.audit(),
            counted: None,
        }))
    }
}

/// Gives how many steps did something.
async fn compare(seed: u32, stored: &Store) -> usize {
    let history = History(seed);
    let mut tables = Tables::default();
    for n in 0..ACCOUNTS {
        tables.accounts.insert(history.account(n), AccountRow::new(history.source(n), &history.source_name(n)));
    }
    stored.write(history).await.unwrap();
    let engines = [Engine::Memory(Mutex::new(tables)), Engine::Stored(stored.clone())];
    // The same seed twice gives the same steps, as long as the answers are the same.
    let steps = || Steps { rng: SplitMix::new(u64::from(seed)), history, changes: 0, audits: 0, lanes: Vec::new() };
    let mut steps = [steps(), steps()];
    let mut effective = 0;
    for step in 0..STEPS {
        let mut answers = Vec::new();
        for (engine, steps) in engines.iter().zip(&mut steps) {
            let mut result = engine.run(steps.next()).await;
            if result.is_err() && matches!(engine, Engine::Stored(_)) {
                // PostgreSQL rolls back in the background, and a claim passes over what is still locked. Writing the
                // accounts once more waits for it.
                stored.write(history).await.unwrap();
            }
            if let Ok(Reply::Lanes(lanes)) = &mut result {
                lanes.sort_by(|a, b| a.account_id.cmp(&b.account_id));
                steps.lanes.extend(lanes.iter().cloned());
            }
            effective += usize::from(result.is_ok());
            answers.push(answer(&result));
        }
        assert_eq!(answers[0], answers[1], "history {seed}, step {step}: memory and stored answer differently");
        // A state that differs stays different, so it need not be read each time.
        for n in 0..if step % 5 == 4 { steps[0].changes } else { 0 } {
            let pictures = [engines[0].picture(&history.change(n)).await, engines[1].picture(&history.change(n)).await];
            assert_eq!(pictures[0], pictures[1], "history {seed}, step {step}, change {n}");
        }
    }
    postpone_all(stored, &mut steps[1]).await;
    effective / 2
}

/// Leaves nothing due behind: the next history looks at the same database for what is due.
async fn postpone_all(store: &Store, steps: &mut Steps) {
    loop {
        store.write(VoidLeases).await.unwrap();
        let lanes = store.write(steps.history.claim(1)).await.unwrap();
        let Some(lane) = lanes.first() else { return };
        let Some(target) = lane.targets.first() else {
            let release = ReleaseLane { account_id: lane.account_id.clone(), fence: lane.fence };
            store.write(release).await.unwrap();
            continue;
        };
        let finish = FinishTarget {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: target.change_id.clone(),
            seq: target.seq,
            position: target.position,
            resolution: Resolution::Postponed { at: now() + HOUR * 100 },
            unresolved_for: None,
            earlier_unresolved: None,
            now: now(),
            audit: Some(steps.audit()),
        };
        store.write(finish).await.unwrap();
    }
}

async fn open(url: String) -> Store {
    let options = Options::new(url);
    Store::migrate(&options).await.unwrap();
    Store::open(&options).await.unwrap()
}

fn run(url: String, histories: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open(url).await;
        let mut effective = 0;
        for seed in 0..histories {
            effective += compare(seed, &store).await;
        }
        let steps = histories as usize * STEPS;
        eprintln!("{histories} histories of {STEPS} steps, {effective} of {steps} steps accepted");
        assert!(effective > steps / 2, "most steps must do something");
    });
}

#[test]
fn memory_and_sqlite_agree() {
    // In memory where that is possible: what a sync is worth is not the question here.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    run(format!("sqlite://{}", folder.path().join("queue.sqlite3").display()), 200);
}

#[test]
fn memory_and_postgresql_agree() {
    if require("postgresql", Postgres::missing()).is_some() {
        let server = Postgres::start().unwrap();
        // What a sync is worth is not the question here either.
        server.psql("postgres", "ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()").unwrap();
        run(server.fresh_database().unwrap(), 200);
    }
}
