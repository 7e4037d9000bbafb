//! Duo and Okta Verify through the pages: the way there and back, and every way that leads nowhere.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use passwright_app::mfa::{MfaConfig, MfaMethod};
use passwright_app::recovery::{Method, RecoverySettings};
use passwright_app::{Clock as _, Networks};
use passwright_storage::audit;
use passwright_testkit::third_party::duo::{CLIENT_ID, CLIENT_SECRET, Mood, Returned};
use passwright_testkit::third_party::okta::{API_TOKEN, number};
use passwright_testkit::{DuoServer, OktaPerson, OktaServer};

use super::super::{Answer, Fixture};
use super::recovery::{account, begin, caller, send};
use super::{Browser, HandClock, fixture_with, hidden};

const URL: &str = "https://pw.example";
const NEW: &str = "Brand-new-pass-9";

/// Both providers, and the site where both may be asked.
async fn site() -> (Fixture, Arc<HandClock>, DuoServer, OktaServer) {
    let clock = HandClock::new();
    let of_duo = clock.clone();
    let now = Arc::new(move || of_duo.now().seconds());
    let duo = DuoServer::start(&format!("{URL}/recovery/third-party"), now).await.unwrap();
    let okta = OktaServer::start(vec![OktaPerson::new("00u1", "abby.smith@acme.test", "111111")]).await.unwrap();
    let authorities = [duo.ca_file(), okta.ca_file()].map(|file| std::fs::read_to_string(file).unwrap()).concat();
    let bundle = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(bundle.path(), authorities).unwrap();
    let (fixture, clock) = fixture_with(clock, URL, |settings| {
        settings.outbound.allowed_networks = Networks::new(vec!["127.0.0.0/8".parse().unwrap()]);
        settings.outbound.webhook_ca_file = Some(bundle.path().to_owned());
        settings.outbound.third_party_pace = Some(Duration::ZERO);
    })
    .await;
    let olga = caller(&fixture, "Olga.Admin").await;
    let set = async |method, config| fixture.service.set_mfa_config(&olga, method, config).await.unwrap();
    let (integration_key, secret_key) = (Some(CLIENT_ID.to_owned()), Some(CLIENT_SECRET.to_owned()));
    let at = |host: &str| MfaConfig { enabled: true, host: Some(host.to_owned()), ..MfaConfig::default() };
    set(MfaMethod::DuoWeb, MfaConfig { integration_key, secret_key, ..at(duo.host()) }).await;
    set(MfaMethod::OktaVerify, MfaConfig { access_key: Some(API_TOKEN.to_owned()), ..at(okta.host()) }).await;
    let whole = vec![Method::RecoveryCode, Method::ThirdParty];
    let settings = RecoverySettings { whole, ..RecoverySettings::default() };
    fixture.service.put_recovery_settings(&olga, settings).await.unwrap();
    // The files are read with the first request.
    fixture.service.test_mfa_config(&olga, "duo-web").await.unwrap();
    (fixture, clock, duo, okta)
}

/// Begins and chooses the way; gives its page.
async fn choose(browser: &mut Browser, fixture: &Fixture, name: &str) -> Answer {
    let page = begin(browser, fixture, "/recovery/password", name).await;
    assert!(page.text.contains("Duo or Okta Verify"), "{}", page.text);
    let answer = send(browser, fixture, &page, "way", &[("method", "third_party")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser.get(fixture, "/recovery/flow").await
}

/// Where the page leads to Duo.
#[track_caller]
fn link(page: &Answer) -> String {
    let rest = page.text.split("href=\"https://").nth(1).unwrap_or_else(|| panic!("no link: {}", page.text));
    format!("https://{}", rest.split('"').next().unwrap()).replace("&#38;", "&").replace("&amp;", "&")
}

/// The address at which a browser comes back.
fn address(returned: &Returned) -> String {
    format!("/recovery/third-party?state={}&duo_code={}", returned.state, returned.duo_code)
}

/// Comes back and presses the button.
async fn bring(browser: &mut Browser, fixture: &Fixture, returned: &Returned) -> Answer {
    let page = browser.get(fixture, &address(returned)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let fields = ["form", "state", "duo_code"].map(|name| (name, hidden(&page, name)));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(fixture, "/recovery/third-party", &fields).await
}

async fn set_password(browser: &mut Browser, fixture: &Fixture) -> Answer {
    let ready = browser.get(fixture, "/recovery/flow").await;
    let path = account(&ready, "Wiki");
    let form = browser.get(fixture, &path).await;
    let row = hidden(&form, "row");
    send(browser, fixture, &form, "password", &[("row", &row), ("new", NEW), ("again", NEW)]).await
}

async fn records(fixture: &Fixture) -> Option<String> {
    let mut reader = fixture.service.store().read().await.unwrap();
    audit::latest(&mut reader.tx()).await.unwrap()
}

#[tokio::test]
async fn duo_leads_to_a_new_password() {
    let (fixture, _, duo, _) = site().await;
    let mut browser = Browser::default();
    let page = choose(&mut browser, &fixture, "Abby.Smith").await;
    assert!(page.header("content-security-policy").contains("form-action 'self';"), "a link, no form");
    assert!(link(&page).starts_with(&format!("https://{}/oauth/v1/authorize?", duo.host())), "{}", page.text);
    let returned = duo.open(&link(&page)).await.unwrap();
    let before = records(&fixture).await;
    browser.get(&fixture, &address(&returned)).await;
    browser.get(&fixture, &address(&returned)).await;
    assert_eq!(records(&fixture).await, before, "a look is no use");
    let answer = bring(&mut browser, &fixture, &returned).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/recovery/flow"));
    let accepted = set_password(&mut browser, &fixture).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
    assert!(accepted.header("location").starts_with("/recovery/changes/"), "{}", accepted.text);
    let again = bring(&mut browser, &fixture, &returned).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    assert_eq!(duo.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_return_elsewhere_of_before_or_denied_is_nothing() {
    let (fixture, _, duo, _) = site().await;
    let mut abbys = Browser::default();
    let first = choose(&mut abbys, &fixture, "Abby.Smith").await;
    let earlier = duo.open(&link(&first)).await.unwrap();
    let back = send(&mut abbys, &fixture, &first, "back", &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let page = abbys.get(&fixture, "/recovery/flow").await;
    send(&mut abbys, &fixture, &page, "way", &[("method", "third_party")]).await;
    let page = abbys.get(&fixture, "/recovery/flow").await;
    let returned = duo.open(&link(&page)).await.unwrap();
    let tokens = || duo.requests().iter().filter(|request| request.path == "/oauth/v1/token").count();
    // In a browser without a flow there is not even a button.
    let mut nobodys = Browser::default();
    let nothing = nobodys.get(&fixture, &address(&returned)).await;
    assert!(nothing.text.contains("There is nothing to go on with here") && !nothing.text.contains("duo_code"));
    let mut thiefs = Browser::default();
    choose(&mut thiefs, &fixture, "Abby.Smith").await;
    for (browser, returned) in [(&mut thiefs, &returned), (&mut abbys, &earlier)] {
        let answer = bring(browser, &fixture, returned).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        assert!(answer.text.contains("That page was overtaken"), "{}", answer.text);
    }
    assert_eq!(tokens(), 0);
    for query in ["", "?error=access_denied&state=x", "?state=x", "?duo_code=x", "?state=a&state=b&duo_code=c"] {
        let answer = abbys.get(&fixture, &format!("/recovery/third-party{query}")).await;
        assert!(answer.text.contains("Duo has not confirmed that it is you"), "{query}: {}", answer.text);
    }
    let hostile = abbys.get(&fixture, "/recovery/third-party?state=%22%3E%3Cimg&duo_code=%3Cb%3E").await;
    assert!(!hostile.text.contains("<img") && !hostile.text.contains("<b>"), "{}", hostile.text);
    duo.will(Mood::Deny);
    let denied = bring(&mut abbys, &fixture, &returned).await;
    assert_eq!(denied.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(denied.text.contains("That is not right, or it is no longer valid"), "{}", denied.text);
    duo.will(Mood::Allow);
    let replayed = bring(&mut abbys, &fixture, &returned).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "duo takes a code once");
    assert_eq!(tokens(), 2);
}

#[tokio::test]
async fn okta_verify_leads_to_a_new_password() {
    let (fixture, clock, _, okta) = site().await;
    for by_push in [true, false] {
        clock.advance(Duration::from_secs(60));
        let mut browser = Browser::default();
        let page = choose(&mut browser, &fixture, "Abby.Smith").await;
        let answer = if by_push {
            let sent = send(&mut browser, &fixture, &page, "push", &[]).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
            let page = browser.get(&fixture, "/recovery/flow").await;
            assert!(page.text.contains(&format!("choose {}.", number(1))), "{}", page.text);
            let early = send(&mut browser, &fixture, &page, "answer", &[("code", "approved")]).await;
            assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(early.text.contains("It is not approved."), "{}", early.text);
            okta.approve();
            send(&mut browser, &fixture, &early, "answer", &[("code", "approved")]).await
        } else {
            let wrong = send(&mut browser, &fixture, &page, "answer", &[("code", "222222")]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            send(&mut browser, &fixture, &wrong, "answer", &[("code", "111 111")]).await
        };
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let accepted = set_password(&mut browser, &fixture).await;
        assert!(accepted.header("location").starts_with("/recovery/changes/"), "{}", accepted.text);
    }
    assert_eq!(okta.refused(), Vec::<String>::new());
}

/// Requirement R46: of somebody, of nobody and of a person without either, every page is made of the same bytes, but for the request
/// that the browser takes to Duo, which tells the name that was typed, and the number, which is made up where there is none.
#[tokio::test]
async fn nobody_is_told_the_same_by_a_third_party() {
    let (fixture, _, duo, okta) = site().await;
    let mut seen: Vec<Vec<(StatusCode, String)>> = Vec::new();
    for name in ["Abby.Smith", "Nobody.Here", "Hank.Helper", "Hostile"] {
        let mut browser = Browser::default();
        let page = choose(&mut browser, &fixture, name).await;
        let form = hidden(&page, "form");
        let to = link(&page);
        let returned = duo.open(&to).await.unwrap();
        duo.will(Mood::Deny);
        let denied = bring(&mut browser, &fixture, &returned).await;
        duo.will(Mood::Allow);
        let sent = send(&mut browser, &fixture, &denied, "push", &[]).await;
        let pushed = browser.get(&fixture, "/recovery/flow").await;
        let number = pushed.text.split("choose ").nth(1).unwrap()[..3].to_owned();
        assert!(number.ends_with('.') && number[..2].parse::<u32>().unwrap() >= 10, "{number}");
        let early = send(&mut browser, &fixture, &pushed, "answer", &[("code", "approved")]).await;
        let wrong = send(&mut browser, &fixture, &pushed, "answer", &[("code", "000000")]).await;
        let request = to.split("request=").nth(1).unwrap();
        let pages = [page, denied, sent, pushed, early, wrong].map(|page| {
            let again = link_if_any(&page).unwrap_or_default();
            let text = page.text.replace(&form, "").replace(request, "").replace(again.as_str(), "");
            (page.status, text.replace(&format!("choose {number}"), "choose"))
        });
        seen.push(pages.to_vec());
    }
    assert_eq!(okta.pushes("00u1"), 1);
    for pages in &seen[1..] {
        assert_eq!(*pages, seen[0]);
    }
}

/// The request of a page's link: it is signed anew each time.
fn link_if_any(page: &Answer) -> Option<String> {
    let request = page.text.split("request=").nth(1)?;
    Some(request.split('"').next()?.to_owned())
}
