//! bcrypt, the 60-character form `$2b$cost$salt+hash`.
//!
//! bcrypt reads 72 bytes and ignores the rest, so a longer password would let any password with the same first 72 bytes
//! in. Such a password is neither hashed nor accepted here.

use ::bcrypt::{HashParts, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::HashError;
use super::scheme::bounded;

pub(super) const MAX_PASSWORD_BYTES: usize = 72;
/// About four seconds; a stored hash above it is not computed.
const MAX_STORED_COST: u32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bcrypt {
    /// Binary logarithm of the number of rounds, 8 to 15.
    pub cost: u32,
    /// The marker written; the computation is the same.
    pub version: BcryptVersion,
}

impl Default for Bcrypt {
    fn default() -> Self {
        Self { cost: 10, version: BcryptVersion::TwoB }
    }
}

/// Some libraries read only one of the markers: PHP and Apache write `2y`, older Java libraries read `2a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BcryptVersion {
    #[serde(rename = "2a")]
    TwoA,
    #[serde(rename = "2b")]
    TwoB,
    #[serde(rename = "2y")]
    TwoY,
}

impl Bcrypt {
    pub(super) fn validate(self) -> Result<(), HashError> {
        bounded("cost", self.cost, 8, 15)
    }

    pub(super) fn hash(self, password: &str) -> Result<Zeroizing<String>, HashError> {
        let parts = ::bcrypt::hash_with_result(password, self.cost).map_err(HashError::computation)?;
        let version = match self.version {
            BcryptVersion::TwoA => Version::TwoA,
            BcryptVersion::TwoB => Version::TwoB,
            BcryptVersion::TwoY => Version::TwoY,
        };
        Ok(Zeroizing::new(parts.format_for_version(version)))
    }
}

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let parts: HashParts = stored.parse().map_err(|_| HashError::UnknownForm)?;
    if parts.get_cost() > MAX_STORED_COST {
        return Err(HashError::TooMuchWork);
    }
    if password.len() > MAX_PASSWORD_BYTES || password.contains('\0') {
        return Ok(false);
    }
    ::bcrypt::verify(password, stored).map_err(HashError::computation)
}
