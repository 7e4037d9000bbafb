//! HTTP to other systems: one way to build a client, and what its errors mean.
//!
//! Invariants: no redirect is followed, no proxy of the environment is used, the name in the certificate is always checked.

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::dns::{Addrs, Name, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, Url, redirect};
use rustls::ClientConfig;

use crate::{Fault, FaultClass, Written, network, tls};

/// The longest address, in bytes.
const LONGEST_URL: usize = 2048;

/// A client that goes where it is told and nowhere else.
pub(crate) fn builder(tls: &ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("Passwright/", env!("CARGO_PKG_VERSION")))
}

/// Reads an address.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with its name.
pub(crate) fn parse_url(text: &str) -> Result<Url, &'static str> {
    if text.len() > LONGEST_URL {
        return Err("is longer than 2048 bytes");
    }
    let url = Url::parse(text).map_err(|_| "is not an address such as https://hooks.example.com/passwright")?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must begin with https://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password");
    }
    if url.fragment().is_some() {
        return Err("must not hold a fragment");
    }
    if url.port() == Some(0) {
        return Err("must not have port 0");
    }
    Ok(url)
}

/// `Retry-After` in both its forms.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok(),
    }
}

/// The error with its causes, without the address: it may hold a token.
pub(crate) fn told(error: &reqwest::Error) -> String {
    let mut text = String::from("the request failed");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The fault of a request without an answer; `Written::Unknown` unless it is certain that nothing was sent.
pub(crate) fn fault(error: &reqwest::Error) -> Fault {
    let judged = cause(error).unwrap_or_else(|| {
        let sentence = if error.is_timeout() {
            "the source did not answer in time"
        } else {
            "the connection to the source was lost"
        };
        Fault::new(FaultClass::Transient, sentence, told(error))
    });
    if error.is_connect() || error.is_builder() { judged } else { judged.after_sending() }
}

/// The fault that one of the error's causes stands for.
fn cause(error: &reqwest::Error) -> Option<Fault> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(Unresolved { host, error }) = error.downcast_ref() {
            return Some(network::unresolved(host, error));
        }
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(tls::faults::from_rustls(error));
        }
        if let Some(error) = error.downcast_ref::<io::Error>()
            && let Some(fault) = of_io(error)
        {
            return Some(fault);
        }
        cause = error.source();
    }
    None
}

/// An error of TLS may lie in several wrappings.
fn of_io(error: &io::Error) -> Option<Fault> {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()) {
        return of_io(inner);
    }
    tls::faults::from_io(error).or_else(|| (error.kind() != io::ErrorKind::Other).then(|| network::from_io(error)))
}

/// The operating system's resolver, whose errors are known again.
pub(crate) struct Resolver;

#[derive(Debug, thiserror::Error)]
#[error("{host}: {error}")]
struct Unresolved {
    host: String,
    error: io::Error,
}

impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await.map(Iterator::collect::<Vec<_>>);
            match found {
                Ok(found) => Ok(Box::new(found.into_iter()) as Addrs),
                Err(error) => Err(Unresolved { host, error }.into()),
            }
        })
    }
}

/// The body of an answer; `None` when it is longer than `most` bytes.
///
/// # Errors
/// As [`fault`].
pub(crate) async fn body(mut answer: Response, most: usize) -> Result<Option<Vec<u8>>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
        if body.len() + chunk.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The same fault of a call that writes nothing.
pub(crate) fn of_a_read(fault: Fault) -> Fault {
    Fault { written: Written::No, ..fault }
}
