//! The live keys: RSA pairs that are handed out, accepted or still opened, and the keys that sign access tokens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::ids::{IdentityId, RsaKeyId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::keys::{AddRsaKey, AddSigningKey, DestroyRsaKeys, StoredRsaKey, list_rsa, list_signing};
use passwright_vault::Key;
use passwright_vault::handle::{HandleScope, HandleSecret};
use passwright_vault::key_source::{Purpose, RootKey};
use passwright_vault::rsa::RsaPrivateKey;
use passwright_vault::rsa_keys::RsaKeySchedule;
use passwright_vault::sealing;
use passwright_vault::secret::SecretBytes;
use passwright_vault::token::{TokenSigner, TokenVerifier};

use crate::{Error, Service};

/// A new key is made this long before the newest one ceases to be handed out.
const LEAD: Duration = Duration::from_secs(600);

/// One RSA pair in memory.
pub(crate) struct LiveRsaKey {
    pub(crate) id: RsaKeyId,
    pub(crate) created_at: Timestamp,
    /// Base64 of the DER SubjectPublicKeyInfo, as the wire shows it.
    pub(crate) public_text: String,
    pub(crate) private: RsaPrivateKey,
    handle_secret: HandleSecret,
    /// Neither handed out nor accepted any more.
    retired: AtomicBool,
}

impl LiveRsaKey {
    fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }
}

/// The newest signing key, and a verifier that knows all of them.
pub(crate) struct Signing {
    pub(crate) signer: TokenSigner,
    pub(crate) verifier: TokenVerifier,
}

pub(crate) struct Keys {
    seal: Key,
    seal_signing: Key,
    handles: Key,
    pepper: Key,
    sessions: Key,
    pub(crate) schedule: RsaKeySchedule,
    rsa: RwLock<Arc<Vec<Arc<LiveRsaKey>>>>,
    signing: RwLock<Option<Arc<Signing>>>,
    /// Held while keys are looked after, so that callers who miss one do not all make it.
    refreshing: tokio::sync::Mutex<()>,
}

impl Keys {
    pub(crate) fn new(root: &RootKey, schedule: RsaKeySchedule) -> Self {
        Self {
            seal: root.derive(Purpose::RsaPrivateKeys),
            seal_signing: root.derive(Purpose::TokenSigning),
            handles: root.derive(Purpose::HandleSecret),
            pepper: root.derive(Purpose::Pepper),
            sessions: root.derive(Purpose::Sessions),
            schedule,
            rsa: RwLock::default(),
            signing: RwLock::default(),
            refreshing: tokio::sync::Mutex::default(),
        }
    }

    /// A copy for a task that outlives the borrow.
    pub(crate) fn pepper_copy(&self) -> Key {
        Key::from_bytes(self.pepper.expose())
    }

    /// What cookies and forms of sessions are checked by.
    pub(crate) fn sessions(&self) -> &Key {
        &self.sessions
    }

    pub(crate) fn rsa(&self) -> Arc<Vec<Arc<LiveRsaKey>>> {
        self.rsa.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys that sign and verify access tokens.
    pub(crate) fn signing(&self) -> Result<Arc<Signing>, Error> {
        let signing = self.signing.read().unwrap_or_else(PoisonError::into_inner).clone();
        signing.ok_or_else(|| Error::Internal("no token signing key".to_owned()))
    }
}

impl Service {
    /// Loads the keys, makes those that are due, destroys those whose time is over. Run at start and every minute.
    ///
    /// # Errors
    /// When the database does not answer, a stored key does not open with the root key, or this node's epoch keys are not
    /// those of the other nodes.
    pub async fn refresh_keys(&self) -> Result<(), Error> {
        let _one_at_a_time = self.keys.refreshing.lock().await;
        self.load_signers().await?;
        self.load_rsa_keys().await?;
        let now = self.clock.now();
        let keys = self.keys.rsa();
        let newest = keys.first().map(|k| k.created_at);
        let newest_in_use = keys.iter().find(|k| !k.is_retired()).map(|k| k.created_at);
        if self.keys.schedule.successor_due(newest_in_use, now, LEAD) {
            self.make_rsa_key(newest, now).await?;
            self.load_rsa_keys().await?;
        }
        let destroy_before = Timestamp(now.0 - (self.keys.schedule.destroyed_at(Timestamp(0)).0));
        if self.store.write(DestroyRsaKeys { created_before: destroy_before }).await? > 0 {
            self.load_rsa_keys().await?;
        }
        self.epochs.advance(now).map_err(|e| Error::Internal(format!("epoch keys: {e}")))?;
        self.compare_epoch_keys().await
    }

    async fn make_rsa_key(&self, newest: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
        let bits = self.settings.rsa_bits;
        let private = tokio::task::spawn_blocking(move || RsaPrivateKey::generate(bits))
            .await
            .map_err(|e| Error::Internal(e.to_string()))?
            .map_err(|e| Error::Internal(e.to_string()))?;
        let id = RsaKeyId::from_random(self.rng.bytes16());
        let pkcs8 = private.to_pkcs8().map_err(|e| Error::Internal(e.to_string()))?;
        let sealed = sealing::seal(&self.keys.seal, id.as_str().as_bytes(), pkcs8.expose())
            .map_err(|e| Error::Internal(e.to_string()))?;
        let key = StoredRsaKey {
            id,
            created_at: now,
            public_key: BASE64.encode(private.public_key().spki_der()),
            sealed_private_key: sealed.to_compact(),
            retired_at: None,
        };
        let unless_newer_than = newest.unwrap_or(Timestamp(i64::MIN));
        self.store.write(AddRsaKey { key, unless_newer_than }).await?;
        Ok(())
    }

    async fn load_rsa_keys(&self) -> Result<(), Error> {
        let mut reader = self.store.read().await?;
        let stored = list_rsa(&mut reader.tx()).await?;
        let known = self.keys.rsa();
        let mut live = Vec::with_capacity(stored.len());
        for key in stored {
            match known.iter().find(|known| known.id == key.id) {
                Some(live_key) => {
                    live_key.retired.store(key.retired_at.is_some(), Ordering::Relaxed);
                    live.push(live_key.clone());
                }
                None => live.push(Arc::new(self.open_rsa_key(key)?)),
            }
        }
        *self.keys.rsa.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
        Ok(())
    }

    fn open_rsa_key(&self, stored: StoredRsaKey) -> Result<LiveRsaKey, Error> {
        let damaged = || Error::Internal(format!("RSA key {} does not open with this root key", stored.id));
        let pkcs8 = open_text(&self.keys.seal, stored.id.as_str(), &stored.sealed_private_key).ok_or_else(damaged)?;
        let private = RsaPrivateKey::from_pkcs8(&pkcs8).map_err(|_| damaged())?;
        Ok(LiveRsaKey {
            handle_secret: HandleSecret::derive(&self.keys.handles, &stored.id),
            id: stored.id,
            created_at: stored.created_at,
            public_text: stored.public_key,
            private,
            retired: AtomicBool::new(stored.retired_at.is_some()),
        })
    }

    async fn load_signers(&self) -> Result<(), Error> {
        let mut reader = self.store.read().await?;
        let mut stored = list_signing(&mut reader.tx()).await?;
        drop(reader);
        if stored.is_empty() {
            let signer = TokenSigner::generate().map_err(|e| Error::Internal(e.to_string()))?;
            let id = signer.kid().to_owned();
            let sealed = sealing::seal(&self.keys.seal_signing, id.as_bytes(), signer.to_bytes().expose())
                .map_err(|e| Error::Internal(e.to_string()))?;
            self.store.write(AddSigningKey((id, self.clock.now().0, sealed.to_compact()))).await?;
            let mut reader = self.store.read().await?;
            stored = list_signing(&mut reader.tx()).await?;
        }
        let mut newest = None;
        let mut verifier = TokenVerifier::new();
        for (id, _, sealed) in stored {
            let signer = open_text(&self.keys.seal_signing, &id, &sealed)
                .and_then(|secret| TokenSigner::from_bytes(&secret).ok())
                .ok_or_else(|| Error::Internal(format!("signing key {id} does not open with this root key")))?;
            verifier.add(signer.public_key()).map_err(|e| Error::Internal(e.to_string()))?;
            newest.get_or_insert(signer);
        }
        let signing = newest.map(|signer| Arc::new(Signing { signer, verifier }));
        *self.keys.signing.write().unwrap_or_else(PoisonError::into_inner) = signing;
        Ok(())
    }

    /// The key to hand out now, and its handle for this identity.
    pub(crate) async fn key_to_hand_out(&self, identity: &IdentityId) -> Result<(Arc<LiveRsaKey>, String), Error> {
        let key = match self.handed_out() {
            Some(key) => key,
            None => {
                // The only one was retired a moment ago.
                self.refresh_keys().await?;
                self.handed_out().ok_or_else(|| Error::Unavailable {
                    retry_after: Duration::from_secs(5),
                    cause: "no RSA key to hand out".to_owned(),
                })?
            }
        };
        let handle = key.handle_secret.handle_for(self.handle_scope(identity));
        Ok((key, handle))
    }

    fn handed_out(&self) -> Option<Arc<LiveRsaKey>> {
        let now = self.clock.now();
        let keys = self.keys.rsa();
        keys.iter().find(|k| !k.is_retired() && self.keys.schedule.hands_out(k.created_at, now)).cloned()
    }

    /// The accepted key behind a handle, when the handle was made for this identity. Another node may have made the key a
    /// moment ago, so the keys are read again before a handle is called unknown.
    pub(crate) async fn key_behind(
        &self,
        handle: &str,
        identity: &IdentityId,
    ) -> Result<Option<Arc<LiveRsaKey>>, Error> {
        if let Some(key) = self.known_key_behind(handle, identity) {
            return Ok(Some(key));
        }
        self.load_rsa_keys().await?;
        Ok(self.known_key_behind(handle, identity))
    }

    /// Makes sure that a key which another node made a moment ago is at hand.
    pub(crate) async fn meet_rsa_key(&self, id: &RsaKeyId) -> Result<(), Error> {
        match self.keys.rsa().iter().any(|key| key.id == *id) {
            true => Ok(()),
            false => self.load_rsa_keys().await,
        }
    }

    fn known_key_behind(&self, handle: &str, identity: &IdentityId) -> Option<Arc<LiveRsaKey>> {
        let now = self.clock.now();
        let scope = self.handle_scope(identity);
        let keys = self.keys.rsa();
        keys.iter()
            .filter(|k| !k.is_retired() && self.keys.schedule.accepts(k.created_at, now))
            .find(|k| k.handle_secret.matches(handle, scope))
            .cloned()
    }

    fn handle_scope<'a>(&self, identity: &'a IdentityId) -> HandleScope<'a> {
        if self.settings.shared_key_handle { HandleScope::Tenant } else { HandleScope::Identity(identity) }
    }
}

fn open_text(key: &Key, bound_to: &str, sealed: &str) -> Option<SecretBytes> {
    let sealed = sealing::Sealed::from_compact(sealed).ok()?;
    sealing::open(key, &sealed, bound_to.as_bytes()).ok()
}
