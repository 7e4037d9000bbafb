//! Sends calls: authorisation, one renewal of the token, repetition, bounded reading.
//!
//! Redirects are not followed: they would carry a token or a ciphertext to another place.

use std::sync::Arc;

use passwright_wire::from_json;
use passwright_wire::oauth::TokenResponse;
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Url};

use crate::error::{ApiError, ClientError};
use crate::error_body;
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::token::{Credential, TokenCache};

/// The most that is read of an answer, in bytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// One call.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    /// Of the body; `None`: JSON.
    pub(crate) content_type: Option<String>,
    /// Sends `X-SailPoint-Experimental: true`.
    pub(crate) experimental: bool,
    /// Sends `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
    /// May be sent again when the server asks to wait.
    pub(crate) repeatable: bool,
}

pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// Without a trailing slash.
    pub(crate) base_url: Url,
    pub(crate) credential: Credential,
    pub(crate) tokens: TokenCache,
    pub(crate) retry: RetryPolicy,
}

/// A whole answer.
enum Answer {
    Success(Vec<u8>),
    Refused(ApiError),
}

impl Transport {
    /// Sends a call and gives the body of its 2xx answer.
    pub(crate) async fn send(&self, call: &Call) -> Result<Vec<u8>, ClientError> {
        let mut renewed = false;
        let mut repeats = 0;
        loop {
            let token = self.token().await?;
            let error = match exchange(self.request(call, &token)).await? {
                Answer::Success(body) => return Ok(body),
                Answer::Refused(error) => error,
            };
            // A 401 comes before the call is looked at, so that it is safe to send any call again.
            if error.status == 401 && !renewed && matches!(self.credential, Credential::Client { .. }) {
                renewed = true;
                self.tokens.discard(&token).await;
                continue;
            }
            let Some(wait) = self.retry.wait(call.repeatable, &error, repeats) else {
                return Err(ClientError::Api(error.into()));
            };
            repeats += 1;
            tokio::time::sleep(wait).await;
        }
    }

    fn request(&self, call: &Call, token: &Secret) -> RequestBuilder {
        let mut url = self.url(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request =
            self.http.request(call.method.clone(), url).header(ACCEPT, "application/json").bearer_auth(token.expose());
        if call.experimental {
            request = request.header("X-SailPoint-Experimental", "true");
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = &call.body {
            let kind = call.content_type.as_deref().unwrap_or("application/json");
            request = request.header(CONTENT_TYPE, kind).body(body.clone());
        }
        request
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}{path}", self.base_url.path().trim_end_matches('/')));
        url
    }

    async fn token(&self) -> Result<Arc<Secret>, ClientError> {
        match &self.credential {
            Credential::AccessToken(token) => Ok(Arc::clone(token)),
            Credential::Client { id, secret } => self.tokens.get(self.fetch_token(id, secret)).await,
        }
    }

    async fn fetch_token(&self, id: &str, secret: &Secret) -> Result<(Secret, u64), ClientError> {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret.expose())];
        let mut repeats = 0;
        loop {
            let request = self.http.post(self.url("/oauth/token")).header(ACCEPT, "application/json").form(&form);
            match exchange(request).await? {
                Answer::Success(body) => {
                    let token: TokenResponse =
                        from_json(&body).map_err(|fault| ClientError::Answer { operation: "/oauth/token", fault })?;
                    return Ok((Secret::new(token.access_token), token.expires_in));
                }
                Answer::Refused(error) => {
                    let Some(wait) = self.retry.wait(true, &error, repeats) else {
                        return Err(ClientError::Authentication(error.into()));
                    };
                    repeats += 1;
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }
}

async fn exchange(request: RequestBuilder) -> Result<Answer, ClientError> {
    let mut response = request.send().await.map_err(transport)?;
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = error_body::retry_after(retry_after);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ClientError::AnswerTooLong { limit: LONGEST_ANSWER });
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok(Answer::Success(body));
    }
    Ok(Answer::Refused(error_body::read(status.as_u16(), &body, retry_after)))
}

fn transport(error: reqwest::Error) -> ClientError {
    ClientError::Transport(error.without_url())
}
