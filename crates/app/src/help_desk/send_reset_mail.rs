use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::delivery::Notice;
use passwright_storage::deliveries::{MAIL, Tell};
use passwright_storage::settings;

use super::HelpWish;
use crate::sessions::Session;
use crate::{Error, Fault, Service};

impl Service {
    /// Mails a person, at the stored address, the way to the page where they set a new password themselves. The mail holds no
    /// secret. Within an hour one is sent, however often it is asked for.
    ///
    /// # Errors
    /// `Forbidden` for a person whom the operator may not act for, or not without a second operator; `BadRequest` without a reason or without the check of the
    /// caller, and for a person without an address or an installation that sends no mail.
    pub async fn send_reset_mail(
        &self,
        session: &Session,
        id: &str,
        wish: HelpWish,
        trace: &Trace,
    ) -> Result<(), Error> {
        const EVENT: &str = "PASSWORD_RESET_MAIL_REQUESTED";
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        self.may_help(&caller, &identity, EVENT).await?;
        let reason = wish.checked()?;
        if identity.email.is_none() || !self.mails().await? {
            return Err(Error::bad(Fault::Semantic, "the person has no mail address, or no mail server is set up"));
        }
        self.agreed(&caller, &identity).await?;
        let now = self.clock.now();
        let object = format!("identity:{}", identity.id);
        let audit = self.audit_record(caller.actor(), EVENT, object, Outcome::Passed, trace, reason);
        let tell = Tell { notice: Notice::help_offered(&identity.id, now), now, audit };
        Ok(self.store.write(tell).await?)
    }

    /// Whether the installation sends mail.
    pub(super) async fn mails(&self) -> Result<bool, Error> {
        let mut reader = self.store.read().await?;
        Ok(settings::lookup(&mut reader.tx(), MAIL).await?.as_deref() == Some("on"))
    }
}
