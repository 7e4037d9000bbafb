//! argon2id (RFC 9106) in the PHC string form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::HashError;
use super::scheme::bounded;

/// Upper bounds, for our own hashes and for stored ones: one hash stays under about two seconds and 256 MiB.
const MAX_MEMORY_KIB: u32 = 262_144;
const MAX_ITERATIONS: u32 = 16;
const MAX_PARALLELISM: u32 = 8;
const MAX_MEMORY_TIMES_ITERATIONS: u64 = 2_097_152;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Argon2id {
    /// Memory of one hash in KiB, 7,168 to 262,144.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 16; times `memory_kib` at most 2,097,152.
    pub iterations: u32,
    /// Lanes, 1 to 8.
    pub parallelism: u32,
}

impl Default for Argon2id {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

impl Argon2id {
    pub(super) fn validate(self) -> Result<(), HashError> {
        bounded("memory_kib", self.memory_kib, 7_168, MAX_MEMORY_KIB)?;
        bounded("iterations", self.iterations, 1, MAX_ITERATIONS)?;
        bounded("parallelism", self.parallelism, 1, MAX_PARALLELISM)?;
        let value = u64::from(self.memory_kib) * u64::from(self.iterations);
        if value > MAX_MEMORY_TIMES_ITERATIONS {
            let setting = "memory_kib * iterations";
            return Err(HashError::Setting { setting, value, low: 1, high: MAX_MEMORY_TIMES_ITERATIONS });
        }
        Ok(())
    }

    pub(super) fn hash(self, password: &str) -> Result<Zeroizing<String>, HashError> {
        let params =
            Params::new(self.memory_kib, self.iterations, self.parallelism, None).map_err(HashError::computation)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = hasher.hash_password(password.as_bytes()).map_err(HashError::computation)?;
        Ok(Zeroizing::new(hash.to_string()))
    }
}

/// Checks against any of the three argon2 kinds; the parameters come from the stored hash.
pub(super) fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(stored).map_err(|_| HashError::UnknownForm)?;
    let params = Params::try_from(&hash).map_err(|_| HashError::UnknownForm)?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(HashError::UnknownForm);
    }
    let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
    if params.m_cost() > MAX_MEMORY_KIB
        || params.t_cost() > MAX_ITERATIONS
        || params.p_cost() > MAX_PARALLELISM
        || work > MAX_MEMORY_TIMES_ITERATIONS
    {
        return Err(HashError::TooMuchWork);
    }
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(HashError::computation(error)),
    }
}
