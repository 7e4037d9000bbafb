//! Policies, API clients and tokens.

use axum::http::StatusCode;
use passwright_app::setup::{Setup, SetupDocument};

use super::super::super::Answer;
use super::super::{Browser, fixture, hidden};
use super::{NOBODYS, check_shown, records, source};

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
async fn password_groups_are_made_changed_and_deleted() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let (wiki, intranet) = (source(&fixture, "Wiki").await, source(&fixture, "Intranet").await);
    let form = olga.get(&fixture, "/admin/groups/new").await;
    check_shown(&form, &["New password group", "Wiki", "Intranet"]);
    let token = hidden(&form, "form");
    let fields = |more: &[(&'static str, String)]| {
        let all = [("form", token.clone()), ("policy", String::new())];
        all.into_iter().chain(more.iter().cloned()).collect::<Vec<_>>()
    };
    let send = async |browser: &mut Browser, path: &str, fields: Vec<(&'static str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&fixture, path, &fields).await
    };
    let none = send(&mut olga, "/admin/groups/new", fields(&[("name", "Both".to_owned())])).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("sourceIds names no source") && none.text.contains("value=\"Both\""), "{}", none.text);
    let both = || vec![("source", intranet.id.to_string()), ("source", wiki.id.to_string())];
    let mut wanted = fields(&[("name", "Both".to_owned()), ("first", wiki.id.to_string())]);
    wanted.extend(both());
    let made = send(&mut olga, "/admin/groups/new", wanted).await;
    assert_eq!(made.header("location"), "/admin/policies?done=saved", "{}", made.text);
    let page = olga.get(&fixture, "/admin/policies").await;
    check_shown(&page, &["Password group of Wiki and Intranet"]);
    let link = page.text.split("href=\"").find(|rest| rest.contains("\">Both</a>")).unwrap();
    let path = link.split('"').next().unwrap().to_owned();
    check_shown(&olga.get(&fixture, &path).await, &["Password group Both", " selected>Wiki</option>"]);

    // Another one first; then one source less.
    let mut wanted = fields(&[("name", "Both".to_owned()), ("first", intranet.id.to_string())]);
    wanted.extend(both());
    assert_eq!(send(&mut olga, &path, wanted).await.status, StatusCode::SEE_OTHER);
    check_shown(&olga.get(&fixture, "/admin/policies").await, &["Password group of Intranet and Wiki"]);
    let wanted = fields(&[("name", "Wiki alone".to_owned()), ("source", wiki.id.to_string())]);
    assert_eq!(send(&mut olga, &path, wanted).await.status, StatusCode::SEE_OTHER);
    let page = olga.get(&fixture, "/admin/policies").await;
    check_shown(&page, &["Wiki alone"]);
    assert!(!page.text.contains("Intranet and Wiki"));

    // A source is in one group only, and the page says in which.
    check_shown(&olga.get(&fixture, "/admin/groups/new").await, &["in the password group Wiki alone"]);
    let wanted = fields(&[("name", "Other".to_owned()), ("source", wiki.id.to_string())]);
    let taken = send(&mut olga, "/admin/groups/new", wanted).await;
    assert!(taken.text.contains("is in the password group"), "{}", taken.text);

    check_shown(&olga.get(&fixture, &format!("{path}/delete")).await, &["Delete the password group Wiki alone?"]);
    let deleted = send(&mut olga, &format!("{path}/delete"), fields(&[])).await;
    assert_eq!(deleted.header("location"), "/admin/policies?done=deleted", "{}", deleted.text);
    assert_eq!(olga.get(&fixture, &path).await.status, StatusCode::NOT_FOUND);
    let events = records(&fixture, "PASSWORD_SYNC_GROUP").await;
    assert_eq!(events.len(), 4, "made, changed twice, deleted: {events:?}");
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
