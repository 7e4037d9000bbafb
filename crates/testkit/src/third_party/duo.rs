//! Duo's OIDC Auth API (<https://duo.com/docs/oauthapi>): health check, authorize, token.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail, ensure};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Reply, Request, Seconds, TlsServer, browser, fields, locked};

/// The application's client id: 20 characters.
pub const CLIENT_ID: &str = "DIXXXXXXXXXXXXXXXXXX";
/// Its secret: 40 characters.
pub const CLIENT_SECRET: &str = "duo-secret-duo-secret-duo-secret-duo-sec";
/// How long a signed request or assertion may be good, in seconds.
const LONGEST_LIFE: i64 = 300;

/// How the service behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// The person approves.
    #[default]
    Allow,
    Deny,
    /// The person passes without showing anything.
    Bypass,
    /// The token is signed with another key.
    WrongSignature,
    /// The token is not signed at all, and says so.
    Unsigned,
    WrongNonce,
    WrongAudience,
    WrongIssuer,
    /// The token is of an hour ago.
    Expired,
    /// The token is about somebody else.
    OtherPerson,
    /// The health check says no.
    Unwell,
    /// Nothing is said at the token endpoint.
    Silent,
    /// More is said there than anybody wants to read.
    Endless,
    /// The token endpoint sends one elsewhere.
    Elsewhere,
}

/// What a code stands for.
struct Issued {
    nonce: String,
    user_name: String,
}

#[derive(Default)]
struct State {
    mood: Mood,
    codes: BTreeMap<String, Issued>,
    /// Of assertions: each is taken once.
    seen: BTreeSet<String>,
    /// What was wrong with requests.
    refused: Vec<String>,
}

/// A running service. It ends when this value is dropped.
pub struct DuoServer {
    server: TlsServer,
    state: Arc<Mutex<State>>,
}

/// What the browser brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub state: String,
    pub duo_code: String,
}

impl DuoServer {
    /// For an application whose browsers come back to `redirect_uri`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(redirect_uri: &str, now: Seconds) -> Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let (of_server, redirect_uri) = (Arc::clone(&state), redirect_uri.to_owned());
        let server = TlsServer::start(move |host, request| {
            let mut state = locked(&of_server);
            let service = Service { host, redirect_uri: &redirect_uri, now: now() };
            service.answer(&mut state, request).unwrap_or_else(|fault| {
                state.refused.push(format!("{fault:#}"));
                Reply::Json(400, json!({"error": "invalid_request", "error_description": fault.to_string()}))
            })
        });
        Ok(Self { server: server.await?, state })
    }

    /// Name and port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.server.host()
    }

    /// The authority of its certificate.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.server.ca_file()
    }

    pub fn will(&self, mood: Mood) {
        locked(&self.state).mood = mood;
    }

    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// What was wrong with requests until now.
    #[must_use]
    pub fn refused(&self) -> Vec<String> {
        locked(&self.state).refused.clone()
    }

    /// Opens a link as the person's browser does, where they prove themselves at once.
    ///
    /// # Errors
    /// When the service refuses the request.
    pub async fn open(&self, link: &str) -> Result<Returned> {
        let answer = browser(&self.ca_file())?.get(link).send().await?;
        let status = answer.status();
        let location = answer.headers().get("location").and_then(|location| location.to_str().ok()).map(str::to_owned);
        let Some(location) = location else { bail!("{status}: {}", answer.text().await?) };
        let mut given = fields(location.split_once('?').context("no query")?.1)?;
        let mut take = |name: &str| given.remove(name).with_context(|| format!("{name} is missing"));
        Ok(Returned { state: take("state")?, duo_code: take("duo_code")? })
    }
}

struct Service<'a> {
    host: &'a str,
    redirect_uri: &'a str,
    now: i64,
}

impl Service<'_> {
    fn answer(&self, state: &mut State, request: &Request) -> Result<Reply> {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth/v1/health_check") => self.health_check(state, request),
            ("GET", "/oauth/v1/authorize") => self.authorize(state, request),
            ("POST", "/oauth/v1/token") => self.token(state, request),
            (method, path) => bail!("there is no {method} {path}"),
        }
    }

    fn form(request: &Request, wanted: &[&str]) -> Result<BTreeMap<String, String>> {
        let kind = request.headers.get("content-type").map_or("", String::as_str);
        ensure!(kind == "application/x-www-form-urlencoded", "content type {kind:?}");
        ensure!(request.query.is_empty(), "a query");
        let form = fields(&request.body)?;
        let names: Vec<&str> = form.keys().map(String::as_str).collect();
        ensure!(names == wanted, "fields {names:?}");
        Ok(form)
    }

    fn assertion(&self, state: &mut State, form: &BTreeMap<String, String>, path: &str) -> Result<()> {
        ensure!(form.get("client_id").is_some_and(|id| id == CLIENT_ID), "client_id");
        let claims = signed_claims(form.get("client_assertion").context("client_assertion")?)?;
        for (name, wanted) in [("iss", CLIENT_ID), ("sub", CLIENT_ID), ("aud", &format!("https://{}{path}", self.host))]
        {
            ensure!(claims[name] == wanted, "{name} of the assertion is {}", claims[name]);
        }
        self.in_time(&claims)?;
        let id = claims["jti"].as_str().filter(|id| id.len() >= 16).context("jti")?;
        ensure!(state.seen.insert(id.to_owned()), "the assertion was used before");
        Ok(())
    }

    fn in_time(&self, claims: &Value) -> Result<()> {
        let end = claims["exp"].as_i64().context("exp")?;
        ensure!(self.now < end && end <= self.now + LONGEST_LIFE, "exp is {end}, it is {}", self.now);
        Ok(())
    }

    fn health_check(&self, state: &mut State, request: &Request) -> Result<Reply> {
        let form = Self::form(request, &["client_assertion", "client_id"])?;
        self.assertion(state, &form, "/oauth/v1/health_check")?;
        Ok(match state.mood {
            Mood::Unwell => Reply::Json(200, json!({"stat": "FAIL", "code": 50301, "message": "unavailable"})),
            _ => Reply::Json(200, json!({"stat": "OK", "response": {"timestamp": self.now}})),
        })
    }

    fn authorize(&self, state: &mut State, request: &Request) -> Result<Reply> {
        let query = fields(&request.query)?;
        ensure!(query.keys().eq(["client_id", "request", "response_type"]), "parameters {:?}", query.keys());
        ensure!(query.get("response_type").is_some_and(|kind| kind == "code"), "response_type");
        ensure!(query.get("client_id").is_some_and(|id| id == CLIENT_ID), "client_id");
        let claims = signed_claims(query.get("request").context("request")?)?;
        for (name, wanted) in [
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", CLIENT_ID),
            ("iss", CLIENT_ID),
            ("aud", &format!("https://{}", self.host)),
            ("redirect_uri", self.redirect_uri),
        ] {
            ensure!(claims[name] == wanted, "{name} of the request is {}", claims[name]);
        }
        ensure!(claims["use_duo_code_attribute"] == true, "use_duo_code_attribute");
        self.in_time(&claims)?;
        let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
        let (of_request, nonce, user_name) = (text("state"), text("nonce"), text("duo_uname"));
        for value in [&of_request, &nonce] {
            ensure!((16..=1024).contains(&value.len()), "state or nonce has {} characters", value.len());
        }
        ensure!(of_request != nonce && !user_name.is_empty(), "state is nonce, or nobody is named");
        let code = format!("code{:04}{}", state.codes.len() + 1, &nonce[..16]);
        state.codes.insert(code.clone(), Issued { nonce, user_name });
        Ok(Reply::Redirect(format!("{}?state={of_request}&duo_code={code}", self.redirect_uri)))
    }

    fn token(&self, state: &mut State, request: &Request) -> Result<Reply> {
        let wanted = ["client_assertion", "client_assertion_type", "client_id", "code", "grant_type", "redirect_uri"];
        let form = Self::form(request, &wanted)?;
        self.assertion(state, &form, "/oauth/v1/token")?;
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        ensure!(given("grant_type") == "authorization_code", "grant_type");
        ensure!(given("redirect_uri") == self.redirect_uri, "redirect_uri");
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        ensure!(given("client_assertion_type") == kind, "client_assertion_type");
        match state.mood {
            Mood::Silent => return Ok(Reply::Silence),
            Mood::Endless => return Ok(Reply::Text(format!("{{\"id_token\":\"{}\"}}", "x".repeat(1 << 20)))),
            Mood::Elsewhere => return Ok(Reply::Redirect("https://127.0.0.1:9/oauth/v1/token".to_owned())),
            _ => {}
        }
        let issued = state.codes.remove(given("code")).context("the code is unknown, or was used")?;
        let id_token = self.id_token(state.mood, &issued);
        let body = json!({"id_token": id_token, "access_token": "a", "expires_in": 180, "token_type": "Bearer"});
        Ok(Reply::Json(200, body))
    }

    fn id_token(&self, mood: Mood, issued: &Issued) -> String {
        let swap = |when: Mood, good: &str, bad: &str| if mood == when { bad.to_owned() } else { good.to_owned() };
        let made = if mood == Mood::Expired { self.now - 3600 } else { self.now };
        let (result, message) =
            if mood == Mood::Deny { ("deny", "Login request denied") } else { ("allow", "Login Successful") };
        let user_name = swap(Mood::OtherPerson, &issued.user_name, "mallory");
        let claims = json!({
            "iss": swap(Mood::WrongIssuer, &format!("https://{}/oauth/v1/token", self.host), "https://other.test/token"),
            "aud": swap(Mood::WrongAudience, CLIENT_ID, "DIYYYYYYYYYYYYYYYYYY"),
            "sub": user_name,
            "preferred_username": user_name,
            "nonce": swap(Mood::WrongNonce, &issued.nonce, "another-nonce-of-another-step"),
            "iat": made,
            "exp": made + 300,
            "auth_time": made,
            "auth_result": {"result": result, "status": result, "status_msg": message},
            "auth_context": {
                "event_type": "authentication",
                "factor": "duo_push",
                "reason": swap(Mood::Bypass, "user_approved", "bypass_user"),
                "result": if result == "allow" { "success" } else { "denied" },
                "user": {"name": user_name},
            },
        });
        match mood {
            Mood::Unsigned => {
                format!("{}.{}.", encoded(&json!({"alg": "none", "typ": "JWT"})), encoded(&claims))
            }
            Mood::WrongSignature => jwt(&claims, b"another-secret-another-secret-another-se"),
            _ => jwt(&claims, CLIENT_SECRET.as_bytes()),
        }
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Claims signed as the application signs them.
#[must_use]
pub fn signed(claims: &Value) -> String {
    jwt(claims, CLIENT_SECRET.as_bytes())
}

fn jwt(claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(&json!({"alg": "HS512", "typ": "JWT"})), encoded(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

fn signed_claims(token: &str) -> Result<Value> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { bail!("a JWT of {} parts", parts.len()) };
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header)?)?;
    ensure!(header == json!({"alg": "HS512", "typ": "JWT"}), "the header is {header}");
    let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
    let key = hmac::Key::new(hmac::HMAC_SHA512, CLIENT_SECRET.as_bytes());
    let is_good = hmac::verify(&key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature)?).is_ok();
    ensure!(is_good, "the signature is wrong");
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?)
}
