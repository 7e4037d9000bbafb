//! From a cookie to the session. Nothing is written: a look costs no write.

use std::time::Duration;

use passwright_domain::access::ApiVersion;
use passwright_domain::client::RateLimit;
use passwright_domain::directory::IdentityStatus;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::identities;
use passwright_storage::sessions::{self, StoredSession};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

use super::{Session, SessionSettings};
use crate::{Error, Service};

/// A cookie is made anew when its last use is older than this.
const FRESH: Duration = Duration::from_secs(30);

/// A session that goes on.
#[derive(Debug)]
pub struct Resumed {
    pub session: Session,
    /// The cookie to be set, when the one that came is not fresh.
    pub cookie: Option<Cookie>,
}

/// A cookie's text; it has no `Debug` of its own value.
pub struct Cookie(pub SecretText);

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cookie")
    }
}

impl Service {
    /// The session of a cookie; `None` when there is none, it is over, was not used for too long, or its person may no longer
    /// act. Counts the request.
    ///
    /// # Errors
    /// `TooManyRequests` for more than a person does; when the database does not answer.
    pub async fn resume_session(&self, cookie: &SecretText) -> Result<Option<Resumed>, Error> {
        let Some((secret, used_at)) = self.read_cookie(cookie) else { return Ok(None) };
        let now = self.clock.now();
        let limits = self.session_times().await?;
        if now.since(used_at) >= limits.idle {
            return Ok(None);
        }
        let mut reader = self.store.read().await?;
        let stored = sessions::lookup_by_digest(&mut reader.tx(), &client_secret_digest(&secret), now).await?;
        drop(reader);
        let Some(session) = self.session_of(stored, &limits, now).await? else { return Ok(None) };
        let client = format!("session:{}", session.stored.id);
        self.count_request(&client, ApiVersion::Native, RateLimit::DEFAULT).await?;
        let cookie = (now.since(used_at) >= FRESH).then(|| Cookie(self.cookie(&secret, now)));
        Ok(Some(Resumed { session, cookie }))
    }

    /// Looks at a session again: for an answer that lasts. Neither counted nor a use.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_goes_on(&self, session: &Session) -> Result<Option<Session>, Error> {
        let now = self.clock.now();
        if now >= session.idle_at {
            return Ok(None);
        }
        let mut reader = self.store.read().await?;
        let stored = sessions::lookup(&mut reader.tx(), &session.stored.id, now).await?;
        drop(reader);
        self.session_of(stored, &self.session_times().await?, now).await
    }

    async fn session_of(
        &self,
        stored: Option<StoredSession>,
        limits: &SessionSettings,
        now: Timestamp,
    ) -> Result<Option<Session>, Error> {
        let Some(stored) = stored else { return Ok(None) };
        let mut reader = self.store.read().await?;
        let identity = identities::lookup(&mut reader.tx(), &stored.identity_id).await?;
        drop(reader);
        let Some(identity) = identity.filter(|identity| identity.status == IdentityStatus::Active) else {
            return Ok(None);
        };
        // Someone who was given a level since has the shorter life.
        if now >= stored.created_at + limits.longest(&identity) {
            return Ok(None);
        }
        let idle_at = (now + limits.idle).min(stored.created_at + limits.longest(&identity)).min(stored.expires_at);
        Ok(Some(Session { stored, identity, idle_at }))
    }
}
