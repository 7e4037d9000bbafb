//! R25: who sees what became of a change. To everyone else it is not there.

use passwright_client::PathFamily;
use passwright_domain::access::Level;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, Caller, accept, end_of, info, request_for, shared, status_path};

/// The answer without what names the request.
fn bare(answer: &Answer) -> String {
    answer.text.replace(answer.header("slpt-request-id").unwrap(), "id")
}

#[tokio::test]
async fn who_sees_a_change() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (user, other) = (fixture.identity(&[]).await, fixture.identity(&[]).await);
    let by_client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let by_user = fixture.token(&user, ALL).await.client(&server, PathFamily::V2025);
    let mut changes = Vec::new();
    for client in [&by_client, &by_user] {
        let request = request_for(&info(client, &user.alias, None).await, "Good-Password-1");
        let id = accept(client, &request).await;
        end_of(client, &id).await;
        changes.push(id);
    }
    let helpdesk = fixture.identity(&[Level::Helpdesk, Level::SourceAdmin]).await;
    let admin = fixture.identity(&[Level::OrgAdmin]).await;
    let read: &[&str] = &["idn:password-change:read"];
    let no_read: &[&str] = &["idn:password-change:manage", "idn:password-info:read"];
    let rows: Vec<(&str, Caller, u16)> = vec![
        ("another client", fixture.client(read).await.caller(&server).await, 200),
        ("a client with every scope", fixture.client(ALL).await.caller(&server).await, 200),
        ("a client without the scope", fixture.client(no_read).await.caller(&server).await, 403),
        ("the identity", fixture.token(&user, read).await.caller(&server).await, 200),
        ("the identity without the scope", fixture.token(&user, no_read).await.caller(&server).await, 403),
        ("an administrator", fixture.token(&admin, ALL).await.caller(&server).await, 200),
        ("an administrator without the scope", fixture.token(&admin, no_read).await.caller(&server).await, 403),
        ("another identity", fixture.token(&other, ALL).await.caller(&server).await, 404),
        ("the help desk", fixture.token(&helpdesk, ALL).await.caller(&server).await, 404),
        ("nobody", Caller::anonymous(&server), 401),
    ];
    let unknown = "089899f13a8f4da7824996191587bab9";
    for (who, caller, status) in rows {
        for family in PathFamily::ALL {
            let ask = async |id: &str| caller.get(&family.path("password-change-status", &format!("/{id}"))).await;
            for id in &changes {
                let answer = ask(id).await;
                assert_eq!(answer.status, status, "{who} in {family}: {}", answer.text);
                if status == 200 {
                    assert_eq!(answer.json()["requestId"], id.as_str(), "{who} in {family}");
                } else {
                    answer.check_error_form();
                }
                if status == 404 {
                    assert_eq!(bare(&answer), bare(&ask(unknown).await), "{who} cannot tell it from an unknown one");
                }
            }
            let wanted = if status == 200 { 404 } else { status };
            assert_eq!(ask(unknown).await.status, wanted, "{who} in {family}");
        }
    }
}

#[tokio::test]
async fn ids_that_name_nothing() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let user = fixture.identity(&[]).await;
    let request = request_for(&info(&client, &user.alias, None).await, "Good-Password-1");
    let id = accept(&client, &request).await;
    let upper = id.to_uppercase();
    assert_ne!(upper, id, "an id of digits alone: one in 3 million");
    let cases = [
        "x",
        "0",
        "%20",
        "%00",
        "%ff",
        "%2e%2e",
        "..%2f..",
        "089899f1-3a8f-4da7-8249-96191587bab9",
        "089899f13a8f4da7824996191587bab",
        "'%20OR%201=1%20--",
        "*",
        &upper,
        &format!("{id}0"),
        &format!("%20{id}"),
        &format!("{id};x=1"),
        &format!("{id}."),
        &format!("{id}%00"),
        &"9".repeat(8000),
        user.id.as_str(),
    ];
    for case in cases {
        let answer = caller.get(&status_path(case)).await;
        assert_eq!(answer.status, 404, "{case}: {}", answer.text);
        answer.check_error_form();
    }
    assert_eq!(caller.get(&status_path(&id)).await.status, 200);
    let encoded: String = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
    assert_eq!(caller.get(&status_path(&encoded)).await.status, 200, "the same id, percent-encoded");
}
