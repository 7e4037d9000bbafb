//! Stopping a source whose service account was refused, and letting it go on.
//!
//! One refusal is enough: most directories lock an account after a few, and a locked service account takes the whole source
//! down for everybody. The stop is a row of the database, because the process that met the refusal may be restarted over and
//! over, and because other nodes hold the same credential. It ends with other settings or another credential (the row bears a
//! print of both), with an administrator's word (`passwright doctor --resume`), or with a probe: after a long pause one node
//! signs in once. Between the refusal and the row lies one write; a node that signs in at that moment may fail too, so a
//! wrong credential costs at most one failure for each node.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use passwright_connectors::{Fault, FaultClass};
use passwright_domain::audit::{AuditRecord, Outcome, Trace};
use passwright_domain::directory::Source;
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::source_stops::{MoveProbe, ResumeSource, SourceStop, StopSource};
use passwright_vault::digest::sha256_hex;
use tokio::time::Instant;

use crate::catalog::CatalogSource;
use crate::{Error, Service};

/// How long a probe may take.
const PROBE: Duration = Duration::from_secs(10);
/// Until a probe is made again that met neither yes nor no, and until a lost one is looked for.
const SOON: Duration = Duration::from_secs(60);
/// How long lanes of a stopped source wait at most before they are looked at again.
const LOOK: Duration = Duration::from_secs(120);

/// A stop in force, as one node sees it.
pub struct Stopped {
    pub reason: String,
    pub detail: String,
    pub since: Timestamp,
    /// On this node's clock.
    pub probe_at: Timestamp,
    next_probe: Mutex<Instant>,
    is_probing: AtomicBool,
}

impl Stopped {
    /// `now` is the time on the database's clock and `local_now` on this node's.
    pub(crate) fn new(stop: SourceStop, now: Timestamp, local_now: Timestamp) -> Self {
        let left = stop.probe_at.since(now);
        Self {
            reason: stop.reason,
            detail: stop.detail,
            since: stop.stopped_at,
            probe_at: local_now + left,
            next_probe: Mutex::new(Instant::now() + left),
            is_probing: AtomicBool::new(false),
        }
    }

    /// What a call gets instead of an answer.
    pub(crate) fn fault(&self) -> Fault {
        let detail = format!("{}; not tried again, so as not to lock the service account", self.detail);
        Fault::new(FaultClass::Configuration, self.reason.clone(), detail)
    }

    /// Whether its probe is not due, or under way.
    fn is_resting(&self) -> bool {
        *self.next_probe() > Instant::now() || self.is_probing.load(Ordering::Acquire)
    }

    fn next_probe(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.next_probe.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A print of what a credential was refused with.
pub(crate) fn settings_print(source: &Source) -> String {
    let (connector, sealed) = (source.connector.as_deref(), source.sealed_credential.as_deref());
    sha256_hex(format!("{}\n{}", connector.unwrap_or_default(), sealed.unwrap_or_default()).as_bytes())
}

impl Service {
    /// Connects to a source and signs in as its service account, unless it is stopped; a refusal stops it. `None` for the
    /// built-in source.
    ///
    /// # Errors
    /// The exact fault.
    pub async fn test_source(&self, source: &CatalogSource) -> Option<Result<(), Fault>> {
        let tested = source.test().await?;
        if let Err(fault) = &tested
            && fault.stops_source
        {
            self.stop(source, fault).await;
        }
        Some(tested)
    }

    /// An administrator's word: tries a stopped source once, now. On success it goes on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such source or it is not stopped, and when the database does not answer.
    pub async fn resume_source(&self, name: &str) -> Result<Result<(), Fault>, Error> {
        let catalog = self.catalog().await?;
        let source = catalog.source_named(name).filter(|source| source.stopped.is_some()).ok_or(Error::NotFound)?;
        Ok(self.probe(source, "system:doctor", &Trace::from(&self.tracking_id())).await)
    }

    /// How long the lanes of a stopped source wait, and why; `None` when it is not stopped. Makes the probe when it is due.
    pub(crate) async fn stopped(&self, id: &SourceId) -> Option<(Duration, String)> {
        let catalog = self.catalog().await.ok()?;
        let source = catalog.source(id)?;
        let stopped = source.stopped.as_ref()?;
        let left = stopped.next_probe().saturating_duration_since(Instant::now());
        if !left.is_zero() || stopped.is_probing.swap(true, Ordering::AcqRel) {
            return Some((left.clamp(Duration::from_secs(5), LOOK), stopped.reason.clone()));
        }
        // Not before it is clear whether another node has the probe.
        *stopped.next_probe() = Instant::now() + SOON;
        let take = self.move_probe(source, self.settings.source_limits.credential_pause, true);
        let wait = match self.store.write(take).await {
            // The catalog is loaded again within a second, then without the stop.
            Ok(true) if self.probe(source, "system:worker", &Trace::from(&self.tracking_id())).await.is_ok() => {
                Duration::from_secs(2)
            }
            Ok(_) => SOON,
            Err(error) => {
                tracing::error!(source.name = %source.source.name, error = %error, "a probe was not recorded");
                SOON
            }
        };
        stopped.is_probing.store(false, Ordering::Release);
        Some((wait, stopped.reason.clone()))
    }

    /// Whether a stopped source is to be left alone; `None` when it is not stopped.
    pub(crate) async fn is_resting(&self, id: &SourceId) -> Option<bool> {
        let catalog = self.catalog().await.ok()?;
        catalog.source(id)?.stopped.as_ref().map(Stopped::is_resting)
    }

    /// Stops a source by its id; the attempt that met the refusal goes its own way.
    pub(crate) async fn stop_source(&self, id: &SourceId, fault: &Fault) {
        if let Ok(catalog) = self.catalog().await
            && let Some(source) = catalog.source(id)
        {
            self.stop(source, fault).await;
        }
    }

    /// How many sources are stopped, and how many are left alone by this node's breakers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_sources(&self) -> Result<(usize, usize), Error> {
        let stopped = self.catalog().await?.sources().filter(|source| source.stopped.is_some()).count();
        Ok((stopped, self.breakers.open()))
    }

    async fn stop(&self, source: &CatalogSource, fault: &Fault) {
        let name = &source.source.name;
        tracing::error!(
            source.name = %name, fault = %fault,
            "a source is stopped: its service account was refused, and another try could lock it"
        );
        let stop = StopSource {
            source_id: source.source.id.clone(),
            settings_print: settings_print(&source.source),
            reason: fault.reason.clone(),
            detail: fault.detail.clone(),
            pause: self.settings.source_limits.credential_pause,
            now: self.now(),
            audit: self.source_audit(source, "SOURCE_STOPPED", "system:worker", Outcome::Failed, &fault.reason),
        };
        if let Err(error) = self.store.write(stop).await {
            // This process does not try again: its connector knows. Another process may, once.
            tracing::error!(source.name = %name, error = %error, "the stop of a source was not recorded");
        }
    }

    /// One sign-in with a connector of its own, as the kept one refuses to.
    pub(crate) async fn probe(&self, source: &CatalogSource, actor: &str, trace: &Trace) -> Result<(), Fault> {
        let name = &source.source.name;
        let config = source.source.connector.as_deref().unwrap_or_default();
        let connector = self.build_connector(&source.source, config)?;
        let no_answer =
            || Fault::new(FaultClass::Transient, "the source did not answer in time", "no answer to a probe");
        let tested = tokio::time::timeout(PROBE, connector.test()).await.unwrap_or_else(|_| Err(no_answer()));
        match &tested {
            Ok(()) => {
                let resume = ResumeSource {
                    source_id: source.source.id.clone(),
                    settings_print: settings_print(&source.source),
                    now: self.now(),
                    audit: AuditRecord {
                        tracking_id: trace.id.clone(),
                        address: trace.address,
                        ..self.source_audit(source, "SOURCE_RESUMED", actor, Outcome::Passed, "")
                    },
                };
                if let Err(error) = self.store.write(resume).await {
                    tracing::error!(source.name = %name, error = %error, "a source could not be let go on");
                }
                tracing::info!(source.name = %name, "the service account of a stopped source is taken again");
            }
            Err(fault) if fault.stops_source => self.stop(source, fault).await,
            // Neither yes nor no: the credential was not judged, so it may be tried soon.
            Err(fault) => {
                tracing::warn!(source.name = %name, fault = %fault, "a stopped source could not be probed");
                let _ = self.store.write(self.move_probe(source, SOON, false)).await;
            }
        }
        tested
    }

    fn move_probe(&self, source: &CatalogSource, pause: Duration, only_due: bool) -> MoveProbe {
        let (source_id, settings_print) = (source.source.id.clone(), settings_print(&source.source));
        MoveProbe { source_id, settings_print, pause, now: self.now(), only_due }
    }

    fn source_audit(
        &self,
        source: &CatalogSource,
        event: &'static str,
        actor: &str,
        outcome: Outcome,
        detail: &str,
    ) -> AuditRecord {
        let object = format!("source:{}", source.source.id);
        self.audit_record(actor.to_owned(), event, object, outcome, &self.tracking_id(), detail)
    }
}

#[cfg(test)]
mod tests;
