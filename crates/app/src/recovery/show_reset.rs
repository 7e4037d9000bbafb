//! What became of a reset, for the browser that did it: nobody is signed in by a reset.

use std::time::Duration;

use passwright_storage::changes::lookup_with_targets;
use passwright_storage::recovery::lookup_flow;

use super::{Browser, actor};
use crate::passwords::PasswordChange;
use crate::{Error, Service};

/// How long a browser may look at what became of its reset; whoever signs in sees it later too.
pub(super) const SHOWN_FOR: Duration = Duration::from_secs(3600);

impl Service {
    /// The change that set the password with the flow of this browser: for an hour, and as long as it has begun no other.
    ///
    /// # Errors
    /// `NotFound` for any other change; when the database does not answer.
    pub async fn show_reset(&self, browser: &Browser, id: &str) -> Result<PasswordChange, Error> {
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let flow = lookup_flow(&mut tx, &browser.session).await?.map(|stored| stored.flow);
        let flow = flow.filter(passwright_domain::reset::Flow::is_redeemed).ok_or(Error::NotFound)?;
        let stored = lookup_with_targets(&mut tx, &id).await?.ok_or(Error::NotFound)?;
        let now = tx.now(self.clock.now()).await?;
        drop(reader);
        let shown_until = stored.change.accepted_at + SHOWN_FOR;
        if stored.change.actor != actor(&flow) || self.clock.now() >= shown_until {
            return Err(Error::NotFound);
        }
        Ok(PasswordChange::of(stored, now))
    }
}
