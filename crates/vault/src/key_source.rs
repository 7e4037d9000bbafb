//! Where the root key comes from, and the keys derived from it.
//!
//! The root key is never stored beside the data: it lies in a 0600 file on its own, or is computed from a passphrase.
//! Nothing is sealed with it directly; each purpose has its own key, so that one leaked key opens one kind of record.

use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::files::{create_private, read_private};
use crate::random;
use crate::secret::{Key, SecretText, ct_eq};
use crate::{digest, hkdf};

pub use crate::files::FileFault;

/// First word of a root key file.
const FILE_MARK: &str = "passwright-root-key-1";
const SALT: &[u8] = b"passwright root key 1";

/// The shortest passphrase a new salt file is made for, in bytes.
pub const MIN_PASSPHRASE_LEN: usize = 12;

/// What a derived key is for. Adding a purpose is safe; changing a label loses every record sealed under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Payloads of waiting password changes, where no epoch key is used.
    Payload,
    /// Connector credentials and other secrets of sources.
    SourceSecrets,
    /// RSA private keys in the database.
    RsaPrivateKeys,
    /// The handles given out as `publicKeyId`.
    HandleSecret,
    /// The pepper of digit tokens and other codes that people type.
    Pepper,
    /// Private keys that sign tokens, in the database.
    TokenSigning,
    /// Seeds of one-time password generators.
    TotpSeeds,
    /// Signatures over audit checkpoints.
    AuditSigning,
    /// Secrets that sign webhook deliveries.
    WebhookSecrets,
    /// Secrets of providers of a further factor.
    MfaSecrets,
    /// Codes and links that are mailed.
    MailedProofs,
    /// What a session's cookie and its forms are checked by.
    Sessions,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 12] = [
        Self::Payload,
        Self::SourceSecrets,
        Self::RsaPrivateKeys,
        Self::HandleSecret,
        Self::Pepper,
        Self::TokenSigning,
        Self::TotpSeeds,
        Self::AuditSigning,
        Self::WebhookSecrets,
        Self::MfaSecrets,
        Self::MailedProofs,
        Self::Sessions,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::SourceSecrets => "source secrets",
            Self::RsaPrivateKeys => "rsa private keys",
            Self::HandleSecret => "handle secret",
            Self::Pepper => "pepper",
            Self::TokenSigning => "token signing",
            Self::TotpSeeds => "totp seeds",
            Self::AuditSigning => "audit signing",
            Self::WebhookSecrets => "webhook secrets",
            Self::MfaSecrets => "mfa secrets",
            Self::MailedProofs => "mailed proofs",
            Self::Sessions => "sessions",
        }
    }
}

/// The key above all others.
pub struct RootKey(Key);

impl RootKey {
    /// A root key that lives in this process only; for tests and throw-away instances.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self(Key::random())
    }

    /// The key for one purpose: HKDF-SHA256 of the root key. The same at every call.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> Key {
        hkdf::derive(SALT, self.0.expose(), purpose.label(), b"")
    }

    /// 16 hex digits that tell two root keys apart and give nothing of them away; stored beside the data so that a
    /// start with the wrong key is noticed before anything is written.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let check = hkdf::derive(SALT, self.0.expose(), "fingerprint", b"");
        digest::sha256_hex(check.expose()).chars().take(16).collect()
    }
}

/// Why there is no root key. Never says anything of a key or a passphrase.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("{path} is not a root key file of this version")]
    NotARootKey { path: PathBuf },
    #[error("{path} is not a salt file of this version with sane costs")]
    NotASalt { path: PathBuf },
    #[error("the passphrase does not belong to {path}")]
    WrongPassphrase { path: PathBuf },
    #[error("the passphrase has fewer than {MIN_PASSPHRASE_LEN} bytes")]
    ShortPassphrase,
    /// Out of memory, most likely.
    #[error("argon2id could not be run")]
    CannotStretch,
}

/// Where the root key comes from.
pub enum KeySource {
    /// A file of mode 0600 or less, owned by this process's user or root, best on another mount than the data.
    File { path: PathBuf },
    /// A passphrase, stretched with Argon2id; `salt_file` holds the salt, the costs and a check value.
    Passphrase { passphrase: SecretText, salt_file: PathBuf },
}

impl KeySource {
    /// Loads the existing root key. With a passphrase it takes about a quarter of a second and 64 MiB.
    ///
    /// # Errors
    /// [`KeySourceFault`]; a missing file is [`FileFault::Missing`].
    pub fn load(&self) -> Result<RootKey, KeySourceFault> {
        match self {
            Self::File { path } => {
                let text = read_private(path)?;
                parse_root_key(&text).ok_or_else(|| KeySourceFault::NotARootKey { path: path.clone() })
            }
            Self::Passphrase { passphrase, salt_file } => {
                let content = read_private(salt_file)?;
                let salt = Salt::parse(&content).ok_or_else(|| KeySourceFault::NotASalt { path: salt_file.clone() })?;
                let root = salt.stretch(passphrase)?;
                if ct_eq(check_value(&root).as_bytes(), salt.check.as_bytes()) {
                    Ok(root)
                } else {
                    Err(KeySourceFault::WrongPassphrase { path: salt_file.clone() })
                }
            }
        }
    }

    /// Makes a new root key and writes its file (0600, synced).
    ///
    /// # Errors
    /// [`FileFault::Exists`] when there is one: a root key is never overwritten.
    pub fn create(&self) -> Result<RootKey, KeySourceFault> {
        match self {
            Self::File { path } => {
                let root = RootKey(Key::random());
                create_private(path, root_key_text(&root).as_bytes())?;
                Ok(root)
            }
            Self::Passphrase { passphrase, salt_file } => {
                if passphrase.expose().len() < MIN_PASSPHRASE_LEN {
                    return Err(KeySourceFault::ShortPassphrase);
                }
                let mut salt = Salt::fresh();
                let root = salt.stretch(passphrase)?;
                salt.check = check_value(&root);
                let text = serde_json::to_vec(&salt).map_err(|_| KeySourceFault::CannotStretch)?;
                create_private(salt_file, &text)?;
                Ok(root)
            }
        }
    }

    /// Loads the root key, or makes one when its file is missing.
    ///
    /// # Errors
    /// [`KeySourceFault`].
    pub fn load_or_create(&self) -> Result<RootKey, KeySourceFault> {
        match self.load() {
            Err(KeySourceFault::File(FileFault::Missing { .. })) => match self.create() {
                // Another process was faster.
                Err(KeySourceFault::File(FileFault::Exists { .. })) => self.load(),
                other => other,
            },
            other => other,
        }
    }
}

fn root_key_text(root: &RootKey) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(root.0.expose()));
    Zeroizing::new(format!("{FILE_MARK} {}\n", encoded.as_str()))
}

fn parse_root_key(content: &[u8]) -> Option<RootKey> {
    let encoded = std::str::from_utf8(content).ok()?.trim_end().strip_prefix(FILE_MARK)?.strip_prefix(' ')?;
    let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    Key::try_from_slice(&bytes).map(RootKey)
}

fn check_value(root: &RootKey) -> String {
    STANDARD.encode(hkdf::derive(SALT, root.0.expose(), "passphrase check", b"").expose())
}

/// The salt file: nothing in it is secret, but with it a passphrase can be guessed offline, so it is 0600 too.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Salt {
    version: u32,
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    check: String,
}

impl Salt {
    /// The second recommended setting of RFC 9106 section 4.
    fn fresh() -> Self {
        let salt = STANDARD.encode(random::random_16());
        Self { version: 1, salt, memory_kib: 64 * 1024, passes: 3, lanes: 4, check: String::new() }
    }

    /// Refuses costs that are pointless or would stop the machine.
    fn parse(content: &[u8]) -> Option<Self> {
        let salt: Self = serde_json::from_slice(content).ok()?;
        let sane = salt.version == 1
            && (19 * 1024..=1024 * 1024).contains(&salt.memory_kib)
            && (2..=16).contains(&salt.passes)
            && (1..=16).contains(&salt.lanes);
        (sane && STANDARD.decode(&salt.salt).is_ok_and(|bytes| bytes.len() == 16)).then_some(salt)
    }

    fn stretch(&self, passphrase: &SecretText) -> Result<RootKey, KeySourceFault> {
        let salt = STANDARD.decode(&self.salt).map_err(|_| KeySourceFault::CannotStretch)?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| KeySourceFault::CannotStretch)?;
        let mut out = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, out.as_mut_slice())
            .map_err(|_| KeySourceFault::CannotStretch)?;
        Ok(RootKey(Key::from_bytes(&out)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn every_purpose_has_its_own_key() {
        let root = RootKey::ephemeral();
        let keys: HashSet<[u8; 32]> = Purpose::ALL.iter().map(|purpose| *root.derive(*purpose).expose()).collect();
        assert_eq!(keys.len(), Purpose::ALL.len());
        assert!(root.derive(Purpose::Pepper).ct_eq(&root.derive(Purpose::Pepper)));
        assert!(!root.derive(Purpose::Pepper).ct_eq(&RootKey::ephemeral().derive(Purpose::Pepper)));
    }

    /// Derived keys must stay the same from release to release.
    #[test]
    fn derivation_is_fixed() {
        let root = RootKey(Key::from_bytes(&[7; 32]));
        let all: Vec<u8> = Purpose::ALL.iter().flat_map(|purpose| *root.derive(*purpose).expose()).collect();
        assert_eq!(digest::sha256_hex(&all), "f70d0b7da9307cca711c492c7f9ddf0f26f9323ebc872332b91a96a17484e20b");
    }

    #[test]
    fn root_key_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let source = KeySource::File { path: path.clone() };
        assert!(matches!(source.load(), Err(KeySourceFault::File(FileFault::Missing { .. }))));
        let made = source.load_or_create().unwrap();
        assert!(matches!(source.create(), Err(KeySourceFault::File(FileFault::Exists { .. }))));
        assert!(made.0.ct_eq(&source.load().unwrap().0));
        assert_eq!(made.fingerprint(), source.load_or_create().unwrap().fingerprint());
        assert_ne!(made.fingerprint(), RootKey::ephemeral().fingerprint());

        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(source.load_or_create(), Err(KeySourceFault::File(FileFault::TooOpen { mode: 0o640, .. }))));
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();

        for wrong in
            ["", "passwright-root-key-1", "passwright-root-key-1 AAAA\n", "passwright-root-key-2 x\n", "\u{fffd}"]
        {
            write(&path, wrong).unwrap();
            assert!(matches!(source.load_or_create(), Err(KeySourceFault::NotARootKey { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let salt_file = dir.path().join("root.salt");
        let source = |passphrase: &str| KeySource::Passphrase {
            passphrase: SecretText::new(passphrase.to_owned()),
            salt_file: salt_file.clone(),
        };
        assert!(matches!(source("too short").create(), Err(KeySourceFault::ShortPassphrase)));
        let made = source("correct horse battery").load_or_create().unwrap();
        assert!(made.0.ct_eq(&source("correct horse battery").load().unwrap().0));
        assert!(matches!(source("correct horse batterx").load(), Err(KeySourceFault::WrongPassphrase { .. })));

        let text = std::fs::read_to_string(&salt_file).unwrap();
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("65536", "8"),
            ("65536", "4194304"),
            ("\"passes\":3", "\"passes\":1000"),
            ("\"salt\":\"", "\"salt\":\"AAAA"),
            ("{", "{\"extra\":1,"),
            ("}", ""),
        ] {
            assert!(text.contains(from), "{text}");
            write(&salt_file, text.replacen(from, to, 1)).unwrap();
            assert!(matches!(source("correct horse battery").load(), Err(KeySourceFault::NotASalt { .. })), "{to}");
        }
    }
}
