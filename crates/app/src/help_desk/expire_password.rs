use std::sync::Arc;

use passwright_domain::audit::{Outcome, Trace};
use passwright_storage::audit::WriteAudit;

use super::HelpWish;
use crate::accounts::AccountChange;
use crate::sessions::Session;
use crate::{Error, Service};

impl Service {
    /// Makes a person choose another password at the next sign-in with one account, at its source; the present password works until
    /// then. The reason is in the audit before the source is asked; what came of it is a record of its own.
    ///
    /// # Errors
    /// `Forbidden` for a person whom the operator may not act for, or not without a second operator; `NotFound` for an account that is not the person's;
    /// `BadRequest` without a reason or without the check of the caller, and when the source cannot or will not;
    /// `Unavailable` when it does not answer.
    pub async fn expire_password_of_person(
        self: &Arc<Self>,
        session: &Session,
        id: &str,
        account: &str,
        wish: HelpWish,
        trace: &Trace,
    ) -> Result<(), Error> {
        let caller = session.caller(trace);
        let person = self.get_person(session, id, trace).await?;
        self.may_help(&caller, &person.identity, "ExpirePasswordFailure").await?;
        let account = person.accounts.iter().find(|shown| shown.account.id.as_str() == account);
        let account = account.ok_or(Error::NotFound)?.account.id.to_string();
        let reason = wish.checked()?;
        self.agreed(&caller, &person.identity).await?;
        let object = format!("identity:{}", person.identity.id);
        let detail = format!("account:{account}: {reason}");
        let record =
            self.audit_record(caller.actor(), "PASSWORD_EXPIRY_REQUESTED", object, Outcome::Passed, trace, detail);
        self.store.write(WriteAudit(record)).await?;
        self.set_account_state(&caller, &account, AccountChange::ExpirePassword, false).await?;
        Ok(())
    }
}
