use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::json;

use super::{each, filtered};
use crate::support::fixture::Fixture;
use crate::support::{Caller, accept, demo, end_of, info, request_for};

#[tokio::test]
async fn password_changes_are_activities() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let (abby, admin) = (Caller::of(&server, Login::Abby).await, Caller::of(&server, Login::Admin).await);
    let own = server.client(Login::Abby, PathFamily::V2025).unwrap();
    let request = request_for(&info(&own, "Abby.Smith", Some("Intranet")).await, "Walnut-Harbour-42");
    let id = accept(&own, &request).await;
    assert_eq!(end_of(&own, &id).await.state, passwright_client::PasswordChangeState::Finished);
    let identity = fixture.identity_named("Abby.Smith").await.id;
    for family in PathFamily::ALL {
        let all = family.path("account-activities", "");
        for query in [
            "requested-for=me".to_owned(),
            "requested-by=me".to_owned(),
            "regarding-identity=me".to_owned(),
            format!("requested-for={identity}&sorters=-created"),
        ] {
            let found = abby.get(&format!("{all}?{query}&count=true")).await;
            assert_eq!((each(&found, "id"), found.header("x-total-count")), (vec![id.clone()], Some("1")), "{query}");
        }
        let one = abby.get(&family.path("account-activities", &format!("/{id}"))).await.json();
        assert_eq!(
            (&one["type"], &one["completionStatus"], &one["executionStatus"]),
            (&json!("CloudPasswordRequest"), &json!("SUCCESS"), &json!("COMPLETED"))
        );
        assert_eq!(one["requesterIdentitySummary"]["name"], "Abby Smith");
        assert_eq!(
            (&one["items"][0]["provisioningStatus"], &one["items"][0]["value"]),
            (&json!("FINISHED"), &json!(null))
        );
        assert_eq!(one["items"][0]["nativeIdentity"], "abby.smith");
        assert_eq!(admin.get(&all).await.json()[0], one);
        for (filters, count) in [
            (r#"type eq "CloudPasswordRequest" and created gt 2020-01-01T00:00:00Z"#, 1),
            (r#"type in ("appRequest")"#, 0),
            ("modified gt 2100-01-01T00:00:00Z", 0),
        ] {
            assert_eq!(each(&admin.get(&filtered(&all, filters)).await, "id").len(), count, "{filters}");
        }
        for (query, status) in [
            ("", 403),
            ("?requested-for=089899f13a8f4da7824996191587bab9", 403),
            ("?regarding-identity=me&requested-by=me", 400),
        ] {
            assert_eq!(abby.get(&format!("{all}{query}")).await.status, status, "{query}");
        }
        assert_eq!(admin.get(&format!("{all}?requested-for=nobody")).await.status, 400);
        let helpdesk = Caller::of(&server, Login::Helpdesk).await;
        assert_eq!(helpdesk.get(&family.path("account-activities", &format!("/{id}"))).await.status, 404);
    }
}
