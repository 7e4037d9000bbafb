//! One look at a provider of a further factor: whether it answers over TLS and takes our key. The same rules hold as for
//! webhooks: a name is resolved once, every address it has is judged, no redirect is followed.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde_json::Value;

use super::webhook::{LONGEST, WebhookSender};
use crate::Credential;
use crate::http::{parse_url, told};

/// The most that is read of an answer, in bytes.
const LONGEST_READ: usize = 16 * 1024;

/// How to ask a provider whether it takes our key.
pub enum ProviderRequest {
    /// Okta: who the API token is of (`GET /api/v1/users/me`, `Authorization: SSWS …`).
    Okta { api_token: Credential },
    /// Duo: its health check (`POST /oauth/v1/health_check`) with an assertion signed with the secret key.
    Duo { client_id: String, assertion: Credential },
}

impl ProviderRequest {
    /// Where Duo's health check is; its assertion names this address.
    #[must_use]
    pub fn duo_audience(host: &str) -> String {
        format!("https://{host}{DUO_CHECK}")
    }

    fn path(&self) -> &'static str {
        match self {
            Self::Okta { .. } => "/api/v1/users/me",
            Self::Duo { .. } => DUO_CHECK,
        }
    }
}

const DUO_CHECK: &str = "/oauth/v1/health_check";

impl WebhookSender {
    /// Reads a provider's host, as in [`check`](Self::check).
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with its name.
    pub fn check_host(&self, host: &str) -> Result<(), &'static str> {
        self.check(&format!("https://{host}/")).map(|_| ())
    }

    /// Connects to a provider and asks whether it takes our key.
    ///
    /// # Errors
    /// Why not, as plain text of one line without any secret.
    pub async fn check_provider(&self, host: &str, request: &ProviderRequest) -> Result<(), String> {
        match tokio::time::timeout(LONGEST, self.ask_provider(host, request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer in {} seconds", LONGEST.as_secs())),
        }
    }

    async fn ask_provider(&self, host: &str, request: &ProviderRequest) -> Result<(), String> {
        let url = parse_url(&format!("https://{host}{}", request.path())).map_err(|why| format!("the host {why}"))?;
        let client = self.client(self.addresses(&url).await?)?;
        let answer = asked(&client, url, request)?.send().await.map_err(|e| told(&e))?;
        let status = answer.status();
        if matches!(status.as_u16(), 400 | 401 | 403) {
            return Err(format!("the provider refused the key: it answered {status}"));
        }
        if !status.is_success() {
            return Err(format!("the provider answered {status}"));
        }
        let body = beginning(answer, LONGEST_READ).await?;
        // Duo may answer 200 and say no inside.
        if matches!(request, ProviderRequest::Duo { .. }) && body.get("stat").and_then(Value::as_str) != Some("OK") {
            return Err("the provider refused the key".to_owned());
        }
        if matches!(request, ProviderRequest::Okta { .. }) && body.get("id").and_then(Value::as_str).is_none() {
            return Err("the answer is not that of the provider".to_owned());
        }
        Ok(())
    }
}

fn asked(client: &Client, url: Url, request: &ProviderRequest) -> Result<RequestBuilder, String> {
    let builder = match request {
        ProviderRequest::Okta { api_token } => {
            let unfit = |_| "the access key cannot be sent".to_owned();
            let mut value = HeaderValue::from_str(&format!("SSWS {}", api_token.expose())).map_err(unfit)?;
            value.set_sensitive(true);
            client.get(url).header(AUTHORIZATION, value)
        }
        ProviderRequest::Duo { client_id, assertion } => {
            // Both are letters, digits, "-", "_" and "." alone.
            let body = format!("client_id={client_id}&client_assertion={}", assertion.expose());
            client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
        }
    };
    Ok(builder.header(ACCEPT, "application/json"))
}

/// A JSON answer, of which `most` bytes are read.
pub(super) async fn beginning(mut answer: Response, most: usize) -> Result<Value, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| told(&e))? {
        body.extend_from_slice(&chunk);
        if body.len() > most {
            return Err("the answer is too long".to_owned());
        }
    }
    serde_json::from_slice(&body).map_err(|_| "the answer is not that of the provider".to_owned())
}
