//! Kept connections to a directory: multiplexed ones of the service account, and ones on which accounts sign in.
//!
//! Invariants:
//! - the connections of the service account are bound once, as the service account, and never again;
//! - a bind changes the connection it runs on, so accounts sign in only on connections of the proof pool, one
//!   sign-in at a time on each; a call that is dropped half-way closes its connection;
//! - every connection in use is one to the same server;
//! - a refused service credential is not tried again: the service account must never be locked by us;
//! - an operation is repeated only when no byte of it was sent (a search is repeated once in any case).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ldap3::{LdapResult, Scope, SearchEntry};
use rustls::ClientConfig;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::ldap::accounts::first;
use crate::ldap::config::Endpoint;
use crate::ldap::open::open;
use crate::ldap::request::{Request, Search};
use crate::ldap::servers::{Server, Servers};
use crate::ldap::{faults, generalized_time, service_sign_in};
use crate::tls::{Roots, client_config};
use crate::{Credential, Fault, FaultClass};

/// How old rules for passwords may be.
const RULES_KEPT: Duration = Duration::from_secs(300);
const MOST_RULES: usize = 100;

/// Active Directory's time, in its root entry.
const CURRENT_TIME: &str = "currentTime";
const DOMAIN: &str = "defaultNamingContext";

/// Firewalls and servers forget silent connections; one that has been silent longer is opened anew.
const LONGEST_SILENCE: Duration = Duration::from_secs(240);

/// A directory server with its service account.
pub(crate) struct Directory {
    endpoint: Endpoint,
    tls: Arc<ClientConfig>,
    servers: Servers,
    credential: Credential,
    service: Vec<Mutex<Option<Service>>>,
    next: AtomicUsize,
    generation: AtomicU64,
    connecting: tokio::sync::Mutex<Option<(Instant, Fault)>>,
    refused: Mutex<Option<Fault>>,
    permits: Semaphore,
    rules: tokio::sync::Mutex<HashMap<String, (Instant, Arc<SearchEntry>)>>,
    idle: Mutex<Vec<(Instant, Server, ldap3::Ldap)>>,
}

/// A connection that is bound as the service account.
#[derive(Clone)]
pub(crate) struct Service {
    ldap: ldap3::Ldap,
    server: Server,
    generation: u64,
    used_at: Instant,
    /// The control OIDs that the server lists in its root entry (RFC 4512 section 5.1).
    pub(crate) controls: Arc<[String]>,
    /// The server's clock, where its root entry tells its time.
    clock: Option<ServerClock>,
    /// Active Directory: the entry of the domain itself.
    pub(crate) domain: Option<Arc<str>>,
}

/// A connection of the proof pool, in use. Dropped without [`keep`](Lease::keep), it is closed.
pub(crate) struct Lease<'a> {
    directory: &'a Directory,
    ldap: ldap3::Ldap,
    server: Server,
    fresh: bool,
    _permit: SemaphorePermit<'a>,
}

impl Directory {
    /// Opens no connection.
    pub(crate) fn new(endpoint: Endpoint, credential: Option<Credential>) -> Result<Self, Fault> {
        let missing = || Fault::new(FaultClass::Configuration, "the service account has no password", "no credential");
        let credential = credential.filter(|credential| !credential.expose().is_empty()).ok_or_else(missing)?;
        Ok(Self {
            tls: client_config(Roots::file_or_native(endpoint.ca_file.as_deref()))?,
            servers: Servers::default(),
            credential,
            service: (0..endpoint.connections.service).map(|_| Mutex::new(None)).collect(),
            next: AtomicUsize::new(0),
            generation: AtomicU64::new(0),
            connecting: tokio::sync::Mutex::new(None),
            refused: Mutex::new(None),
            permits: Semaphore::new(endpoint.connections.proof),
            rules: tokio::sync::Mutex::default(),
            idle: Mutex::new(Vec::new()),
            endpoint,
        })
    }

    /// Attributes of an entry that holds rules for accounts; at most [`RULES_KEPT`] old. Nothing when it cannot be read.
    pub(crate) async fn rules(&self, dn: &str, attributes: &[&str]) -> Arc<SearchEntry> {
        let mut kept = self.rules.lock().await;
        if let Some((_, entry)) = kept.get(dn).filter(|(read_at, _)| read_at.elapsed() < RULES_KEPT) {
            return entry.clone();
        }
        let entry = self.read(dn, attributes).await.unwrap_or_else(|fault| {
            tracing::debug!(fault = %fault, "the rules for passwords cannot be read");
            SearchEntry { dn: dn.to_owned(), attrs: HashMap::new(), bin_attrs: HashMap::new() }
        });
        let entry = Arc::new(entry);
        // Rules are few; names that a hostile entry makes up are not kept for ever.
        if kept.len() >= MOST_RULES {
            kept.clear();
        }
        kept.insert(dn.to_owned(), (Instant::now(), entry.clone()));
        entry
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// One operation as the service account. `Written::Unknown` when it was sent and got no answer.
    pub(crate) async fn as_service(&self, request: &Request<'_>) -> Result<LdapResult, Fault> {
        let (slot, mut service) = self.service().await?;
        match self.exchange(slot, &mut service, request).await {
            Err(unanswered) if !unanswered.sent => {}
            other => return other.map_err(|unanswered| unanswered.fault.after_sending()),
        }
        let (slot, mut service) = self.service().await?;
        self.exchange(slot, &mut service, request)
            .await
            .map_err(|unanswered| if unanswered.sent { unanswered.fault.after_sending() } else { unanswered.fault })
    }

    async fn exchange(
        &self,
        slot: usize,
        service: &mut Service,
        request: &Request<'_>,
    ) -> Result<LdapResult, crate::ldap::request::Unanswered> {
        let answer = request.send(&mut service.ldap, self.endpoint.operation_timeout).await;
        // Code 1 is also what a server says on a connection that it no longer regards as bound.
        if answer.as_ref().map_or(true, |result| matches!(result.rc, 1 | 52)) {
            self.forget(slot, service);
        }
        answer
    }

    /// A search as the service account; repeated once when the connection was lost.
    pub(crate) async fn search(&self, search: &Search<'_>) -> Result<(Vec<SearchEntry>, LdapResult), Fault> {
        let (slot, mut service) = self.service().await?;
        match search.send(&mut service.ldap, self.endpoint.operation_timeout).await {
            Ok(found) => return Ok(found),
            Err(_) => self.forget(slot, &service),
        }
        let (slot, mut service) = self.service().await?;
        search.send(&mut service.ldap, self.endpoint.operation_timeout).await.map_err(|unanswered| {
            self.forget(slot, &service);
            unanswered.fault
        })
    }

    /// A live connection of the service account and its slot; signs in where there is none.
    pub(crate) async fn service(&self) -> Result<(usize, Service), Fault> {
        let slot = self.next.fetch_add(1, Ordering::Relaxed) % self.service.len();
        if let Some(service) = self.live(slot) {
            return Ok((slot, service));
        }
        // One sign-in at a time: a wrong credential then meets the server once, and callers that waited share its fate.
        let asked_at = Instant::now();
        let mut failure = self.connecting.lock().await;
        if let Some(service) = self.live(slot) {
            return Ok((slot, service));
        }
        if let Some((at, fault)) = failure.as_ref().filter(|(at, _)| *at >= asked_at) {
            tracing::debug!(since_ms = at.elapsed().as_millis(), "sign-in of the service account has just failed");
            return Err(fault.clone());
        }
        match self.sign_in_service().await {
            Ok(service) => {
                *locked(&self.service[slot]) = Some(service.clone());
                Ok((slot, service))
            }
            Err(fault) => {
                // Told to one caller, so that it is acted on once.
                *failure = Some((Instant::now(), Fault { stops_source: false, ..fault.clone() }));
                Err(fault)
            }
        }
    }

    /// A connection of the service account that no other caller has: the pages of a search count on their connection alone.
    pub(crate) async fn own_service(&self) -> Result<(ldap3::Ldap, Option<Arc<str>>), Fault> {
        let _one_at_a_time = self.connecting.lock().await;
        let service = self.sign_in_service().await?;
        Ok((service.ldap, service.domain))
    }

    fn live(&self, slot: usize) -> Option<Service> {
        let mut kept = locked(&self.service[slot]);
        let service = kept.as_mut()?;
        let is_other = !self.servers.uses(&service.server);
        if is_other || service.ldap.is_closed() || service.used_at.elapsed() > LONGEST_SILENCE {
            *kept = None;
            return None;
        }
        service.used_at = Instant::now();
        Some(service.clone())
    }

    fn forget(&self, slot: usize, service: &Service) {
        let mut kept = locked(&self.service[slot]);
        if kept.as_ref().is_some_and(|other| other.generation == service.generation) {
            *kept = None;
        }
    }

    async fn sign_in_service(&self) -> Result<Service, Fault> {
        self.rested()?;
        let (server, mut ldap) = open(&self.endpoint, &self.tls, &self.servers).await?;
        let limit = self.endpoint.operation_timeout;
        let bind = Request::Bind { dn: &self.endpoint.bind_dn, password: self.credential.expose() };
        let result = bind.send(&mut ldap, limit).await.map_err(|unanswered| unanswered.fault)?;
        if let Some(fault) = service_sign_in::fault(&result) {
            if fault.stops_source {
                *locked(&self.refused) = Some(fault.clone());
            }
            return Err(fault);
        }
        let RootEntry { controls, clock, domain } = root_entry(&mut ldap, limit).await?;
        let generation = self.generation.fetch_add(1, Ordering::Relaxed);
        Ok(Service { ldap, server, generation, used_at: Instant::now(), controls, clock, domain })
    }

    /// Refuses to sign in after a refusal: whoever wants another try makes a new connector.
    fn rested(&self) -> Result<(), Fault> {
        match locked(&self.refused).as_ref() {
            Some(fault) => {
                let detail = format!("{}; not tried again, so as not to lock the service account", fault.detail);
                Err(Fault { detail, stops_source: false, ..fault.clone() })
            }
            None => Ok(()),
        }
    }

    /// A simple bind on a kept connection. Not repeated once it was sent: a lost bind may have counted as a failure.
    pub(crate) async fn sign_in(&self, dn: &str, password: &str) -> Result<LdapResult, Fault> {
        let (lease, result) = self.sign_in_on(dn, password).await?;
        lease.keep();
        Ok(result)
    }

    /// The same, with the connection, which is bound as the account when the code is zero.
    pub(crate) async fn sign_in_on(&self, dn: &str, password: &str) -> Result<(Lease<'_>, LdapResult), Fault> {
        let bind = Request::Bind { dn, password };
        let mut lease = self.lease(true).await?;
        match lease.send(&bind).await {
            Ok(result) => return Ok((lease, result)),
            Err(unanswered) if unanswered.sent || lease.fresh => return Err(unanswered.fault),
            Err(_) => drop(lease),
        }
        let mut lease = self.lease(false).await?;
        match lease.send(&bind).await {
            Ok(result) => Ok((lease, result)),
            Err(unanswered) => Err(unanswered.fault),
        }
    }

    async fn lease(&self, kept: bool) -> Result<Lease<'_>, Fault> {
        let closed = |_| faults::lost("the connector is shutting down");
        let permit = self.permits.acquire().await.map_err(closed)?;
        let kept = if kept { self.kept() } else { None };
        let fresh = kept.is_none();
        let (server, ldap) = match kept {
            Some(kept) => kept,
            None => open(&self.endpoint, &self.tls, &self.servers).await?,
        };
        Ok(Lease { directory: self, ldap, server, fresh, _permit: permit })
    }

    /// The connection used last: few stay busy, the others fall silent and are closed.
    fn kept(&self) -> Option<(Server, ldap3::Ldap)> {
        let mut idle = locked(&self.idle);
        idle.retain_mut(|(used_at, server, ldap)| {
            self.servers.uses(server) && !ldap.is_closed() && used_at.elapsed() <= LONGEST_SILENCE
        });
        idle.pop().map(|(_, server, ldap)| (server, ldap))
    }
}

impl Lease<'_> {
    pub(crate) async fn send(&mut self, request: &Request<'_>) -> Result<LdapResult, crate::ldap::request::Unanswered> {
        request.send(&mut self.ldap, self.directory.endpoint.operation_timeout).await
    }

    /// Gives the connection back: the last operation on it was answered.
    pub(crate) fn keep(self) {
        locked(&self.directory.idle).push((Instant::now(), self.server, self.ldap));
    }
}

/// What a server says of itself.
struct RootEntry {
    controls: Arc<[String]>,
    clock: Option<ServerClock>,
    domain: Option<Arc<str>>,
}

/// What a server's clock told, and when by a clock of ours that nobody sets.
#[derive(Debug, Clone, Copy)]
struct ServerClock {
    micros: i64,
    at: Instant,
}

impl ServerClock {
    /// The server looked at its clock somewhere between question and answer, and tells whole seconds: the middle of both.
    fn told(text: &str, asked_at: Instant) -> Option<Self> {
        Some(Self { micros: generalized_time::micros(text)? + 500_000, at: asked_at + asked_at.elapsed() / 2 })
    }

    /// How far it is ahead of our wall clock as that is set now, in microseconds.
    fn ahead(self) -> Option<i64> {
        let micros = |time: Duration| i64::try_from(time.as_micros()).ok();
        let ours = micros(SystemTime::now().duration_since(UNIX_EPOCH).ok()?)?;
        Some(self.micros + micros(self.at.elapsed())? - ours)
    }
}

impl Service {
    /// How far the server's clock is ahead of ours, in microseconds, where it tells its time.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        self.clock.and_then(ServerClock::ahead)
    }
}

/// A server that hides its root entry says nothing.
async fn root_entry(ldap: &mut ldap3::Ldap, limit: Duration) -> Result<RootEntry, Fault> {
    let attributes = &["supportedControl", CURRENT_TIME, DOMAIN];
    let search = Search { base: "", scope: Scope::Base, filter: "(objectClass=*)", attributes };
    let asked_at = Instant::now();
    let (entries, _) = search.send(ldap, limit).await.map_err(|unanswered| unanswered.fault)?;
    let mut entry = entries.into_iter().next();
    let clock = entry.as_ref().and_then(|entry| ServerClock::told(first(entry, CURRENT_TIME)?, asked_at));
    let domain = entry.as_ref().and_then(|entry| first(entry, DOMAIN)).map(Arc::from);
    let listed = entry.as_mut().and_then(|entry| entry.attrs.remove("supportedControl"));
    Ok(RootEntry { controls: listed.unwrap_or_default().into(), clock, domain })
}

/// No code panics while it holds one of these locks, so a poisoned one is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
