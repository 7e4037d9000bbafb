//! Duo and Okta as their documents say, from strict servers on this machine over real TLS: what is asked, what is believed, and where
//! nothing is sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use passwright_connectors::Credential;
use passwright_connectors::notify::Networks;
use passwright_connectors::notify::third_party::duo::{Exchange, audience, authorize_url, token_endpoint};
use passwright_connectors::notify::third_party::okta::{OktaUser, PushState};
use passwright_connectors::notify::third_party::{ProviderCall, Unanswered};
use passwright_connectors::notify::webhook::WebhookSender;
use passwright_testkit::third_party::duo::{CLIENT_ID, Mood as DuoMood, signed};
use passwright_testkit::third_party::okta::{API_TOKEN, Mood as OktaMood, number};
use passwright_testkit::{DuoServer, OktaPerson, OktaServer};
use serde_json::json;

const NOW: i64 = 1_800_000_000;
const RETURN: &str = "https://pw.test/recovery/third-party";
const LONG: Duration = Duration::from_secs(10);

fn sender(ca: &Path) -> WebhookSender {
    WebhookSender::new(Networks::new(vec!["127.0.0.0/8".parse().unwrap()]), Some(ca))
}

async fn call(host: &str, ca: &Path, within: Duration) -> ProviderCall {
    sender(ca).provider(host, within).await.unwrap()
}

async fn duo() -> DuoServer {
    DuoServer::start(RETURN, Arc::new(|| NOW)).await.unwrap()
}

/// A link with a request that has `more` in it, or something else in place.
fn link(duo: &DuoServer, more: &serde_json::Value) -> String {
    let mut claims = json!({
        "response_type": "code", "scope": "openid", "client_id": CLIENT_ID, "iss": CLIENT_ID, "redirect_uri": RETURN,
        "aud": audience(duo.host()), "exp": NOW + 300, "state": "s".repeat(43), "nonce": "n".repeat(43),
        "duo_uname": "abby", "use_duo_code_attribute": true,
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    authorize_url(duo.host(), CLIENT_ID, &signed(&claims)).unwrap()
}

fn assertion(duo: &DuoServer, jti: &str) -> Credential {
    let claims = json!({
        "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": token_endpoint(duo.host()), "exp": NOW + 300, "jti": jti.repeat(16),
    });
    Credential::new(signed(&claims))
}

async fn exchanged(
    duo: &DuoServer,
    code: &str,
    assertion: &Credential,
    within: Duration,
) -> Result<String, Unanswered> {
    let exchange = Exchange { client_id: CLIENT_ID, redirect_uri: RETURN, code, assertion };
    let token = call(duo.host(), &duo.ca_file(), within).await.exchange_duo_code(exchange).await?;
    Ok(token.expose().to_owned())
}

#[tokio::test]
async fn a_code_of_duo_is_exchanged_once() {
    let duo = duo().await;
    let returned = duo.open(&link(&duo, &json!({}))).await.unwrap();
    assert_eq!(returned.state, "s".repeat(43));
    let first = assertion(&duo, "a");
    let token = exchanged(&duo, &returned.duo_code, &first, LONG).await.unwrap();
    assert_eq!(token.split('.').count(), 3);
    for (code, assertion) in
        [(returned.duo_code.as_str(), assertion(&duo, "b")), ("unknown", assertion(&duo, "c")), ("x", first)]
    {
        let why = exchanged(&duo, code, &assertion, LONG).await.unwrap_err().to_string();
        assert_eq!(why, "the provider answered 400 Bad Request", "{code}");
    }
    let refused =
        ["the code is unknown, or was used", "the code is unknown, or was used", "the assertion was used before"];
    assert_eq!(duo.refused(), refused);
}

/// The server is worth as much as it refuses.
#[tokio::test]
async fn a_request_to_duo_has_everything_right() {
    let duo = duo().await;
    for wrong in [
        json!({"state": "short"}),
        json!({"nonce": "short"}),
        json!({"nonce": "s".repeat(43)}),
        json!({"exp": NOW}),
        json!({"exp": NOW + 301}),
        json!({"aud": "https://other.test"}),
        json!({"iss": "DIY"}),
        json!({"client_id": "DIY"}),
        json!({"redirect_uri": "https://evil.test/recovery/third-party"}),
        json!({"scope": "openid email"}),
        json!({"response_type": "token"}),
        json!({"duo_uname": ""}),
        json!({"use_duo_code_attribute": false}),
    ] {
        assert!(duo.open(&link(&duo, &wrong)).await.is_err(), "{wrong}");
    }
    let good = link(&duo, &json!({}));
    assert!(duo.open(&good[..good.len() - 4]).await.is_err(), "a signature that is cut");
    assert!(duo.open(&good).await.is_ok());
}

#[tokio::test]
async fn duo_may_be_slow_long_or_elsewhere() {
    let duo = duo().await;
    for (mood, jti, within, told) in [
        (DuoMood::Silent, "a", Duration::from_millis(300), "the provider did not answer in time"),
        (DuoMood::Endless, "b", LONG, "the answer is too long"),
        (DuoMood::Elsewhere, "c", LONG, "the provider answered 302 Found; redirects are not followed"),
    ] {
        duo.will(mood);
        let why = exchanged(&duo, "code", &assertion(&duo, jti), within).await.unwrap_err().to_string();
        assert_eq!(why, told, "{mood:?}");
    }
    assert_eq!(duo.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_sent_into_private_networks() {
    let duo = duo().await;
    let strict = WebhookSender::new(Networks::default(), Some(&duo.ca_file()));
    for host in [duo.host(), "localhost", "[::1]", "169.254.169.254", "10.0.0.1:8443"] {
        let why = strict.provider(host, LONG).await.err().unwrap().to_string();
        assert!(why.contains("is not public"), "{host}: {why}");
    }
    for host in ["", "u@127.0.0.1", "127.0.0.1/x", "127.0.0.1?x", "127.0.0.1#x", "a b", "http://127.0.0.1"] {
        assert!(sender(&duo.ca_file()).provider(host, LONG).await.is_err(), "{host}");
    }
    assert!(duo.requests().is_empty());
}

fn token() -> Credential {
    Credential::new(API_TOKEN.to_owned())
}

async fn okta() -> OktaServer {
    let mut suspended = OktaPerson::new("00u3", "sue@acme.test", "333333");
    suspended.status = "SUSPENDED".to_owned();
    let mut without = OktaPerson::new("00u2", "bob@acme.test", "222222");
    without.push = false;
    without.status = "LOCKED_OUT".to_owned();
    let odd = OktaPerson::new("00u4", "o'neil/../x%2f?#@acme.test", "444444");
    OktaServer::start(vec![OktaPerson::new("00u1", "abby@acme.test", "111111"), without, suspended, odd]).await.unwrap()
}

async fn found(okta: &OktaServer, login: &str) -> Option<OktaUser> {
    call(okta.host(), &okta.ca_file(), LONG).await.find_okta_user(&token(), login).await.unwrap()
}

#[tokio::test]
async fn okta_finds_who_was_asked_for_and_nobody_else() {
    let okta = okta().await;
    for (login, push) in [
        ("abby@acme.test", true),
        ("ABBY@acme.test", true),
        ("abby", true),
        ("00u1", true),
        ("bob@acme.test", false),
        ("o'neil/../x%2f?#@acme.test", true),
    ] {
        let user = found(&okta, login).await.unwrap_or_else(|| panic!("{login}"));
        assert!(
            user.has_push() == push && user.code_factor().is_some_and(|factor| factor.starts_with("totp")),
            "{login}"
        );
    }
    let asked = okta.requests().len();
    // Never asked: `me` is whoever owns the token, and the others would be another path.
    for login in ["me", "ME", "", ".", ".."] {
        assert_eq!(found(&okta, login).await, None, "{login}");
    }
    assert_eq!(okta.requests().len(), asked);
    for login in ["nobody@acme.test", "sue@acme.test", "abby@acme.test/factors", "../users/00u1"] {
        assert_eq!(found(&okta, login).await, None, "{login}");
    }
    assert_eq!(okta.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_code_of_okta_verify_is_good_once() {
    let okta = okta().await;
    let (abby, call) = (found(&okta, "abby").await.unwrap(), call(okta.host(), &okta.ca_file(), LONG).await);
    for (code, is_right) in [("222222", false), ("111111", true), ("111111", false)] {
        assert_eq!(call.check_okta_code(&token(), &abby, code).await, Ok(is_right), "{code}");
    }
    okta.will(OktaMood::Down);
    assert!(call.check_okta_code(&token(), &abby, "1").await.is_err());
    okta.will(OktaMood::Well);
    let other = Credential::new("another".to_owned());
    assert!(call.find_okta_user(&other, "abby").await.is_err());
    assert_eq!(okta.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_push_is_approved_refused_or_forgotten() {
    let okta = okta().await;
    let (abby, call) = (found(&okta, "abby").await.unwrap(), call(okta.host(), &okta.ca_file(), LONG).await);
    type End = fn(&OktaServer);
    let ends: [(End, PushState); 3] = [
        (OktaServer::approve, PushState::Approved),
        (OktaServer::reject, PushState::Rejected),
        (OktaServer::time_out, PushState::TimedOut),
    ];
    for (at, (end, state)) in ends.into_iter().enumerate() {
        let push = call.send_okta_push(&token(), &abby).await.unwrap().unwrap();
        assert_eq!(push.number, Some(number(at + 1).to_string()));
        assert_eq!(call.look_at_okta_push(&token(), &push.poll_path).await, Ok(PushState::Waiting));
        end(&okta);
        assert_eq!(call.look_at_okta_push(&token(), &push.poll_path).await, Ok(state));
    }
    okta.will(OktaMood::NoNumber);
    assert_eq!(call.send_okta_push(&token(), &abby).await.unwrap().unwrap().number, None);
    let bob = found(&okta, "bob").await.unwrap();
    assert_eq!(call.send_okta_push(&token(), &bob).await, Ok(None));
    assert_eq!((okta.pushes("00u1"), okta.pushes("00u2")), (4, 0));
    assert_eq!(okta.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_push_is_looked_after_at_okta_alone() {
    let (okta, other) = (okta().await, okta().await);
    let (abby, call) = (found(&okta, "abby").await.unwrap(), call(okta.host(), &okta.ca_file(), LONG).await);
    let path = "/api/v1/users/00u1/factors/push00u1/transactions/mst0001";
    for href in [
        format!("https://{}{path}", other.host()),
        format!("https://localhost{path}"),
        format!("http://{}{path}", okta.host()),
        format!("https://u@{}{path}", okta.host()),
        format!("https://{}/api/v1/users/00u4/factors/push00u1/transactions/mst0001", okta.host()),
        format!("https://{}{path}/../../../../../../../x", okta.host()),
        format!("https://{}{path}?x=1", okta.host()),
        format!("https://{}/api/v1/users/00u1/factors/push00u1/transactions/", okta.host()),
        path.to_owned(),
        String::new(),
    ] {
        okta.will(OktaMood::PollAt(href.clone()));
        let why = call.send_okta_push(&token(), &abby).await.unwrap_err().to_string();
        assert_eq!(why, "the answer to a push is to be looked for at another place", "{href}");
    }
    okta.will(OktaMood::PollRedirects(format!("https://{}{path}", other.host())));
    let why = call.look_at_okta_push(&token(), path).await.unwrap_err().to_string();
    assert_eq!(why, "the provider answered 302 Found; redirects are not followed");
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn okta_may_be_slow_long_or_away() {
    let okta = okta().await;
    for (mood, within, told) in [
        (OktaMood::Silent, Duration::from_millis(300), "the provider did not answer in time"),
        (OktaMood::Endless, LONG, "the answer is too long"),
        (OktaMood::Down, LONG, "the provider answered 500 Internal Server Error"),
    ] {
        okta.will(mood.clone());
        let call = call(okta.host(), &okta.ca_file(), within).await;
        let why = call.find_okta_user(&token(), "abby").await.unwrap_err().to_string();
        assert_eq!(why, told, "{mood:?}");
        assert!(!why.contains(API_TOKEN));
    }
}
