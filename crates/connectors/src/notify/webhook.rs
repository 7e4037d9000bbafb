//! One request to a webhook.
//!
//! Invariants: a name is resolved once, every address it has is judged, and the connection goes to those addresses and
//! no others; a redirect is not followed; no proxy of the environment is used; plain http goes only into networks that the
//! operator listed; of the answer little is read and less is kept.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolving};
use reqwest::{Client, StatusCode, Url};
use rustls::ClientConfig;

use super::{Networks, Resolve, SystemResolver};
use crate::Fault;
use crate::http::{builder, parse_url, retry_after, told};
use crate::tls::{Roots, client_config};

/// For the whole of a message: name, connection, request, answer.
pub const LONGEST: Duration = Duration::from_secs(15);
const LONGEST_CONNECT: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes, and the most that is kept of it, in characters.
const LONGEST_READ: usize = 4096;
const LONGEST_KEPT: usize = 200;

/// Sends to webhooks.
pub struct WebhookSender {
    networks: Networks,
    resolver: Arc<dyn Resolve>,
    ca_file: Option<PathBuf>,
    tls: OnceLock<Result<Arc<ClientConfig>, Fault>>,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub verdict: Verdict,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// What went wrong, as plain text of one line; empty for a success.
    pub detail: String,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// 410: no more messages, please.
    Gone,
    /// Send it again, not before the time the receiver asked for.
    Again {
        after: Option<Duration>,
    },
}

impl Answered {
    fn again(detail: impl Into<String>) -> Self {
        Self { verdict: Verdict::Again { after: None }, status: None, detail: detail.into() }
    }
}

impl WebhookSender {
    /// `ca_file` holds the authorities of the receivers; absent: those of the operating system.
    #[must_use]
    pub fn new(networks: Networks, ca_file: Option<&Path>) -> Self {
        Self::with_resolver(networks, ca_file, Arc::new(SystemResolver))
    }

    /// The same with another way to find addresses.
    #[must_use]
    pub fn with_resolver(networks: Networks, ca_file: Option<&Path>, resolver: Arc<dyn Resolve>) -> Self {
        Self { networks, resolver, ca_file: ca_file.map(Path::to_owned), tls: OnceLock::new() }
    }

    /// Reads an address and gives it in its normal form.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with its name. Names are judged when they are resolved.
    pub fn check(&self, text: &str) -> Result<String, &'static str> {
        let url = parse_url(text)?;
        match host_address(&url) {
            Some(address) if !self.networks.allow(address) => {
                Err("leads to an address that is not public and not in webhooks.allowed_networks")
            }
            Some(address) if is_plain(&url) && !self.networks.list(address) => Err("must begin with https://"),
            None if is_plain(&url) && self.networks.is_empty() => Err("must begin with https://"),
            _ => Ok(url.into()),
        }
    }

    /// Posts a JSON body once.
    pub async fn send(&self, url: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Answered {
        match tokio::time::timeout(LONGEST, self.exchange(url, headers, body)).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(detail)) => Answered::again(one_line(&detail)),
            Err(_) => Answered::again(format!("no answer in {} seconds", LONGEST.as_secs())),
        }
    }

    async fn exchange(&self, url: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<Answered, String> {
        let url = parse_url(url).map_err(|why| format!("the address {why}"))?;
        let client = self.client(self.addresses(&url).await?)?;
        let mut request = client.post(url).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.map_err(|e| told(&e))?;
        Ok(judge(answer).await)
    }

    /// Where the request may go: all addresses of the host, each of them allowed.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, String> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match host_address(url) {
            Some(address) => vec![SocketAddr::new(address, port)],
            None => {
                let name = url.host_str().unwrap_or_default();
                self.resolver.addresses(name, port).await.map_err(|e| format!("the name does not resolve: {e}"))?
            }
        };
        if found.is_empty() {
            return Err("the name has no address".to_owned());
        }
        if let Some(refused) = found.iter().find(|found| !self.networks.allow(found.ip())) {
            return Err(format!("{} is not public and not in webhooks.allowed_networks", refused.ip()));
        }
        if is_plain(url) && !found.iter().all(|found| self.networks.list(found.ip())) {
            return Err("plain http goes only to addresses in webhooks.allowed_networks".to_owned());
        }
        Ok(found)
    }

    pub(super) fn client(&self, addresses: Vec<SocketAddr>) -> Result<Client, String> {
        let roots = || client_config(Roots::file_or_native(self.ca_file.as_deref()));
        let tls = self.tls.get_or_init(roots).as_ref().map_err(ToString::to_string)?;
        builder(tls)
            .dns_resolver(Arc::new(Pinned(addresses)))
            .connect_timeout(LONGEST_CONNECT)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|e| told(&e))
    }
}

/// Answers every name with the addresses that were judged.
struct Pinned(Vec<SocketAddr>);

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

fn is_plain(url: &Url) -> bool {
    url.scheme() == "http"
}

/// The host when it is an address, in whatever spelling it came: `Url` has made it one of two.
fn host_address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host).parse().ok()
}

async fn judge(mut answer: reqwest::Response) -> Answered {
    let status = answer.status();
    let code = Some(status.as_u16());
    if status.is_success() {
        return Answered { verdict: Verdict::Delivered, status: code, detail: String::new() };
    }
    let after = retry_after(answer.headers());
    let mut detail = format!("answered {status}");
    if status.is_redirection() {
        detail.push_str("; redirects are not followed");
    }
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await
        && body.len() < LONGEST_READ
    {
        body.extend_from_slice(&chunk);
    }
    let said: String = one_line(&String::from_utf8_lossy(&body)).chars().take(LONGEST_KEPT).collect();
    if !said.is_empty() {
        detail.push_str(": ");
        detail.push_str(&said);
    }
    let verdict = if status == StatusCode::GONE { Verdict::Gone } else { Verdict::Again { after } };
    Answered { verdict, status: code, detail }
}

fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
