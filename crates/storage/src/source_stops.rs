//! Sources that are stopped because their service account was refused.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx, Write, audit, settings};

statements! {
    STOP = "INSERT INTO source_stop (source_id, settings_print, reason, detail, stopped_at, probe_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (source_id) DO UPDATE SET stopped_at = CASE WHEN \
            source_stop.settings_print = excluded.settings_print THEN source_stop.stopped_at ELSE excluded.stopped_at END, \
            settings_print = excluded.settings_print, reason = excluded.reason, detail = excluded.detail, \
            probe_at = excluded.probe_at";
    LIST = "SELECT source_id, settings_print, reason, detail, stopped_at, probe_at FROM source_stop";
    TAKE_PROBE = "UPDATE source_stop SET probe_at = $4 WHERE source_id = $1 AND settings_print = $2 AND probe_at <= $3";
    MOVE_PROBE = "UPDATE source_stop SET probe_at = $3 WHERE source_id = $1 AND settings_print = $2";
    RESUME = "DELETE FROM source_stop WHERE source_id = $1 AND settings_print = $2";
}

/// A stopped source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStop {
    pub source_id: SourceId,
    /// A digest of the settings and the sealed credential that were refused.
    pub settings_print: String,
    /// One plain sentence.
    pub reason: String,
    /// The exact fault.
    pub detail: String,
    pub stopped_at: Timestamp,
    pub probe_at: Timestamp,
}

/// All stopped sources, and the time on the clock that their times are of.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>, now: Timestamp) -> Result<(Vec<SourceStop>, Timestamp), StorageError> {
    let now = tx.now(now).await?;
    let rows = fetch_all!(tx, (String, String, String, String, i64, i64), LIST)?;
    let stops = rows.into_iter().map(|(source, settings_print, reason, detail, stopped_at, probe_at)| {
        let (stopped_at, probe_at) = (Timestamp(stopped_at), Timestamp(probe_at));
        Ok(SourceStop { source_id: id("source_stop", &source)?, settings_print, reason, detail, stopped_at, probe_at })
    });
    Ok((stops.collect::<Result<_, StorageError>>()?, now))
}

/// Stops a source, or keeps it stopped, and tells every node.
pub struct StopSource {
    pub source_id: SourceId,
    pub settings_print: String,
    pub reason: String,
    pub detail: String,
    /// Until one node may try once.
    pub pause: Duration,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for StopSource {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        let (source, print) = (self.source_id.as_str(), self.settings_print.as_str());
        let probe_at = (now + self.pause).0;
        execute!(tx, STOP, source, print, self.reason.as_str(), self.detail.as_str(), now.0, probe_at)?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await
    }
}

/// Moves the next probe away from now.
pub struct MoveProbe {
    pub source_id: SourceId,
    pub settings_print: String,
    pub pause: Duration,
    pub now: Timestamp,
    /// Only when it is due: then no other node has the probe.
    pub only_due: bool,
}

impl Write for MoveProbe {
    /// Whether it was moved.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let now = tx.now(self.now).await?;
        let (source, print, at) = (self.source_id.as_str(), self.settings_print.as_str(), (now + self.pause).0);
        let moved = match self.only_due {
            true => execute!(tx, TAKE_PROBE, source, print, now.0, at)?,
            false => execute!(tx, MOVE_PROBE, source, print, at)?,
        };
        Ok(moved == 1)
    }
}

/// Lets a source go on, and tells every node.
pub struct ResumeSource {
    pub source_id: SourceId,
    pub settings_print: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for ResumeSource {
    /// Whether it was stopped.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        if execute!(tx, RESUME, self.source_id.as_str(), self.settings_print.as_str())? == 0 {
            return Ok(false);
        }
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(true)
    }
}
