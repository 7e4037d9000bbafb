//! A forgotten user name: it is mailed to the stored address, if there is one of this text.

use passwright_domain::audit::Outcome;
use passwright_domain::canonical::canonical;
use passwright_domain::delivery::Notice;
use passwright_domain::factors::{Lane, ProofLimits};
use passwright_storage::recovery::{MailName, TakeProofAttempt};

use super::Browser;
use crate::{Error, Service};

/// Longest address that is looked at, in characters.
const LONGEST: usize = 320;

impl Service {
    /// Mails the user name of each person whose stored address this is, to that stored address: what was typed is compared and never
    /// written to. What is answered, and how long it takes, does not depend on whether there is such a person.
    ///
    /// # Errors
    /// `TooManyRequests`; when the database does not answer.
    pub async fn forgot_name(&self, browser: &Browser, address: &str) -> Result<(), Error> {
        let address: String = address.trim().chars().take(LONGEST).collect();
        let (now, id) = (self.clock.now(), self.tracking_id());
        let (event, tracking) = ("USER_NAME_ASKED", &browser.tracking_id);
        let ask = MailName {
            address: address.clone(),
            attempt: TakeProofAttempt {
                id: id.clone(),
                lane: Lane::Mail,
                name_key: canonical(&address),
                budgets: ProofLimits::default().budgets(Lane::Mail),
                now,
            },
            notice: Notice::name_asked(&id, None, now),
            audit: self.audit_record(
                format!("recovery:{id}"),
                event,
                "identity:unknown",
                Outcome::Passed,
                tracking,
                "",
            ),
        };
        match self.store.write(ask).await? {
            None => Ok(()),
            Some(retry_after) => Err(Error::TooManyRequests { retry_after }),
        }
    }
}
