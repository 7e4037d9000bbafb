//! What the tests of the service share: a running server, callers, accounts and clients of one test's own.

pub(crate) mod crafted;
pub(crate) mod fixture;
pub(crate) mod raw;
pub(crate) mod receiver;
pub(crate) mod targets;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use passwright_client::{
    Client, PasswordChangeRequest, PasswordInfo, PasswordInfoQueryDto, PasswordStatus, PathFamily, encrypt_password,
};
use passwright_testkit::{Launch, Login, TestServer};
use serde_json::Value;

/// The distinguished name of the demo's user.
pub(crate) const ABBY: &str = "CN=Abby Smith,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com";
pub(crate) const ABBY_ALIAS: &str = "Abby.Smith";

/// For anything that is on its way; a change takes well under a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Budgets that tests would spend which are not about them.
const WIDE: [(&str, &str); 4] = [
    ("PASSWRIGHT_LIMITS_DIGIT_TOKEN_SPRAY_GUESSES", "1000000"),
    ("PASSWRIGHT_LIMITS_PAYLOAD_FAILURES_PER_HOUR", "1000000"),
    ("PASSWRIGHT_LIMITS_PAYLOAD_FAILURES_PER_DAY", "1000000"),
    ("PASSWRIGHT_LIMITS_RSA_KEY_FAILURES", "1000000"),
];

/// A demo of the test's own.
pub(crate) fn demo() -> TestServer {
    let environment = WIDE.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    TestServer::demo_with(env!("CARGO_BIN_EXE_passwright"), Launch { environment, ..Launch::default() }).unwrap()
}

/// A demo for all tests that bring their own identities and clients. It ends with the last of them that uses it.
pub(crate) fn shared() -> Arc<TestServer> {
    static RUNNING: Mutex<Weak<TestServer>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.upgrade().unwrap_or_else(|| {
        let server = Arc::new(demo());
        *running = Arc::downgrade(&server);
        server
    })
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In their order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    /// The specific reason of an `ErrorResponseDto`.
    #[track_caller]
    pub(crate) fn cause(&self) -> String {
        let json = self.json();
        json["causes"][0]["text"].as_str().unwrap_or_else(|| panic!("no cause: {self:?}")).to_owned()
    }

    /// The form every error of this status has.
    #[track_caller]
    pub(crate) fn check_error_form(&self) {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        let json = self.json();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let wanted: &[&str] = match self.status {
            401 => &["error"],
            429 => &["message"],
            _ => &["causes", "detailCode", "messages", "trackingId"],
        };
        assert_eq!(keys, wanted, "{self:?}");
        if wanted.len() > 1 {
            assert_eq!(json["trackingId"].as_str(), self.header("slpt-request-id"), "{self:?}");
            let code = json["detailCode"].as_str().unwrap();
            assert!(code.starts_with(&self.status.to_string()), "{self:?}");
        }
    }
}

/// Sends requests as they are given, with one token or none.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Caller {
    pub(crate) fn anonymous(server: &TestServer) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { http, base: server.url().to_owned(), token: None }
    }

    /// Fetches a token with one of the demo's logins.
    pub(crate) async fn of(server: &TestServer, login: Login) -> Self {
        let (id, secret) = server.credentials(login).unwrap();
        Self::with(server, id, secret).await
    }

    /// Fetches a token.
    pub(crate) async fn with(server: &TestServer, id: &str, secret: &str) -> Self {
        let anonymous = Self::anonymous(server);
        let answer = anonymous.token(id, secret).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Self { token: Some(token), ..anonymous }
    }

    pub(crate) fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same token on new connections: those of before a restart are closed.
    pub(crate) fn reconnected(&self, server: &TestServer) -> Self {
        Self { token: self.token.clone(), ..Self::anonymous(server) }
    }

    pub(crate) fn bearer(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// Asks for a token, urlencoded.
    pub(crate) async fn token(&self, id: &str, secret: &str) -> Answer {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        self.send(self.http.post(format!("{}/oauth/token", self.base)).form(&form)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Posts a JSON body as it is written.
    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(self.request("POST", path).header("content-type", "application/json").body(body)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, body.to_string()).await
    }

    /// A request that the caller goes on to fill in.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Answer { status: answer.status().as_u16(), headers, text: answer.text().await.unwrap() }
    }
}

/// The path of `set-password` and of the others, in the family most tests use.
pub(crate) const SET: &str = "/v2025/set-password";
pub(crate) const QUERY: &str = "/v2025/query-password-info";
pub(crate) const DIGIT: &str = "/v2025/generate-password-reset-token/digit";
pub(crate) const VERIFY: &str = "/api/v1/digit-tokens/verify";

pub(crate) fn status_path(id: &str) -> String {
    format!("/v2025/password-change-status/{id}")
}

/// Every path of the compatible API that a token is needed for: method, path, family.
pub(crate) fn protected_paths() -> Vec<(&'static str, String)> {
    let mut paths = vec![("POST", VERIFY.to_owned())];
    for family in PathFamily::ALL {
        paths.push(("POST", family.path("query-password-info", "")));
        paths.push(("POST", family.path("set-password", "")));
        paths.push(("GET", family.path("password-change-status", "/089899f13a8f4da7824996191587bab9")));
        if family.has_digit_token() {
            paths.push(("POST", family.path("generate-password-reset-token", "/digit")));
        }
    }
    paths
}

pub(crate) fn question(user: &str, source: Option<&str>) -> PasswordInfoQueryDto {
    PasswordInfoQueryDto { user_name: Some(user.to_owned()), source_name: source.map(ToOwned::to_owned) }
}

/// Asks for what a change needs; `None` is the sign-in password.
pub(crate) async fn info(client: &Client, user: &str, source: Option<&str>) -> PasswordInfo {
    client.query_password_info(&question(user, source)).await.unwrap()
}

/// A request to set the first account's password.
pub(crate) fn request_for(info: &PasswordInfo, password: &str) -> PasswordChangeRequest {
    let encrypted = encrypt_password(info.public_key.as_deref().unwrap(), password).unwrap();
    request_with(info, encrypted)
}

/// The same with a ciphertext at hand.
pub(crate) fn request_with(info: &PasswordInfo, encrypted: String) -> PasswordChangeRequest {
    PasswordChangeRequest {
        identity_id: info.identity_id.clone(),
        encrypted_password: Some(encrypted),
        public_key_id: info.public_key_id.clone(),
        account_id: info.accounts.first().and_then(|account| account.account_id.clone()),
        source_id: info.source_id.clone(),
    }
}

/// Has a change accepted and gives its id.
pub(crate) async fn accept(client: &Client, request: &PasswordChangeRequest) -> String {
    client.set_identity_password(request).await.unwrap().request_id.unwrap()
}

/// Waits until a change has ended.
pub(crate) async fn end_of(client: &Client, id: &str) -> PasswordStatus {
    client.wait_for_password_change(id, PATIENCE, |_| {}).await.unwrap()
}

/// Sets a password and waits for the end.
pub(crate) async fn set(client: &Client, user: &str, source: Option<&str>, password: &str) -> PasswordStatus {
    let request = request_for(&info(client, user, source).await, password);
    end_of(client, &accept(client, &request).await).await
}

/// Asks again every 20 ms until the answer is there or patience is over.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
