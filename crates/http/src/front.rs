//! How clients reach the service: directly or through proxies, with TLS here or there.
//!
//! Invariant: `X-Forwarded-For` and `X-Forwarded-Proto` count only from the operator's proxies. The address of a client
//! is what the outermost of them saw; what stands further left in the header anybody may have written.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use passwright_app::Networks;
use tokio::net::TcpListener;

use crate::tls::Certificate;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Where and how to serve.
pub struct Front {
    pub listener: TcpListener,
    /// Serve TLS; plain HTTP without.
    pub certificate: Option<Arc<Certificate>>,
    /// The addresses of proxies whose forwarded headers count.
    pub proxies: Networks,
}

impl Front {
    /// Plain HTTP, no proxies.
    #[must_use]
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, certificate: None, proxies: Networks::default() }
    }
}

/// The connection that a request came on.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) peer: IpAddr,
    pub(crate) encrypted: bool,
    pub(crate) proxies: Arc<Networks>,
}

/// Where a request really came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    /// The client's own connection was encrypted.
    pub(crate) encrypted: bool,
}

impl Connection {
    /// Whether passwords may travel on it: encrypted here, from this machine, or from a proxy that ends TLS.
    pub(crate) fn is_acceptable(&self) -> bool {
        self.encrypted || self.peer.to_canonical().is_loopback() || self.proxies.list(self.peer)
    }

    pub(crate) fn origin(&self, headers: &HeaderMap) -> Origin {
        if !self.proxies.list(self.peer) {
            return Origin { address: self.peer.to_canonical(), encrypted: self.encrypted };
        }
        let mut address = self.peer;
        let hops: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .collect();
        for hop in hops.into_iter().rev() {
            if !self.proxies.list(address) {
                break;
            }
            // What cannot be read hides who came before.
            let Some(before) = hop_address(hop.trim()) else { break };
            address = before;
        }
        // The proxy that we see writes last.
        let scheme = headers.get_all(FORWARDED_PROTO).iter().next_back().and_then(|value| value.to_str().ok());
        let scheme = scheme.and_then(|text| text.rsplit(',').next()).map(str::trim);
        let encrypted = scheme.map_or(self.encrypted, |scheme| scheme.eq_ignore_ascii_case("https"));
        Origin { address: address.to_canonical(), encrypted }
    }
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::7` or `[2001:db8::7]:4711`.
fn hop_address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
        return Some(socket.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn connection(peer: &str) -> Connection {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().unwrap());
        let proxies = Arc::new(Networks::new(networks.to_vec()));
        Connection { peer: peer.parse().unwrap(), encrypted: false, proxies }
    }

    fn origin(peer: &str, headers: &[(&'static str, &'static str)]) -> (String, bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let origin = connection(peer).origin(&map);
        (origin.address.to_string(), origin.encrypted)
    }

    #[test]
    fn forwarded_headers_count_from_proxies_only() {
        const FOR: &str = FORWARDED_FOR;
        const PROTO: &str = FORWARDED_PROTO;
        type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str, bool);
        let cases: &[Case] = &[
            ("203.0.113.7", &[], "203.0.113.7", false),
            ("203.0.113.7", &[(FOR, "198.51.100.1"), (PROTO, "https")], "203.0.113.7", false),
            ("127.0.0.1", &[(FOR, "198.51.100.1"), (PROTO, "https")], "127.0.0.1", false),
            ("10.0.0.1", &[], "10.0.0.1", false),
            ("10.0.0.1", &[(FOR, "198.51.100.1"), (PROTO, "https")], "198.51.100.1", true),
            ("::ffff:10.0.0.1", &[(FOR, "198.51.100.1")], "198.51.100.1", false),
            // What the client itself sent stands further left, in the same header or in one of its own.
            ("10.0.0.1", &[(FOR, "10.9.9.9, 192.0.2.66, 198.51.100.1")], "198.51.100.1", false),
            ("10.0.0.1", &[(FOR, "192.0.2.66"), (FOR, "198.51.100.1")], "198.51.100.1", false),
            ("10.0.0.1", &[(FOR, "192.0.2.66"), (FOR, "198.51.100.1, 10.0.0.2")], "198.51.100.1", false),
            ("10.0.0.1", &[(FOR, "192.0.2.66, unknown, 10.0.0.2")], "10.0.0.2", false),
            ("10.0.0.1", &[(FOR, "")], "10.0.0.1", false),
            ("10.0.0.1", &[(FOR, "198.51.100.1:4711")], "198.51.100.1", false),
            ("2001:db8:1::1", &[(FOR, "[2001:db8:2::7]:4711")], "2001:db8:2::7", false),
            ("2001:db8:1::1", &[(FOR, "[2001:db8:2::7]")], "2001:db8:2::7", false),
            ("10.0.0.1", &[(PROTO, "https"), (PROTO, "http")], "10.0.0.1", false),
            ("10.0.0.1", &[(PROTO, "http, https")], "10.0.0.1", true),
            ("10.0.0.1", &[(PROTO, "httpsx")], "10.0.0.1", false),
        ];
        for (peer, headers, address, encrypted) in cases {
            assert_eq!(origin(peer, headers), ((*address).to_owned(), *encrypted), "{peer} {headers:?}");
        }
    }

    #[test]
    fn plain_connections_come_from_here_or_from_proxies() {
        for (peer, acceptable) in
            [("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.1.2.3", true), ("192.0.2.1", false)]
        {
            assert_eq!(connection(peer).is_acceptable(), acceptable, "{peer}");
            assert!(Connection { encrypted: true, ..connection(peer) }.is_acceptable());
        }
    }
}
