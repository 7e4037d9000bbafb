//! Signing in with a user name and a password. The attempt is counted and committed before it is compared, and an unknown
//! name takes the same way as a known one.

use std::time::Duration;

use passwright_connectors::hash::{Argon2id, HashScheme, background};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_storage::audit::WriteAudit;
use passwright_storage::directory::{accounts, identities, sign_in_passwords};
use passwright_storage::sessions::{CreateSession, StoredSession};
use passwright_storage::sign_in_failures::{ClearSignInFailures, TakeSignInAttempt};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::{Password, SecretText};

use super::Session;
use crate::{Error, Service};

/// Longest user name and password that are looked at, in bytes.
const LONGEST_NAME: usize = 256;
const LONGEST_PASSWORD: usize = 1024;
/// Longest words about a browser that are kept, in characters.
const LONGEST_BROWSER: usize = 60;

/// Who asks to be signed in, as far as that can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visitor {
    /// The browser in words, to be shown to its person.
    pub browser: String,
    pub address: String,
    /// The session that this browser has, which ends with the new one.
    pub session: Option<String>,
}

/// What came of a sign-in.
pub enum SignIn<T> {
    Passed(T),
    /// The name or the password is wrong; alike for unknown and disabled users.
    Wrong,
    /// Too many wrong attempts with this name; try again after this time.
    TooMany(Duration),
}

/// A session that was just opened.
pub struct NewSession {
    pub session: Session,
    /// The text of its cookie.
    pub cookie: SecretText,
}

/// A second proof that stands between a right password and a session. There is no kind of it yet; the first makes
/// [`Service::open_session`] wait for it.
enum SecondFactor {}

impl Service {
    /// Signs a person in and opens a session.
    ///
    /// # Errors
    /// `Unavailable` when the database, or the source that knows the password, does not answer.
    pub async fn sign_in(
        &self,
        user_name: &str,
        password: Password,
        visitor: Visitor,
        trace: &Trace,
    ) -> Result<SignIn<NewSession>, Error> {
        Ok(match self.check_sign_in(user_name, password, trace).await? {
            SignIn::Passed(identity) => SignIn::Passed(self.open_session(identity, visitor, trace).await?),
            SignIn::Wrong => SignIn::Wrong,
            SignIn::TooMany(wait) => SignIn::TooMany(wait),
        })
    }

    /// The second proof that this person must give before a session is opened.
    fn second_factor(_identity: &Identity) -> Option<SecondFactor> {
        None
    }

    async fn open_session(&self, identity: Identity, visitor: Visitor, trace: &Trace) -> Result<NewSession, Error> {
        if let Some(factor) = Self::second_factor(&identity) {
            match factor {}
        }
        let (secret, now, times) = (self.new_secret(), self.clock.now(), self.session_times().await?);
        let stored = StoredSession {
            id: self.tracking_id(),
            identity_id: identity.id.clone(),
            browser: visitor.browser.chars().take(LONGEST_BROWSER).collect(),
            address: visitor.address,
            created_at: now,
            proved_at: now,
            expires_at: now + times.longest(&identity),
        };
        let actor = format!("identity:{}", identity.id);
        let detail = format!("session:{}", stored.id);
        let audit = self.audit_record(actor.clone(), "USER_SIGN_IN_PASSED", actor, Outcome::Passed, trace, detail);
        let digest = client_secret_digest(&secret);
        let create = CreateSession { session: stored.clone(), digest, replaces: visitor.session, audit };
        self.store.write(create).await?;
        let idle_at = (now + times.idle).min(stored.expires_at);
        Ok(NewSession { session: Session { stored, identity, idle_at }, cookie: self.cookie(&secret, now) })
    }

    /// The identity whose password this is.
    pub(super) async fn check_sign_in(
        &self,
        user_name: &str,
        password: Password,
        trace: &Trace,
    ) -> Result<SignIn<Identity>, Error> {
        let now = self.clock.now();
        let user_name: String = user_name.chars().take(LONGEST_NAME).collect();
        let name_key = canonical(&user_name);
        let config = self.lockout_config().await?;
        let attempt = TakeSignInAttempt { name_key: name_key.clone(), now, config };
        let locks = match self.store.write(attempt).await? {
            Ok(locks) => locks,
            Err(wait) => {
                self.record_sign_in_failure(None, trace, "the name is locked").await?;
                return Ok(SignIn::TooMany(wait));
            }
        };
        let mut reader = self.store.read().await?;
        let identity = identities::lookup_by_alias(&mut reader.tx(), &user_name).await?;
        drop(reader);
        let right = self.is_password_of(identity.as_ref(), &password).await?;
        match identity {
            Some(identity) if right && identity.status == IdentityStatus::Active => {
                self.store.write(ClearSignInFailures { name_key }).await?;
                Ok(SignIn::Passed(identity))
            }
            other => {
                let detail = if locks { "the name is locked from now on" } else { "" };
                self.record_sign_in_failure(other.as_ref(), trace, detail).await?;
                Ok(SignIn::Wrong)
            }
        }
    }

    /// Whether this is the password that the identity signs in with: at its pass-through source, or its own. Nobody has none,
    /// which takes as long to find.
    async fn is_password_of(&self, identity: Option<&Identity>, password: &Password) -> Result<bool, Error> {
        if password.expose().is_empty() || password.expose().len() > LONGEST_PASSWORD {
            return Ok(false);
        }
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (own, stored) = match identity {
            Some(identity) => (
                accounts::of_identity(&mut tx, &identity.id).await?,
                sign_in_passwords::lookup(&mut tx, &identity.id).await?,
            ),
            None => (Vec::new(), None),
        };
        drop(reader);
        if let Some(way) = self.pass_through(identity, &own).await? {
            return way.is_right(password).await;
        }
        let hash = match stored {
            Some((hash, _)) => hash,
            None => self.nobodys_hash().await?,
        };
        let right = background::verify(&hash, password.expose()).await.map_err(|e| Error::Internal(e.to_string()))?;
        // The stand-in is the hash of a secret that nobody knows, so `right` needs a password of the identity's own.
        Ok(right && identity.is_some())
    }

    pub(super) async fn record_sign_in_failure(
        &self,
        identity: Option<&Identity>,
        trace: &Trace,
        detail: &str,
    ) -> Result<(), Error> {
        let object = identity.map_or_else(|| "identity:unknown".to_owned(), |i| format!("identity:{}", i.id));
        let actor = "anonymous".to_owned();
        let record = self.audit_record(actor, "USER_SIGN_IN_FAILED", object, Outcome::Failed, trace, detail);
        Ok(self.store.write(WriteAudit(record)).await?)
    }

    /// A hash to compare with where there is none, made like the real ones.
    async fn nobodys_hash(&self) -> Result<String, Error> {
        let made = self.nobodys_hash.get_or_try_init(|| async {
            let secret = self.new_secret();
            let hash = background::hash(HashScheme::Argon2id(Argon2id::default()), secret.expose()).await;
            hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
        });
        made.await.cloned()
    }
}
