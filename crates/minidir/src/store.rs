//! The users in memory and the one thread that writes them.
//!
//! A change becomes visible and is answered only after its record is synced; changes that wait together share one sync. After a
//! failed sync nothing more is written, because what the disk holds is unknown: all later writes are refused until a restart.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use anyhow::{Context, anyhow};
use tokio::sync::oneshot;

use crate::dn::Dn;
use crate::journal::Journal;
use crate::user::User;

/// At most so many changes share one sync.
const BATCH: usize = 256;

type Users = BTreeMap<Dn, User>;
type Change = Box<dyn FnOnce(&mut User) + Send>;

enum Order {
    Put(Box<User>, Dn, oneshot::Sender<bool>),
    Change(Dn, Change, oneshot::Sender<bool>),
    Close,
}

pub(crate) struct Store {
    users: Arc<RwLock<Users>>,
    orders: mpsc::Sender<Order>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens the folder's data. Reads and writes files: call it off the network threads.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<Self> {
        let (journal, users) = Journal::open(dir)?;
        let users = Arc::new(RwLock::new(users));
        let (orders, inbox) = mpsc::channel();
        let shared = Arc::clone(&users);
        let writer = std::thread::Builder::new()
            .name("minidir-writer".to_owned())
            .spawn(move || write_orders(journal, &shared, &inbox))
            .context("cannot start the writer thread")?;
        Ok(Self { users, orders, writer: Mutex::new(Some(writer)) })
    }

    /// Looks at all users; `look` must be short, writes wait for it.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Users) -> T) -> T {
        // Writers only insert whole values, so a poisoned lock guards a sound map.
        look(&self.users.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn lookup(&self, dn: &Dn) -> Option<User> {
        self.read(|users| users.get(dn).cloned())
    }

    /// Adds a user or replaces it; returns once it is synced.
    pub(crate) async fn put(&self, dn: Dn, user: User) -> anyhow::Result<()> {
        self.order(|done| Order::Put(Box::new(user), dn, done)).await
    }

    /// Changes the newest state of a user that exists; returns once it is synced.
    pub(crate) async fn change(&self, dn: &Dn, change: impl FnOnce(&mut User) + Send + 'static) -> anyhow::Result<()> {
        self.order(|done| Order::Change(dn.clone(), Box::new(change), done)).await
    }

    async fn order(&self, order: impl FnOnce(oneshot::Sender<bool>) -> Order) -> anyhow::Result<()> {
        let (done, answer) = oneshot::channel();
        self.orders.send(order(done)).map_err(|_| anyhow!("the directory takes no more writes"))?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(anyhow!("the entry is not there")),
            Err(_) => Err(anyhow!("the write was not synced")),
        }
    }

    /// Writes what was ordered, then closes the file. Later writes fail.
    pub(crate) fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A writer that has ended already takes no order and needs none.
        let _ = self.orders.send(Order::Close);
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer thread ended in a panic");
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn write_orders(mut journal: Journal, shared: &RwLock<Users>, inbox: &mpsc::Receiver<Order>) {
    while let Ok(first) = inbox.recv() {
        let mut changed = Users::new();
        let mut answers = Vec::new();
        let mut closing = false;
        for order in std::iter::once(first).chain(inbox.try_iter()).take(BATCH) {
            match order {
                Order::Put(user, dn, done) => {
                    changed.insert(dn, *user);
                    answers.push((done, true));
                }
                Order::Change(dn, change, done) => {
                    let user = changed.remove(&dn).or_else(|| read(shared).get(&dn).cloned());
                    answers.push((done, user.is_some()));
                    if let Some(mut user) = user {
                        change(&mut user);
                        changed.insert(dn, user);
                    }
                }
                Order::Close => {
                    closing = true;
                    break;
                }
            }
        }
        if let Err(error) = write_batch(&mut journal, shared, changed) {
            // Ending the thread drops the waiting answers, which reads as "not synced", and refuses all later orders.
            tracing::error!(%error, "the data file cannot be written, the directory is read-only until a restart");
            return;
        }
        for (done, found) in answers {
            // A caller that has gone away needs no answer.
            let _ = done.send(found);
        }
        if closing {
            return;
        }
    }
}

fn write_batch(journal: &mut Journal, shared: &RwLock<Users>, changed: Users) -> std::io::Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    journal.append(&changed.values().cloned().collect::<Vec<_>>())?;
    shared.write().unwrap_or_else(PoisonError::into_inner).extend(changed);
    journal.compact_if_large(&read(shared))
}

fn read(shared: &RwLock<Users>) -> std::sync::RwLockReadGuard<'_, Users> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}
