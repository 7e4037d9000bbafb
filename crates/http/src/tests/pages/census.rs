//! Every page and every form there is. A new one is in here by itself.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use super::super::Answer;
use super::{Browser, HOSTILE, PASSWORD, fixture, wants_sign_in};
use crate::pages::Need;
use crate::router::routes;
use crate::routes::Access;

const NOBODYS: &str = "089899f13a8f4da7824996191587bab9";
/// Requirement R79, beside what every answer has.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Method, path and need of each route for people.
fn pages() -> Vec<(Method, String, Need)> {
    let routes = routes();
    let all = routes.table().iter().filter_map(|route| match route.access {
        Access::Page(need) => {
            let path = route.template.replace("{id}", NOBODYS).replace("{name}", "none.css");
            Some((route.method.clone(), path, need))
        }
        Access::Public | Access::Token(_) => None,
    });
    all.collect()
}

#[track_caller]
fn check_page(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("slpt-request-id").len() == 32, "{what}");
    if !answer.header("content-type").starts_with("text/html") {
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{what}");
        return;
    }
    assert_eq!(answer.header("content-security-policy"), POLICY, "{what}");
    let text = &answer.text;
    for tag in text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        // Names of attributes, without their values.
        let names: String = tag.split('"').step_by(2).collect();
        for inline in [" style=", " on", "srcdoc"] {
            assert!(!names.contains(inline), "{what} has {inline}: <{tag}>");
        }
        assert!(!tag.contains("javascript:") && !tag.starts_with("style"), "{what}: <{tag}>");
    }
    assert_eq!(
        text.matches("<script").count(),
        text.matches("<script type=\"module\" src=\"/assets/").count(),
        "{what}"
    );
    assert!(!text.contains("http://") || text.contains("w3.org"), "{what} leads elsewhere");
    for (mark, missing) in [("<title>", "title"), ("<html lang=\"", "language"), ("<h1", "heading"), ("<main", "main")]
    {
        assert_eq!(text.matches(mark).count(), 1, "{what}: one {missing}");
    }
}

/// Header census: all pages, to strangers, to a person, to the help desk, to an administrator, found or not.
#[tokio::test]
async fn every_page_has_its_headers_and_nothing_inline() {
    let (fixture, clock) = fixture().await;
    let mut browsers = vec![Browser::default()];
    for name in ["Abby.Smith", "Hank.Helper", "Olga.Admin"] {
        browsers.push(Browser::of(&fixture, name).await);
    }
    let mut seen = BTreeSet::new();
    for (method, path, need) in pages() {
        // Everybody's ten seconds.
        clock.advance(std::time::Duration::from_secs(11));
        for (at, browser) in browsers.iter_mut().enumerate() {
            let what = format!("{method} {path} by {at}");
            if method == Method::POST && path.starts_with("/sign-out") {
                continue;
            }
            let answer = match method {
                Method::GET => browser.get(&fixture, &path).await,
                _ => browser.post(&fixture, &path, &[]).await,
            };
            check_page(&answer, &what);
            assert!(answer.status.as_u16() < 500, "{what}: {}", answer.status);
            if at == 0 && need == Need::Session {
                assert!(wants_sign_in(&answer), "{what}: {}", answer.status);
            }
            seen.insert(answer.status.as_u16());
        }
    }
    for status in [200, 303, 400, 403, 404] {
        assert!(seen.contains(&status), "{status} was not among {seen:?}");
    }
}

/// What is wrong, the form's token, and the headers of a request.
type Forged<'a> = (&'a str, Option<&'a str>, Vec<(&'static str, &'static str)>);

/// CSRF census (requirement R78): no form is looked at that is not ours.
#[tokio::test]
async fn no_form_is_taken_from_elsewhere() {
    let (fixture, clock) = fixture().await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let token = abby.token(&fixture).await;
    let foreign = Browser::of(&fixture, "Hank.Helper").await.token(&fixture).await;
    let stranger = Browser::default().get(&fixture, "/sign-in").await;
    let of_nobody = super::hidden(&stranger, "form");
    let forms: Vec<_> = pages().into_iter().filter(|(method, ..)| *method != Method::GET).collect();
    assert!(forms.len() >= 10, "{forms:?}");
    let same = ("sec-fetch-site", "same-origin");
    for (_, path, need) in forms {
        clock.advance(std::time::Duration::from_secs(11));
        // What is refused is no use of a session, and there are more forms than it lasts without one.
        assert_eq!(abby.get(&fixture, "/password-manager").await.status, StatusCode::OK);
        let cases: [Forged<'_>; 8] = [
            ("no token", None, vec![same]),
            ("an empty token", Some(""), vec![same]),
            ("another session's token", Some(&foreign), vec![same]),
            ("a stranger's token", Some(&of_nobody), vec![same]),
            ("sent by another site", Some(&token), vec![("sec-fetch-site", "cross-site")]),
            ("sent by a sibling", Some(&token), vec![("sec-fetch-site", "same-site")]),
            ("sent from another origin", Some(&token), vec![("origin", "https://evil.example")]),
            ("sent by nobody's page", Some(&token), vec![("sec-fetch-site", "none")]),
        ];
        for (what, given, headers) in cases {
            let fields: Vec<_> = given.iter().map(|token| ("form", *token)).collect();
            let answer = abby.post_with(&fixture, &path, &fields, &headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {need:?}, {what}");
            check_page(&answer, &path);
        }
    }
    assert_eq!(abby.get(&fixture, "/password-manager").await.status, StatusCode::OK, "still signed in");
    // A form that says nothing of where it comes from is ours by its token.
    let answer = abby.post_with(&fixture, "/language", &[("form", &token), ("language", "de")], &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = abby.get(&fixture, "/password-manager").await;
    assert!(page.text.contains("<html lang=\"de\""), "{}", page.text);
}

/// No look changes anything: all pages are read, and every row of the session and audit tables is as before.
#[tokio::test]
async fn a_look_changes_nothing() {
    let (fixture, _) = fixture().await;
    // One who may see all of them: a refusal is recorded.
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let latest = async || {
        let mut reader = fixture.service.store().read().await.unwrap();
        passwright_storage::audit::latest(&mut reader.tx()).await.unwrap()
    };
    let before = latest().await;
    for (_, path, _) in pages().into_iter().filter(|(method, ..)| *method == Method::GET) {
        olga.get(&fixture, &path).await;
    }
    assert_eq!(latest().await, before);
}

/// Names come from elsewhere: they are text on every page, never markup.
#[tokio::test]
async fn a_hostile_name_stays_text() {
    let (fixture, _) = fixture().await;
    let mut browser = Browser::default();
    browser.enter(&fixture, "Hostile", PASSWORD).await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let found = hank.get(&fixture, "/help-desk?q=hostile").await;
    let person = found.text.split("/help-desk/people/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let own = browser.get(&fixture, "/password-manager").await;
    let seen = hank.get(&fixture, &format!("/help-desk/people/{person}")).await;
    let searched: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    let search = hank.get(&fixture, &format!("/help-desk?q={searched}")).await;
    for page in [own, found, seen, search] {
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(!page.text.contains("<img") && page.text.contains("&#60;img src=x"), "{}", page.text);
        check_page(&page, "hostile");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_under_names_of_their_content() {
    let (fixture, _) = fixture().await;
    let page = fixture.ask("GET", "/sign-in").await;
    let mut weight = page.text.len();
    for address in page.text.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let file = fixture.ask("GET", &format!("/assets/{address}")).await;
        assert_eq!(file.status, StatusCode::OK, "{address}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        weight += file.text.len();
    }
    assert!(weight < 100_000, "the first load is {weight} bytes");
    assert_eq!(fixture.ask("GET", "/assets/pages.0000000000000000.css").await.status, StatusCode::NOT_FOUND);
}
