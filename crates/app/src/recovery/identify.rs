//! The name: known or not, the next page is the same.

use passwright_domain::canonical::canonical;
use passwright_domain::reset::{Named, Subject};
use passwright_storage::directory::identities;
use passwright_storage::recovery::generations;

use super::facts::{may_reset, nobody};
use super::{Browser, News, Told};
use crate::{Error, Service};

/// Longest name that is looked at, in characters.
const LONGEST_NAME: usize = 256;

impl Service {
    /// Takes a login name, in any spelling. Nothing that is told depends on whether there is such a person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn identify_recovery(&self, browser: &Browser, step: u32, name: &str) -> Result<Told, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let mut reader = self.store.read().await?;
        let identity = identities::lookup_by_alias(&mut reader.tx(), &name).await?.filter(may_reset);
        let id = identity.as_ref().map_or_else(nobody, |identity| identity.id.clone());
        let generation = generations::lookup(&mut reader.tx(), &id).await?;
        drop(reader);
        let subject = if identity.is_some() { Subject::Identity(id) } else { Subject::Nobody };
        let named = Named { name_key: canonical(&name), subject, generation };
        match stored.flow.identify(browser.at(self.clock.now(), step), named) {
            Ok(()) => {
                let facts = self.facts(&stored.flow).await?;
                self.save_step(stored, &facts, News::Taken).await
            }
            Err(refusal) => Ok(self.told(&stored.flow, &facts, News::Refused(refusal))),
        }
    }
}
