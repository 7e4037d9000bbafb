//! Making a password that satisfies the rules of every system it is for.

use passwright_domain::audit::Trace;
use passwright_domain::policy::suggest;
use passwright_vault::secret::SecretText;

use crate::sessions::Session;
use crate::{Error, Service};

impl Service {
    /// A random password for these rows; `None` when their rules leave room for none.
    ///
    /// # Errors
    /// As [`password_rules`](Self::password_rules).
    pub async fn suggest_password(
        &self,
        session: &Session,
        keys: &[String],
        trace: &Trace,
    ) -> Result<Option<SecretText>, Error> {
        let chosen = self.chosen(&session.caller(trace), session, keys).await?;
        let dictionary = chosen.catalog.dictionary.as_ref();
        Ok(suggest(&chosen.judges(), dictionary, &mut |out| self.rng.fill(out)).map(SecretText::new))
    }
}
