//! The worker's world on a simulated node.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use passwright_app::worker::{Breakers, Case, ChangeQueue, Opened, World};
use passwright_app::{Clock, Error, Rng, Target, Timestamp};
use passwright_connectors::{AccountRef, AccountState, Fault, Proof, SetPassword};
use passwright_domain::change::{Lane, OpenTarget};
use passwright_domain::directory::Account;
use passwright_domain::ids::SourceId;
use passwright_storage::StorageError;
use passwright_storage::budgets::WornKey;
use passwright_storage::changes::{BeginWrite, Begun, ClaimLanes, FailChange, FinishTarget, ReleaseLane, RenewLane};
use passwright_vault::secret::Password;
use tokio::sync::Notify;

use crate::bugs::Bug;
use crate::client::Sent;
use crate::core::Core;
use crate::node::Link;
use crate::plan::{Plaintext, Plan};
use crate::queue::{Op, Reply};
use crate::server::ReplyTo;
use crate::systems::{Call, Place};

/// The queue as a node sees it.
pub(crate) struct MemoryQueue {
    link: Arc<Link>,
    is_single_process: bool,
}

impl MemoryQueue {
    async fn run(&self, op: Op) -> Result<Reply, StorageError> {
        let node = self.link.node;
        self.link.ask(move |core, to| core.hand(node, op, ReplyTo::Node(to))).await
    }

    async fn done(&self, op: Op) -> Result<(), StorageError> {
        self.run(op).await.map(|_| ())
    }
}

impl ChangeQueue for MemoryQueue {
    fn is_single_process(&self) -> bool {
        self.is_single_process
    }

    async fn void_leases(&self) -> Result<(), StorageError> {
        self.done(Op::VoidLeases).await
    }

    async fn due_sources(&self, now: Timestamp) -> Result<(Vec<(SourceId, Timestamp)>, Timestamp), StorageError> {
        match self.run(Op::DueSources(now)).await? {
            Reply::Due(due, now) => Ok((due, now)),
            other => panic!("due_sources answered {other:?}"),
        }
    }

    async fn claim(&self, claim: ClaimLanes) -> Result<Vec<Lane>, StorageError> {
        match self.run(Op::Claim(claim)).await? {
            Reply::Lanes(lanes) => Ok(lanes),
            other => panic!("claim answered {other:?}"),
        }
    }

    async fn renew(&self, renew: RenewLane) -> Result<(), StorageError> {
        self.done(Op::Renew(renew)).await
    }

    async fn begin(&self, begin: BeginWrite) -> Result<Begun, StorageError> {
        self.link.core.lock().unwrap().begin_attempt(self.link.node, &begin.account_id, self.link.local());
        match self.run(Op::Begin(begin)).await? {
            Reply::Begun(begun) => Ok(begun),
            other => panic!("begin answered {other:?}"),
        }
    }

    async fn finish(&self, finish: FinishTarget) -> Result<(), StorageError> {
        self.done(Op::Finish(Box::new(finish))).await
    }

    async fn fail(&self, fail: FailChange) -> Result<Option<WornKey>, StorageError> {
        self.done(Op::Fail(Box::new(fail))).await.map(|()| None)
    }

    async fn release(&self, release: ReleaseLane) -> Result<(), StorageError> {
        self.done(Op::Release(release)).await
    }
}

struct NodeClock(Arc<Link>);

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        self.0.core.lock().unwrap().wall(self.0.node, self.0.local())
    }
}

struct NodeRng(Arc<Link>);

impl Rng for NodeRng {
    fn fill(&self, out: &mut [u8]) {
        let mut rng = self.0.rng.lock().unwrap();
        for byte in out {
            *byte = rng.next().to_le_bytes()[3];
        }
    }
}

/// A node's surroundings.
pub(crate) struct SimWorld {
    link: Arc<Link>,
    plan: Arc<Plan>,
    queue: MemoryQueue,
    clock: NodeClock,
    rng: NodeRng,
    work_waiting: Arc<Notify>,
    breakers: Breakers,
}

impl SimWorld {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        let (plan, work_waiting) = {
            let core = link.core.lock().unwrap();
            (core.plan.clone(), core.nodes[link.node].work_waiting.clone())
        };
        Self {
            queue: MemoryQueue { link: link.clone(), is_single_process: plan.is_single_process },
            clock: NodeClock(link.clone()),
            rng: NodeRng(link.clone()),
            link,
            plan,
            work_waiting,
            breakers: Breakers::default(),
        }
    }

    fn sent(&self, target: &OpenTarget) -> (usize, Plaintext) {
        let number = target.payload.ciphertext.parse().unwrap();
        (number, self.link.core.lock().unwrap().sent[number].plaintext)
    }
}

impl World for SimWorld {
    type Queue = MemoryQueue;

    fn queue(&self) -> &MemoryQueue {
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
        8
    }

    fn lanes_per_source(&self) -> usize {
        4
    }

    fn breakers(&self) -> &Breakers {
        &self.breakers
    }

    async fn look_up(&self, lane: &Lane, target: &OpenTarget) -> Result<Case, Error> {
        let node = self.link.node;
        if self.link.ask(move |core, to| core.read_directory(node, to)).await {
            return Err(Error::Internal("the directory does not answer".to_owned()));
        }
        let (person, system) = self.plan.account(&lane.account_id);
        let person = &self.plan.people[person];
        let named = person.accounts.values().find(|a| a.id == target.named_account_id).unwrap();
        let of_change = |account: &&Account| target.source_ids.contains(&account.source_id);
        let accounts = person.accounts.values().filter(of_change).map(|a| (a.clone(), a.name.clone())).collect();
        Ok(Case {
            account: person.accounts[&system].clone(),
            named: named.clone(),
            identity: person.identity.clone(),
            accounts,
        })
    }

    fn open(&self, target: &OpenTarget, _case: &Case) -> Opened {
        let (number, plaintext) = self.sent(target);
        match Sent::password(number, plaintext) {
            Some(password) => Opened::Password(Password::new(password)),
            None if self.link.core.lock().unwrap().has(Bug::InvalidPayloadIsWritten) => {
                Opened::Password(Password::new(format!("password-{number}")))
            }
            None => Opened::Invalid,
        }
    }

    async fn broken_rules(&self, _case: &Case, password: &Password) -> Result<Vec<String>, Error> {
        let number = Sent::number(password.expose());
        let is_weak = self.link.core.lock().unwrap().sent[number].plaintext == Plaintext::Weak;
        Ok(if is_weak { vec!["too weak".to_owned()] } else { Vec::new() })
    }

    async fn system(&self, account: &Account) -> Result<Arc<dyn Target>, Fault> {
        Ok(Arc::new(ScriptedTarget { link: self.link.clone(), place: self.plan.account(&account.id) }))
    }
}

/// A system as a node reaches it.
struct ScriptedTarget {
    link: Arc<Link>,
    place: Place,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

impl ScriptedTarget {
    /// Connects, then makes the call.
    fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Core, &Call, tokio::sync::oneshot::Sender<Result<T, Fault>>) + Send + 'static,
    ) -> impl Future<Output = Result<T, Fault>> + Send + 'static {
        let (link, node, place, since) = (self.link.clone(), self.link.node, self.place, self.link.local());
        let at = move || Call { node, place, since };
        async move {
            let _timer = Timer::new(&link);
            link.ask(move |core, to| core.connect(&at(), to)).await?;
            link.ask(move |core, to| call(core, &at(), to)).await
        }
    }
}

impl Target for ScriptedTarget {
    fn check<'a>(&'a self, _account: AccountRef<'a>) -> Answer<'a, AccountState> {
        let is_blind = self.link.core.lock().unwrap().has(Bug::OutsideChangesAreNotSeen);
        let look = self.call(Core::check);
        Box::pin(async move {
            let state = look.await?;
            let password_changed_at = state.password_changed_at.map(|at| if is_blind { 0 } else { at });
            Ok(AccountState { password_changed_at, ..state })
        })
    }

    fn set_password<'a>(&'a self, _account: AccountRef<'a>, new: &'a str, _options: SetPassword) -> Answer<'a, ()> {
        let number = Sent::number(new);
        Box::pin(async move {
            let write = {
                let mut core = self.link.core.lock().unwrap();
                core.next_write += 1;
                core.next_write
            };
            let mut patience = Patience { link: &self.link, write, is_over: false };
            let outlives = self.link.core.lock().unwrap().has(Bug::WriteOutlivesDeadline);
            let call = self.call(move |core, call, to| core.write(write, call, number, to));
            let answer = if outlives { tokio::spawn(call).await.unwrap() } else { call.await };
            patience.is_over = true;
            answer
        })
    }

    fn prove<'a>(&'a self, _account: AccountRef<'a>, password: &'a str) -> Answer<'a, Proof> {
        let number = Sent::number(password);
        Box::pin(async move {
            if self.link.core.lock().unwrap().has(Bug::ProofAlwaysHolds) {
                return Ok(Proof::Proved);
            }
            self.call(move |core, call, to| core.prove(call, number, to)).await
        })
    }
}

/// Counts a call whose bound is a timer of the node.
struct Timer<'a>(&'a Link);

impl<'a> Timer<'a> {
    fn new(link: &'a Link) -> Self {
        *link.calls.lock().unwrap() += 1;
        Self(link)
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        *self.0.calls.lock().unwrap() -= 1;
    }
}

/// Tells the system when its caller stopped waiting; a dead caller tells nothing.
struct Patience<'a> {
    link: &'a Link,
    write: u64,
    is_over: bool,
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut core = self.link.core.lock().unwrap();
            let node = &core.nodes[self.link.node];
            if node.is_alive && node.incarnation == self.link.incarnation {
                core.give_up(self.write);
            }
        }
    }
}
