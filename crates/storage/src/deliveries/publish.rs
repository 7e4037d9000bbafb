//! Writing down what is to be told. Part of the transaction of the effect: there is no message without it and none is lost.

use passwright_domain::delivery::Notice;
use passwright_domain::timestamp::Timestamp;

use crate::rows::to_json;
use crate::{StorageError, Tx, Write};

statements! {
    // One row for each webhook that asked for the event, and one for the person when mail is sent here at all.
    PUBLISH = "INSERT INTO delivery (event_id, recipient, channel, event, fact, created_at, due_at, state) \
              SELECT CAST($1 AS TEXT), w.id, 'webhook', CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
              CAST($5 AS BIGINT), 'waiting' FROM webhook_event e JOIN webhook w ON w.id = e.webhook_id \
              WHERE e.event = CAST($2 AS TEXT) AND w.enabled \
              UNION ALL SELECT CAST($1 AS TEXT), i.id, 'mail', CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
              CAST($5 AS BIGINT), 'waiting' FROM identity i JOIN setting s ON s.name = 'mail' AND s.value = 'on' \
              WHERE i.id = CAST($6 AS TEXT) AND i.email IS NOT NULL \
              ON CONFLICT (event_id, recipient) DO NOTHING";
    // One row whether there is anybody to write to or not: what is mailed must not show by the work it takes.
    ADDRESS = "INSERT INTO delivery (event_id, recipient, channel, event, fact, created_at, due_at, state) \
              SELECT CAST($1 AS TEXT), COALESCE((SELECT i.id FROM identity i WHERE i.id = CAST($6 AS TEXT) \
              AND i.email IS NOT NULL), ''), 'mail', CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
              CAST($5 AS BIGINT), 'waiting' FROM setting s WHERE s.name = 'mail' AND s.value = 'on' \
              ON CONFLICT (event_id, recipient) DO NOTHING";
}

/// The setting that says, with `on`, that mail is sent; without it no mail is written down.
pub const MAIL: &str = "mail";

/// Writes a notice down for everyone it concerns; part of the caller's transaction. `now` is the database's.
///
/// # Errors
/// When the database refuses; then the effect must not stand either.
pub async fn publish(tx: &mut Tx<'_>, notice: &Notice, now: Timestamp) -> Result<(), StorageError> {
    let mail_to = notice.mail_to.as_ref().map_or("", |identity| identity.as_str());
    let (id, event) = (notice.id.as_str(), notice.fact.event());
    execute!(tx, PUBLISH, id, event, to_json(&notice.fact), now.0, notice.due_at.0, mail_to)?;
    Ok(())
}

/// Writes a mail down, or its like for nobody: such a row is dropped when its turn comes. Part of the caller's transaction.
///
/// # Errors
/// When the database refuses; then the effect must not stand either.
pub(crate) async fn address_mail(tx: &mut Tx<'_>, notice: &Notice, now: Timestamp) -> Result<(), StorageError> {
    let mail_to = notice.mail_to.as_ref().map_or("", |identity| identity.as_str());
    let (id, event) = (notice.id.as_str(), notice.fact.event());
    execute!(tx, ADDRESS, id, event, to_json(&notice.fact), now.0, notice.due_at.0, mail_to)?;
    Ok(())
}

/// A notice whose effect was none in the database.
pub struct Publish {
    pub notice: Notice,
    pub now: Timestamp,
}

impl Write for Publish {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        publish(tx, &self.notice, now).await
    }
}
