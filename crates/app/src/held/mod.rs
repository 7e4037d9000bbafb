//! What a restored database would send again: noticed at the start and while the service runs, held, and let go or given up
//! by an administrator.

mod cancel_held_changes;
mod list_held_changes;
mod notice_restore;
mod release_held_changes;

use passwright_domain::ids::PasswordChangeId;
use passwright_storage::changes::held_changes;

use crate::{Error, Fault, Service};

/// The most changes that one request works on, or that are listed.
const MOST: i64 = 1000;

/// Which held changes: either ids or all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldChanges {
    pub change_ids: Option<Vec<String>>,
    /// The oldest thousand.
    pub all: bool,
}

impl Service {
    /// The ids of the held changes that are meant.
    async fn held_ids(&self, which: HeldChanges) -> Result<Vec<PasswordChangeId>, Error> {
        match (which.change_ids, which.all) {
            (None, true) => {
                let mut reader = self.store.read().await?;
                Ok(held_changes(&mut reader.tx(), MOST).await?.into_iter().map(|(id, _)| id).collect())
            }
            (Some(ids), false) if i64::try_from(ids.len()).is_ok_and(|count| count > MOST) => {
                Err(Error::bad(Fault::OutOfBounds, format!("changeIds must be at most {MOST}")))
            }
            (Some(ids), false) if !ids.is_empty() => {
                let unknown = || Error::bad(Fault::UnknownReference, "changeIds holds what is no id of a change");
                ids.iter().map(|id| id.parse().map_err(|_| unknown())).collect()
            }
            // A request that says nothing must not release everything.
            _ => Err(Error::bad(Fault::Missing, "either changeIds or all is required")),
        }
    }
}
