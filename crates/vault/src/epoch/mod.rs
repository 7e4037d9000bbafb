//! Epoch keys: the keys that wrap waiting passwords. A daily ratchet, `K(n+1) = HKDF(K(n))`, in a 0600 file outside
//! the database on every node. Old keys are overwritten, so a backup of the database (or of its log) that is older
//! than the retention opens nothing, even for who has every key that still exists.
//!
//! - Epoch `n` is day `n` since 1970-01-01 UTC. The file holds one key, of the oldest epoch still kept; every later
//!   one follows from it. So a node whose file is a copy of another's computes the same keys for good, and no node
//!   can be ahead of what another can compute.
//! - The key of epoch `n` is kept until 72 h have passed since the end of day `n`.
//! - Clock jumps destroy nothing and never move the chain back: see [`clock`].
//!
//! The file is text: a mark, then `oldest`, `key`, `trusted-at` and `leap` lines. Processes that share it lock it.

pub mod clock;
mod file;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use passwright_domain::timestamp::Timestamp;

use crate::files::{FileFault, create_private, lock, read_private, replace_private};
use crate::secret::Key;
use crate::{digest, hkdf};
use clock::{Clock, Observation};
use file::Stored;

/// How long after the end of its day a key is kept: the longest time a change may wait.
pub const RETENTION: Duration = Duration::from_secs(72 * 3600);

/// How far beyond the trusted time keys are computed: ten years of epochs.
const MAX_AHEAD: i64 = 3660;

/// While nothing else changes, the trusted time in the file is brought up to date this often.
const WRITE_INTERVAL: Duration = Duration::from_secs(3600);

const SECONDS_PER_DAY: i64 = 24 * 3600;

/// Why the epoch keys could not be read or moved on. The keys in memory stay usable.
#[derive(Debug, thiserror::Error)]
pub enum EpochFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("{path} is not an epoch key file of this version")]
    Malformed { path: PathBuf },
    /// The file was exchanged for one of another chain while the process ran.
    #[error("{path} holds other keys than those in use")]
    Replaced { path: PathBuf },
}

/// The epoch a time lies in.
#[must_use]
pub fn epoch_of(time: Timestamp) -> i64 {
    time.seconds().div_euclid(SECONDS_PER_DAY)
}

/// The epoch keys of this node. Reading takes a shared lock and copies nothing but a reference count.
pub struct EpochKeys {
    path: PathBuf,
    state: RwLock<State>,
}

struct State {
    clock: Clock,
    /// The trusted time as the file has it.
    written_at: Timestamp,
    oldest: i64,
    /// The key of epoch `oldest`.
    first: Arc<Key>,
    /// The keys after it, without a gap: `later[i]` is of epoch `oldest + 1 + i`.
    later: Vec<Arc<Key>>,
}

impl EpochKeys {
    /// Opens the file, or creates it with a fresh key for the day of `now`.
    ///
    /// # Errors
    /// [`EpochFault`]. A file that cannot be read is never replaced by a new one.
    pub fn open_or_create(path: &Path, now: Timestamp) -> Result<Self, EpochFault> {
        let stored = {
            let _lock = lock(path)?;
            match read_private(path) {
                Ok(content) => Stored::parse(&content).ok_or_else(|| malformed(path))?,
                Err(FileFault::Missing { .. }) => {
                    let stored = Stored { oldest: epoch_of(now), key: Key::random(), clock: Clock::starting_at(now) };
                    create_private(path, stored.text().as_bytes())?;
                    stored
                }
                Err(fault) => return Err(fault.into()),
            }
        };
        let state = State {
            written_at: stored.clock.trusted_at(),
            clock: stored.clock,
            oldest: stored.oldest,
            first: Arc::new(stored.key),
            later: Vec::new(),
        };
        let keys = Self { path: path.to_owned(), state: RwLock::new(state) };
        keys.advance(now)?;
        Ok(keys)
    }

    /// The epoch and the key to seal under at `now`. Does not touch the file.
    ///
    /// The epoch is the day of `now`, but never before the day of the trusted time.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> (i64, Arc<Key>) {
        let state = self.read();
        let epoch = state.current_epoch(now);
        (epoch, state.key_from_oldest(epoch))
    }

    /// The key of `epoch`: nothing when it has been destroyed, or lies more than ten years ahead.
    #[must_use]
    pub fn key(&self, epoch: i64) -> Option<Arc<Key>> {
        let state = self.read();
        (state.oldest..=state.latest_epoch()).contains(&epoch).then(|| state.key_from_oldest(epoch))
    }

    /// A value that is the same on every node of one chain and gives nothing of its keys away; nothing for an epoch
    /// without a key. Stored beside the data, it lets a node notice that its file is not a copy of the others'.
    #[must_use]
    pub fn check_value(&self, epoch: i64) -> Option<String> {
        let key = self.key(epoch)?;
        Some(digest::sha256_hex(hkdf::derive(b"", key.expose(), "passwright epoch check", b"").expose()))
    }

    /// Tells the ratchet the time: destroys the keys whose retention is over, in memory and in the file. Call it at
    /// the start and then every hour or so; calling it more often writes nothing more.
    ///
    /// # Errors
    /// [`EpochFault`]; nothing has changed in memory then, and the next call tries again.
    pub fn advance(&self, now: Timestamp) -> Result<Observation, EpochFault> {
        let _lock = lock(&self.path)?;
        let content = read_private(&self.path)?;
        let stored = Stored::parse(&content).ok_or_else(|| malformed(&self.path))?;

        // The file's lock keeps out other calls of this function, in this process too; so readers wait only for the
        // short change at the end, never for the disk.
        let state = self.read();
        if !state.same_chain(&stored) {
            return Err(EpochFault::Replaced { path: self.path.clone() });
        }
        // Another process with the same file may have gone further; then its view of the clock counts.
        let mut clock = if stored.clock.trusted_at() > state.clock.trusted_at() { stored.clock } else { state.clock };
        let observation = clock.observe(now);
        let oldest = epoch_of(clock.trusted_at() - RETENTION).max(state.oldest).max(stored.oldest);
        let first = state.key_from_oldest(oldest);
        drop(state);

        let due = oldest != stored.oldest
            || clock.leap() != stored.clock.leap()
            || clock.trusted_at().since(stored.clock.trusted_at()) >= WRITE_INTERVAL;
        if due {
            let next = Stored { oldest, key: Key::from_bytes(first.expose()), clock };
            replace_private(&self.path, next.text().as_bytes())?;
        }

        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if due {
            state.written_at = clock.trusted_at();
        }
        state.clock = clock;
        state.drop_before(oldest, first);
        state.extend_to(now);
        Ok(observation)
    }

    /// When the trusted time was last written: a metric for "the ratchet is being driven".
    #[must_use]
    pub fn written_at(&self) -> Timestamp {
        self.read().written_at
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        // A panic elsewhere leaves the state whole: every change to it is made after what can fail.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn latest_epoch(&self) -> i64 {
        epoch_of(self.clock.trusted_at()).max(self.oldest) + MAX_AHEAD
    }

    fn current_epoch(&self, now: Timestamp) -> i64 {
        epoch_of(now).max(epoch_of(self.clock.trusted_at())).clamp(self.oldest, self.latest_epoch())
    }

    /// The key of `epoch`, which is not before the oldest.
    fn key_from_oldest(&self, epoch: i64) -> Arc<Key> {
        let steps = usize::try_from(epoch - self.oldest).unwrap_or(0);
        match steps.checked_sub(1) {
            None => Arc::clone(&self.first),
            Some(index) => self.later.get(index).map_or_else(
                || {
                    let (from, known) = self.last();
                    Arc::new(ratchet(from, epoch - known))
                },
                Arc::clone,
            ),
        }
    }

    /// The last key held, and its epoch.
    fn last(&self) -> (&Key, i64) {
        let epoch = self.oldest + i64::try_from(self.later.len()).unwrap_or(0);
        (self.later.last().unwrap_or(&self.first), epoch)
    }

    /// Whether the file's chain is the one in memory. Compared where both have a key.
    fn same_chain(&self, stored: &Stored) -> bool {
        if stored.oldest >= self.oldest {
            stored.oldest <= self.latest_epoch() && self.key_from_oldest(stored.oldest).ct_eq(&stored.key)
        } else {
            // Restored from a backup: older keys are back in the file, and will be overwritten again.
            self.oldest - stored.oldest <= MAX_AHEAD
                && ratchet(&stored.key, self.oldest - stored.oldest).ct_eq(&self.first)
        }
    }

    /// Makes `oldest` the first epoch; `first` is its key. The dropped keys wipe themselves.
    fn drop_before(&mut self, oldest: i64, first: Arc<Key>) {
        let steps = usize::try_from(oldest - self.oldest).unwrap_or(0);
        self.later.drain(..steps.min(self.later.len()));
        self.first = first;
        self.oldest = oldest;
    }

    /// Keeps every key up to the current epoch at hand, and the next one for just after midnight.
    fn extend_to(&mut self, now: Timestamp) {
        let wanted = (self.current_epoch(now) + 1).min(self.latest_epoch());
        loop {
            let (key, epoch) = self.last();
            if epoch >= wanted {
                return;
            }
            let next = Arc::new(ratchet(key, 1));
            self.later.push(next);
        }
    }
}

/// The key `steps` (one or more) epochs after `key`'s.
fn ratchet(key: &Key, steps: i64) -> Key {
    let step = |key: &Key| hkdf::derive(b"passwright epoch", key.expose(), "next", b"");
    (1..steps).fold(step(key), |key, _| step(&key))
}

fn malformed(path: &Path) -> EpochFault {
    EpochFault::Malformed { path: path.to_owned() }
}
