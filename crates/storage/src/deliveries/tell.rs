//! Telling a person something that is no part of another effect.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::timestamp::Timestamp;

use super::publish;
use crate::{StorageError, Tx, Write, audit};

/// Publishes a notice, with the record of who wanted it.
pub struct Tell {
    pub notice: Notice,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for Tell {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        publish(tx, &self.notice, now).await?;
        audit::insert(tx, &self.audit).await
    }
}
