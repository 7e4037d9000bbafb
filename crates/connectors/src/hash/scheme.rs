//! The closed set of schemes: one `match` per verb.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Argon2id, Bcrypt, HashError, Sha512Crypt};

/// How an application stores its passwords, with the cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum HashScheme {
    Argon2id(Argon2id),
    Bcrypt(Bcrypt),
    Sha512Crypt(Sha512Crypt),
}

impl Default for HashScheme {
    fn default() -> Self {
        Self::Argon2id(Argon2id::default())
    }
}

impl HashScheme {
    /// Checks the bounds of the settings.
    ///
    /// # Errors
    /// [`HashError::Setting`], naming the setting.
    pub fn validate(&self) -> Result<(), HashError> {
        match self {
            Self::Argon2id(scheme) => scheme.validate(),
            Self::Bcrypt(scheme) => scheme.validate(),
            Self::Sha512Crypt(scheme) => scheme.validate(),
        }
    }

    /// The longest password the scheme keeps whole, in UTF-8 bytes; `None` when there is no limit a password can meet.
    #[must_use]
    pub fn max_password_bytes(&self) -> Option<usize> {
        match self {
            Self::Argon2id(_) => None,
            Self::Bcrypt(_) => Some(super::bcrypt::MAX_PASSWORD_BYTES),
            Self::Sha512Crypt(_) => Some(super::sha512_crypt::MAX_PASSWORD_BYTES),
        }
    }

    /// Says whether the scheme keeps this password whole; computes nothing.
    ///
    /// # Errors
    /// `Empty`, `TooLong` or `ContainsNul`.
    pub fn accepts(&self, password: &str) -> Result<(), HashError> {
        if password.is_empty() {
            return Err(HashError::Empty);
        }
        match self.max_password_bytes() {
            Some(limit) if password.len() > limit => Err(HashError::TooLong { limit }),
            // The schemes with a limit are those of crypt(3), which reads the password as a C string.
            Some(_) if password.contains('\0') => Err(HashError::ContainsNul),
            _ => Ok(()),
        }
    }

    /// Hashes the password under a fresh salt. Blocks for up to seconds: see [`super::background`].
    ///
    /// # Errors
    /// As [`Self::accepts`] and [`Self::validate`]; `Computation` when the salt or the memory cannot be had.
    pub fn hash(&self, password: &str) -> Result<Zeroizing<String>, HashError> {
        self.validate()?;
        self.accepts(password)?;
        match self {
            Self::Argon2id(scheme) => scheme.hash(password),
            Self::Bcrypt(scheme) => scheme.hash(password),
            Self::Sha512Crypt(scheme) => scheme.hash(password),
        }
    }
}

/// Fails unless `low <= value <= high`.
pub(super) fn bounded(setting: &'static str, value: u32, low: u32, high: u32) -> Result<(), HashError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(HashError::Setting { setting, value: value.into(), low: low.into(), high: high.into() })
}

#[cfg(test)]
mod tests {
    use super::super::BcryptVersion;
    use super::*;

    #[test]
    fn settings_are_bounded() {
        let check = |scheme: HashScheme, setting: Option<&str>| match (scheme.validate(), setting) {
            (Ok(()), None) => {}
            (Err(HashError::Setting { setting: found, .. }), Some(expected)) => assert_eq!(found, expected),
            (result, expected) => panic!("{scheme:?}: {result:?}, expected {expected:?}"),
        };
        let argon = |memory_kib, iterations, parallelism| {
            HashScheme::Argon2id(Argon2id { memory_kib, iterations, parallelism })
        };
        let bcrypt = |cost| HashScheme::Bcrypt(Bcrypt { cost, ..Bcrypt::default() });
        let sha = |rounds| HashScheme::Sha512Crypt(Sha512Crypt { rounds });
        check(HashScheme::default(), None);
        check(argon(7_168, 5, 1), None);
        check(argon(262_144, 4, 8), None);
        check(argon(7_167, 5, 1), Some("memory_kib"));
        check(argon(262_145, 1, 1), Some("memory_kib"));
        check(argon(19_456, 0, 1), Some("iterations"));
        check(argon(19_456, 17, 1), Some("iterations"));
        check(argon(262_144, 9, 1), Some("memory_kib * iterations"));
        check(argon(19_456, 2, 0), Some("parallelism"));
        check(argon(19_456, 2, 9), Some("parallelism"));
        check(bcrypt(8), None);
        check(bcrypt(15), None);
        check(bcrypt(7), Some("cost"));
        check(bcrypt(16), Some("cost"));
        check(sha(5_000), None);
        check(sha(2_000_000), None);
        check(sha(4_999), Some("rounds"));
        check(sha(2_000_001), Some("rounds"));
    }

    #[test]
    fn what_cannot_be_kept_whole_is_refused() {
        let check = |scheme: HashScheme, password: &str, expected: &str| {
            let said = scheme.hash(password).map_or_else(|error| error.to_string(), |_| String::new());
            assert_eq!(said, expected, "{scheme:?}, {} bytes", password.len());
        };
        let argon = HashScheme::Argon2id(Argon2id { memory_kib: 7_168, iterations: 1, parallelism: 1 });
        let bcrypt = HashScheme::Bcrypt(Bcrypt { cost: 8, ..Bcrypt::default() });
        let sha = HashScheme::Sha512Crypt(Sha512Crypt { rounds: 5_000 });
        for scheme in [argon, bcrypt, sha] {
            check(scheme, "", "the password is empty");
        }
        check(argon, &"a".repeat(2_000), "");
        check(argon, "a\0b", "");
        check(bcrypt, &"a".repeat(72), "");
        check(bcrypt, &"a".repeat(73), "the password is longer than 72 bytes");
        check(bcrypt, &"é".repeat(37), "the password is longer than 72 bytes");
        check(bcrypt, "a\0b", "the password contains a NUL character");
        check(sha, &"a".repeat(511), "");
        check(sha, &"a".repeat(512), "the password is longer than 511 bytes");
        check(sha, "a\0b", "the password contains a NUL character");
    }

    #[test]
    fn settings_read_from_text() {
        let read = |json: &str| serde_json::from_str::<HashScheme>(json);
        assert_eq!(read(r#"{"name":"argon2id"}"#).unwrap(), HashScheme::default());
        assert_eq!(
            read(r#"{"name":"bcrypt","cost":12,"version":"2y"}"#).unwrap(),
            HashScheme::Bcrypt(Bcrypt { cost: 12, version: BcryptVersion::TwoY })
        );
        assert_eq!(
            read(r#"{"name":"sha512_crypt"}"#).unwrap(),
            HashScheme::Sha512Crypt(Sha512Crypt { rounds: 500_000 })
        );
        for wrong in [r#"{"name":"ssha"}"#, r#"{"name":"bcrypt","rounds":1}"#, r#"{"name":"bcrypt","version":"2x"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
