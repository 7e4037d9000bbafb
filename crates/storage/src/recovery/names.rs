//! Mailing forgotten user names.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;

use super::TakeProofAttempt;
use crate::rows::to_json;
use crate::{StorageError, Tx, Write, audit};

statements! {
    // One statement and at least one row, whether the address is anybody's or not. A few people may share one.
    ADDRESS = "INSERT INTO delivery (event_id, recipient, channel, event, fact, created_at, due_at, state) \
               SELECT CAST($1 AS TEXT), r.id, 'mail', CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
               CAST($4 AS BIGINT), 'waiting' FROM (SELECT f.id FROM (SELECT i.id FROM identity i \
               WHERE LOWER(i.email) = LOWER(CAST($5 AS TEXT)) AND i.email IS NOT NULL AND i.status = 'ACTIVE' \
               ORDER BY i.id LIMIT 5) f UNION ALL SELECT '' WHERE NOT EXISTS (SELECT 1 FROM identity i \
               WHERE LOWER(i.email) = LOWER(CAST($5 AS TEXT)) AND i.email IS NOT NULL AND i.status = 'ACTIVE')) r, \
               setting s WHERE s.name = 'mail' AND s.value = 'on' ON CONFLICT (event_id, recipient) DO NOTHING";
}

/// Mails each person of an address their user name, to the stored address.
pub struct MailName {
    /// As it was typed: compared, never written to.
    pub address: String,
    /// Of the mail; counts it by the address.
    pub attempt: TakeProofAttempt,
    pub notice: Notice,
    pub audit: AuditRecord,
}

impl Write for MailName {
    /// How long to wait when there were too many; then nothing was written.
    type Output = Option<Duration>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Option<Duration>, StorageError> {
        if let Some(wait) = self.attempt.apply(tx).await? {
            return Ok(Some(wait));
        }
        let now = tx.now(self.attempt.now).await?;
        let Notice { id, fact, .. } = &self.notice;
        execute!(tx, ADDRESS, id.as_str(), fact.event(), to_json(fact), now.0, self.address.as_str())?;
        audit::insert(tx, &self.audit).await?;
        Ok(None)
    }
}
