//! The administration's pages: whom they are for, and what each of them does.

mod audit;
mod changes;
mod objects;
mod settings;
mod sources;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use passwright_domain::directory::Source;
use passwright_storage::audit::{Kept, Search, search};
use passwright_storage::directory::sources as stored;

use super::super::{Answer, Fixture};
use super::{Browser, fixture};
use crate::router::routes;
use crate::routes::Access;

const NOBODYS: &str = "089899f13a8f4da7824996191587bab9";

async fn records(fixture: &Fixture, event: &str) -> Vec<Kept> {
    let mut reader = fixture.service.store().read().await.unwrap();
    let wanted = Search { event: Some(event.to_owned()), limit: 100, ..Search::default() };
    search(&mut reader.tx(), &wanted).await.unwrap()
}

async fn source(fixture: &Fixture, name: &str) -> Source {
    let mut reader = fixture.service.store().read().await.unwrap();
    let all = stored::list(&mut reader.tx()).await.unwrap();
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
            // Good ones, so that nothing but the level is wrong.
            let fields = [
                ("form", token.as_str()),
                ("kind", "ldap"),
                ("name", "x"),
                ("password", "x"),
                ("page", "mfa:select"),
                ("content", "x"),
                ("length", "6"),
                ("minutes", "5"),
                ("totp", "whole"),
                ("attempts", "5"),
                ("window", "5"),
                ("duration", "5"),
                ("idle", "5"),
                ("longest", "20"),
            ];
            let answer = match route.method {
                Method::GET => browser.get(&fixture, &path).await,
                _ => browser.post(&fixture, &path, &fields).await,
            };
            // One may cancel a change of one's own, and revoke a token; of others one is not told that they are there.
            let own = [format!("/admin/changes/{NOBODYS}/cancel"), format!("/admin/tokens/{NOBODYS}/revoke")];
            let is_own = route.method != Method::GET && own.contains(&path);
            let wanted = if is_own { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, wanted, "{name} {} {path}", route.method);
        }
    }
    for event in ["CREATED", "UPDATED", "UPDATE", "CHECKED", "EXPORTED"] {
        let done = records(&fixture, event).await.into_iter().filter(|record| record.outcome == "passed");
        let done: Vec<_> = done.map(|record| record.event).filter(|event| !event.starts_with("SETUP")).collect();
        assert_eq!(done, Vec::<String>::new(), "nothing was done for them");
    }
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    check_shown(&olga.get(&fixture, "/password-manager").await, &["href=\"/admin/sources\""]);
    assert_eq!(olga.get(&fixture, "/admin").await.header("location"), "/admin/sources");
}
