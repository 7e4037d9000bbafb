//! Asking a person who is signed in for their password again, before something that matters.

use passwright_domain::audit::Trace;
use std::time::Duration;

use passwright_domain::timestamp::Timestamp;
use passwright_storage::sessions::Rotation;
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::{Password, SecretText};

use super::{Session, SignIn};
use crate::{Error, Service};

/// How long a session that changes its own sign-in password is spared by that change.
const SPARED: Duration = Duration::from_secs(600);

/// A person who proved again who they are. The session's new secret counts once the use case has written it.
pub struct Confirmed {
    pub(crate) rotation: Rotation,
    /// The text of the session's new cookie.
    pub cookie: SecretText,
}

impl Confirmed {
    /// The session is to change its own sign-in password, and survives that.
    pub(crate) fn spared(mut self, now: Timestamp) -> Self {
        self.rotation.survives_until = now + SPARED;
        self
    }
}

impl Service {
    /// Checks the password of this session's person. It counts like a sign-in: wrong ones are bounded together.
    ///
    /// # Errors
    /// `Unavailable` when the database, or the source that knows the password, does not answer.
    pub async fn confirm_password(
        &self,
        session: &Session,
        password: Password,
        trace: &Trace,
    ) -> Result<SignIn<Confirmed>, Error> {
        Ok(match self.check_sign_in(&session.identity.alias, password, trace).await? {
            SignIn::Passed(identity) if identity.id == session.identity.id => SignIn::Passed(self.renewed(session)),
            SignIn::Passed(_) | SignIn::Wrong => SignIn::Wrong,
            SignIn::TooMany(wait) => SignIn::TooMany(wait),
        })
    }

    /// The same where nothing is asked for, because the installation does not want it.
    #[must_use]
    pub fn unconfirmed(&self, session: &Session) -> Option<Confirmed> {
        (!self.settings.sessions.confirm).then(|| self.renewed(session))
    }

    fn renewed(&self, session: &Session) -> Confirmed {
        let (secret, now) = (self.new_secret(), self.clock.now());
        let rotation = Rotation {
            id: session.stored.id.clone(),
            digest: client_secret_digest(&secret),
            survives_until: Timestamp::default(),
        };
        Confirmed { rotation, cookie: self.cookie(&secret, now) }
    }
}
