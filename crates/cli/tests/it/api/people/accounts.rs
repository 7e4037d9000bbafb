use passwright_client::PathFamily;
use passwright_domain::access::Level;
use passwright_testkit::Login;

use super::{each, filtered};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{ABBY, Caller, demo};

#[tokio::test]
async fn listed_filtered_sorted_and_read() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let fixture = Fixture::of(&server).await;
    let ad = fixture.source("My-AD").await.id;
    let abby = fixture.identity_named("Abby.Smith").await;
    for family in PathFamily::ALL {
        let all = family.path("accounts", "");
        let of_abby =
            admin.get(&filtered(&all, &format!("identityId eq \"{}\" and not sourceId isnull", abby.id))).await;
        assert_eq!(of_abby.status, 400, "isnull is not offered for sourceId: {of_abby:?}");
        let of_abby = admin.get(&filtered(&all, &format!("identityId eq \"{}\"", abby.id))).await;
        // Her sign-in here and one on each of the four systems.
        assert_eq!((each(&of_abby, "id").len(), of_abby.header("x-total-count")), (5, Some("5")));
        let built_in: Vec<_> =
            of_abby.json().as_array().unwrap().iter().filter(|a| a["systemAccount"] == true).cloned().collect();
        assert_eq!(built_in.len(), 1, "{of_abby:?}");
        let on_ad = admin.get(&filtered(&all, &format!("nativeIdentity eq \"{ABBY}\""))).await.json()[0].clone();
        assert_eq!(on_ad["sourceId"], ad.as_str());
        assert_eq!((&on_ad["sourceName"], &on_ad["identity"]["name"]), (&"My-AD".into(), &"Abby Smith".into()));
        assert_eq!(
            (&on_ad["uncorrelated"], &on_ad["locked"], &on_ad["disabled"]),
            (&false.into(), &false.into(), &false.into())
        );
        assert!(on_ad["features"].as_str().unwrap().contains("PASSWORD"), "{on_ad}");
        let one = admin.get(&family.path("accounts", &format!("/{}", on_ad["id"].as_str().unwrap()))).await;
        assert_eq!((one.status, one.json()), (200, on_ad));
        for unknown in ["089899f13a8f4da7824996191587bab9", "x"] {
            assert_eq!(admin.get(&family.path("accounts", &format!("/{unknown}"))).await.status, 404);
        }
    }
    let all = PathFamily::V2025.path("accounts", "");
    let names = each(&admin.get(&format!("{all}?sorters=-name&limit=3")).await, "name");
    let mut sorted = names.clone();
    sorted.sort_by_key(|name| std::cmp::Reverse(name.to_lowercase()));
    assert_eq!((names.len(), &names), (3, &sorted));
    for (filters, count) in [
        (r#"source.displayableName in ("CRM", "Intranet") and identity.name sw "Abby""#, 2),
        ("uncorrelated eq true", 0),
        ("manuallyCorrelated eq true or hasEntitlements eq true", 0),
        (r#"created gt 2100-01-01T00:00:00Z"#, 0),
    ] {
        assert_eq!(each(&admin.get(&filtered(&all, filters)).await, "id").len(), count, "{filters}");
    }
    for refused in ["attributes.mail eq \"x\"", "name eq", "password eq \"x\""] {
        assert_eq!(admin.get(&filtered(&all, refused)).await.status, 400, "{refused}");
    }

    let admin_patch = async |id: &str, patch: serde_json::Value| {
        let request = admin.request("PATCH", &PathFamily::V2025.path("accounts", &format!("/{id}")));
        admin.send(request.header("content-type", "application/json-patch+json").body(patch.to_string())).await
    };
    let to = |identity: &str| serde_json::json!([{"op": "replace", "path": "/identityId", "value": identity}]);
    let bob = fixture.identity_named("Bob.Jones").await.id;
    let reports = r#"source.displayableName eq "Reports" and identity.name eq "Abby Smith""#;
    let account = each(&admin.get(&filtered(&all, reports)).await, "id")[0].clone();
    let linked = admin_patch(&account, to(bob.as_str())).await;
    assert_eq!((linked.status, linked.json()["id"].as_str().map(str::len)), (202, Some(32)), "{linked:?}");
    let shown = admin.get(&format!("{all}/{account}")).await.json();
    assert_eq!((&shown["identityId"], &shown["manuallyCorrelated"]), (&bob.as_str().into(), &true.into()));
    let linked = each(&admin.get(&filtered(&all, "manuallyCorrelated eq true")).await, "id");
    assert_eq!(linked, std::slice::from_ref(&account));
    assert_eq!(fixture.audit_events(&format!("account:{account}")).await, ["ACCOUNT_CORRELATED"]);
    let other = serde_json::json!([{"op": "replace", "path": "/name", "value": "x"}]);
    for (patch, status) in [(to("089899f13a8f4da7824996191587bab9"), 400), (to("x"), 400), (other, 400)] {
        assert_eq!(admin_patch(&account, patch.clone()).await.status, status, "{patch}");
    }
    let built_in = built_in_of(&admin, &all).await;
    assert_eq!(admin_patch(&built_in, to(bob.as_str())).await.status, 400, "a sign-in stays its identity's");

    let helpdesk = Caller::of(&server, Login::Helpdesk).await;
    assert_eq!(helpdesk.get(&all).await.status, 200);
    let client = fixture.client(&["idn:accounts:read"]).await.caller(&server).await;
    assert_eq!(client.get(&all).await.status, 200);
    let subadmin = fixture.identity(&[Level::RoleSubadmin]).await;
    let subadmin = fixture.token(&subadmin, ALL).await.caller(&server).await;
    assert_eq!(subadmin.get(&all).await.status, 403);
    let abby = Caller::of(&server, Login::Abby).await;
    assert_eq!(abby.get(&all).await.status, 403);
}

/// The id of somebody's account on the built-in source.
async fn built_in_of(admin: &Caller, all: &str) -> String {
    let listed = admin.get(all).await.json();
    let found = listed.as_array().unwrap().iter().find(|account| account["systemAccount"] == true).unwrap();
    found["id"].as_str().unwrap().to_owned()
}
