//! Access tokens at the door: what is not a good token of ours, for here and now, is 401 everywhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passwright_domain::client::RateLimit;
use passwright_testkit::Login;
use serde_json::Value;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, Caller, QUERY, demo, protected_paths, shared, until};

#[track_caller]
fn refused(answer: &Answer, what: &str) -> String {
    assert_eq!(answer.status, 401, "{what}: {answer:?}");
    answer.check_error_form();
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn no_operation_answers_without_a_token() {
    let server = shared();
    let nobody = Caller::anonymous(&server);
    let paths = protected_paths();
    assert_eq!(paths.len(), 1 + 6 * 3 + 5);
    for (method, path) in paths {
        // A body that would be refused later must not be looked at first.
        let answer = nobody.send(nobody.request(method, &path).body("not JSON")).await;
        assert_eq!(refused(&answer, &path), "JWT is required");
    }
}

#[tokio::test]
async fn damaged_and_foreign_tokens() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let caller = grant.caller(&server).await;
    let good = caller.bearer().to_owned();
    assert_eq!(caller.post(QUERY, "{}").await.status, 400, "the token itself is good");

    let [header, claims, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    let changed = |part: &str, change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        change(&mut value);
        URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let claim = |name: &str, to: Value| {
        let change = |claims: &mut Value| {
            assert!(!claims[name].is_null(), "{name}");
            claims[name] = to.clone();
        };
        format!("{header}.{}.{signature}", changed(claims, &change))
    };
    let unsigned = changed(header, &|header| header["alg"] = "none".into());
    let hmac = changed(header, &|header| header["alg"] = "HS256".into());
    let other_type = changed(header, &|header| header["typ"] = "JWT".into());
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[0] ^= 1;
    let cases = [
        ("garbage", "garbage".to_owned()),
        ("two dots", "..".to_owned()),
        ("no signature", format!("{header}.{claims}.")),
        ("two parts", format!("{header}.{claims}")),
        ("another signature", format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(flipped))),
        ("alg none", format!("{unsigned}.{claims}.")),
        ("alg none, signed", format!("{unsigned}.{claims}.{signature}")),
        ("alg HS256", format!("{hmac}.{claims}.{signature}")),
        ("another type", format!("{other_type}.{claims}.{signature}")),
        ("a later end", claim("exp", 4_102_444_800_i64.into())),
        ("an earlier end", claim("exp", 1.into())),
        ("another audience", claim("aud", "https://other.example".into())),
        ("another issuer", claim("iss", "https://other.example".into())),
        ("another client", claim("client_id", server.credentials(Login::BulkClient).unwrap().0.into())),
        ("more", format!("{good}.{signature}")),
        ("very long", "a".repeat(16_000)),
    ];
    for (what, token) in cases {
        let answer = caller.with_token(token).post(QUERY, "{}").await;
        assert_eq!(refused(&answer, what), "JWT validation failed: JWT is not valid", "{what}");
    }
    for value in ["", "Bearer", "Bearer ", "Basic YTpi", good.as_str(), &format!("Bearer {good} x")] {
        let nobody = Caller::anonymous(&server);
        let request = nobody.request("POST", QUERY).header("authorization", value).body("{}");
        assert_eq!(refused(&nobody.send(request).await, value), "JWT is required");
    }
    let twice = caller.request("POST", QUERY).header("authorization", format!("Bearer {good}")).body("{}");
    assert_eq!(refused(&caller.send(twice).await, "two headers"), "JWT is required");
}

/// Once as a token the server has met, once as one it has not.
#[tokio::test]
async fn expired_tokens() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client_with(ALL, RateLimit(1000), 1).await;
    let (met, unmet) = (grant.caller(&server).await, grant.caller(&server).await);
    let error = until("the token expires", async || {
        let answer = met.post(QUERY, "{}").await;
        (answer.status != 400).then(|| refused(&answer, "met before"))
    });
    assert_eq!(error.await, "JWT validation failed: JWT is expired");
    let error = refused(&unmet.post(QUERY, "{}").await, "not met before");
    assert_eq!(error, "JWT validation failed: JWT is expired");
}

/// The same keys under another URL: signature good, issuer and audience not.
#[tokio::test]
async fn a_token_is_good_for_the_url_it_was_issued_for() {
    let mut server = demo();
    let before = Caller::of(&server, Login::ApiClient).await;
    let address = server.address().to_owned();
    server.restart().unwrap();
    assert_eq!(server.address(), address);
    let before = before.reconnected(&server);
    assert_eq!(before.post(QUERY, "{}").await.status, 400, "a restart keeps tokens good");
    server.restart_elsewhere().unwrap();
    assert_ne!(server.address(), address);
    let answer = before.reconnected(&server).post(QUERY, "{}").await;
    assert_eq!(refused(&answer, "another URL"), "JWT validation failed: JWT is not valid");
    let after = Caller::of(&server, Login::ApiClient).await;
    assert_eq!(after.post(QUERY, "{}").await.status, 400);
}
