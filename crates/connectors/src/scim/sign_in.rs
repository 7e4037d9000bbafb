//! The proof: a sign-in with the account's own name and password, at a place that the settings name.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;

use crate::scim::config::{SignInCheck, encrypted, wrong};
use crate::scim::faults;
use crate::scim::service::Service;
use crate::{Fault, FaultClass, Proof, http};

/// The most that is read of an answer, in bytes.
const MOST: usize = 1 << 16;

/// A place where people sign in.
pub(super) struct SignIns {
    client: Client,
    limit: Duration,
    url: Url,
    /// With an OAuth2 client: its token endpoint; else a page behind HTTP Basic.
    client_id: Option<String>,
    refuses: AtomicBool,
}

/// Both answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Token {
    access_token: String,
    error: String,
}

impl SignIns {
    pub(super) fn new(check: &SignInCheck, service: &Service) -> Result<Self, Fault> {
        let (url, client_id) = match check {
            SignInCheck::Basic { url } => (url, None),
            SignInCheck::PasswordGrant { client_id, .. } if client_id.is_empty() => {
                return Err(wrong("the place to sign in is not set up correctly", "sign_in.client_id is empty"));
            }
            SignInCheck::PasswordGrant { url, client_id } => (url, Some(client_id.clone())),
        };
        let (client, limit) = service.client();
        Ok(Self { client, limit, url: encrypted("sign_in.url", url)?, client_id, refuses: AtomicBool::new(false) })
    }

    /// Makes sure that the place tells right from wrong: a page that everybody sees would prove everything.
    pub(super) async fn refuses_strangers(&self) -> Result<(), Fault> {
        if self.refuses.load(Ordering::Relaxed) {
            return Ok(());
        }
        if self.client_id.is_none() {
            let (status, _) = self.ask(self.client.get(self.url.clone())).await?;
            match status {
                StatusCode::UNAUTHORIZED => {}
                status if status.is_success() => {
                    return Err(wrong(
                        "the place to sign in lets everybody in",
                        "sign_in.url answers without a sign-in",
                    ));
                }
                status => return Err(unfit(status)),
            }
        }
        self.refuses.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn sign_in(&self, name: &str, password: &str) -> Result<Proof, Fault> {
        self.refuses_strangers().await?;
        match &self.client_id {
            None => self.basic(name, password).await,
            Some(client_id) => self.token(client_id, name, password).await,
        }
    }

    async fn basic(&self, name: &str, password: &str) -> Result<Proof, Fault> {
        // The first colon ends the name (RFC 7617 section 2).
        if name.contains(':') {
            return Ok(Proof::NotProvable("the name of the account cannot be used to sign in".to_owned()));
        }
        let (status, _) = self.ask(self.client.get(self.url.clone()).basic_auth(name, Some(password))).await?;
        match status {
            StatusCode::UNAUTHORIZED => Ok(Proof::Rejected),
            StatusCode::FORBIDDEN => Ok(not_let_in()),
            status if status.is_success() => Ok(Proof::Proved),
            status => Err(unfit(status)),
        }
    }

    async fn token(&self, client_id: &str, name: &str, password: &str) -> Result<Proof, Fault> {
        let form = [("grant_type", "password"), ("client_id", client_id), ("username", name), ("password", password)];
        let (status, body) = self.ask(self.client.post(self.url.clone()).form(&form)).await?;
        let token: Token = serde_json::from_slice(&body).unwrap_or_default();
        match (status, token.error.as_str()) {
            (StatusCode::OK, _) if !token.access_token.is_empty() => Ok(Proof::Proved),
            (StatusCode::OK, _) => Err(faults::not_scim("a token endpoint without access_token")),
            (StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED, "invalid_grant") => Ok(Proof::Rejected),
            (StatusCode::FORBIDDEN, _) => Ok(not_let_in()),
            (status, "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope") => {
                let reason = "the source does not allow this way to sign in";
                Err(Fault::new(
                    FaultClass::Configuration,
                    reason,
                    format!("status {} {}", status.as_u16(), token.error),
                ))
            }
            (status, _) => Err(unfit(status)),
        }
    }

    /// Not what the service said: it may hold the password.
    async fn ask(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Fault> {
        let fault = |error: reqwest::Error| http::of_a_read(http::fault(&error));
        let answer = request.timeout(self.limit).send().await.map_err(fault)?;
        let status = answer.status();
        let body = http::body(answer, MOST).await.map_err(http::of_a_read)?;
        Ok((status, body.unwrap_or_default()))
    }
}

fn not_let_in() -> Proof {
    Proof::NotProvable("the source does not let this account sign in".to_owned())
}

/// An answer that says nothing about the password. Never final, and never about the service account.
fn unfit(status: StatusCode) -> Fault {
    let detail = format!("sign_in.url: status {}", status.as_u16());
    if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
        return Fault::new(FaultClass::Transient, "the place to sign in is not available", detail);
    }
    wrong("the place to sign in gave an answer that is not known", &detail)
}
