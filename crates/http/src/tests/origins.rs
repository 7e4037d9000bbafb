//! Where a request came from, as the audit keeps it: forwarded headers count from the operator's proxies only, whatever else
//! stands in them, and they change nothing of what is counted for a client (requirement R23).

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use passwright_app::{Level, Networks};
use passwright_domain::directory::IdentityStatus;
use passwright_storage::audit;

use super::census::matrix::user;
use super::{Answer, Fixture};
use crate::front::Connection;

const CLIENT: &str = "198.51.100.7";
const SPOOFED: &str = "192.0.2.66";

/// Headers that tell of a client: those that are looked at, and those that others look at.
const HEADERS: [&str; 9] = [
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-cluster-client-ip",
    "fastly-client-ip",
    "x-original-forwarded-for",
];

fn connection(peer: &str) -> Connection {
    let networks = ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().unwrap());
    let proxies = Arc::new(Networks::new(networks.to_vec()));
    Connection { peer: peer.parse().unwrap(), encrypted: true, proxies }
}

async fn send(fixture: &Fixture, token: &str, peer: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method("PUT")
        .uri("/v2025/password-org-config")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request = request.header(name, HeaderValue::from_str(value).unwrap());
    }
    let mut request = request.body(Body::from("{}")).unwrap();
    request.extensions_mut().insert(connection(peer));
    fixture.send(request).await
}

async fn last(fixture: &Fixture) -> (String, Option<String>) {
    let mut reader = fixture.service.store().read().await.unwrap();
    audit::origins(&mut reader.tx()).await.unwrap().pop().unwrap()
}

/// What an attacker may put before, between or behind what a proxy writes.
fn spoofings() -> Vec<Vec<(&'static str, String)>> {
    let mut all = vec![vec![]];
    for name in HEADERS {
        for value in
            [SPOOFED, "127.0.0.1", "10.0.0.9", "::1", "unknown", "", "198.51.100.7, 10.0.0.9", "999.1.1.1", "x'--"]
        {
            all.push(vec![(name, value.to_owned())]);
            all.push(vec![(name, value.to_owned()), (name, SPOOFED.to_owned())]);
        }
    }
    all.push(vec![("forwarded", format!("for={SPOOFED};proto=https;by=10.0.0.1"))]);
    all.push(HEADERS.iter().map(|name| (*name, SPOOFED.to_owned())).collect());
    all
}

#[tokio::test]
async fn the_audit_names_the_address_that_is_known() {
    let fixture = Fixture::new().await;
    fixture.put_client(&[7; 16], |client| client.rate_limit.0 = 1_000_000).await;
    let token = fixture.token().await;
    let mut cells = 0;
    // A client that comes by itself: whatever it says of where it came from is not looked at.
    for peer in [CLIENT, "2001:db8:2::7", "127.0.0.1", "::ffff:198.51.100.7"] {
        for headers in spoofings() {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = send(&fixture, &token, peer, &headers).await;
            assert_eq!(answer.status, StatusCode::OK, "{peer} {headers:?}: {}", answer.text);
            let known = peer.parse::<IpAddr>().unwrap().to_canonical().to_string();
            assert_eq!(last(&fixture).await, ("PASSWORD_ORG_CONFIG_UPDATE".to_owned(), Some(known)), "{headers:?}");
            cells += 1;
        }
    }
    // Behind one proxy or two: what they wrote stands last, in one header or in several.
    for spoofing in spoofings() {
        let given = |behind: &[&str]| -> Vec<(&'static str, String)> {
            spoofing.iter().cloned().chain(behind.iter().map(|hop| (HEADERS[0], (*hop).to_owned()))).collect()
        };
        let joined: Vec<_> = spoofing
            .iter()
            .map(|(name, value)| {
                (*name, if *name == HEADERS[0] { format!("{value}, {CLIENT}") } else { value.clone() })
            })
            .chain((!spoofing.iter().any(|(name, _)| *name == HEADERS[0])).then(|| (HEADERS[0], CLIENT.to_owned())))
            .collect();
        for (peer, headers) in [
            ("10.0.0.1", given(&[CLIENT])),
            ("10.0.0.1", given(&[CLIENT, "10.0.0.2"])),
            ("2001:db8:1::1", given(&["198.51.100.7:4711"])),
            ("10.0.0.1", joined),
        ] {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(send(&fixture, &token, peer, &headers).await.status, StatusCode::OK, "{headers:?}");
            assert_eq!(last(&fixture).await.1.as_deref(), Some(CLIENT), "{peer} {headers:?}");
            cells += 1;
        }
    }
    assert!(cells > 1_300, "{cells}");
}

#[tokio::test]
async fn refusals_and_failed_sign_ins_name_it_too() {
    let fixture = Fixture::new().await;
    let plain = user(&fixture, 1, "plain", &[], IdentityStatus::Active).await;
    let admin = user(&fixture, 2, "admin", &[Level::OrgAdmin], IdentityStatus::Active).await;
    for (id, event, status) in [
        (plain, "PASSWORD_ORG_CONFIG_ACCESS_REFUSED", StatusCode::FORBIDDEN),
        (admin, "PASSWORD_ORG_CONFIG_UPDATE", StatusCode::OK),
    ] {
        let token = fixture.token_of(&id).await;
        let answer = send(&fixture, &token, "10.0.0.1", &[(HEADERS[0], SPOOFED), (HEADERS[0], CLIENT)]).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(last(&fixture).await, (event.to_owned(), Some(CLIENT.to_owned())));
    }
}

/// The rate limit is the client's, not the address's: other headers and other addresses give no new one.
#[tokio::test]
async fn no_header_and_no_address_gives_a_new_rate_limit() {
    let fixture = Fixture::new().await;
    fixture.put_client(&[7; 16], |client| client.rate_limit.0 = 5).await;
    let token = fixture.token().await;
    let mut answers = Vec::new();
    for (n, headers) in spoofings().into_iter().take(40).enumerate() {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let peer = format!("203.0.113.{n}");
        answers.push(send(&fixture, &token, &peer, &headers).await.status);
    }
    assert_eq!(answers[..5], [StatusCode::OK; 5]);
    assert!(answers[5..].iter().all(|status| *status == StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
}
