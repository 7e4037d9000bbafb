use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::json;

use super::{each, filtered};
use crate::support::fixture::Fixture;
use crate::support::{Caller, demo};

#[tokio::test]
async fn listed_and_read_by_administrators() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let mut forms: Vec<_> =
        PathFamily::ALL.into_iter().map(|family| (family.path("identities", ""), family != PathFamily::V3)).collect();
    forms.push(("/identities/v2".to_owned(), true));
    for (all, published) in forms {
        let listed = admin.get(&format!("{all}?count=true&sorters=name")).await;
        if !published {
            assert_eq!(listed.status, 404);
            continue;
        }
        assert_eq!(listed.header("x-total-count"), Some("7"), "{listed:?}");
        assert_eq!(each(&listed, "alias")[0], "Abby.Smith");
        for (filters, count) in [
            (r#"firstname eq "abby""#, 1),
            (r#"lastname sw "N" or lastname sw "w""#, 2),
            (r#"email sw "eve.novak@" and not protected eq true"#, 1),
            (r#"cloudStatus eq "ACTIVE" and correlated eq true"#, 7),
            (r#"processingState eq "ERROR""#, 0),
        ] {
            assert_eq!(each(&admin.get(&filtered(&all, filters)).await, "id").len(), count, "{all} {filters}");
        }
        let abby = admin.get(&filtered(&all, r#"alias eq "ABBY.SMITH""#)).await.json()[0].clone();
        assert_eq!((&abby["name"], &abby["identityStatus"]), (&json!("Abby Smith"), &json!("ACTIVE")));
        let one = admin.get(&format!("{all}/{}", abby["id"].as_str().unwrap())).await;
        assert_eq!((one.status, one.json()), (200, abby));
        assert_eq!(admin.get(&format!("{all}/089899f13a8f4da7824996191587bab9")).await.status, 404);
        assert_eq!(admin.get(&filtered(&all, r#"department eq "Sales""#)).await.status, 400);
    }
    let all = PathFamily::V2024.path("identities", "");
    assert_eq!(Caller::of(&server, Login::Helpdesk).await.get(&all).await.status, 200);
    assert_eq!(Caller::of(&server, Login::Abby).await.get(&all).await.status, 403);
    let client = Fixture::of(&server).await.client(&["idn:identity:read"]).await.caller(&server).await;
    assert_eq!(client.get(&all).await.status, 403, "an API client has no user");
}

#[tokio::test]
async fn everybody_sees_little() {
    let server = demo();
    let abby = Caller::of(&server, Login::Abby).await;
    for family in PathFamily::ALL {
        let all = family.path("public-identities", "");
        let found = abby.get(&filtered(&all, r#"lastname eq "novak""#)).await;
        if family == PathFamily::Beta {
            assert_eq!(found.status, 404);
            continue;
        }
        let id = found.json()[0]["id"].clone();
        let expected = json!([{
            "id": id, "name": "Eve Novak", "alias": "Eve.Novak", "email": "eve.novak@acme.com", "status": "Active",
            "identityState": "ACTIVE", "attributes": [],
        }]);
        assert_eq!((found.json(), found.header("x-total-count")), (expected, Some("1")));
        assert_eq!(each(&abby.get(&format!("{all}?sorters=-name&limit=1")).await, "name"), ["Olga Admin"]);
        let complete = abby.get(&format!("{all}?add-core-filters=true&count=true")).await;
        assert_eq!(complete.header("x-total-count"), Some("7"), "{complete:?}");
        assert_eq!(abby.get(&filtered(&all, r#"name eq "Eve Novak""#)).await.status, 400);
    }
}
