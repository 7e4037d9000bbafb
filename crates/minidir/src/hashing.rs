//! Password hashing off the network threads, as many at a time as there are cores.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::settings::HashCost;

pub(crate) struct Hasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    /// Stands in for the hash of a user that is not there, so that both answers take the same time.
    decoy: String,
}

impl Hasher {
    /// Fails when the cost is outside Argon2's bounds.
    pub(crate) fn new(cost: HashCost) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|e| anyhow!("hash cost {cost:?} is refused: {e}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = phc(&argon2, b"decoy")?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { argon2, permits: Arc::new(Semaphore::new(cores)), decoy })
    }

    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> anyhow::Result<String> {
        let argon2 = self.argon2.clone();
        self.run(move || phc(&argon2, password.as_bytes())).await?
    }

    /// True when the password fits the hash; a hash that cannot be read fits nothing.
    pub(crate) async fn verify(&self, password: &Zeroizing<String>, hash: &str) -> anyhow::Result<bool> {
        self.position(password, vec![hash.to_owned()]).await.map(|found| found.is_some())
    }

    /// The place of the first hash that the password fits.
    pub(crate) async fn position(
        &self,
        password: &Zeroizing<String>,
        hashes: Vec<String>,
    ) -> anyhow::Result<Option<usize>> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let fits = move |hash: &String| {
            // The cost comes from the hash itself, so a changed setting keeps old passwords valid.
            PasswordHash::new(hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
        };
        self.run(move || hashes.iter().position(fits)).await
    }

    /// Spends the time of one check and says no.
    pub(crate) async fn verify_nobody(&self, password: &Zeroizing<String>) -> anyhow::Result<()> {
        self.verify(password, &self.decoy).await.map(drop)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.context("the hashing limit is closed")?;
        let work = move || {
            // Held by the work, not by the caller: an abandoned caller must not let a further one in.
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.context("hashing stopped")
    }
}

fn phc(argon2: &Argon2<'_>, password: &[u8]) -> anyhow::Result<String> {
    let hash: PasswordHash = argon2.hash_password(password).map_err(|e| anyhow!("hashing failed: {e}"))?;
    Ok(hash.to_string())
}
