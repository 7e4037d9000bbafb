//! Signing out: here, elsewhere, everywhere.

use passwright_domain::audit::{Outcome, Trace};
use passwright_storage::sessions::EndSessions;

use super::Session;
use crate::{Error, Service};

impl Service {
    /// Ends one session of this session's person; its own when `id` is `None`. One that is not theirs is not found.
    ///
    /// # Errors
    /// `NotFound`; when the database does not answer.
    pub async fn end_session(&self, session: &Session, id: Option<&str>, trace: &Trace) -> Result<(), Error> {
        let id = id.unwrap_or(&session.stored.id).to_owned();
        let detail = format!("session:{id}");
        match self.end(session, Some(id), detail, trace).await? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }

    /// Ends all sessions of this session's person, this one too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_all_sessions(&self, session: &Session, trace: &Trace) -> Result<u64, Error> {
        self.end(session, None, "all sessions".to_owned(), trace).await
    }

    async fn end(&self, session: &Session, id: Option<String>, detail: String, trace: &Trace) -> Result<u64, Error> {
        let identity_id = session.identity.id.clone();
        let actor = format!("identity:{identity_id}");
        let audit = self.audit_record(actor.clone(), "USER_SIGN_OUT_PASSED", actor, Outcome::Passed, trace, detail);
        Ok(self.store.write(EndSessions { identity_id, id, audit }).await?)
    }
}
