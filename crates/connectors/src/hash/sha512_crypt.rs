//! SHA-512 crypt, the `$6$rounds=…$salt$hash` form of crypt(3).

use ::sha_crypt::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use ::sha_crypt::{Algorithm, Params, ShaCrypt};
use argon2::password_hash::try_generate_salt;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::HashError;
use super::scheme::bounded;

/// libxcrypt refuses a pass phrase of 512 bytes and more (`CRYPT_MAX_PASSPHRASE_SIZE`, its terminator counted).
pub(super) const MAX_PASSWORD_BYTES: usize = 511;
/// crypt(3) reads 16 salt characters and writes only those back, so a longer salt would never compare equal there.
/// 12 bytes give 16 characters, 96 bits.
const SALT_BYTES: usize = 12;
/// What crypt(3) means when a hash names no rounds.
const ROUNDS_WHEN_UNSAID: u32 = 5_000;
const MAX_ROUNDS: u32 = 2_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sha512Crypt {
    /// Rounds, 5,000 to 2,000,000. The default of 500,000 takes a few tenths of a second.
    pub rounds: u32,
}

impl Default for Sha512Crypt {
    fn default() -> Self {
        Self { rounds: 500_000 }
    }
}

impl Sha512Crypt {
    pub(super) fn validate(self) -> Result<(), HashError> {
        bounded("rounds", self.rounds, 5_000, MAX_ROUNDS)
    }

    pub(super) fn hash(self, password: &str) -> Result<Zeroizing<String>, HashError> {
        let params = Params::new(self.rounds).map_err(HashError::computation)?;
        let random = try_generate_salt().map_err(HashError::computation)?;
        let salt = random.get(..SALT_BYTES).unwrap_or(&random);
        let hash = ShaCrypt::new(Algorithm::Sha512Crypt, params)
            .hash_password_with_salt(password.as_bytes(), salt)
            .map_err(HashError::computation)?;
        Ok(Zeroizing::new(hash.as_str().to_owned()))
    }
}

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let fields: Vec<&str> = stored.split('$').collect();
    let (rounds, salt, hash) = match fields.as_slice() {
        ["", "6", rounds, salt, hash] => {
            let number = rounds.strip_prefix("rounds=").ok_or(HashError::UnknownForm)?;
            (number.parse().map_err(|_| HashError::UnknownForm)?, salt, hash)
        }
        ["", "6", salt, hash] => (ROUNDS_WHEN_UNSAID, salt, hash),
        _ => return Err(HashError::UnknownForm),
    };
    // 86 characters carry the 64 bytes; a shorter field would be compared with less than the whole hash.
    if rounds < Params::ROUNDS_MIN || salt.starts_with("rounds=") || hash.len() != 86 {
        return Err(HashError::UnknownForm);
    }
    if rounds > MAX_ROUNDS {
        return Err(HashError::TooMuchWork);
    }
    if password.len() > MAX_PASSWORD_BYTES || password.contains('\0') {
        return Ok(false);
    }
    match ShaCrypt::default().verify_password(password.as_bytes(), stored) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(Error::EncodingInvalid) => Err(HashError::UnknownForm),
        Err(error) => Err(HashError::computation(error)),
    }
}
