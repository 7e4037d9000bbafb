//! Duo's OIDC Auth API (Universal Prompt): where the browser goes, and what its return is worth. The person proves themselves at Duo,
//! in their browser; we bring Duo's signed word for it.

use reqwest::{Method, Url};
use serde_json::Value;

use super::{ProviderCall, Unanswered};
use crate::Credential;
use crate::http::parse_url;

const AUTHORIZE: &str = "/oauth/v1/authorize";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest `id_token` that is looked at, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Who the request of a browser is for.
#[must_use]
pub fn audience(host: &str) -> String {
    format!("https://{host}")
}

/// Where a code is exchanged: whom its assertion is for, and who issues the token.
#[must_use]
pub fn token_endpoint(host: &str) -> String {
    format!("https://{host}/oauth/v1/token")
}

/// Where the browser goes with a signed request.
///
/// # Errors
/// [`Unanswered`]: the host is none.
pub fn authorize_url(host: &str, client_id: &str, signed_request: &str) -> Result<String, Unanswered> {
    let mut url: Url =
        parse_url(&format!("https://{host}{AUTHORIZE}")).map_err(|why| Unanswered(format!("the host {why}")))?;
    if url.path() != AUTHORIZE || url.query().is_some() {
        return Err(Unanswered::new("the host is no host"));
    }
    let parameters = [("response_type", "code"), ("client_id", client_id), ("request", signed_request)];
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(url.into())
}

/// What the browser brought back, with what shows that we may have it.
pub struct Exchange<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    /// The parameter `duo_code`.
    pub code: &'a str,
    /// For [`token_endpoint`], signed with the secret key.
    pub assertion: &'a Credential,
}

impl ProviderCall {
    /// Exchanges a code, which Duo takes once, for its `id_token`. Nothing of the token was checked.
    ///
    /// # Errors
    /// [`Unanswered`]: also when Duo does not take the code.
    pub async fn exchange_duo_code(&self, exchange: Exchange<'_>) -> Result<Credential, Unanswered> {
        let Exchange { client_id, redirect_uri, code, assertion } = exchange;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("client_id", client_id),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", assertion.expose()),
        ];
        let said = self.ask(self.request(Method::POST, &["oauth", "v1", "token"])?.form(&fields)).await?;
        if !said.status.is_success() {
            return Err(Unanswered::status(said.status));
        }
        let token = said.body.get("id_token").and_then(Value::as_str).filter(|token| token.len() <= LONGEST_TOKEN);
        token.map(|token| Credential::new(token.to_owned())).ok_or_else(Unanswered::form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_goes_to_the_host_alone() {
        let url = authorize_url("api-1.duosecurity.com", "DIX", "a.b.c&x=y").unwrap();
        let wanted = "https://api-1.duosecurity.com/oauth/v1/authorize?response_type=code&client_id=DIX&request=";
        assert_eq!(url, format!("{wanted}a.b.c%26x%3Dy"));
        for host in ["", "u@evil.test", "a b", "evil.test#", "evil.test?", "evil.test/x"] {
            assert!(authorize_url(host, "DIX", "a.b.c").is_err(), "{host}");
        }
    }
}
