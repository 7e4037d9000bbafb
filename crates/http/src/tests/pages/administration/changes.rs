//! Everybody's changes.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_domain::change::{Lane, TargetState};
use passwright_storage::changes::{ClaimLanes, FinishTarget, Resolution, Seen};

use super::super::super::Fixture;
use super::super::{Browser, PASSWORD, fixture, hidden};
use super::{NOBODYS, check_shown, records, source};

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
