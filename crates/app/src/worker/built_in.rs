//! The built-in source: the identity's own sign-in password, kept here as an Argon2id hash.

use std::sync::Arc;

use passwright_connectors::hash::{Argon2id, HashScheme, background};
use passwright_connectors::{AccountRef, AccountState, Fault, FaultClass, Proof, SetPassword, SignIns};
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::sign_in_passwords::{SetSignInPassword, lookup};
use passwright_storage::{StorageError, Store};

use crate::seams::{Call, Clock, Target};

/// Writes and proves sign-in passwords. The native identity of an account there is the identity's id.
pub(crate) struct BuiltIn {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl BuiltIn {
    pub(crate) fn new(store: &Store, clock: Arc<dyn Clock>) -> Self {
        Self { store: store.clone(), clock }
    }
}

fn unavailable(error: &StorageError) -> Fault {
    Fault::new(FaultClass::Transient, "the sign-in service does not answer", error.to_string())
}

fn identity(account: AccountRef<'_>) -> Result<IdentityId, Fault> {
    let missing = || Fault::new(FaultClass::Permanent, "there is no such account", "the native identity is not an id");
    account.native_identity.parse().map_err(|_| missing())
}

impl Target for BuiltIn {
    fn check<'a>(&'a self, account: AccountRef<'a>) -> Call<'a, AccountState> {
        Box::pin(async move {
            let mut reader = self.store.read().await.map_err(|e| unavailable(&e))?;
            let stored = lookup(&mut reader.tx(), &identity(account)?).await.map_err(|e| unavailable(&e))?;
            Ok(AccountState {
                password_changed_at: stored.map(|(_, at)| at.0),
                sign_ins: SignIns::NeverLock,
                ..AccountState::default()
            })
        })
    }

    fn set_password<'a>(&'a self, account: AccountRef<'a>, new: &'a str, _options: SetPassword) -> Call<'a, ()> {
        Box::pin(async move {
            let identity_id = identity(account)?;
            let hash = background::hash(HashScheme::Argon2id(Argon2id::default()), new)
                .await
                .map_err(|e| Fault::new(FaultClass::Transient, "the password could not be kept", e.to_string()))?;
            let now = self.clock.now();
            let set = SetSignInPassword { identity_id, hash: hash.to_string(), now };
            self.store.write(set).await.map_err(|e| unavailable(&e))
        })
    }

    fn prove<'a>(&'a self, account: AccountRef<'a>, password: &'a str) -> Call<'a, Proof> {
        Box::pin(async move {
            let mut reader = self.store.read().await.map_err(|e| unavailable(&e))?;
            let stored = lookup(&mut reader.tx(), &identity(account)?).await.map_err(|e| unavailable(&e))?;
            drop(reader);
            let Some((hash, _)) = stored else { return Ok(Proof::Rejected) };
            let right = background::verify(&hash, password)
                .await
                .map_err(|e| Fault::new(FaultClass::Transient, "the password could not be checked", e.to_string()))?;
            Ok(if right { Proof::Proved } else { Proof::Rejected })
        })
    }
}
