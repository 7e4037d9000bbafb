//! The second step: a factor is shown, after the password of a sign-in, or in a session before something that asks for it.
//!
//! Wrong answers are bounded as everywhere ([`Service::prove_factor`]), by counters of their own; the password's are another lock.

use std::time::Duration;

use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::factors::Factor;
use passwright_domain::reset::Method;
use passwright_storage::directory::identities;
use passwright_storage::half_sign_ins::{self, BeginHalfSignIn};
use passwright_storage::sessions::{Rotation, ShowFactor};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

use super::sign_in::Proven;
use super::{NewSession, Session, Visitor};
use crate::factors::{ProvedFactor, Shown};
use crate::recovery::PasskeyQuestion;
use crate::{Error, Service, Timestamp};

/// For taking the telephone out and typing six digits.
const HALF_LIFE: Duration = Duration::from_secs(300);
/// For so long a factor that was shown in a session is strong authentication.
const STRONG_FOR: Duration = Duration::from_secs(600);
/// Length of a secret in a cookie.
const SECRET: usize = 64;

/// Who gave the right password and has a factor to show.
pub struct HalfSignIn {
    identity: Identity,
    digest: String,
    /// What may be shown, the best first.
    pub methods: Vec<Method>,
}

/// What showing a factor came to.
pub enum ShownFactor<T> {
    Passed(T),
    /// One text for every reason.
    Wrong,
    TooMany(Duration),
    /// The password has to be given again.
    Over,
}

impl Service {
    pub(super) async fn begin_half_sign_in(&self, identity: &Identity, trace: &Trace) -> Result<SecretText, Error> {
        let (secret, now) = (self.new_secret(), self.clock.now());
        let actor = format!("identity:{}", identity.id);
        let audit = self.audit_record(actor.clone(), "USER_FACTOR_ASKED", actor, Outcome::Passed, trace, "at sign-in");
        let begin = BeginHalfSignIn {
            digest: client_secret_digest(&secret),
            identity_id: identity.id.clone(),
            now,
            expires_at: now + HALF_LIFE,
            audit,
        };
        self.store.write(begin).await?;
        Ok(secret)
    }

    /// The half sign-in of a cookie; `None` when there is none, it was completed, it is over, or the person may no longer act.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn half_sign_in(&self, cookie: &SecretText) -> Result<Option<HalfSignIn>, Error> {
        if cookie.expose().len() != SECRET {
            return Ok(None);
        }
        let digest = client_secret_digest(cookie);
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let found = match half_sign_ins::lookup(&mut tx, &digest, self.clock.now()).await? {
            Some(id) => identities::lookup(&mut tx, &id).await?,
            None => None,
        };
        drop(reader);
        let Some(identity) = found.filter(|identity| identity.status == IdentityStatus::Active) else {
            return Ok(None);
        };
        let methods = self.second_steps(&identity).await?;
        Ok(Some(HalfSignIn { identity, digest, methods }))
    }

    /// What a passkey is to sign for it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_passkey_of_half(&self, half: &HalfSignIn) -> Result<PasskeyQuestion, Error> {
        self.ask_passkey(&half.identity.id).await
    }

    /// Completes a sign-in with a factor; each opens one session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn complete_sign_in(
        &self,
        half: HalfSignIn,
        shown: Shown,
        visitor: Visitor,
        trace: &Trace,
    ) -> Result<ShownFactor<NewSession>, Error> {
        let HalfSignIn { identity, digest, methods } = half;
        let method = shown.method;
        if !methods.contains(&method) {
            return Ok(ShownFactor::Wrong);
        }
        match self.prove_factor(&identity.id, shown, trace).await? {
            ProvedFactor::Proved => {}
            ProvedFactor::Wrong => return Ok(ShownFactor::Wrong),
            ProvedFactor::TooMany(wait) => return Ok(ShownFactor::TooMany(wait)),
        }
        let proven = Proven { identity, factor: Some(method), completes: Some(digest) };
        let opened = self.open_session(proven, visitor, trace).await?;
        Ok(opened.map_or(ShownFactor::Over, ShownFactor::Passed))
    }

    /// What a person who is signed in may show; empty when there is nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_step_ups(&self, session: &Session) -> Result<Vec<Method>, Error> {
        self.second_steps(&session.identity).await
    }

    /// Shows a factor in a session. Gives the session's new cookie.
    ///
    /// # Errors
    /// `Conflict` when the session is over; when the database does not answer.
    pub async fn step_up(
        &self,
        session: &Session,
        shown: Shown,
        trace: &Trace,
    ) -> Result<ShownFactor<SecretText>, Error> {
        let method = shown.method;
        if !self.second_steps(&session.identity).await?.contains(&method) {
            return Ok(ShownFactor::Wrong);
        }
        match self.prove_factor(&session.identity.id, shown, trace).await? {
            ProvedFactor::Proved => {}
            ProvedFactor::Wrong => return Ok(ShownFactor::Wrong),
            ProvedFactor::TooMany(wait) => return Ok(ShownFactor::TooMany(wait)),
        }
        let (secret, now) = (self.new_secret(), self.clock.now());
        let (digest, survives_until) = (client_secret_digest(&secret), Timestamp::default());
        let rotation = Rotation { id: session.stored.id.clone(), digest, survives_until };
        self.store.write(ShowFactor { rotation, factor: method.as_str().to_owned(), now }).await?;
        Ok(ShownFactor::Passed(self.cookie(&secret, now)))
    }

    /// Whether a factor was shown in this session not long ago.
    pub(crate) fn is_strong(&self, session: &Session) -> bool {
        !session.stored.factor.is_empty() && self.clock.now().since(session.stored.factor_at) < STRONG_FOR
    }

    /// The factors that are enrolled, and the help desk's digits; not those for people with a level, whom the help desk could then
    /// let in with their password alone (requirement R41).
    async fn second_steps(&self, identity: &Identity) -> Result<Vec<Method>, Error> {
        let enrolled = self.factors_of(&identity.id).await?.enrolled;
        let own = Factor::ALL.into_iter().filter(|factor| enrolled.contains(factor)).map(Factor::method);
        let digits = identity.levels.is_empty() && self.catalog().await?.org_config.digit_token_enabled;
        Ok(own.chain(digits.then_some(Method::DigitToken)).collect())
    }
}
