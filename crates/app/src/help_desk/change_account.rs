use std::sync::Arc;

use passwright_domain::audit::{Outcome, Trace};
use passwright_storage::audit::WriteAudit;

use super::HelpWish;
use crate::accounts::AccountChange;
use crate::sessions::Session;
use crate::{Error, Service};

/// What the help desk does to one account of a person, at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountHelp {
    Unlock,
    /// Another password has to be chosen at the next sign-in there; the present one works until then.
    ExpirePassword,
}

impl AccountHelp {
    fn change(self) -> AccountChange {
        match self {
            Self::Unlock => AccountChange::Unlock,
            Self::ExpirePassword => AccountChange::ExpirePassword,
        }
    }

    fn requested(self) -> &'static str {
        match self {
            Self::Unlock => "ACCOUNT_UNLOCK_REQUESTED",
            Self::ExpirePassword => "PASSWORD_EXPIRY_REQUESTED",
        }
    }
}

impl Service {
    /// Helps with one account of a person, at its source. The reason is in the audit before the source is asked; what came of it is a
    /// record of its own.
    ///
    /// # Errors
    /// `Forbidden` for a person whom the operator may not act for, or not without a second operator; `NotFound` for an account that is not the person's;
    /// `BadRequest` without a reason or without the check of the caller, and when the source cannot or will not;
    /// `Unavailable` when it does not answer.
    pub async fn help_with_account(
        self: &Arc<Self>,
        session: &Session,
        (id, account): (&str, &str),
        help: AccountHelp,
        wish: HelpWish,
        trace: &Trace,
    ) -> Result<(), Error> {
        let (caller, change) = (session.caller(trace), help.change());
        let person = self.get_person(session, id, trace).await?;
        self.may_help(&caller, &person.identity, change.failure()).await?;
        let account = person.accounts.iter().find(|shown| shown.account.id.as_str() == account);
        let account = account.ok_or(Error::NotFound)?.account.id.to_string();
        let reason = wish.checked()?;
        self.agreed(&caller, &person.identity).await?;
        let object = format!("identity:{}", person.identity.id);
        let detail = format!("account:{account}: {reason}");
        let record = self.audit_record(caller.actor(), help.requested(), object, Outcome::Passed, trace, detail);
        self.store.write(WriteAudit(record)).await?;
        self.set_account_state(&caller, &account, change, false).await?;
        Ok(())
    }
}
