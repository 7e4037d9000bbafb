//! Signing in with a user name and a password. The attempt is counted and committed before it is compared, and an unknown
//! name takes the same way as a known one.

use std::time::Duration;

use passwright_connectors::hash::{Argon2id, HashScheme, background};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::delivery::Notice;
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::reset::Method;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::WriteAudit;
use passwright_storage::directory::{accounts, identities, sign_in_passwords};
use passwright_storage::sessions::{CreateSession, StoredSession};
use passwright_storage::sign_in_failures::{ClearSignInFailures, TakeSignInAttempt, TellOfLock};
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

/// Where a right password leads.
pub enum Entered {
    /// The person has no factor enrolled.
    Session(Box<NewSession>),
    /// The person has; there is no session before one is shown. The text of the cookie for it.
    Half(SecretText),
}

/// What a session is opened for: somebody who has shown everything that is asked for. Made where that was found out, and nowhere else.
pub(super) struct Proven {
    pub(super) identity: Identity,
    /// The factor that was shown.
    pub(super) factor: Option<Method>,
    /// The digest of the half sign-in that is completed.
    pub(super) completes: Option<String>,
}

impl Service {
    /// Checks name and password. A session is opened for a person who has no factor enrolled; others are asked for one.
    ///
    /// # Errors
    /// `Unavailable` when the database, or the source that knows the password, does not answer.
    pub async fn sign_in(
        &self,
        user_name: &str,
        password: Password,
        visitor: Visitor,
        trace: &Trace,
    ) -> Result<SignIn<Entered>, Error> {
        Ok(match self.check_sign_in(user_name, password, trace).await? {
            SignIn::Passed(identity) => SignIn::Passed(self.enter(identity, visitor, trace).await?),
            SignIn::Wrong => SignIn::Wrong,
            SignIn::TooMany(wait) => SignIn::TooMany(wait),
        })
    }

    async fn enter(&self, identity: Identity, visitor: Visitor, trace: &Trace) -> Result<Entered, Error> {
        if !self.factors_of(&identity.id).await?.enrolled.is_empty() {
            return Ok(Entered::Half(self.begin_half_sign_in(&identity, trace).await?));
        }
        let proven = Proven { identity, factor: None, completes: None };
        let opened = self.open_session(proven, visitor, trace).await?;
        let opened = opened.ok_or_else(|| Error::Internal("a whole sign-in completed nothing".to_owned()))?;
        Ok(Entered::Session(Box::new(opened)))
    }

    /// Opens a session; `None` when the half sign-in cannot be completed any more.
    pub(super) async fn open_session(
        &self,
        proven: Proven,
        visitor: Visitor,
        trace: &Trace,
    ) -> Result<Option<NewSession>, Error> {
        let Proven { identity, factor, completes } = proven;
        let (secret, now, times) = (self.new_secret(), self.clock.now(), self.session_times().await?);
        let stored = StoredSession {
            id: self.tracking_id(),
            identity_id: identity.id.clone(),
            browser: visitor.browser.chars().take(LONGEST_BROWSER).collect(),
            address: visitor.address,
            created_at: now,
            proved_at: now,
            expires_at: now + times.longest(&identity),
            factor: factor.map(Method::as_str).unwrap_or_default().to_owned(),
            factor_at: if factor.is_some() { now } else { Timestamp::default() },
        };
        let actor = format!("identity:{}", identity.id);
        let by = factor.map(|factor| format!(", with {}", factor.as_str())).unwrap_or_default();
        let detail = format!("session:{}{by}", stored.id);
        let audit = self.audit_record(actor.clone(), "USER_SIGN_IN_PASSED", actor, Outcome::Passed, trace, detail);
        let digest = client_secret_digest(&secret);
        let create = CreateSession { session: stored.clone(), digest, replaces: visitor.session, completes, audit };
        if !self.store.write(create).await? {
            return Ok(None);
        }
        let idle_at = (now + times.idle).min(stored.expires_at);
        let session = Session { stored, identity, idle_at };
        Ok(Some(NewSession { session, cookie: self.cookie(&secret, now) }))
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
        let right = self.is_password_of(identity.as_ref(), &password).await;
        let locks = locks.then(|| now + config.lock_time());
        if let (Err(_), Some(until)) = (&right, locks) {
            self.tell_of_lock(identity.as_ref(), trace, until).await?;
        }
        let right = right?;
        match identity {
            Some(identity) if right && identity.status == IdentityStatus::Active => {
                self.store.write(ClearSignInFailures { name_key }).await?;
                Ok(SignIn::Passed(identity))
            }
            other => {
                match locks {
                    Some(until) => self.tell_of_lock(other.as_ref(), trace, until).await?,
                    None => self.record_sign_in_failure(other.as_ref(), trace, "").await?,
                }
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

    /// The same for the attempt that locks the name: its person, if there is one who may sign in, is told by mail. For nobody the
    /// same is written.
    async fn tell_of_lock(&self, identity: Option<&Identity>, trace: &Trace, until: Timestamp) -> Result<(), Error> {
        let object = identity.map_or_else(|| "identity:unknown".to_owned(), |i| format!("identity:{}", i.id));
        let (actor, detail) = ("anonymous".to_owned(), "the name is locked from now on");
        let audit = self.audit_record(actor, "USER_SIGN_IN_FAILED", object, Outcome::Failed, trace, detail);
        let (to, now) = (identity.filter(|identity| identity.status == IdentityStatus::Active), self.clock.now());
        let notice = Notice::sign_in_locked(&audit.id, until, to.map(|identity| identity.id.clone()), now);
        Ok(self.store.write(TellOfLock { audit, notice, now }).await?)
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
