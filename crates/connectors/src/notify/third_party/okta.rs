//! Okta's Factors API: a person's Okta Verify, asked by a push or by a typed code.
//!
//! Invariants: whom Okta found must bear the name that was asked for (`me` is whoever owns the API token); ids become parts of a path
//! and are checked before; where a push is looked after must be a path of the configured host, for that person and factor.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};

use super::{ProviderCall, Said, Unanswered};
use crate::Credential;

/// Longest id, in bytes.
const LONGEST_ID: usize = 64;
/// States of a user in which a factor may count: a password that is forgotten, expired or locked is what brings people here.
const STATES: [&str; 4] = ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY"];

/// A person at Okta, with the active factors of their Okta Verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OktaUser {
    id: String,
    push: Option<String>,
    code: Option<String>,
}

impl OktaUser {
    /// Whether a push can be sent.
    #[must_use]
    pub fn has_push(&self) -> bool {
        self.push.is_some()
    }

    /// What names the factor whose codes are taken.
    #[must_use]
    pub fn code_factor(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// A push on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Where its answer is, on the provider's host.
    pub poll_path: String,
    /// The number that the person chooses in the app, where Okta wants one.
    pub number: Option<String>,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    Waiting,
    Approved,
    /// The person said no.
    Rejected,
    TimedOut,
}

impl ProviderCall {
    /// The person of a login, and what they have enrolled of Okta Verify. `None`: Okta has no such person, or they may not act.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn find_okta_user(&self, token: &Credential, login: &str) -> Result<Option<OktaUser>, Unanswered> {
        if login.eq_ignore_ascii_case("me") || matches!(login, "" | "." | "..") {
            return Ok(None);
        }
        let said = self.ask_okta(token, self.request(Method::GET, &["api", "v1", "users", login])?).await?;
        if said.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let user = success(&said)?;
        let id = id(user.get("id"))?;
        if !is_named(user, &id, login) || !STATES.contains(&text(user, "status")) {
            return Ok(None);
        }
        let said = self.ask_okta(token, self.request(Method::GET, &["api", "v1", "users", &id, "factors"])?).await?;
        let factors = success(&said)?.as_array().ok_or_else(Unanswered::form)?;
        let active = |kind: &str| {
            let is_it = |factor: &&Value| {
                text(factor, "factorType") == kind
                    && text(factor, "provider") == "OKTA"
                    && text(factor, "status") == "ACTIVE"
            };
            factors.iter().find(is_it).map(|factor| self::id(factor.get("id"))).transpose()
        };
        let (push, code) = (active("push")?, active("token:software:totp")?);
        Ok(Some(OktaUser { id, push, code }))
    }

    /// Whether a code is the person's now. Okta takes each once.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn check_okta_code(&self, token: &Credential, user: &OktaUser, code: &str) -> Result<bool, Unanswered> {
        let Some(factor) = &user.code else { return Ok(false) };
        let request = self.request(Method::POST, &["api", "v1", "users", &user.id, "factors", factor, "verify"])?;
        let said = self.ask_okta(token, request.json(&json!({"passCode": code}))).await?;
        // A wrong code is a 403; what is wrong with the token looks the same, and is told by the test of the configuration.
        if said.status == StatusCode::FORBIDDEN {
            return Ok(false);
        }
        Ok(text(success(&said)?, "factorResult") == "SUCCESS")
    }

    /// Sends a push with a number to choose, so that nobody approves what they did not begin. `None`: no push is enrolled.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn send_okta_push(&self, token: &Credential, user: &OktaUser) -> Result<Option<Push>, Unanswered> {
        let Some(factor) = &user.push else { return Ok(None) };
        let request = self.request(Method::POST, &["api", "v1", "users", &user.id, "factors", factor, "verify"])?;
        let said = self.ask_okta(token, request.json(&json!({"useNumberMatchingChallenge": true}))).await?;
        let body = success(&said)?;
        if text(body, "factorResult") != "WAITING" {
            return Err(Unanswered::form());
        }
        let poll = body.pointer("/_links/poll/href").and_then(Value::as_str).ok_or_else(Unanswered::form)?;
        let number = match body.pointer("/_embedded/challenge/correctAnswer") {
            Some(Value::Number(number)) => number.as_u64().map(|number| number.to_string()),
            Some(Value::String(number)) => Some(number.clone()),
            _ => None,
        };
        let number = number.filter(|number| number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit()));
        Ok(Some(Push { poll_path: self.poll_path(poll, &user.id, factor)?, number }))
    }

    /// What became of a push that [`send_okta_push`](Self::send_okta_push) sent.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn look_at_okta_push(&self, token: &Credential, poll_path: &str) -> Result<PushState, Unanswered> {
        let parts: Vec<&str> = poll_path.trim_start_matches('/').split('/').collect();
        let said = self.ask_okta(token, self.request(Method::GET, &parts)?).await?;
        Ok(match text(success(&said)?, "factorResult") {
            "SUCCESS" => PushState::Approved,
            "WAITING" => PushState::Waiting,
            "REJECTED" => PushState::Rejected,
            "TIMEOUT" => PushState::TimedOut,
            _ => return Err(Unanswered::form()),
        })
    }

    async fn ask_okta(&self, token: &Credential, request: RequestBuilder) -> Result<Said, Unanswered> {
        let unfit = |_| Unanswered::new("the access key cannot be sent");
        let mut value = HeaderValue::from_str(&format!("SSWS {}", token.expose())).map_err(unfit)?;
        value.set_sensitive(true);
        self.ask(request.header(AUTHORIZATION, value)).await
    }

    /// The path of an address that Okta gave: of its own host, and of this push.
    fn poll_path(&self, href: &str, user: &str, factor: &str) -> Result<String, Unanswered> {
        let elsewhere = || Unanswered::new("the answer to a push is to be looked for at another place");
        let url = Url::parse(href).map_err(|_| elsewhere())?;
        let is_ours = url.origin() == self.origin.origin() && url.username().is_empty() && url.password().is_none();
        let transaction = url.path().strip_prefix(&format!("/api/v1/users/{user}/factors/{factor}/transactions/"));
        if !is_ours || !transaction.is_some_and(is_id) || url.query().is_some() || url.fragment().is_some() {
            return Err(elsewhere());
        }
        Ok(url.path().to_owned())
    }
}

fn success(said: &Said) -> Result<&Value, Unanswered> {
    if said.status.is_success() { Ok(&said.body) } else { Err(Unanswered::status(said.status)) }
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !text.bytes().all(|byte| byte == b'.')
}

fn id(value: Option<&Value>) -> Result<String, Unanswered> {
    value.and_then(Value::as_str).filter(|id| is_id(id)).map(str::to_owned).ok_or_else(Unanswered::form)
}

/// Whether the person found is the one asked for: by login, by its part before the `@` (Okta's short name), or by id.
fn is_named(user: &Value, id: &str, wanted: &str) -> bool {
    let login = user.pointer("/profile/login").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let name = wanted.to_lowercase();
    login == name || login.split_once('@').is_some_and(|(short, _)| short == name) || id == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_found_is_who_was_asked_for() {
        let user = json!({"id": "00u1", "profile": {"login": "Abby@acme.test"}});
        for name in ["abby@acme.test", "ABBY@acme.test", "abby", "00u1"] {
            assert!(is_named(&user, "00u1", name), "{name}");
        }
        for name in ["", "abb", "acme.test", "mallory@acme.test", "00U1", "@acme.test"] {
            assert!(!is_named(&user, "00u1", name), "{name}");
        }
        assert!(!is_named(&json!({}), "00u1", "abby"));
    }

    #[test]
    fn ids_are_one_part_of_a_path() {
        for good in ["00u1", "mst-1_a.b"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a?b", "a%2fb", "a b", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
