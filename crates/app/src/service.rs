//! The service: what every use case shares.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use passwright_domain::budget::PayloadBudget;
use passwright_domain::digit_token::AttemptLimits;
use passwright_storage::{Options, Store};
use passwright_vault::epoch::EpochKeys;
use passwright_vault::key_source::{KeySource, RootKey};
use passwright_vault::rsa_keys::RsaKeySchedule;
use tokio::sync::Notify;

use crate::alerts::Alerts;
use crate::catalog::CatalogCache;
use crate::keys::Keys;
use crate::oauth::TokenCache;
use crate::outbound::{Outbound, OutboundSettings};
use crate::rate_limit::RateLimits;
use crate::recovery::ProofKeys;
use crate::sessions::SessionSettings;
use crate::worker::{BreakerLimits, Breakers};
use crate::{Clock, Error, OsRng, Rng, SystemClock, epoch_keys};

/// What an installation is told once, at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    pub database: Options,
    /// The root key's file, 0600; made when absent.
    pub root_key_file: PathBuf,
    /// The epoch keys' file, 0600, outside the database; made when absent.
    pub epoch_key_file: PathBuf,
    /// The URL users and clients reach the service at, without a trailing slash: issuer and audience of its tokens.
    pub public_url: String,
    /// The tenant's name, as tokens carry it.
    pub org: String,
    pub pod: String,
    /// Size of new RSA keys in bits: 2048 or 3072.
    pub rsa_bits: usize,
    /// Whether one `publicKeyId` serves every identity.
    pub shared_key_handle: bool,
    pub digit_token_limits: AttemptLimits,
    pub payload_budget: PayloadBudget,
    /// Lanes a worker works on at once.
    pub worker_lanes: usize,
    pub source_limits: SourceLimits,
    /// How long a system may carry out a write after the worker gave up waiting for its answer.
    pub late_writes: Duration,
    /// Webhooks and mail.
    pub outbound: OutboundSettings,
    pub sessions: SessionSettings,
}

/// What one source may take of a worker, and what it must do to be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLimits {
    /// Lanes of one source that a worker works on at once; at least 1.
    pub lanes: usize,
    pub breaker: BreakerLimits,
    /// How long a source rests whose service account was refused, before it is tried once.
    pub credential_pause: Duration,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { lanes: 32, breaker: BreakerLimits::default(), credential_pause: Duration::from_secs(30 * 60) }
    }
}

/// The running service. Shared behind an `Arc`.
pub struct Service {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) root: RootKey,
    pub(crate) epochs: EpochKeys,
    pub(crate) keys: Keys,
    pub(crate) proofs: ProofKeys,
    pub(crate) catalog: CatalogCache,
    pub(crate) tokens: TokenCache,
    pub(crate) outbound: Outbound,
    pub(crate) rate_limits: RateLimits,
    pub(crate) alerts: Alerts,
    /// Where the numbers of changes begin, as systems keep them.
    pub(crate) order_base: AtomicI64,
    /// Rung when a change was accepted by this process; a hint, polling is the guarantee.
    pub(crate) work_waiting: Notify,
    pub(crate) breakers: Breakers,
    /// Digit tokens cost memory-hard work; this bounds how many at once.
    pub(crate) slow_hashes: tokio::sync::Semaphore,
    /// What a password is compared with where there is none.
    pub(crate) nobodys_hash: tokio::sync::OnceCell<String>,
}

/// How the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub engine: &'static str,
    pub durability: &'static str,
    pub detail: String,
}

impl Service {
    /// Opens the database (which must be migrated), the key files, and loads or makes the keys.
    ///
    /// # Errors
    /// When the database does not answer or a key file is missing, unreadable by us or readable by others.
    pub async fn open(settings: Settings) -> Result<Arc<Self>, Error> {
        Self::open_with(settings, Arc::new(SystemClock), Arc::new(OsRng)).await
    }

    /// [`open`](Self::open) with a given clock and randomness.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(settings: Settings, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Arc<Self>, Error> {
        let internal = |what: &str, e: &dyn std::fmt::Display| Error::Internal(format!("{what}: {e}"));
        let root = KeySource::File { path: settings.root_key_file.clone() }
            .load_or_create()
            .map_err(|e| internal("root key", &e))?;
        let outbound = Outbound::new(&settings.outbound, &root).map_err(|e| internal("outbound", &e))?;
        let store = Store::open(&settings.database).await?;
        let now = clock.now();
        if !settings.epoch_key_file.exists() {
            epoch_keys::require_none(&store, &settings.epoch_key_file, now).await?;
        }
        let epochs =
            EpochKeys::open_or_create(&settings.epoch_key_file, now).map_err(|e| internal("epoch keys", &e))?;
        let service = Arc::new(Self {
            outbound,
            keys: Keys::new(&root, RsaKeySchedule::default()),
            proofs: ProofKeys::new(&root).map_err(|e| internal("proof keys", &e))?,
            root,
            epochs,
            catalog: CatalogCache::default(),
            tokens: TokenCache::default(),
            rate_limits: RateLimits::default(),
            alerts: Alerts::default(),
            order_base: AtomicI64::new(0),
            work_waiting: Notify::new(),
            breakers: Breakers::new(settings.source_limits.breaker),
            slow_hashes: tokio::sync::Semaphore::new(2),
            nobodys_hash: tokio::sync::OnceCell::new(),
            settings,
            store,
            clock,
            rng,
        });
        service.refresh_keys().await?;
        Ok(service)
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What an operator should have heard of.
    #[must_use]
    pub fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    #[must_use]
    pub fn now(&self) -> crate::Timestamp {
        self.clock.now()
    }

    /// An id for a request: 32 hex digits.
    #[must_use]
    pub fn tracking_id(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.rng.bytes16()))
    }

    /// Asks the database how it is.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer.
    pub async fn health(&self) -> Result<Health, Error> {
        let durability = self.store.durability().await?;
        let mut reader = self.store.read().await?;
        passwright_storage::settings::catalog_version(&mut reader.tx()).await?;
        Ok(Health { engine: durability.engine, durability: durability.class, detail: durability.detail })
    }
}
