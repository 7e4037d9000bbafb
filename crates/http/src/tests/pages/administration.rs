//! The administration's pages: whom they are for, and what each of them does.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_domain::change::{Lane, TargetState};
use passwright_domain::directory::Source;
use passwright_storage::audit::{self, Search};
use passwright_storage::changes::{ClaimLanes, FinishTarget, Resolution, Seen};
use passwright_storage::directory::sources;
use passwright_storage::source_stops::StopSource;
use passwright_vault::digest::sha256_hex;

use super::super::{Answer, Fixture};
use super::{Browser, PASSWORD, fixture, hidden};
use crate::router::routes;
use crate::routes::Access;

const NOBODYS: &str = "089899f13a8f4da7824996191587bab9";

async fn records(fixture: &Fixture, event: &str) -> Vec<audit::Kept> {
    let mut reader = fixture.service.store().read().await.unwrap();
    let search = Search { event: Some(event.to_owned()), limit: 100, ..Search::default() };
    audit::search(&mut reader.tx(), &search).await.unwrap()
}

async fn source(fixture: &Fixture, name: &str) -> Source {
    let mut reader = fixture.service.store().read().await.unwrap();
    let all = sources::list(&mut reader.tx()).await.unwrap();
    all.into_iter().find(|source| source.name == name).unwrap()
}

#[track_caller]
fn check_shown(page: &Answer, wanted: &[&str]) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for text in wanted {
        assert!(page.text.contains(text), "{text} is not in {}", page.text);
    }
}

/// A new page or form of the administration is in here by itself.
#[tokio::test]
async fn the_administration_is_for_administrators() {
    let (fixture, clock) = fixture().await;
    let routes = routes();
    let all: Vec<_> = routes.table().iter().filter(|route| route.template.starts_with("/admin")).collect();
    assert!(all.len() >= 15);
    for name in ["Abby.Smith", "Hank.Helper"] {
        let mut browser = Browser::of(&fixture, name).await;
        let token = browser.token(&fixture).await;
        assert!(!browser.get(&fixture, "/password-manager").await.text.contains("/admin"), "{name} has no such menu");
        for route in &all {
            assert!(matches!(route.access, Access::Page(_)));
            if route.template == "/admin" {
                continue;
            }
            clock.advance(Duration::from_secs(1));
            let path = route.template.replace("{id}", NOBODYS);
            let fields =
                [("form", token.as_str()), ("kind", "ldap"), ("name", "x"), ("password", "x"), ("page", "mfa:select")];
            let answer = match route.method {
                Method::GET => browser.get(&fixture, &path).await,
                _ => browser.post(&fixture, &path, &fields).await,
            };
            // One may cancel what one asked for oneself; of another change one is not told that there is one.
            let wanted = if path.ends_with("/cancel") { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, wanted, "{name} {} {path}", route.method);
        }
    }
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    check_shown(&olga.get(&fixture, "/password-manager").await, &["href=\"/admin/sources\""]);
    assert_eq!(olga.get(&fixture, "/admin").await.header("location"), "/admin/sources");
}

#[tokio::test]
async fn sources_are_checked_and_what_was_found_stays() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    check_shown(&olga.get(&fixture, "/admin/sources").await, &["Intranet", "not checked yet", "Nothing waits"]);
    let intranet = source(&fixture, "Intranet").await;
    let path = format!("/admin/sources/{}", intranet.id);
    let check = format!("{path}/check");
    let checked = olga.post(&fixture, &check, &[("form", &token)]).await;
    check_shown(&checked, &["It answers (", "htpasswd file", "Intranet.htpasswd"]);
    check_shown(&olga.get(&fixture, &path).await, &["Last check", ">answers<"]);
    let connector: serde_json::Value = serde_json::from_str(intranet.connector.as_deref().unwrap()).unwrap();
    std::fs::remove_file(connector["path"].as_str().unwrap()).unwrap();
    let checked = olga.post(&fixture, &check, &[("form", &token)]).await;
    check_shown(&checked, &["It does not work yet", "did not answer at the last check"]);
    assert_eq!(records(&fixture, "SOURCE_CONNECTION_CHECKED").await.len(), 2);
    let resumed = olga.post(&fixture, &format!("{path}/resume"), &[("form", &token)]).await;
    assert_eq!(resumed.status, StatusCode::CONFLICT, "it is not stopped");
}

#[tokio::test]
async fn a_stopped_source_goes_on_at_an_administrators_word() {
    let (fixture, _) = fixture().await;
    let wiki = source(&fixture, "Wiki").await;
    let print =
        format!("{}\n{}", wiki.connector.as_deref().unwrap(), wiki.sealed_credential.as_deref().unwrap_or_default());
    let stop = StopSource {
        source_id: wiki.id.clone(),
        settings_print: sha256_hex(print.as_bytes()),
        reason: "the service account was refused".to_owned(),
        detail: "data 775".to_owned(),
        pause: Duration::from_secs(1800),
        now: fixture.service.now(),
        audit: passwright_domain::audit::AuditRecord {
            id: format!("{:032x}", 7),
            at: fixture.service.now(),
            actor: "system:worker".to_owned(),
            event: "SOURCE_STOPPED",
            object: format!("source:{}", wiki.id),
            outcome: passwright_domain::audit::Outcome::Failed,
            tracking_id: String::new(),
            address: None,
            detail: String::new(),
        },
    };
    fixture.service.store().write(stop).await.unwrap();
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let path = format!("/admin/sources/{}", wiki.id);
    let page = olga.get(&fixture, &path).await;
    check_shown(&page, &["The source is stopped", "data 775", "Try it once now"]);
    assert!(!page.text.contains("/check\""), "it is not checked while it is stopped");
    let resumed = olga.post(&fixture, &format!("{path}/resume"), &[("form", &token)]).await;
    assert_eq!(resumed.header("location"), format!("{path}?done=resumed"), "{}", resumed.text);
    let page = olga.get(&fixture, &format!("{path}?done=resumed")).await;
    check_shown(&page, &["The source goes on."]);
    assert!(!page.text.contains("The source is stopped"));
    let record = &records(&fixture, "SOURCE_RESUMED").await[0];
    assert!(record.actor.starts_with("identity:"), "{record:?}");
}

fn draft<'a>(token: &'a str, url: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form", token),
        ("kind", "ldap"),
        ("name", "New directory"),
        ("description", ""),
        ("url", url),
        ("ca_file", ""),
        ("base", "ou=people,dc=acme"),
        ("filter", ""),
        ("bind_dn", "cn=svc,dc=acme"),
    ]
}

#[tokio::test]
async fn a_source_is_connected_step_by_step() {
    const SECRET: &str = "Service-Secret-9";
    // Nothing listens there, so that the check fails at once.
    const URL: &str = "ldaps://127.0.0.1:1";
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let new = "/admin/sources/new";
    check_shown(&olga.get(&fixture, new).await, &["Step 1 of 3", "?kind=ldap", "?kind=active_directory"]);
    check_shown(&olga.get(&fixture, &format!("{new}?kind=ldap")).await, &["Step 2 of 3", "name=\"bind_dn\""]);
    check_shown(&olga.get(&fixture, &format!("{new}?kind=htpasswd")).await, &["Step 1 of 3"]);
    let with = |url: &'static str, more: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(String, String)> =
            draft(&token, url).iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    };
    let borrowed = |fields: &[(String, String)]| -> Vec<(String, String)> { fields.to_vec() };
    let send = async |browser: &mut Browser, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(&fixture, new, &fields).await
    };
    for (fields, why) in [
        (with("ldap://127.0.0.1:1", &[("password", SECRET), ("do", "check")]), "an unencrypted connection is refused"),
        (with(URL, &[("password", ""), ("do", "check")]), "password is required"),
        (with(URL, &[("sealed", "nonsense"), ("do", "save")]), "has to be typed again"),
    ] {
        let answer = send(&mut olga, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why) && answer.text.contains("Step 2 of 3"), "{why}: {}", answer.text);
        assert!(!answer.text.contains(SECRET));
    }
    let checked = send(&mut olga, with(URL, &[("password", SECRET), ("do", "check")])).await;
    check_shown(&checked, &["Step 3 of 3", "It does not work yet", "Connect it all the same"]);
    assert!(!checked.text.contains(SECRET), "the credential is not in the page");
    let sealed = hidden(&checked, "sealed");
    let save = |url: &'static str| {
        let mut fields = borrowed(&with(url, &[("do", "save")]));
        fields.push(("sealed".to_owned(), sealed.clone()));
        fields
    };
    // Neither elsewhere nor by anybody else.
    let elsewhere = send(&mut olga, save("ldaps://evil.example")).await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut other = Browser::of(&fixture, "Olga.Admin").await;
    let other_token = other.token(&fixture).await;
    let mut fields = save(URL);
    fields[0].1 = other_token;
    assert_eq!(send(&mut other, fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = send(&mut olga, save(URL)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let source = source(&fixture, "New directory").await;
    assert_eq!(made.header("location"), format!("/admin/sources/{}?done=created", source.id));
    assert!(source.sealed_credential.is_some());
    let shown = olga.get(&fixture, &format!("/admin/sources/{}", source.id)).await;
    check_shown(&shown, &["New directory", "cn=svc,dc=acme", "LDAP directory"]);
    assert!(!shown.text.contains(SECRET));
    let again = send(&mut olga, with(URL, &[("password", SECRET), ("do", "check")])).await;
    assert!(again.text.contains("name is the name of another source"), "{}", again.text);
    assert!(!records(&fixture, "SOURCE").await.iter().any(|record| record.detail.contains(SECRET)));
}

/// Abby changes both her passwords; nothing works on them.
async fn change(fixture: &Fixture) {
    let mut abby = Browser::of(fixture, "Abby.Smith").await;
    let page = abby.get(fixture, "/password-manager").await;
    let token = hidden(&page, "form");
    let rows: Vec<&str> =
        page.text.split("name=\"row\" value=\"a").skip(1).map(|rest| rest.split('"').next().unwrap()).take(2).collect();
    for row in rows {
        let row = format!("a{row}");
        let fields = [
            ("form", token.as_str()),
            ("row", &row),
            ("current", PASSWORD),
            ("new", "Fresh-Pass-1"),
            ("again", "Fresh-Pass-1"),
        ];
        let answer = abby.post(fixture, "/password-manager/change", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
}

async fn claim(fixture: &Fixture) -> Vec<Lane> {
    let mut sources = Vec::new();
    for name in ["Intranet", "Wiki"] {
        sources.push((source(fixture, name).await.id, 10));
    }
    let claim = ClaimLanes { now: fixture.service.now(), sources, lease: Duration::from_secs(8) };
    fixture.service.store().write(claim).await.unwrap()
}

#[tokio::test]
async fn changes_are_seen_tried_again_and_cancelled() {
    let (fixture, clock) = fixture().await;
    change(&fixture).await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let page = olga.get(&fixture, "/admin/changes").await;
    check_shown(&page, &["Abby Smith", "Intranet", "Wiki", "under way", "asked for by the person", ">Cancel<"]);
    assert!(!page.text.contains(">Try now<"), "nothing failed yet");
    for (query, shown) in [
        ("person=abby.smith", true),
        ("person=Hank.Helper", false),
        ("person=zzz", false),
        ("state=open", true),
        ("state=held", false),
        ("state=finished", false),
        ("state=nonsense", true),
        ("page=1", false),
    ] {
        let page = olga.get(&fixture, &format!("/admin/changes?{query}")).await;
        assert_eq!(page.text.contains("Abby Smith"), shown, "{query}: {}", page.text);
    }
    let several = olga.get(&fixture, "/admin/changes?person=h").await;
    check_shown(&several, &["Several people have such a name", "?person=Hank.Helper"]);
    for lane in claim(&fixture).await {
        let target = &lane.targets[0];
        let finish = FinishTarget {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: target.change_id.clone(),
            seq: target.seq,
            position: target.position,
            resolution: Resolution::Retry {
                at: fixture.service.now() + Duration::from_secs(5400),
                reason: "the system does not answer".to_owned(),
                maybe_written: false,
                attempts: 6,
                seen: Seen::AsBefore,
            },
            unresolved_for: None,
            earlier_unresolved: None,
            now: fixture.service.now(),
            audit: None,
        };
        fixture.service.store().write(finish).await.unwrap();
    }
    clock.advance(Duration::from_secs(10));
    assert!(claim(&fixture).await.is_empty());
    let page = olga.get(&fixture, "/admin/changes?state=retrying").await;
    check_shown(&page, &["the system does not answer", "6 attempts", "next try at", ">Try now<"]);
    let id = page.text.split("/admin/changes/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let to = "/admin/changes?state=retrying&done=old";
    let retried = olga.post(&fixture, &format!("/admin/changes/{id}/retry"), &[("form", &token), ("to", to)]).await;
    assert_eq!(retried.header("location"), "/admin/changes?state=retrying&done=retried");
    assert_eq!(claim(&fixture).await.len(), 1, "one of the two");
    let again = olga.post(&fixture, &format!("/admin/changes/{id}/retry"), &[("form", &token)]).await;
    assert_eq!(again.header("location"), "/admin/changes?done=nothing");
    check_shown(&olga.get(&fixture, "/admin/changes?done=nothing").await, &["There was nothing to do"]);
    let page = olga.get(&fixture, "/admin/changes").await;
    let mut ids: Vec<&str> = page.text.split("action=\"/admin/changes/").skip(1).map(|rest| &rest[..32]).collect();
    ids.dedup();
    let other = ids.iter().find(|other| **other != id).unwrap();
    let cancelled = olga.post(&fixture, &format!("/admin/changes/{other}/cancel"), &[("form", &token)]).await;
    assert_eq!(cancelled.header("location"), "/admin/changes?done=cancelled");
    check_shown(&olga.get(&fixture, "/admin/changes?state=failed").await, &["not tried", "cancelled"]);
    for action in ["release", "give-up"] {
        let answer = olga.post(&fixture, &format!("/admin/changes/{id}/{action}"), &[("form", &token)]).await;
        assert_eq!(answer.header("location"), "/admin/changes?done=nothing", "{action} of what is not held");
    }
    let unknown = olga.post(&fixture, &format!("/admin/changes/{NOBODYS}/retry"), &[("form", &token)]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(records(&fixture, "PASSWORD_CHANGE_RETRIED").await.len(), 1);
    assert_eq!(TargetState::Retrying.as_str(), "retrying", "what the search asks the database for");
}

#[tokio::test]
async fn the_audit_is_searched_and_taken_away() {
    let (fixture, clock) = fixture().await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    assert_eq!(hank.get(&fixture, "/admin/audit").await.status, StatusCode::FORBIDDEN);
    for _ in 0..60 {
        clock.advance(Duration::from_secs(1));
        hank.get(&fixture, "/admin/changes").await;
    }
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let page = olga.get(&fixture, "/admin/audit?who=Hank.Helper&outcome=refused").await;
    check_shown(&page, &["PASSWORD_CHANGE_READ_REFUSED", "Hank Helper", ">Older<"]);
    assert_eq!(page.text.matches("class=\"event\"").count(), 50);
    let older = page.text.split("href=\"/admin/audit").skip(2).find(|rest| rest.contains(">Older<")).unwrap();
    let older = older.split('"').next().unwrap().replace("&#38;", "&");
    let second = olga.get(&fixture, &format!("/admin/audit{older}")).await;
    check_shown(&second, &["AUDIT_ACCESS_REFUSED", ">Newest<"]);
    assert_eq!(second.text.matches("class=\"event\"").count(), 11);
    for (query, shown) in [
        ("event=audit_access", true),
        ("event=nothing", false),
        ("event=audit_access&outcome=passed", false),
        ("event=audit_access&from=2027-01-15&until=2027-01-15", true),
        ("event=audit_access&until=2027-01-14", false),
        ("event=audit_access&from=2027-01-16", false),
        ("event=audit_access&from=nonsense", true),
        ("event=audit_access&who=Abby.Smith", false),
        ("event=audit_access&who=nobody.here", false),
    ] {
        let page = olga.get(&fixture, &format!("/admin/audit?{query}")).await;
        assert_eq!(page.text.contains("AUDIT_ACCESS_REFUSED</strong>"), shown, "{query}");
    }
    let fields =
        |format| [("form", token.as_str()), ("who", "Hank.Helper"), ("outcome", "refused"), ("format", format)];
    let csv = olga.post(&fixture, "/admin/audit/export", &fields("csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"audit.csv\"");
    assert_eq!(csv.text.matches("\r\n").count(), 62, "a head and every record");
    let lines = olga.post(&fixture, "/admin/audit/export", &fields("jsonl")).await;
    let read: Vec<serde_json::Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), 61);
    assert!(read.iter().all(|record| record["outcome"] == "refused"));
    let exported = records(&fixture, "AUDIT_EXPORTED").await;
    assert!(exported.len() == 2 && exported[0].detail.contains("outcome refused"), "{exported:?}");
    let nobody = [("form", token.as_str()), ("who", "nobody.here")];
    let answer = olga.post(&fixture, "/admin/audit/export", &nobody).await;
    assert_eq!(answer.header("location"), "/admin/audit?who=nobody.here");
}

/// More records than are read at once.
#[tokio::test]
async fn a_long_export_is_whole() {
    let (fixture, clock) = fixture().await;
    for n in 0..1050_u32 {
        clock.advance(Duration::from_micros(1));
        let record = passwright_domain::audit::AuditRecord {
            id: format!("{:016x}{n:016x}", fixture.service.now().0),
            at: fixture.service.now(),
            actor: "system:test".to_owned(),
            event: "ONE_OF_MANY",
            object: "n".to_owned(),
            outcome: passwright_domain::audit::Outcome::Passed,
            tracking_id: String::new(),
            address: None,
            detail: n.to_string(),
        };
        fixture.service.store().write(audit::WriteAudit(record)).await.unwrap();
    }
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let fields = [("form", token.as_str()), ("who", "system:test"), ("format", "jsonl")];
    let lines = olga.post(&fixture, "/admin/audit/export", &fields).await;
    let numbers: Vec<u32> = lines
        .text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["detail"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(numbers, (0..1050).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn policies_are_changed_and_what_holds_is_shown() {
    let (fixture, _) = fixture().await;
    let text = "[[password_policy]]\nname = \"House\"\ndefault = true\nminLength = 8\n\
                [[password_group]]\nname = \"Both\"\npolicy = \"House\"\nsources = [\"Wiki\", \"Intranet\"]\n";
    let folder = tempfile::TempDir::new().unwrap();
    let setup = Setup::resolve(SetupDocument::parse(text).unwrap(), folder.path(), &|_| None).unwrap();
    fixture.service.apply(setup, false).await.unwrap();
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let page = olga.get(&fixture, "/admin/policies").await;
    check_shown(&page, &["House", "Password group of Wiki and Intranet", "At least 8 characters"]);
    let link = page.text.split("href=\"").find(|rest| rest.contains("\">House</a>")).unwrap();
    let path = link.split('"').next().unwrap().to_owned();
    let form = olga.get(&fixture, &path).await;
    check_shown(&form, &["name=\"minLength\"", "value=\"8\"", "Both"]);
    let token = hidden(&form, "form");
    let fields = [("form", token.as_str()), ("minLength", "12"), ("minNumeric", "2"), ("useIdentityAttributes", "yes")];
    assert_eq!(olga.post(&fixture, &path, &fields).await.header("location"), "/admin/policies?done=saved");
    let page = olga.get(&fixture, "/admin/policies").await;
    check_shown(&page, &["At least 12 characters", "At least 2 digits", "Nothing that is known of you"]);
    for (name, value, why) in [
        ("maxLength", "5", "minLength 12 is greater than maxLength 5"),
        ("minUpper", "many", "must be a whole number"),
        ("minLower", "-3", "minLower -3 is less than 0"),
    ] {
        let fields = [("form", token.as_str()), ("minLength", "12"), (name, value)];
        let answer = olga.post(&fixture, &path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text.contains(why) && answer.text.contains(&format!("value=\"{value}\"")), "{}", answer.text);
    }
    assert_eq!(olga.get(&fixture, &format!("/admin/policies/{NOBODYS}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn clients_and_tokens_are_made_and_revoked() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let value =
        |page: &Answer, at: usize| page.text.split("<dd><code>").nth(at).unwrap().split('<').next().unwrap().to_owned();
    let ask = async |id: &str, secret: &str| {
        let query = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        fixture.ask("POST", &format!("/oauth/token?{query}")).await.status
    };
    let fields = [("form", token.as_str()), ("name", "Portal"), ("scopes", "idn:password-change:read  idn:x:y")];
    let made = olga.post(&fixture, "/admin/clients", &fields).await;
    check_shown(&made, &["Portal is made", "idn:password-change:read idn:x:y", "never used"]);
    let (id, secret) = (value(&made, 1), value(&made, 2));
    assert_eq!(ask(&id, &secret).await, StatusCode::OK);
    let list = olga.get(&fixture, "/admin/clients").await;
    assert!(list.text.contains("Portal") && !list.text.contains(&secret), "shown once");
    let twice = olga.post(&fixture, "/admin/clients", &fields).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("name is used by another API client") && twice.text.contains("value=\"Portal\""));
    check_shown(&olga.get(&fixture, &format!("/admin/clients/{id}/revoke")).await, &["Revoke Portal?"]);
    let revoked = olga.post(&fixture, &format!("/admin/clients/{id}/revoke"), &[("form", &token)]).await;
    assert_eq!(revoked.header("location"), "/admin/clients?done=revoked");
    assert_eq!(ask(&id, &secret).await, StatusCode::UNAUTHORIZED);

    let fields = [("form", token.as_str()), ("name", "script"), ("scopes", ""), ("until", "2027-02-01")];
    let made = olga.post(&fixture, "/admin/tokens", &fields).await;
    check_shown(&made, &["script is made", "valid until", "2 February 2027", "Olga.Admin"]);
    let (id, secret) = (value(&made, 1), value(&made, 2));
    assert_eq!(ask(&id, &secret).await, StatusCode::OK);
    for (until, why) in [("2020-01-01", "must be in the future"), ("soon", "must be a time")] {
        let fields = [("form", token.as_str()), ("name", "other"), ("until", until)];
        let answer = olga.post(&fixture, "/admin/tokens", &fields).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(why), "{}", answer.text);
    }
    check_shown(&olga.get(&fixture, &format!("/admin/tokens/{id}/revoke")).await, &["Revoke script (Olga.Admin)?"]);
    olga.post(&fixture, &format!("/admin/tokens/{id}/revoke"), &[("form", &token)]).await;
    assert_eq!(ask(&id, &secret).await, StatusCode::UNAUTHORIZED);
    assert_eq!(olga.get(&fixture, &format!("/admin/tokens/{NOBODYS}/revoke")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn settings_hold_at_once() {
    let (fixture, clock) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let page = olga.get(&fixture, "/admin/settings").await;
    check_shown(
        &page,
        &["name=\"tokens\" value=\"yes\" checked", "id=\"totp\"", "name=\"attempts\"", "name=\"networks\""],
    );
    let token = hidden(&page, "form");
    let form = ("form", token.as_str());
    for (section, fields) in [
        ("passwords", vec![("length", "8"), ("minutes", "10"), ("instructions", "yes")]),
        ("recovery", vec![("totp", "whole"), ("passkey", "half"), ("mailed_code", "half"), ("revoke_tokens", "yes")]),
        ("lockout", vec![("attempts", "2"), ("window", "10"), ("duration", "30")]),
        ("networks", vec![("networks", "10.0.0.0/8\n2001:db8::/32 ")]),
        ("sessions", vec![("idle", "5"), ("longest", "20")]),
    ] {
        let fields: Vec<_> = [form].into_iter().chain(fields).collect();
        let saved = olga.post(&fixture, &format!("/admin/settings/{section}"), &fields).await;
        assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{section}: {}", saved.text);
    }
    let page = olga.get(&fixture, "/admin/settings?done=saved").await;
    let shown = ["Saved.", "name=\"length\" inputmode=\"numeric\" required value=\"8\"", "10.0.0.0/8\n2001:db8::/32"];
    check_shown(&page, &shown);
    assert!(!page.text.contains("name=\"tokens\" value=\"yes\" checked"), "switched off");
    for (section, fields, why) in [
        ("passwords", vec![("length", "5"), ("minutes", "10")], "digitTokenLength"),
        ("passwords", vec![("length", "many"), ("minutes", "10")], "digitTokenLength"),
        ("recovery", vec![("passkey", "half")], "enough"),
        ("recovery", vec![("mailed_code", "whole")], "mail"),
        ("lockout", vec![("attempts", "99"), ("window", "5"), ("duration", "5")], "maximumAttempts"),
        ("networks", vec![("networks", "everywhere")], "everywhere"),
        ("sessions", vec![("idle", "20"), ("longest", "5")], "maxSessionTime"),
    ] {
        let fields: Vec<_> = [form].into_iter().chain(fields).collect();
        let answer = olga.post(&fixture, &format!("/admin/settings/{section}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{section} {why}");
        assert!(answer.text.contains("Nothing was saved") && answer.text.contains(why), "{section}: {}", answer.text);
    }
    // The lock-out: the third attempt is not looked at.
    let mut stranger = Browser::default();
    for _ in 0..2 {
        assert_eq!(stranger.enter(&fixture, "Abby.Smith", "wrong").await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(stranger.enter(&fixture, "Abby.Smith", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    // And the sessions: five minutes unused, twenty in all.
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let mut used = hank.clone();
    for _ in 0..4 {
        assert_eq!(used.get(&fixture, "/sessions").await.status, StatusCode::OK);
        clock.advance(Duration::from_secs(280));
    }
    assert_eq!(used.get(&fixture, "/sessions").await.status, StatusCode::OK);
    assert!(super::wants_sign_in(&hank.get(&fixture, "/sessions").await), "unused");
    clock.advance(Duration::from_secs(100));
    assert!(super::wants_sign_in(&used.get(&fixture, "/sessions").await), "twenty minutes are over");
}

#[tokio::test]
async fn own_texts_are_written_and_taken_away() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    check_shown(&olga.get(&fixture, "/admin/texts").await, &["Own texts are switched off"]);
    let on = [("form", token.as_str()), ("tokens", "yes"), ("length", "6"), ("minutes", "5"), ("instructions", "yes")];
    olga.post(&fixture, "/admin/settings/passwords", &on).await;
    let place = [("form", token.as_str()), ("page", "change-password:enter-password"), ("locale", "de")];
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        place.iter().copied().chain(more.iter().copied()).collect()
    };
    let empty = olga.post(&fixture, "/admin/texts", &with(&[("content", " "), ("do", "save")])).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let content = "<p>Rufen Sie <b>4711</b> an.</p><script>alert(1)</script>";
    let saved = olga.post(&fixture, "/admin/texts", &with(&[("content", content), ("do", "save")])).await;
    let to = saved.header("location").to_owned();
    assert_eq!(to, "/admin/texts?page=change-password%3Aenter-password&locale=de&done=saved");
    let page = olga.get(&fixture, &to).await;
    check_shown(&page, &["Saved.", "<b>4711</b>", "Delete the text"]);
    assert!(!page.text.contains("alert(1)"), "{}", page.text);
    let row = olga.get(&fixture, "/password-manager").await;
    let row = row.text.split("name=\"row\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    olga.cookies.push(("passwright-language".to_owned(), "de".to_owned()));
    let seen = olga.get(&fixture, &format!("/password-manager/change?row={row}")).await;
    check_shown(&seen, &["Rufen Sie <b>4711</b> an."]);
    let deleted = olga.post(&fixture, "/admin/texts", &with(&[("content", ""), ("do", "delete")])).await;
    assert!(deleted.header("location").ends_with("done=deleted"), "{}", deleted.text);
    let again = olga.post(&fixture, "/admin/texts", &with(&[("content", ""), ("do", "delete")])).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
