use ldap3::{Mod, Scope};

use crate::support::{
    ABBY, ABBY_PASSWORD, BASE, BOB, BOB_PASSWORD, Fixture, SERVICE, assert_answer, change, one, policy_hints, quoted,
    replace, reset, reset_mods,
};

#[tokio::test]
async fn a_reset_takes_effect_and_the_old_password_is_dead_at_once() {
    let fixture = Fixture::new().await;
    let before = fixture.number(ABBY, "pwdLastSet").await;
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 49, "data 52e");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
    assert!(fixture.number(ABBY, "pwdLastSet").await > before);
    assert_answer(&fixture.bind(BOB, BOB_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn a_change_needs_the_old_password() {
    let fixture = Fixture::new().await;
    let mut abby = fixture.bound(ABBY, ABBY_PASSWORD).await;
    assert_answer(&change(&mut abby, ABBY, "wrong", "Second-pass-2").await, 19, "00000056: ");
    assert_eq!(fixture.number(ABBY, "badPwdCount").await, 1);
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 49, "data 52e");
    let mut service = fixture.service().await;
    assert_answer(&change(&mut service, ABBY, "Second-pass-2", "Third-pass-3").await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Third-pass-3").await, 0, "");
}

#[tokio::test]
async fn of_two_changes_from_one_password_one_wins() {
    let fixture = Fixture::new().await;
    let (mut left, mut right) = (fixture.bound(ABBY, ABBY_PASSWORD).await, fixture.bound(ABBY, ABBY_PASSWORD).await);
    let (left, right) = tokio::join!(
        change(&mut left, ABBY, ABBY_PASSWORD, "Left-pass-2"),
        change(&mut right, ABBY, ABBY_PASSWORD, "Right-pass-2"),
    );
    let mut codes = [left.rc, right.rc];
    codes.sort_unstable();
    assert_eq!(codes, [0, 19]);
}

#[tokio::test]
async fn the_policy_names_the_broken_rule_under_one_code() {
    let fixture = Fixture::new().await;
    let mut abby = fixture.bound(ABBY, ABBY_PASSWORD).await;
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, "Sh0rt!").await, 19, "0000052D: ");
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, "Sh0rt!").await, 19, "too short");
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, "simplesimple").await, 19, "complexity");
    assert_answer(&fixture.reset(ABBY, "simplesimple").await, 19, "0000052D: ");
    assert_answer(&fixture.reset(ABBY, "abby.smith-1X").await, 19, "complexity");
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, ABBY_PASSWORD).await, 19, "history");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn history_binds_changes_and_resets_with_the_hint_only() {
    let fixture = Fixture::with(|settings| settings.policy.history = 2).await;
    let mut service = fixture.service().await;
    assert_answer(&reset(&mut service, ABBY, ABBY_PASSWORD).await, 0, "");
    service.with_controls(vec![policy_hints(1)]);
    assert_answer(&reset(&mut service, ABBY, ABBY_PASSWORD).await, 19, "history");
    service.with_controls(vec![policy_hints(0)]);
    assert_answer(&reset(&mut service, ABBY, ABBY_PASSWORD).await, 0, "");
    service.with_controls(vec![policy_hints(1)]);
    assert_answer(&reset(&mut service, ABBY, "Second-pass-2").await, 0, "");
    let mut abby = fixture.bound(ABBY, "Second-pass-2").await;
    assert_answer(&change(&mut abby, ABBY, "Second-pass-2", ABBY_PASSWORD).await, 19, "history");
    assert_answer(&change(&mut abby, ABBY, "Second-pass-2", "Third-pass-3").await, 0, "");
    assert_answer(&change(&mut abby, ABBY, "Third-pass-3", ABBY_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn rights_and_forms_are_checked() {
    let fixture = Fixture::new().await;
    let mut abby = fixture.bound(ABBY, ABBY_PASSWORD).await;
    assert_answer(&reset(&mut abby, ABBY, "Second-pass-2").await, 50, "00002098");
    assert_answer(&change(&mut abby, BOB, BOB_PASSWORD, "Second-pass-2").await, 50, "00002098");
    assert_answer(&abby.modify(ABBY, vec![replace("lockoutTime", "0")]).await.unwrap(), 50, "00002098");
    let mut service = fixture.service().await;
    assert_answer(&reset(&mut service, SERVICE, "Second-pass-2").await, 50, "00002098");
    assert_answer(&reset(&mut service, BASE, "Second-pass-2").await, 50, "00002098");
    assert_answer(&reset(&mut service, &format!("CN=Nobody,{BASE}"), "Second-pass-2").await, 32, "00002030");
    assert_answer(&reset(&mut service, "nobody", "Second-pass-2").await, 34, "0000208F");
    let name = || b"unicodePwd".to_vec();
    let utf16: Vec<u8> = "Second-pass-2".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for mods in [
        vec![Mod::Replace(name(), one(utf16))],
        vec![Mod::Replace(name(), one("\"Second-pass-2\""))],
        vec![Mod::Add(name(), one(quoted("Second-pass-2")))],
        vec![Mod::Delete(name(), one(quoted(ABBY_PASSWORD)))],
    ] {
        assert_answer(&service.modify(ABBY, mods).await.unwrap(), 53, "00002035");
    }
    let mut anonymous = fixture.connect().await;
    assert_answer(&reset(&mut anonymous, ABBY, "Second-pass-2").await, 1, "000004DC");
    assert_answer(&service.modify(ABBY, vec![replace("mail", "x@y")]).await.unwrap(), 53, "0000209A");
    assert_answer(&service.delete(ABBY).await.unwrap(), 53, "00002035");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    assert_answer(&fixture.bind(BOB, BOB_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn one_request_sets_unlocks_and_expires() {
    let fixture = Fixture::with(|settings| settings.policy.lockout_threshold = 1).await;
    assert_answer(&fixture.bind(ABBY, "wrong").await, 49, "data 52e");
    let mut service = fixture.service().await;
    let mut mods = reset_mods("Second-pass-2");
    mods.extend([replace("lockoutTime", "0"), replace("pwdLastSet", "0")]);
    assert_answer(&service.modify(ABBY, mods).await.unwrap(), 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 49, "data 773");
    assert_eq!(fixture.number(ABBY, "msDS-User-Account-Control-Computed").await, 8_388_608);
    assert_answer(&service.modify(ABBY, vec![replace("pwdLastSet", "-1")]).await.unwrap(), 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
}

#[tokio::test]
async fn one_bad_part_refuses_the_whole_request() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    let mut mods = reset_mods("Second-pass-2");
    mods.push(replace("lockoutTime", "7"));
    assert_answer(&service.modify(ABBY, mods).await.unwrap(), 53, "00000057");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn user_password_is_accepted_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    assert_answer(&service.modify(ABBY, vec![replace("userPassword", "Second-pass-2")]).await.unwrap(), 0, "");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 49, "data 52e");
    let (found, _) =
        service.search(ABBY, Scope::Base, "(userPassword=*)", ["userPassword"]).await.unwrap().success().unwrap();
    assert!(found.is_empty());
}
