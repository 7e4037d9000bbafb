use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::{Value, json};

use super::{families, patch};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{Caller, demo};

fn replace(field: &str, value: &Value) -> Value {
    json!([{"op": "replace", "path": format!("/{field}"), "value": value}])
}

#[tokio::test]
async fn every_family_reads_and_changes_the_same() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let beta = PathFamily::Beta.path("auth-org", "/lockout-config");
    assert_eq!(admin.get(&beta).await.status, 404, "beta has none");
    for (minutes, family) in (16..).zip(families()) {
        let path = |rest| family.path("auth-org", rest);
        let lockout = patch(&admin, &path("/lockout-config"), &replace("lockoutDuration", &json!(minutes))).await;
        assert_eq!(lockout.status, 200, "{lockout:?}");
        assert_eq!(lockout.json(), json!({"maximumAttempts": 5, "lockoutDuration": minutes, "lockoutWindow": 5}));
        let session = patch(&admin, &path("/session-config"), &replace("maxSessionTime", &json!(minutes * 10))).await;
        let expected = json!({"maxIdleTime": 15, "rememberMe": false, "maxSessionTime": minutes * 10});
        assert_eq!((session.status, session.json()), (200, expected));
        let body = json!({"range": ["10.0.0.0/8", "2001:db8::/32"], "geolocation": null, "whitelisted": true});
        let request = admin.request("POST", &path("/network-config")).header("content-type", "application/json");
        let network = admin.send(request.body(body.to_string())).await;
        assert_eq!((network.status, network.json()), (200, body));
        let network = patch(&admin, &path("/network-config"), &replace("range", &json!(["192.0.2.0/24"]))).await;
        let expected = json!({"range": ["192.0.2.0/24"], "geolocation": null, "whitelisted": true});
        assert_eq!((network.status, network.json()), (200, expected));
        for (rest, shown) in
            [("/lockout-config", &lockout), ("/session-config", &session), ("/network-config", &network)]
        {
            assert_eq!(admin.get(&path(rest)).await.json(), shown.json(), "{family} {rest}");
        }
        let provider = admin.get(&path("/service-provider-config")).await;
        let off = json!({
            "enabled": false, "bypassIdp": false, "samlConfigurationValid": false, "federationProtocolDetails": [],
        });
        assert_eq!((provider.status, provider.json()), (200, off.clone()));
        let same = patch(&admin, &path("/service-provider-config"), &replace("enabled", &json!(false))).await;
        assert_eq!((same.status, same.json()), (200, off));
        let on = patch(&admin, &path("/service-provider-config"), &replace("enabled", &json!(true))).await;
        assert_eq!(on.status, 400);
        assert!(on.cause().contains("SAML is not offered here"), "{on:?}");
    }
}

#[tokio::test]
async fn what_is_out_of_bounds_is_named() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let path = |rest| PathFamily::V2025.path("auth-org", rest);
    for (rest, field, value, cause) in [
        ("/lockout-config", "maximumAttempts", json!(16), "maximumAttempts 16 is not 1 to 15"),
        ("/lockout-config", "lockoutWindow", json!(4), "lockoutWindow 4 is not 5 to 60"),
        ("/session-config", "maxIdleTime", json!(45), "maxSessionTime is not more than maxIdleTime"),
        ("/session-config", "maxSessionTime", json!(10_081), "maxSessionTime 10081 is not 1 to 10080"),
        ("/network-config", "range", json!(["10.0.0.0/33"]), "\"10.0.0.0/33\" is neither an address nor a network"),
        ("/network-config", "geolocation", json!(["CA"]), "which country an address is in is not known here"),
        ("/network-config", "range", json!(5), "a value of the wrong type"),
    ] {
        let before = admin.get(&path(rest)).await.json();
        let answer = patch(&admin, &path(rest), &replace(field, &value)).await;
        assert_eq!(answer.status, 400, "{field}");
        assert!(answer.cause().contains(cause), "{answer:?}");
        assert_eq!(admin.get(&path(rest)).await.json(), before, "{field}");
    }
}

#[tokio::test]
async fn who_may() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let (abby, helpdesk) = (Caller::of(&server, Login::Abby).await, Caller::of(&server, Login::Helpdesk).await);
    let reader = fixture.client(&["sp:auth-org:read"]).await.caller(&server).await;
    let manager = fixture.client(&["sp:auth-org:manage"]).await.caller(&server).await;
    let other = fixture.client(&["idn:sources:manage"]).await.caller(&server).await;
    let everything = fixture.client(ALL).await.caller(&server).await;
    let path = |rest| PathFamily::V2026.path("auth-org", rest);
    let nothing = json!([{"op": "test", "path": "/", "value": 1}]);
    for (who, reads, signs_in, networks) in [
        (&abby, 403, 403, 403),
        (&helpdesk, 200, 400, 403),
        (&reader, 200, 403, 403),
        (&manager, 403, 400, 400),
        (&other, 403, 403, 403),
        (&everything, 200, 400, 400),
    ] {
        for (rest, patched) in [
            ("/lockout-config", signs_in),
            ("/session-config", signs_in),
            ("/network-config", networks),
            ("/service-provider-config", networks),
        ] {
            assert_eq!(who.get(&path(rest)).await.status, reads, "{rest}");
            assert_eq!(patch(who, &path(rest), &nothing).await.status, patched, "{rest}");
        }
    }
    assert!(fixture.events().await.contains(&"AUTH_ORG_ACCESS_REFUSED".to_owned()));
}
