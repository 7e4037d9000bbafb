//! Requests that the nodes of a PostgreSQL installation take in batches for a client and API version, so that together
//! they keep to its limit. The table is unlogged, so taking a batch waits for no disk.

use std::time::Duration;

use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write};

statements! {
    TAKE = "INSERT INTO request_window (client_id, api_version, opened_at, taken) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (client_id, api_version) DO UPDATE SET \
        taken = CASE WHEN request_window.opened_at <= $5 OR request_window.opened_at >= $6 THEN $4 \
        ELSE request_window.taken + $4 END, \
        opened_at = CASE WHEN request_window.opened_at <= $5 OR request_window.opened_at >= $6 THEN $3 \
        ELSE request_window.opened_at END \
        RETURNING opened_at, taken";
}

/// Takes a batch of requests.
pub struct TakeRequests {
    pub client_id: String,
    pub api_version: &'static str,
    /// Requests allowed in a window.
    pub limit: u32,
    /// Requests wanted.
    pub batch: u32,
    pub window: Duration,
    pub now: Timestamp,
}

/// What a node got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenRequests {
    /// 0 when the window's requests are all taken.
    pub granted: u32,
    /// Until the window is over.
    pub left: Duration,
}

impl Write for TakeRequests {
    type Output = TakenRequests;
    const SYNCED: bool = false;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<TakenRequests, StorageError> {
        let now = tx.now(self.now).await?;
        // Two that come at once may arrive in the other order than they read the clock, so a window that opened a little
        // later than now is this one; one that opened a whole window later is of a clock that has been set back.
        let (batch, over, set_back) = (i64::from(self.batch), now - self.window, now + self.window);
        let (client, version) = (self.client_id.as_str(), self.api_version);
        let row = fetch_optional!(tx, (i64, i64), TAKE, client, version, now.0, batch, over.0, set_back.0)?;
        let (opened_at, taken) = row.unwrap_or((now.0, batch));
        let free = i64::from(self.limit).saturating_sub(taken.saturating_sub(batch)).clamp(0, batch);
        let left = self.window.saturating_sub(now.since(Timestamp(opened_at)));
        Ok(TakenRequests { granted: u32::try_from(free).unwrap_or(0), left })
    }
}
