use passwright_domain::audit::Trace;
use passwright_vault::secret::Password;

use crate::sessions::{Session, SignIn};
use crate::{Error, Service};

impl Service {
    /// Whether the password is asked for before a factor is enrolled: for the first one, which nothing else protects. A session alone
    /// would be enough otherwise to put a factor in place, and with it to reset the password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_factor_asks_password(&self, session: &Session) -> Result<bool, Error> {
        let is_first = self.factors_of(&session.identity.id).await?.enrolled.is_empty();
        Ok(is_first && self.settings.sessions.confirm)
    }

    /// Checks the password before the first factor; passes without it where it is not asked for. It counts like a sign-in.
    ///
    /// # Errors
    /// `Unavailable` when the database, or the source that knows the password, does not answer.
    pub async fn confirm_first_factor(
        &self,
        session: &Session,
        password: Password,
        trace: &Trace,
    ) -> Result<SignIn<()>, Error> {
        if !self.first_factor_asks_password(session).await? {
            return Ok(SignIn::Passed(()));
        }
        Ok(match self.confirm_password(session, password, trace).await? {
            SignIn::Passed(_) => SignIn::Passed(()),
            SignIn::Wrong => SignIn::Wrong,
            SignIn::TooMany(wait) => SignIn::TooMany(wait),
        })
    }
}
