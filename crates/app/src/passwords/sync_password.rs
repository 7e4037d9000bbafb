//! A password that was changed at a system itself, told by an interceptor there: it is brought to the other sources of the
//! system's password group.
//!
//! An interceptor also sees our own writes. What it tells of an account that we write to, or wrote to a minute ago at
//! most, is our own echo and is left; so two interceptors cannot send one password round and round.

use std::time::Duration;

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::change::NewChange;
use passwright_storage::audit::WriteAudit;
use passwright_storage::changes::{AcceptChange, wrote_within};

use super::set_password::{AcceptedPasswordChange, Reach, SetPasswordRequest};
use crate::{Error, Service};

/// How long after our own write an account's interceptor is not heard.
const ECHO: Duration = Duration::from_secs(60);

impl Service {
    /// Accepts a change for the other sources of the named account's password group; `None` when there is nothing to do.
    ///
    /// # Errors
    /// `Forbidden` for a user; otherwise as [`set_password`](Self::set_password).
    pub async fn sync_password(
        &self,
        caller: &Caller,
        request: SetPasswordRequest,
    ) -> Result<Option<AcceptedPasswordChange>, Error> {
        self.require(caller, Action::SyncPassword, "identity:unknown").await?;
        let (identity_id, request) = self.requested_identity(caller, request).await?;
        let change = self.prepare_change(caller, &identity_id, request, Reach::OtherSources).await?;
        if change.targets.is_empty() {
            return self.ignore(caller, &change, "no other account shares the password").await;
        }
        let mut reader = self.store.read().await?;
        let echo = wrote_within(&mut reader.tx(), &change.named_account_id, self.clock.now(), ECHO).await?;
        drop(reader);
        if echo {
            return self.ignore(caller, &change, "it is the echo of an own write").await;
        }
        let audit = self.accepted_record(caller, "SOURCE_PASSWORD_INTERCEPT_PROCESSED", &change);
        Ok(Some(self.accept(caller, AcceptChange { change, audit }).await?))
    }

    async fn ignore(
        &self,
        caller: &Caller,
        change: &NewChange,
        why: &str,
    ) -> Result<Option<AcceptedPasswordChange>, Error> {
        let record = self.audit_record(
            caller.actor(),
            "SOURCE_PASSWORD_INTERCEPT_IGNORED",
            format!("account:{}", change.named_account_id),
            Outcome::Passed,
            &caller.tracking_id,
            why,
        );
        self.store.write(WriteAudit(record)).await?;
        Ok(None)
    }
}
