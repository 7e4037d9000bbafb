//! RSA and signing keys as they lie in the database: public parts, and private parts only the vault can open.

use passwright_domain::ids::RsaKeyId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx, Write};

statements! {
    INSERT_RSA = "INSERT INTO rsa_key (id, created_at, public_key, sealed_private_key) VALUES ($1, $2, $3, $4)";
    LIST_RSA = "SELECT id, created_at, public_key, sealed_private_key, retired_at FROM rsa_key ORDER BY created_at DESC, id";
    NEWEST_RSA = "SELECT created_at FROM rsa_key ORDER BY created_at DESC LIMIT 1";
    DELETE_RSA = "DELETE FROM rsa_key WHERE created_at < $1";
    DELETE_FENCES = "DELETE FROM ciphertext_fence WHERE rsa_key_id NOT IN (SELECT id FROM rsa_key)";
    DELETE_USES = "DELETE FROM ciphertext_use WHERE rsa_key_id NOT IN (SELECT id FROM rsa_key)";
    INSERT_SIGNING = "INSERT INTO signing_key (id, created_at, sealed_private_key) VALUES ($1, $2, $3)";
    LIST_SIGNING = "SELECT id, created_at, sealed_private_key FROM signing_key ORDER BY created_at DESC, id";
}

/// An RSA key pair at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRsaKey {
    pub id: RsaKeyId,
    pub created_at: Timestamp,
    /// Base64 of the DER SubjectPublicKeyInfo.
    pub public_key: String,
    pub sealed_private_key: String,
    /// Since then it is neither handed out nor accepted, for the failures under it.
    pub retired_at: Option<Timestamp>,
}

/// All RSA keys, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_rsa(tx: &mut Tx<'_>) -> Result<Vec<StoredRsaKey>, StorageError> {
    fetch_all!(tx, (String, i64, String, String, Option<i64>), LIST_RSA)?
        .into_iter()
        .map(|(key, created_at, public_key, sealed_private_key, retired_at)| {
            Ok(StoredRsaKey {
                id: id("rsa_key", &key)?,
                created_at: Timestamp(created_at),
                public_key,
                sealed_private_key,
                retired_at: retired_at.map(Timestamp),
            })
        })
        .collect()
}

/// Adds a key unless a newer one than `unless_newer_than` is there: two nodes may both find that one is due.
pub struct AddRsaKey {
    pub key: StoredRsaKey,
    pub unless_newer_than: Timestamp,
}

impl Write for AddRsaKey {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let newest = fetch_optional!(tx, (i64,), NEWEST_RSA)?;
        if newest.is_some_and(|(at,)| at > self.unless_newer_than.0) {
            return Ok(false);
        }
        let key = &self.key;
        let (public, private) = (key.public_key.as_str(), key.sealed_private_key.as_str());
        execute!(tx, INSERT_RSA, key.id.as_str(), key.created_at.0, public, private)?;
        Ok(true)
    }
}

/// Destroys keys made before a time, with the fences of their ciphertexts; gives how many keys went.
pub struct DestroyRsaKeys {
    pub created_before: Timestamp,
}

impl Write for DestroyRsaKeys {
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let gone = execute!(tx, DELETE_RSA, self.created_before.0)?;
        if gone > 0 {
            execute!(tx, DELETE_FENCES)?;
            execute!(tx, DELETE_USES)?;
        }
        Ok(gone)
    }
}

/// A token signing key at rest: id, time made, sealed private key.
pub type StoredSigningKey = (String, i64, String);

/// All signing keys, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_signing(tx: &mut Tx<'_>) -> Result<Vec<StoredSigningKey>, StorageError> {
    fetch_all!(tx, StoredSigningKey, LIST_SIGNING)
}

/// Adds a signing key.
pub struct AddSigningKey(pub StoredSigningKey);

impl Write for AddSigningKey {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let (key, created_at, sealed) = &self.0;
        execute!(tx, INSERT_SIGNING, key.as_str(), *created_at, sealed.as_str())?;
        Ok(())
    }
}
