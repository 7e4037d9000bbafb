//! Requests to the service, as the service account.
//!
//! Invariants: of an answer no more than a bound is read; a service that asks to be left alone for a while is.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::http::{self, Resolver};
use crate::scim::config::{ScimConfig, encrypted, wrong};
use crate::scim::faults;
use crate::tls::{Roots, client_config};
use crate::{Credential, Fault};

const JSON: &str = "application/scim+json";
/// The most that is read of an answer, in bytes: about one account, about a page of them.
const ONE: usize = 1 << 20;
const PAGE: usize = 8 << 20;
/// The longest that a service is left alone because it asks for it.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// The service with its account.
pub(super) struct Service {
    client: Client,
    base: Url,
    authorization: HeaderValue,
    limit: Duration,
    rests_until: Mutex<Option<Instant>>,
    says: OnceLock<Says>,
}

/// What the service says of itself (RFC 7643 section 5). What it does not say is not known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Says {
    pub(super) patch: Feature,
    pub(super) filter: Feature,
    pub(super) change_password: Feature,
    pub(super) etag: Feature,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Feature {
    pub(super) supported: Option<bool>,
}

/// One page of accounts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    pub(super) total_results: u64,
    #[serde(default, rename = "Resources")]
    pub(super) resources: Vec<Value>,
}

/// An answer that says "done".
pub(super) struct Done {
    pub(super) body: Vec<u8>,
    pub(super) etag: Option<String>,
    pub(super) status: StatusCode,
}

impl Service {
    pub(super) fn new(config: &ScimConfig, credential: Option<&Credential>) -> Result<Self, Fault> {
        let missing = || wrong("the service account has no password", "no credential");
        let credential = credential.filter(|credential| !credential.expose().is_empty()).ok_or_else(missing)?;
        let (connect, limit) = config.limits()?;
        let tls = client_config(Roots::file_or_native(config.ca_file.as_deref()))?;
        let client = http::builder(&tls).dns_resolver(std::sync::Arc::new(Resolver)).connect_timeout(connect).build();
        Ok(Self {
            client: client.map_err(|error| wrong("encryption cannot be set up", &http::told(&error)))?,
            base: encrypted("url", &config.url)?,
            authorization: authorization(config.basic_user.as_deref(), credential)?,
            limit,
            rests_until: Mutex::new(None),
            says: OnceLock::new(),
        })
    }

    /// The client and the time for one request, for calls that are not the service account's.
    pub(super) fn client(&self) -> (Client, Duration) {
        (self.client.clone(), self.limit)
    }

    /// What the service says of itself; asked once. One that says nothing is not known.
    pub(super) async fn says(&self) -> Result<Says, Fault> {
        if let Some(says) = self.says.get() {
            return Ok(says.clone());
        }
        let says = match self.read(&["ServiceProviderConfig"], &[], ONE).await {
            Ok(done) => serde_json::from_slice(&done.body).map_err(|_| faults::not_scim("ServiceProviderConfig"))?,
            Err(fault) if faults::is_absent(&fault) => Says::default(),
            Err(fault) => return Err(fault),
        };
        Ok(self.says.get_or_init(|| says).clone())
    }

    /// One account, by its id.
    pub(super) async fn user(&self, id: &str, query: &[(&str, &str)]) -> Result<(Value, Option<String>), Fault> {
        let done = self.read(&["Users", id], query, ONE).await?;
        let user = serde_json::from_slice(&done.body).map_err(|_| faults::not_scim("no JSON"))?;
        Ok((user, done.etag))
    }

    /// A page of accounts.
    pub(super) async fn list(&self, query: &[(&str, &str)]) -> Result<List, Fault> {
        let done = self.read(&["Users"], query, PAGE).await?;
        serde_json::from_slice(&done.body).map_err(|_| faults::not_scim("no list of accounts"))
    }

    async fn read(&self, path: &[&str], query: &[(&str, &str)], most: usize) -> Result<Done, Fault> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.get(url);
        self.exchange(request, most, true).await.map_err(http::of_a_read)
    }

    /// Writes a body. `Written::Unknown` unless the service said no.
    pub(super) async fn write(
        &self,
        method: Method,
        id: &str,
        body: &impl Serialize,
        version: Option<&str>,
    ) -> Result<Done, Fault> {
        let text = serde_json::to_vec(body).map_err(|_| wrong("the account cannot be written", "no JSON"))?;
        let mut request = self.client.request(method, self.url(&["Users", id])?).header(CONTENT_TYPE, JSON).body(text);
        if let Some(version) = version.and_then(|version| HeaderValue::from_str(version).ok()) {
            request = request.header(IF_MATCH, version);
        }
        // What the service says about a password may hold it.
        self.exchange(request, ONE, false).await
    }

    async fn exchange(&self, request: RequestBuilder, most: usize, show: bool) -> Result<Done, Fault> {
        self.rested()?;
        let request =
            request.header(AUTHORIZATION, self.authorization.clone()).header(ACCEPT, JSON).timeout(self.limit);
        let answer = request.send().await.map_err(|error| http::fault(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        if status == StatusCode::NO_CONTENT {
            return Ok(Done { body: Vec::new(), etag, status });
        }
        let body = http::body(answer, most).await?;
        if status == StatusCode::OK {
            let body = body.ok_or_else(|| faults::too_large(most).after_sending())?;
            return Ok(Done { body, etag, status });
        }
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            && let Some(after) = http::retry_after(&headers)
        {
            *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Instant::now() + after.min(LONGEST_REST));
        }
        Err(faults::of_answer(status, &body.unwrap_or_default(), show))
    }

    /// Refuses to ask before the time that the service named.
    fn rested(&self) -> Result<(), Fault> {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) if !left.is_zero() => Err(faults::resting(left)),
            _ => Ok(()),
        }
    }

    /// An address below the base. A part is one step of the path, whatever is in it.
    fn url(&self, path: &[&str]) -> Result<Url, Fault> {
        // These two would leave out a step of the path.
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(faults::no_name());
        }
        let mut url = self.base.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().extend(path);
        }
        Ok(url)
    }
}

fn authorization(user: Option<&str>, credential: &Credential) -> Result<HeaderValue, Fault> {
    let text = match user {
        Some(user) if user.is_empty() || user.contains(':') || user.chars().any(char::is_control) => {
            return Err(wrong("the name of the service account cannot be used", "basic_user: empty, or with : in it"));
        }
        Some(user) => {
            let pair = Zeroizing::new(format!("{user}:{}", credential.expose()));
            Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
        }
        None => Zeroizing::new(format!("Bearer {}", credential.expose())),
    };
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| wrong("the credential of the service account cannot be used", "it holds a control character"))?;
    value.set_sensitive(true);
    Ok(value)
}
