//! Which server of a directory is used, where it has several.
//!
//! The servers of a directory hear of each other's writes after a while. Until then a password that was set on one does not
//! sign in at another, and two writes on two servers may meet in either order. So every connection of a source goes to
//! one server, which stays the same as long as it takes connections; only then comes the next, first of the source's other
//! addresses in their order, with each name's IP addresses in an order that is the same on every node.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::ldap::faults;
use crate::{Fault, network};

/// A server by the host name that its certificate must bear, and by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) address: SocketAddr,
}

/// The server that was reached last.
#[derive(Debug, Default)]
pub(crate) struct Servers(Mutex<Option<Server>>);

impl Servers {
    fn chosen(&self) -> MutexGuard<'_, Option<Server>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the server that is used now.
    pub(crate) fn uses(&self, server: &Server) -> bool {
        self.chosen().as_ref() == Some(server)
    }

    /// Connects to the server that is used, or to the next that takes a connection before `end`.
    pub(crate) async fn connect(&self, hosts: &[(&str, u16)], end: Instant) -> Result<(Server, TcpStream), Fault> {
        let mut fault = None;
        let mut candidates = Vec::new();
        for (host, port) in hosts {
            match resolve(host, *port, end).await {
                Ok(found) => candidates.extend(found),
                Err(unresolved) => fault = Some(unresolved),
            }
        }
        let before = self.chosen().clone();
        // The one that is used goes first; the others keep their order.
        candidates.sort_by_key(|candidate| Some(candidate) != before.as_ref());
        let count = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
        for (tried, candidate) in (0..count).zip(candidates) {
            // A share of the time for each, so that one that is silent does not use it all.
            let share = end.saturating_duration_since(Instant::now()) / (count - tried);
            match timeout_at(Instant::now() + share, TcpStream::connect(candidate.address)).await {
                Ok(Ok(stream)) => {
                    self.choose(&candidate);
                    return Ok((candidate, stream));
                }
                Ok(Err(error)) => fault = Some(faults::from_io(&error)),
                Err(_) => fault = Some(no_connection()),
            }
        }
        Err(fault.unwrap_or_else(no_connection))
    }

    fn choose(&self, server: &Server) {
        let mut chosen = self.chosen();
        if let Some(before) = chosen.as_ref().filter(|before| *before != server) {
            tracing::warn!(
                before = %before.address, now = %server.address,
                "a server of the source takes no connection; another one is used"
            );
        }
        *chosen = Some(server.clone());
    }
}

fn no_connection() -> Fault {
    faults::timed_out("no connection before the connect time-out")
}

async fn resolve(host: &str, port: u16, end: Instant) -> Result<Vec<Server>, Fault> {
    let found = timeout_at(end, tokio::net::lookup_host((host, port))).await.map_err(|_| no_connection())?;
    let mut addresses: Vec<_> = found.map_err(|error| network::unresolved(host, &error))?.collect();
    addresses.sort();
    addresses.dedup();
    Ok(addresses.into_iter().map(|address| Server { host: host.to_owned(), address }).collect())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;

    fn end() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    async fn listener() -> (TcpListener, u16) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    #[tokio::test]
    async fn the_one_that_is_used_stays_until_it_takes_no_connection() {
        let ((one, first), (_other, second)) = (listener().await, listener().await);
        let hosts = [("127.0.0.1", first), ("127.0.0.1", second)];
        let servers = Servers::default();
        let reached = async || servers.connect(&hosts, end()).await.unwrap().0.address.port();
        assert_eq!(reached().await, first);
        drop(one);
        assert_eq!(reached().await, second);
        let _back = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).await.unwrap();
        assert_eq!(reached().await, second, "it stays");
        let known = Server { host: "127.0.0.1".to_owned(), address: (Ipv4Addr::LOCALHOST, second).into() };
        assert!(servers.uses(&known));
        let fresh = Servers::default();
        assert!(!fresh.uses(&known));
        assert_eq!(fresh.connect(&hosts, end()).await.unwrap().0.address.port(), first);
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_does_not_stop_the_next() {
        let (_one, port) = listener().await;
        let servers = Servers::default();
        let hosts = [("no-such-host.invalid", 636), ("127.0.0.1", port)];
        assert_eq!(servers.connect(&hosts, end()).await.unwrap().0.address.port(), port);
        let fault = Servers::default().connect(&hosts[..1], end()).await.unwrap_err();
        assert_eq!(fault.class, crate::FaultClass::Transient, "{fault}");
    }
}
