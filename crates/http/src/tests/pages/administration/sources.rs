//! Sources: checked, resumed, connected.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_storage::source_stops::StopSource;
use passwright_vault::digest::sha256_hex;

use super::super::{Browser, fixture, hidden};
use super::{check_shown, records, source};

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

#[tokio::test]
async fn a_source_is_renamed_and_moved_and_its_credential_goes_to_no_other_place() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let with = |url, more: &[(&'static str, &'static str)]| {
        let fields = draft(&token, url).into_iter().chain(more.iter().copied());
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let send = async |browser: &mut Browser, path: &str, fields: &[(String, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(&fixture, path, &fields).await
    };
    let url = "ldaps://127.0.0.1:1";
    let checked =
        send(&mut olga, "/admin/sources/new", &with(url, &[("password", "Service-Secret-9"), ("do", "check")])).await;
    let mut save = with(url, &[("do", "save")]);
    save.push(("sealed".to_owned(), hidden(&checked, "sealed")));
    let made = send(&mut olga, "/admin/sources/new", &save).await;
    let place = made.header("location").split('?').next().unwrap().to_owned();
    let edit = format!("{place}/edit");
    check_shown(&olga.get(&fixture, &place).await, &["Change name and connection"]);
    let form = olga.get(&fixture, &edit).await;
    check_shown(&form, &["Change New directory", "value=\"ldaps://127.0.0.1:1\"", "value=\"ou=people,dc=acme\""]);
    assert!(!form.text.contains("Service-Secret-9"));

    let before = source(&fixture, "New directory").await;
    let moved = send(&mut olga, &edit, &with("ldaps://127.0.0.1:2", &[("password", "")])).await;
    assert_eq!(moved.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(moved.text.contains("is required when the address changes"), "{}", moved.text);
    assert!(moved.text.contains("value=\"ldaps://127.0.0.1:2\""), "what was typed stays: {}", moved.text);
    assert_eq!(source(&fixture, "New directory").await.connector, before.connector);

    let mut fields = with(url, &[("password", "")]);
    for (name, value) in &mut fields {
        match name.as_str() {
            "name" => "Moved directory".clone_into(value),
            "base" => "ou=staff,dc=acme".clone_into(value),
            _ => {}
        }
    }
    assert_eq!(send(&mut olga, &edit, &fields).await.header("location"), format!("{place}?done=saved"));
    let after = source(&fixture, "Moved directory").await;
    assert_eq!(after.sealed_credential, before.sealed_credential, "an empty field keeps it");
    assert!(after.connector.as_deref().is_some_and(|text| text.contains("ou=staff,dc=acme")));
    let moved = send(&mut olga, &edit, &with("ldaps://127.0.0.1:2", &[("password", "Service-Secret-10")])).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    assert_ne!(source(&fixture, "New directory").await.sealed_credential, before.sealed_credential);

    // A file of the server is named by its administrator; its name is not.
    let intranet = source(&fixture, "Intranet").await;
    let edit = format!("/admin/sources/{}/edit", intranet.id);
    let form = olga.get(&fixture, &edit).await;
    check_shown(&form, &["passwright apply"]);
    assert!(!form.text.contains("name=\"url\""));
    let fields =
        [("form", token.as_str()), ("name", "Intranet pages"), ("description", "x"), ("url", "ldaps://evil.example")];
    assert_eq!(olga.post(&fixture, &edit, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(source(&fixture, "Intranet pages").await.connector, intranet.connector);
}
