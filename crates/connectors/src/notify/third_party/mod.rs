//! Providers of a further factor, asked whether a person showed theirs: Duo (OIDC Auth API) and Okta Verify (Factors API). What they
//! say is brought here and judged by whoever asked.
//!
//! Invariants: https alone; the same rules as for webhooks (a name is resolved once, every address is judged, no redirect is followed);
//! all of a [`ProviderCall`] is done by its deadline; no more of an answer is read than it may have; a fault's text is one line and
//! holds no secret and no name.

pub mod duo;
pub mod okta;

use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::provider::beginning;
use super::webhook::WebhookSender;
use crate::http::{parse_url, told};

/// The most that is read of one answer, in bytes: a user with a long profile, or their factors.
const LONGEST_READ: usize = 64 * 1024;

/// Why a provider was no help, as plain text of one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

impl Unanswered {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// The answer has not the documented form.
    fn form() -> Self {
        Self::new("the answer is not that of the provider")
    }

    fn status(status: StatusCode) -> Self {
        Self::new(format!("the provider answered {status}"))
    }
}

/// A few requests to one provider, of one question.
pub struct ProviderCall {
    client: Client,
    /// Scheme, host and port.
    origin: Url,
    deadline: Instant,
}

/// What a provider answered.
struct Said {
    status: StatusCode,
    /// `Null` where it is no JSON.
    body: Value,
}

impl WebhookSender {
    /// Gets ready to ask a provider; everything is to be answered within this time.
    ///
    /// # Errors
    /// [`Unanswered`]: the host is none, has no address, or one that may not be called.
    pub async fn provider(&self, host: &str, within: Duration) -> Result<ProviderCall, Unanswered> {
        let deadline = Instant::now() + within;
        let origin = parse_url(&format!("https://{host}/")).map_err(|why| Unanswered(format!("the host {why}")))?;
        if origin.path() != "/" || origin.query().is_some() {
            return Err(Unanswered::new("the host is no host"));
        }
        let addresses = timeout_at(deadline, self.addresses(&origin)).await.map_err(|_| too_late())?;
        let client = self.client(addresses.map_err(Unanswered)?).map_err(Unanswered)?;
        Ok(ProviderCall { client, origin, deadline })
    }
}

fn too_late() -> Unanswered {
    Unanswered::new("the provider did not answer in time")
}

impl ProviderCall {
    /// A request to a path whose parts are put in as they are: a name cannot become more than one part.
    fn request(&self, method: Method, parts: &[&str]) -> Result<RequestBuilder, Unanswered> {
        let mut url = self.origin.clone();
        // Such a part would be left out.
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(Unanswered::new("a name cannot be part of an address"));
        }
        match url.path_segments_mut() {
            Ok(mut path) => path.clear().extend(parts),
            Err(()) => return Err(Unanswered::new("the host is no host")),
        };
        Ok(self.client.request(method, url))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Said, Unanswered> {
        let exchange = async {
            let answer = request.header(ACCEPT, "application/json").send().await.map_err(|e| Unanswered(told(&e)))?;
            let status = answer.status();
            if status.is_redirection() {
                return Err(Unanswered(format!("the provider answered {status}; redirects are not followed")));
            }
            let read = beginning(answer, LONGEST_READ).await;
            // Of a refusal the status tells enough.
            let body = if status.is_success() { read.map_err(Unanswered)? } else { read.unwrap_or_default() };
            Ok(Said { status, body })
        };
        timeout_at(self.deadline, exchange).await.unwrap_or_else(|_| Err(too_late()))
    }
}
