//! Where a person is signed in.

use passwright_storage::sessions::{self, StoredSession};

use super::Session;
use crate::{Error, Service};

impl Service {
    /// The sessions of this session's person, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_sessions(&self, session: &Session) -> Result<Vec<StoredSession>, Error> {
        let mut reader = self.store.read().await?;
        Ok(sessions::list(&mut reader.tx(), &session.identity.id, self.clock.now()).await?)
    }
}
