//! API clients and personal access tokens, made and used over the wire.

use axum::http::{Method, StatusCode};
use passwright_domain::access::Level;
use passwright_domain::directory::IdentityStatus;
use passwright_wire::PathFamily;
use serde_json::{Value, json};

use super::census::matrix::user;
use super::{Answer, Fixture};

async fn call(fixture: &Fixture, method: Method, path: &str, token: &str, body: &Value) -> Answer {
    fixture.call(method, path, token, &body.to_string()).await
}

/// A token for what was just created.
async fn token_with(fixture: &Fixture, created: &Value) -> Answer {
    let (id, secret) = (created["id"].as_str().unwrap(), created["secret"].as_str().unwrap());
    let query = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    fixture.ask("POST", &format!("/oauth/token?{query}")).await
}

fn client_named(name: &str) -> Value {
    json!({
        "name": name,
        "description": "reads statuses",
        "accessTokenValiditySeconds": 750,
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "accessType": "OFFLINE",
        "enabled": true,
        "internal": true,
        "scope": ["idn:password-change:read"],
    })
}

#[tokio::test]
async fn a_client_lives_from_its_creation_to_its_deletion_in_every_family() {
    let fixture = Fixture::new().await;
    let admin = fixture.token_of(&user(&fixture, 1, "admin", &[Level::OrgAdmin], IdentityStatus::Active).await).await;
    for family in PathFamily::ALL {
        let all = family.path("oauth-clients", "");
        let created = call(&fixture, Method::POST, &all, &admin, &client_named(&format!("Portal {family}"))).await;
        assert_eq!(created.status, StatusCode::OK, "{all}: {}", created.text);
        let created = created.json();
        let secret = created["secret"].as_str().unwrap();
        assert!(secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
        assert_eq!(created["internal"], false, "nobody makes a client of the service's own");
        for text in ["businessName", "homepageUrl", "created", "modified"] {
            assert!(created[text].is_string(), "{text}: the SDKs want a string");
        }
        assert!(created["redirectUris"].is_array());

        let token = token_with(&fixture, &created).await;
        assert_eq!(token.status, StatusCode::OK, "{}", token.text);
        let expires_in = token.json()["expires_in"].as_u64().unwrap();
        assert!((740..=750).contains(&expires_in), "{expires_in}: the client's own lifetime");
        let bearer = token.json()["access_token"].as_str().unwrap().to_owned();
        let one = family.path("oauth-clients", &format!("/{}", created["id"].as_str().unwrap()));
        let refused = call(&fixture, Method::GET, &one, &bearer, &json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "its scope is another");

        let read = call(&fixture, Method::GET, &one, &admin, &json!({})).await.json();
        assert_eq!((&read["secret"], &read["name"]), (&Value::Null, &created["name"]));
        assert!(read["lastUsed"].is_string(), "it got a token: {read}");
        let listed = call(&fixture, Method::GET, &all, &admin, &json!({})).await;
        assert!(!listed.text.contains(secret));
        let never = call(&fixture, Method::GET, &format!("{all}?filters=lastUsed%20isnull"), &admin, &json!({})).await;
        assert!(!never.text.contains(created["id"].as_str().unwrap()), "{}", never.text);

        let patch = json!([
            { "op": "replace", "path": "/description", "value": "another" },
            { "op": "replace", "path": "/enabled", "value": false },
        ]);
        let changed = call(&fixture, Method::PATCH, &one, &admin, &patch).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        assert_eq!(changed.json()["description"], "another");
        assert_eq!(token_with(&fixture, &created).await.status, StatusCode::UNAUTHORIZED, "it is disabled");

        assert_eq!(call(&fixture, Method::DELETE, &one, &admin, &json!({})).await.status, StatusCode::NO_CONTENT);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(call(&fixture, method, &one, &admin, &json!({})).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn wrong_clients_are_refused_with_every_reason() {
    let fixture = Fixture::new().await;
    let admin = fixture.token_of(&user(&fixture, 1, "admin", &[Level::OrgAdmin], IdentityStatus::Active).await).await;
    let path = "/v2025/oauth-clients";
    let with = |field: &str, value: Value| {
        let mut body = client_named("Portal");
        body[field] = value;
        body
    };
    let cases = [
        with("name", json!("")),
        with("name", json!(null)),
        with("name", json!("client 7")),
        with("accessTokenValiditySeconds", json!(0)),
        with("accessTokenValiditySeconds", json!(43_201)),
        with("accessTokenValiditySeconds", json!("750")),
        with("refreshTokenValiditySeconds", json!(2_592_001)),
        with("grantTypes", json!([])),
        with("grantTypes", json!(["PASSWORD"])),
        with("grantTypes", json!(["REFRESH_TOKEN"])),
        with("grantTypes", json!(["AUTHORIZATION_CODE"])),
        with("redirectUris", json!(["http://app.example/"])),
        with("redirectUris", json!("https://app.example/")),
        with("type", json!("PUBLIC")),
        with("accessType", json!("SOMETIMES")),
        with("enabled", json!("yes")),
        with("scope", json!(["a b"])),
    ];
    for body in cases {
        let answer = call(&fixture, Method::POST, path, &admin, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
    }
    let created = call(&fixture, Method::POST, path, &admin, &client_named("Portal")).await.json();
    let one = format!("{path}/{}", created["id"].as_str().unwrap());
    for patch in [
        json!([{ "op": "replace", "path": "/id", "value": "x" }]),
        json!([{ "op": "replace", "path": "/secret", "value": "x" }]),
        json!([{ "op": "add", "path": "/internal", "value": true }]),
        json!([{ "op": "replace", "path": "/grantTypes", "value": [] }]),
        json!([{ "op": "remove", "path": "/name" }]),
        json!([{ "op": "replace", "path": "/name" }]),
        json!([{ "op": "test", "path": "/name", "value": "Other" }]),
        json!([{ "op": "destroy", "path": "/name" }]),
        json!({ "op": "replace", "path": "/name", "value": "x" }),
    ] {
        let answer = call(&fixture, Method::PATCH, &one, &admin, &patch).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{patch}: {}", answer.text);
    }
    let unknown = call(&fixture, Method::GET, &format!("{path}?filters=name%20eq%20%22x%22"), &admin, &json!({})).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.text);
}

#[tokio::test]
async fn a_personal_access_token_acts_as_its_owner_until_it_is_deleted() {
    let fixture = Fixture::new().await;
    let me = fixture.token_of(&user(&fixture, 1, "me", &[], IdentityStatus::Active).await).await;
    for family in PathFamily::ALL {
        let all = family.path("personal-access-tokens", "");
        let body = json!({ "name": format!("CI {family}"), "userAwareTokenNeverExpires": true });
        let created = call(&fixture, Method::POST, &all, &me, &body).await;
        assert_eq!(created.status, StatusCode::OK, "{all}: {}", created.text);
        let created = created.json();
        assert_eq!(created["owner"]["name"], "me");
        assert_eq!(created["accessTokenValiditySeconds"], 43_200);
        assert_eq!(created["expirationDate"], "9999-12-31T23:59:59Z", "the SDKs want a date");
        let again = call(&fixture, Method::POST, &all, &me, &body).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "names are unique: {}", again.text);

        let token = token_with(&fixture, &created).await;
        assert_eq!(token.json()["user_name"], "me", "{}", token.text);
        let bearer = token.json()["access_token"].as_str().unwrap().to_owned();
        let listed = call(&fixture, Method::GET, &format!("{all}?owner-id=me"), &bearer, &json!({})).await;
        assert_eq!(listed.status, StatusCode::OK, "{}", listed.text);
        assert!(!listed.text.contains(created["secret"].as_str().unwrap()));
        let listed = listed.json();
        let own = listed.as_array().unwrap().iter().find(|t| t["id"] == created["id"]).unwrap();
        assert_eq!((&own["expirationDate"], &own["managed"]), (&Value::Null, &json!(false)));

        let one = family.path("personal-access-tokens", &format!("/{}", created["id"].as_str().unwrap()));
        let patch = json!([
            { "op": "replace", "path": "/name", "value": format!("Renamed {family}") },
            { "op": "replace", "path": "/scope", "value": ["sp:my-personal-access-tokens:manage"] },
        ]);
        let changed = call(&fixture, Method::PATCH, &one, &me, &patch).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        assert_eq!(changed.json()["scope"], json!(["sp:my-personal-access-tokens:manage"]));
        // The narrowed token must not make a wider one, nor widen itself.
        let wide = json!({ "name": "wide", "userAwareTokenNeverExpires": true });
        assert_eq!(call(&fixture, Method::POST, &all, &bearer, &wide).await.status, StatusCode::FORBIDDEN);
        let widen = json!([{ "op": "replace", "path": "/scope", "value": ["sp:scopes:all"] }]);
        assert_eq!(call(&fixture, Method::PATCH, &one, &bearer, &widen).await.status, StatusCode::FORBIDDEN);

        assert_eq!(call(&fixture, Method::DELETE, &one, &me, &json!({})).await.status, StatusCode::NO_CONTENT);
        let gone = call(&fixture, Method::GET, &format!("{all}?owner-id=me"), &bearer, &json!({})).await;
        assert_eq!(gone.status, StatusCode::UNAUTHORIZED, "its bearer token ended with it");
    }
}

#[tokio::test]
async fn personal_access_tokens_have_their_rules() {
    let fixture = Fixture::new().await;
    let me = fixture.token_of(&user(&fixture, 1, "me", &[], IdentityStatus::Active).await).await;
    let bad = [
        ("v2025", json!({ "name": "a" })),
        ("v2026", json!({ "name": "a", "userAwareTokenNeverExpires": false })),
        ("v2025", json!({ "name": "a", "expirationDate": "2001-01-01T00:00:00Z" })),
        ("v3", json!({ "name": "a", "expirationDate": "soon" })),
        ("v3", json!({ "name": "a", "accessTokenValiditySeconds": 14 })),
        ("v3", json!({ "name": "a", "accessTokenValiditySeconds": 43_201 })),
        ("v3", json!({ "name": "a", "scope": "sp:scopes:all" })),
        ("v3", json!({})),
    ];
    for (family, body) in bad {
        let answer = call(&fixture, Method::POST, &format!("/{family}/personal-access-tokens"), &me, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{family} {body}: {}", answer.text);
    }
    // One is there; nine more fit, also when they come at the same time.
    let bodies: Vec<_> = (0..12).map(|n| json!({ "name": format!("t{n}") })).collect();
    let made = futures_util::future::join_all(
        bodies.iter().map(|body| call(&fixture, Method::POST, "/v3/personal-access-tokens", &me, body)),
    )
    .await;
    let good = made.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(good, 9, "{:?}", made.iter().map(|a| a.status).collect::<Vec<_>>());
    let refused = made.iter().find(|answer| answer.status == StatusCode::BAD_REQUEST).unwrap();
    assert!(refused.text.contains("10 personal access tokens"), "{}", refused.text);
}
