use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::ids::DigitTokenId;
use passwright_storage::digit_tokens::CancelDigitToken;

use crate::sessions::Session;
use crate::{Error, Service};

impl Service {
    /// Ends a person's digit token before its time; nothing happens to one that is over.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn cancel_token_of_person(
        &self,
        session: &Session,
        id: &str,
        token: &str,
        trace: &Trace,
    ) -> Result<(), Error> {
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        let token: DigitTokenId = token.parse().map_err(|_| Error::NotFound)?;
        let audit = self.audit_record(
            caller.actor(),
            "DIGIT_TOKEN_CANCELLED",
            format!("identity:{}", identity.id),
            Outcome::Passed,
            trace,
            format!("digit_token:{token}"),
        );
        let now = self.clock.now();
        self.store.write(CancelDigitToken { id: token, identity_id: identity.id, now, audit }).await?;
        Ok(())
    }
}
