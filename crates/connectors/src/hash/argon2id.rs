//! argon2id (RFC 9106) in the PHC string form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::try_generate_salt;
use argon2::{Algorithm, Argon2, Block, Params, Version};
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
        let salt = Salt::new(&try_generate_salt().map_err(HashError::computation)?).map_err(HashError::computation)?;
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let output = computed(algorithm, version, &params, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let hash = PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params).map_err(HashError::computation)?,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(Zeroizing::new(hash.to_string()))
    }
}

/// The allocator keeps freed memory of up to 32 MiB (the most that glibc's mmap threshold grows to), for each thread apart; what is
/// larger goes back to the system at once. In blocks of 1 KiB; those that are not used are never touched.
const ROOMY: usize = 33 * 1024;

fn computed(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    password: &str,
    salt: &[u8],
    length: usize,
) -> Result<Output, HashError> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(params.block_count().max(ROOMY)).map_err(HashError::computation)?;
    memory.resize(params.block_count(), Block::new());
    let mut buffer = Zeroizing::new([0; Output::MAX_LENGTH]);
    let out = buffer.get_mut(..length).ok_or(HashError::UnknownForm)?;
    let argon2 = Argon2::new(algorithm, version, params.clone());
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory)
        .map_err(HashError::computation)?;
    Output::new(out).map_err(HashError::computation)
}

/// Checks against any of the three argon2 kinds; the parameters come from the stored hash.
pub(super) fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(stored).map_err(|_| HashError::UnknownForm)?;
    let params = Params::try_from(&hash).map_err(|_| HashError::UnknownForm)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(HashError::UnknownForm);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| HashError::UnknownForm)?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).map_err(|_| HashError::UnknownForm)?;
    let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
    if params.m_cost() > MAX_MEMORY_KIB
        || params.t_cost() > MAX_ITERATIONS
        || params.p_cost() > MAX_PARALLELISM
        || work > MAX_MEMORY_TIMES_ITERATIONS
    {
        return Err(HashError::TooMuchWork);
    }
    // Compared in constant time.
    Ok(computed(algorithm, version, &params, password, &salt, expected.len())? == expected)
}
