//! Password changes through the service's own API, and passwords told by an interceptor, with the demo's real targets.

use std::time::Duration;

use passwright_client::{
    Client, PasswordChange, PasswordChangeQuery, PasswordChangeState, PasswordChangeTargetState, PathFamily,
    SyncPasswordRequest,
};
use passwright_domain::directory::Source;
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::sources;
use passwright_storage::{Options, StorageError, Store, Tx, Write, settings};
use passwright_testkit::{Login, TestServer};
use passwright_vault::random::random_16;
use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::targets::{System, systems_that_accept};
use crate::support::{ABBY_ALIAS, Answer, Caller, PATIENCE, accept, demo, end_of, info, request_for, shared, until};

const CHANGES: &str = "/api/v1/password-changes";

fn one(id: &str) -> String {
    format!("{CHANGES}/{id}")
}

/// Waits until a change has ended, and gives it with its targets.
async fn ended(client: &Client, id: &str) -> PasswordChange {
    end_of(client, id).await;
    client.get_password_change(id).await.unwrap()
}

fn states(change: &PasswordChange) -> Vec<(&str, PasswordChangeTargetState)> {
    change.targets.iter().map(|target| (target.source_name.as_str(), target.state)).collect()
}

#[tokio::test]
async fn a_change_says_what_became_of_it_at_each_system() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let request = request_for(&info(&client, ABBY_ALIAS, Some("My-AD")).await, "Each-System-1");
    let made = client.create_password_change(&request, "first").await.unwrap();
    assert_eq!(made.state, PasswordChangeState::InProgress);
    let id = made.request_id.unwrap();
    let change = ended(&client, &id).await;
    let proved = PasswordChangeTargetState::Proved;
    assert_eq!(states(&change), [("My-AD", proved), ("CRM", proved)]);
    assert_eq!((change.state, change.errors.len()), (PasswordChangeState::Finished, 0));
    assert_eq!(change.summary, ["My-AD and CRM use the new password now."]);
    assert_eq!(request.identity_id.as_deref(), Some(change.identity_id.as_str()));
    for (target, system) in change.targets.iter().zip([System::MyAd, System::Crm]) {
        assert_eq!((target.account_id.as_str(), target.attempts), (system.account(), 1));
        assert_eq!((&target.reason, &target.next_attempt_at), (&None, &None));
        let (accepted, ended) = (&change.accepted_at, target.ended_at.as_ref().unwrap());
        assert!(accepted.ends_with('Z') && accepted.starts_with("20") && ended >= accepted, "{accepted} {ended}");
    }
    assert_eq!(systems_that_accept(&server, "Each-System-1").await, [System::MyAd, System::Crm]);

    // The same again is the same change; anything else under the name is refused; without the name it is a new change.
    assert_eq!(client.create_password_change(&request, "first").await.unwrap().request_id.as_ref(), Some(&id));
    let other = request_for(&info(&client, ABBY_ALIAS, Some("CRM")).await, "Each-System-2");
    let refused = client.create_password_change(&other, "first").await.unwrap_err();
    assert_eq!(refused.api().map(|error| error.status), Some(409), "{refused}");
    let second = client.create_password_change(&other, "second").await.unwrap().request_id.unwrap();
    assert_ne!(second, id);
    ended(&client, &second).await;

    let mut query = PasswordChangeQuery { identity_id: other.identity_id.clone(), ..PasswordChangeQuery::default() };
    let listed: Vec<_> = client.list_password_changes(&query).await.unwrap().into_iter().map(|c| c.id).collect();
    assert_eq!(listed, [second.clone(), id.clone()], "newest first");
    query.limit = Some(1);
    assert_eq!(client.list_password_changes(&query).await.unwrap()[0].id, second);
    query.offset = Some(1);
    assert_eq!(client.list_password_changes(&query).await.unwrap()[0].id, id);
    let abby = server.client(Login::Abby, PathFamily::V2025).unwrap();
    let own = abby.list_password_changes(&PasswordChangeQuery::default()).await.unwrap();
    assert_eq!(own.len(), 2, "a user's own without saying whose");
}

#[tokio::test]
async fn names_of_requests_and_pages_have_limits() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let user = fixture.identity(&[]).await;
    let body = serde_json::to_string(&request_for(&info(&client, &user.alias, None).await, "Limits-Of-1")).unwrap();
    let named = async |names: &[&str]| {
        let mut request = caller.request("POST", CHANGES).header("content-type", "application/json").body(body.clone());
        for name in names {
            request = request.header("idempotency-key", *name);
        }
        caller.send(request).await
    };
    for names in [&[""][..], &["a b"], &["ä"], &["a", "a"], &[&"x".repeat(256)]] {
        let answer = named(names).await;
        assert_eq!(answer.status, 400, "{names:?}: {}", answer.text);
        answer.check_error_form();
        assert!(answer.cause().starts_with("Idempotency-Key must"), "{answer:?}");
    }
    let first = named(&[&"x".repeat(255)]).await;
    assert_eq!(first.status, 202, "{}", first.text);
    assert_eq!(named(&[&"x".repeat(255)]).await.json(), first.json());

    let whose = format!("{CHANGES}?identityId={}", user.id);
    for (query, status) in [
        (format!("{whose}&limit=250&offset=0&unknown=1"), 200),
        (format!("{whose}&limit=0"), 200),
        (format!("{whose}&limit=251"), 400),
        (format!("{whose}&limit=-1"), 400),
        (format!("{whose}&limit=1&limit=1"), 400),
        (format!("{whose}&offset=99999999999999999999"), 400),
        (format!("{whose}&offset=18446744073709551615"), 400),
        (format!("{CHANGES}?identityId=x"), 400),
        (CHANGES.to_owned(), 400),
    ] {
        let answer = caller.get(&query).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
    }
    assert_eq!(caller.get(&format!("{whose}&limit=0")).await.json(), json!([]));
}

#[tokio::test]
async fn others_see_nothing_of_it() {
    use passwright_domain::access::Level;
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let user = fixture.identity(&[]).await;
    let id = accept(&client, &request_for(&info(&client, &user.alias, None).await, "Not-For-All-1")).await;
    ended(&client, &id).await;
    let (other, admin) = (fixture.identity(&[]).await, fixture.identity(&[Level::OrgAdmin]).await);
    let helpdesk = fixture.identity(&[Level::Helpdesk]).await;
    let manage = &["idn:password-change:manage"][..];
    let read = &["idn:password-change:read"][..];
    // Who, and the statuses of: reading, listing, watching, cancelling (nothing is left to cancel, so 409 is a yes).
    let rows = [
        (fixture.client(read).await.caller(&server).await, [200, 200, 200, 403]),
        (fixture.client(manage).await.caller(&server).await, [403, 403, 403, 404]),
        (fixture.token(&user, ALL).await.caller(&server).await, [200, 200, 200, 409]),
        (fixture.token(&user, read).await.caller(&server).await, [200, 200, 200, 403]),
        (fixture.token(&admin, ALL).await.caller(&server).await, [200, 200, 200, 409]),
        (fixture.token(&other, ALL).await.caller(&server).await, [404, 403, 404, 404]),
        (fixture.token(&helpdesk, ALL).await.caller(&server).await, [404, 403, 404, 404]),
        (Caller::anonymous(&server), [401, 401, 401, 401]),
    ];
    for (row, (caller, wanted)) in rows.iter().enumerate() {
        for known in [id.as_str(), "089899f13a8f4da7824996191587bab9", "x"] {
            let answers = [
                caller.get(&one(known)).await,
                caller.get(&format!("{CHANGES}?identityId={}", user.id)).await,
                caller.get(&format!("{}/events", one(known))).await,
                caller.post(&format!("{}/cancel", one(known)), "").await,
            ];
            let found: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            let is_known = known == id;
            let unknown =
                |status: u16, list: bool| if list || is_known || matches!(status, 401 | 403) { status } else { 404 };
            let wanted: Vec<u16> = wanted.iter().enumerate().map(|(at, status)| unknown(*status, at == 1)).collect();
            assert_eq!(found, wanted, "row {row}, {known}");
            answers.iter().filter(|answer| answer.status != 200).for_each(Answer::check_error_form);
        }
    }
}

struct PutSource(Source);

impl Write for PutSource {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        sources::upsert(tx, &self.0, Timestamp(0)).await?;
        settings::raise_catalog_version(tx, Timestamp(0)).await
    }
}

async fn store(server: &TestServer) -> Store {
    let database = Options::new(format!("sqlite://{}", server.file("passwright.sqlite3").display()));
    Store::open(&database).await.unwrap()
}

/// Actor and outcome of every audit record of this event.
async fn audited(server: &TestServer, event: &str) -> Vec<(String, String)> {
    let mut reader = store(server).await.read().await.unwrap();
    let records = passwright_storage::audit::list(&mut reader.tx(), 0, 10_000).await.unwrap();
    records.into_iter().filter(|record| record.2 == event).map(|record| (record.1, record.4)).collect()
}

/// A source whose table is in a folder that is not there: it can never be reached.
async fn unreachable_source(server: &TestServer, fixture: &Fixture<'_>) -> Source {
    let like = fixture.source("Reports").await;
    let connector = like.connector.as_ref().unwrap().replace("reports.sqlite3", "gone/reports.sqlite3");
    let id = SourceId::from_random(random_16());
    let source = Source { name: format!("Gone {id}"), id, connector: Some(connector), ..like };
    store(server).await.write(PutSource(source.clone())).await.unwrap();
    source
}

#[tokio::test]
async fn what_was_not_written_is_cancelled() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let user = fixture.identity(&[]).await;
    let source = unreachable_source(&server, &fixture).await;
    fixture.account(&user, &source.id, "nobody").await;
    let question = until("the new source is known", async || {
        let question = passwright_client::PasswordInfoQueryDto::new(&user.alias, &source.name);
        client.query_password_info(&question).await.ok()
    });
    let id = accept(&client, &request_for(&question.await, "Cancelled-1")).await;
    let waiting = until("it is retried", async || {
        let change = client.get_password_change(&id).await.unwrap();
        (change.targets[0].state == PasswordChangeTargetState::Retrying).then_some(change)
    });
    let waiting = waiting.await;
    let target = &waiting.targets[0];
    assert!(target.attempts > 0 && target.reason.is_some() && target.next_attempt_at.is_some(), "{waiting:?}");
    let sentence = format!("{} still uses the old password; it is tried again until ", source.name);
    assert!(waiting.summary[0].starts_with(&sentence), "{:?}", waiting.summary);

    // Somebody else's client may read it and not cancel it.
    let stranger = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let refused = stranger.cancel_password_change(&id).await.unwrap_err();
    assert_eq!(refused.api().map(|error| error.status), Some(404));
    let cancelled = until("no worker is at it", async || client.cancel_password_change(&id).await.ok()).await;
    assert_eq!(cancelled.state, PasswordChangeState::Failed);
    assert_eq!(cancelled.errors, [format!("{}: cancelled", source.name)]);
    assert_eq!(cancelled.targets[0].state, PasswordChangeTargetState::NotAttempted);
    assert!(cancelled.ended_at.is_some() && cancelled.version > waiting.version);
    let again = client.cancel_password_change(&id).await.unwrap_err();
    assert_eq!(again.api().map(|error| error.status), Some(409), "{again}");
    let actor = format!("client:{}", server.credentials(Login::BulkClient).unwrap().0);
    assert_eq!(audited(&server, "PASSWORD_CHANGE_CANCELLED").await, [(actor, "passed".to_owned())], "one effect");
}

/// The events of a stream: id, name and data of each, until the server ends it.
async fn events(caller: &Caller, id: &str, last: Option<&str>) -> Vec<(u64, String, Value)> {
    rest_of(open_stream(caller, id, last).await).await
}

/// A stream that has begun.
async fn open_stream(caller: &Caller, id: &str, last: Option<&str>) -> reqwest::Response {
    let mut request = caller.request("GET", &format!("{}/events", one(id)));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let answer = request.send().await.unwrap();
    let media_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap());
    assert_eq!((answer.status().as_u16(), media_type), (200, Some("text/event-stream")));
    answer
}

async fn rest_of(stream: reqwest::Response) -> Vec<(u64, String, Value)> {
    let text = stream.text().await.unwrap();
    let events = text.split("\n\n").filter(|block| block.lines().any(|line| line.starts_with("data: ")));
    events
        .map(|block| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            (field("id: ").parse().unwrap(), field("event: "), serde_json::from_str(&field("data: ")).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn events_tell_each_step_and_end_with_the_change() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let caller = Caller::of(&server, Login::Abby).await;
    let request = request_for(&info(&client, ABBY_ALIAS, Some("My-AD")).await, "Each-Event-1");
    let id = accept(&client, &request).await;
    let told = tokio::time::timeout(PATIENCE, events(&caller, &id, None)).await.unwrap();
    assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told:?}");
    assert!(told.iter().all(|(version, name, data)| name == "change" && data["version"] == *version), "{told:?}");
    let (version, _, end) = told.last().unwrap();
    assert_eq!(end["state"], "FINISHED");
    assert_eq!(*end, serde_json::to_value(client.get_password_change(&id).await.unwrap()).unwrap());

    // Who has seen the end is told nothing; who has seen less, or says something odd, is told the end.
    assert_eq!(events(&caller, &id, Some(&version.to_string())).await, []);
    for last in ["0", "x", "-1"] {
        assert_eq!(events(&caller, &id, Some(last)).await, [told.last().unwrap().clone()], "{last}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_callers_right_and_with_the_service() {
    let mut server = demo();
    let fixture = Fixture::of(&server).await;
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let user = fixture.identity(&[]).await;
    let source = unreachable_source(&server, &fixture).await;
    fixture.account(&user, &source.id, "nobody").await;
    let question = until("the new source is known", async || {
        let question = passwright_client::PasswordInfoQueryDto::new(&user.alias, &source.name);
        client.query_password_info(&question).await.ok()
    });
    let id = accept(&client, &request_for(&question.await, "Watched-12")).await;
    let grant = fixture.token(&user, ALL).await;
    let caller = grant.caller(&server).await;
    let watching = tokio::spawn(rest_of(open_stream(&caller, &id, None).await));
    until("it is retried", async || {
        let change = client.get_password_change(&id).await.unwrap();
        (change.targets[0].state == PasswordChangeTargetState::Retrying).then_some(())
    })
    .await;
    assert!(!watching.is_finished(), "the change goes on");
    fixture.delete_token(&grant.id).await;
    let told = tokio::time::timeout(Duration::from_secs(10), watching).await.unwrap().unwrap();
    assert!(told.iter().all(|(_, _, data)| data["state"] == "IN_PROGRESS"), "{told:?}");

    // A stream does not hold up the end of the service, which cuts off what still runs after 5 s.
    let open =
        Caller::of(&server, Login::BulkClient).await.request("GET", &format!("{}/events", one(&id))).send().await;
    let open = open.unwrap();
    let ended = server.terminate(Duration::from_secs(4)).unwrap();
    assert!(ended.success(), "{ended}");
    assert!(open.text().await.unwrap().contains("IN_PROGRESS"), "the stream was ended in good order");
}

#[tokio::test]
async fn a_password_changed_at_a_system_reaches_the_others_of_its_group() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let first = server.variable("PASSWRIGHT_UI_PASSWORD").unwrap().to_owned();
    let told = async |source: &str, password: &str| {
        let request = request_for(&info(&client, ABBY_ALIAS, Some(source)).await, password);
        let sync = SyncPasswordRequest { retry_count: Some("0".into()), ..request.into() };
        (sync.clone(), client.sync_password(&sync).await.unwrap())
    };
    // Abby changed it in the directory herself: only CRM is written.
    let (sync, change) = told("My-AD", "Intercepted-1").await;
    let id = change.unwrap().request_id.unwrap();
    let end = ended(&client, &id).await;
    assert_eq!(states(&end), [("CRM", PasswordChangeTargetState::Proved)]);
    assert_eq!(systems_that_accept(&server, "Intercepted-1").await, [System::Crm]);
    assert!(System::MyAd.accepts(&server, &first).await, "the origin is not written");
    // Sent again, it is the same change.
    assert_eq!(client.sync_password(&sync).await.unwrap().unwrap().request_id.as_ref(), Some(&id));

    // CRM's interceptor saw our own write: it is not sent back.
    assert_eq!(told("CRM", "Intercepted-1").await.1, None);
    // In no group.
    assert_eq!(told("Reports", "Intercepted-2").await.1, None);
    assert_eq!(systems_that_accept(&server, "Intercepted-2").await, []);

    // Every family that has it, and the others do not; a user may not, whoever they are.
    let body = serde_json::to_value(&sync).unwrap();
    let caller = Caller::of(&server, Login::BulkClient).await;
    let users = [Caller::of(&server, Login::Abby).await, Caller::of(&server, Login::Admin).await];
    for family in PathFamily::ALL {
        let path = family.path("sync-password", "");
        let answer = caller.post_json(&path, &body).await;
        let there = !matches!(family, PathFamily::V3 | PathFamily::V2026);
        assert_eq!(answer.status, if there { 202 } else { 404 }, "{family}: {}", answer.text);
        for user in &users {
            assert_eq!(user.post_json(&path, &body).await.status, if there { 403 } else { 404 }, "{family}");
        }
    }
    let mut wrong = body.clone();
    wrong["retryCount"] = json!(0);
    assert_eq!(caller.post_json("/beta/sync-password", &wrong).await.status, 400, "text, as the schema says");
    let alone = serde_json::to_value(&told("Reports", "Intercepted-3").await.0).unwrap();
    let nothing = caller.post_json("/beta/sync-password", &alone).await;
    assert_eq!((nothing.status, nothing.text.as_str()), (204, ""));

    // Two users in four families; the echo, and three times a source in no group.
    let outcomes =
        async |event| audited(&server, event).await.into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>();
    assert_eq!(outcomes("SOURCE_PASSWORD_INTERCEPT_PROCESSED").await, ["passed"], "of the first only");
    let ignored = outcomes("SOURCE_PASSWORD_INTERCEPT_IGNORED").await;
    let refused = ignored.iter().filter(|outcome| *outcome == "refused").count();
    assert_eq!((refused, ignored.len() - refused), (8, 4));
}
