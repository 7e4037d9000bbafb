//! Okta's Users and Factors API (<https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/>): a person by
//! login, their factors, verify, and the transaction of a push.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Reply, Request, TlsServer, locked};

/// The API token.
pub const API_TOKEN: &str = "00-okta-api-token-00-okta-api-token-00-okta";

/// How the service behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mood {
    #[default]
    Well,
    /// Everything answers 500.
    Down,
    /// Nothing is said to anything.
    Silent,
    /// A user is more than anybody wants to read.
    Endless,
    /// A push is to be looked after at this address.
    PollAt(String),
    /// Looking after a push leads elsewhere.
    PollRedirects(String),
    /// No number is to be chosen.
    NoNumber,
}

/// A user.
#[derive(Debug, Clone)]
pub struct OktaPerson {
    pub id: String,
    pub login: String,
    pub status: String,
    /// Okta Verify takes pushes.
    pub push: bool,
    /// The codes that Okta Verify shows; each is good once.
    pub codes: Vec<String>,
}

impl OktaPerson {
    /// An active one with pushes and one code.
    #[must_use]
    pub fn new(id: &str, login: &str, code: &str) -> Self {
        let (id, login, status) = (id.to_owned(), login.to_owned(), "ACTIVE".to_owned());
        Self { id, login, status, push: true, codes: vec![code.to_owned()] }
    }

    fn factor(&self, kind: &str) -> String {
        format!("{kind}{}", self.id)
    }
}

#[derive(Default)]
struct State {
    mood: Mood,
    people: Vec<OktaPerson>,
    /// Person, factor, what became of it.
    pushes: BTreeMap<String, (String, String, &'static str)>,
    /// What was wrong with requests.
    refused: Vec<String>,
}

/// A running service. It ends when this value is dropped.
pub struct OktaServer {
    server: TlsServer,
    state: Arc<Mutex<State>>,
}

impl OktaServer {
    /// # Errors
    /// When it cannot be started.
    pub async fn start(people: Vec<OktaPerson>) -> Result<Self> {
        let state = Arc::new(Mutex::new(State { people, ..State::default() }));
        let of_server = Arc::clone(&state);
        let server = TlsServer::start(move |host, request| {
            let mut state = locked(&of_server);
            answer(&mut state, host, request).unwrap_or_else(|fault| {
                state.refused.push(format!("{fault:#}"));
                error(400, "E0000001", "Api validation failed")
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

    /// How many pushes a person got.
    #[must_use]
    pub fn pushes(&self, id: &str) -> usize {
        locked(&self.state).pushes.values().filter(|(person, ..)| person == id).count()
    }

    /// The person answers the newest push.
    pub fn approve(&self) {
        self.end("SUCCESS");
    }

    /// The person says no to it.
    pub fn reject(&self) {
        self.end("REJECTED");
    }

    /// Nobody answered it.
    pub fn time_out(&self) {
        self.end("TIMEOUT");
    }

    fn end(&self, result: &'static str) {
        if let Some(mut newest) = locked(&self.state).pushes.last_entry() {
            newest.get_mut().2 = result;
        }
    }
}

/// The number that a push wants to be chosen, by its transaction.
#[must_use]
pub fn number(transaction: usize) -> u64 {
    40 + u64::try_from(transaction).unwrap_or_default()
}

fn error(status: u16, code: &str, summary: &str) -> Reply {
    Reply::Json(
        status,
        json!({"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "x", "errorCauses": []}),
    )
}

fn answer(state: &mut State, host: &str, request: &Request) -> Result<Reply> {
    let header = |name: &str| request.headers.get(name).map(String::as_str).unwrap_or_default();
    if header("authorization") != format!("SSWS {API_TOKEN}") {
        return Ok(error(401, "E0000011", "Invalid token provided"));
    }
    ensure!(header("accept") == "application/json" && !header("user-agent").is_empty(), "accept or user-agent");
    ensure!(request.query.is_empty(), "a query");
    match state.mood {
        Mood::Down => return Ok(error(500, "E0000009", "Internal Server Error")),
        Mood::Silent => return Ok(Reply::Silence),
        _ => {}
    }
    let parts: Vec<&str> = request.path.split('/').skip(1).collect();
    match (request.method.as_str(), &parts[..]) {
        ("GET", ["api", "v1", "users", name]) => user(state, name),
        ("GET", ["api", "v1", "users", id, "factors"]) => factors(state, id),
        ("POST", ["api", "v1", "users", id, "factors", factor, "verify"]) => verify(state, host, request, id, factor),
        ("GET", ["api", "v1", "users", id, "factors", factor, "transactions", transaction]) => {
            look(state, id, factor, transaction)
        }
        (method, path) => bail!("there is no {method} {path:?}"),
    }
}

fn user(state: &State, name: &str) -> Result<Reply> {
    if state.mood == Mood::Endless {
        return Ok(Reply::Text(format!("{{\"id\":\"{}\"}}", "x".repeat(1 << 20))));
    }
    let wanted = decoded(name)?;
    // Whoever owns the token.
    if wanted == "me" {
        return Ok(Reply::Json(
            200,
            json!({"id": "00uadmin", "status": "ACTIVE", "profile": {"login": "admin@okta.test"}}),
        ));
    }
    let is_it = |person: &&OktaPerson| {
        person.login.eq_ignore_ascii_case(&wanted)
            || person.id == wanted
            || person.login.split('@').next().is_some_and(|short| short.eq_ignore_ascii_case(&wanted))
    };
    Ok(match state.people.iter().find(is_it) {
        Some(OktaPerson { id, login, status, .. }) => {
            Reply::Json(200, json!({"id": id, "status": status, "profile": {"login": login, "email": login}}))
        }
        None => error(404, "E0000007", "Not found: Resource not found"),
    })
}

fn decoded(part: &str) -> Result<String> {
    let url = reqwest::Url::parse(&format!("https://x/?{}", part.replace('+', "%2B")))?;
    let name = url.query_pairs().next().map(|(name, _)| name.into_owned());
    name.context("no name")
}

fn factors(state: &State, id: &str) -> Result<Reply> {
    let person = state.people.iter().find(|person| person.id == id).context("factors of nobody")?;
    let factor = |kind: &str, factor_type: &str, status: &str, provider: &str| {
        json!({"id": person.factor(kind), "factorType": factor_type, "provider": provider, "vendorName": provider,
            "status": status, "profile": {"credentialId": person.login}})
    };
    let mut list = vec![
        factor("sms", "sms", "ACTIVE", "OKTA"),
        factor("gtotp", "token:software:totp", "ACTIVE", "GOOGLE"),
        factor("old", "push", "PENDING_ACTIVATION", "OKTA"),
    ];
    if person.push {
        list.push(factor("push", "push", "ACTIVE", "OKTA"));
    }
    list.push(factor("totp", "token:software:totp", "ACTIVE", "OKTA"));
    Ok(Reply::Json(200, Value::Array(list)))
}

fn verify(state: &mut State, host: &str, request: &Request, id: &str, factor: &str) -> Result<Reply> {
    let kind = request.headers.get("content-type").map_or("", String::as_str);
    ensure!(kind == "application/json", "content type {kind:?}");
    let body: Value = serde_json::from_str(&request.body)?;
    let transaction = state.pushes.len() + 1;
    let person = state.people.iter_mut().find(|person| person.id == id).context("verify for nobody")?;
    if factor == person.factor("totp") {
        let code = body["passCode"].as_str().context("passCode")?;
        ensure!(body == json!({"passCode": code}), "the body is {body}");
        let Some(at) = person.codes.iter().position(|known| known == code) else {
            return Ok(error(403, "E0000068", "Invalid Passcode/Answer"));
        };
        person.codes.remove(at);
        return Ok(Reply::Json(200, json!({"factorResult": "SUCCESS"})));
    }
    ensure!(person.push && factor == person.factor("push"), "there is no factor {factor}");
    ensure!(body == json!({"useNumberMatchingChallenge": true}), "the body is {body}");
    let name = format!("mst{transaction:04}");
    state.pushes.insert(name.clone(), (id.to_owned(), factor.to_owned(), "WAITING"));
    let own = format!("https://{host}/api/v1/users/{id}/factors/{factor}/transactions/{name}");
    let poll = if let Mood::PollAt(elsewhere) = &state.mood { elsewhere.clone() } else { own.clone() };
    let mut said = json!({
        "expiresAt": "2027-01-15T08:05:00.000Z",
        "factorResult": "WAITING",
        "profile": {"credentialId": "x"},
        "_links": {
            "poll": {"href": poll, "hints": {"allow": ["GET"]}},
            "cancel": {"href": own, "hints": {"allow": ["DELETE"]}},
        },
    });
    if state.mood != Mood::NoNumber {
        said["_embedded"] = json!({"challenge": {"correctAnswer": number(transaction)}});
    }
    Ok(Reply::Json(201, said))
}

fn look(state: &State, id: &str, factor: &str, transaction: &str) -> Result<Reply> {
    if let Mood::PollRedirects(to) = &state.mood {
        return Ok(Reply::Redirect(to.clone()));
    }
    let (person, of, result) = state.pushes.get(transaction).context("there is no such transaction")?;
    ensure!(person == id && of == factor, "the transaction is another's");
    Ok(Reply::Json(200, json!({"factorResult": result})))
}
