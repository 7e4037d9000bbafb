//! Accepting what a person asked for in their session: all changes or none, with the session's new secret.

use passwright_domain::timestamp::Timestamp;

use super::accept::AcceptChange;
use crate::sessions::{self, Rotation};
use crate::{StorageError, Tx, Write};

/// The changes of one form.
pub struct AcceptOwnChanges {
    pub changes: Vec<AcceptChange>,
    pub rotation: Rotation,
    pub now: Timestamp,
}

impl Write for AcceptOwnChanges {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        sessions::rotate(tx, &self.rotation, self.now).await?;
        for change in &self.changes {
            change.apply(tx).await?;
        }
        Ok(())
    }
}
