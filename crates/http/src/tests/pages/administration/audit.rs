//! The audit: looked at, and taken away.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_storage::audit;

use super::super::{Browser, fixture};
use super::{check_shown, records};

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
