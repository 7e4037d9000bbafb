use passwright_connectors::hash::background;
use passwright_domain::auth_org::LockoutConfig;
use passwright_storage::changes::lookup_change;
use passwright_storage::directory::sign_in_passwords::{self, SetSignInPassword};
use passwright_storage::sign_in_failures::TakeSignInAttempt;

use super::*;

#[tokio::test]
async fn a_code_of_the_authenticator_sets_a_new_password_once() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, " ABBY.smith ").await;
    assert_eq!(tab.choose(Method::Totp).await.news, News::Taken);
    assert_eq!(tab.answer("000000").await.news, News::Wrong);
    let code = app.code(&site.service);
    let spaced = format!("{} {}", &code.expose()[..3], &code.expose()[3..]);
    assert_eq!(page(&tab.answer(&spaced).await), &Page::Ready);
    let accounts = site.service.list_reset_accounts(&tab.browser).await.unwrap();
    assert!(accounts.iter().any(|a| a.source_name == "Intranet" && a.native_identity == "abby"), "{accounts:?}");
    let Reset::Broken(verdicts) = tab.reset("short").await else { panic!() };
    assert!(!verdicts[0].broken.is_empty());
    assert!(matches!(tab.reset("with\u{7}bell-and-long").await, Reset::Broken(_)));
    assert_eq!(tab.page().await, Some(Page::Ready), "a broken rule costs no proof");
    let Reset::Accepted(change) = tab.reset("A new password").await else { panic!() };
    let mut reader = site.service.store.read().await.unwrap();
    let stored = lookup_change(&mut reader.tx(), &change).await.unwrap().unwrap();
    drop(reader);
    assert_eq!(stored.identity_id, site.identity("abby.smith").await.id);
    assert_eq!(tab.page().await, Some(Page::Redeemed));
    assert!(matches!(tab.reset("Another password").await, Reset::Refused(_)), "a grant works once");
    assert_eq!(site.events("USER_PASSWORD_RESET").await, 1);
    let factors = site.service.factors_of(&stored.identity_id).await.unwrap();
    assert!(factors.enrolled.contains(&Factor::Totp), "a reset touches no factor (requirement R37)");
}

/// The sealed password is what the worker writes: the sign-in with it works, the one with the old does not.
#[tokio::test]
async fn the_worker_brings_the_new_password() {
    let site = Site::new().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(crate::worker::run(site.service.clone(), stopped));
    let (tab, digits) = (site.browser("abbys"), site.digits("Abby.Smith").await);
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::DigitToken).await;
    tab.answer(digits.expose()).await;
    let Reset::Accepted(change) = tab.reset("A new password").await else { panic!() };
    let mut ended = None;
    for _ in 0..1_000 {
        let mut reader = site.service.store.read().await.unwrap();
        ended = lookup_change(&mut reader.tx(), &change).await.unwrap().unwrap().ended_at;
        drop(reader);
        if ended.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(ended.is_some(), "the change does not end");
    let identity = site.identity("Abby.Smith").await.id;
    let mut reader = site.service.store.read().await.unwrap();
    let (hash, _) = sign_in_passwords::lookup(&mut reader.tx(), &identity).await.unwrap().unwrap();
    drop(reader);
    assert!(background::verify(&hash, "A new password").await.unwrap());
    assert!(!background::verify(&hash, "Old-pass-1").await.unwrap());
    stop.send(true).unwrap();
    worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn two_tabs_at_once_get_one_proof_and_one_change() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::Totp).await;
    let (code, step) = (app.code(&site.service), tab.step().await);
    let answer = || site.service.answer_proof(&tab.browser, step, SecretText::new(code.expose().to_owned()));
    let (one, other) = tokio::join!(answer(), answer());
    let news = [one.unwrap().news, other.unwrap().news];
    assert_eq!(news.iter().filter(|news| **news == News::Taken).count(), 1, "{news:?}");
    let step = tab.step().await;
    let reset = |n: u8| {
        let password = Password::new(format!("A new password {n}"));
        site.service.reset_password(&tab.browser, step, NewPassword { account: None, password })
    };
    let done = futures_util::future::join_all((0..16).map(reset)).await;
    let accepted = done.into_iter().filter(|done| matches!(done, Ok(Reset::Accepted(_)))).count();
    assert_eq!(accepted, 1);
    assert_eq!(site.events("USER_PASSWORD_RESET").await, 1);
}

/// What the old password opened is closed by the reset, in its transaction (requirement R48).
#[tokio::test]
async fn a_reset_ends_tokens_and_other_resets() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let abby = site.caller("Abby.Smith").await;
    let fields = crate::personal_access_tokens::PersonalAccessTokenFields {
        name: "laptop".into(),
        scope: None,
        access_token_validity_seconds: None,
        expiration_date: None,
        user_aware_token_never_expires: Some(true),
    };
    site.service.create_personal_access_token(&abby, fields).await.unwrap();
    let (thief, own) = (site.browser("thiefs"), site.browser("abbys"));
    let digits = site.digits("Abby.Smith").await;
    for tab in [&thief, &own] {
        tab.begin(Goal::SetPassword, "Abby.Smith").await;
        tab.choose(Method::Totp).await;
        tab.answer(app.code(&site.service).expose()).await;
        assert_eq!(tab.page().await, Some(Page::Ready));
        site.pass(Duration::from_secs(60));
    }
    assert!(matches!(own.reset("A new password").await, Reset::Accepted(_)));
    let Reset::Refused(told) = thief.reset("Stolen password").await else { panic!() };
    assert_eq!(told.news, News::Refused(Refusal::Overtaken));
    let mut reader = site.service.store.read().await.unwrap();
    let left = passwright_storage::clients::list_tokens(&mut reader.tx(), None).await.unwrap();
    drop(reader);
    assert!(left.is_empty(), "personal access tokens end with a reset");
    let late = site.browser("late");
    late.begin(Goal::SetPassword, "Abby.Smith").await;
    late.choose(Method::DigitToken).await;
    assert_eq!(late.answer(digits.expose()).await.news, News::Wrong, "so does what the help desk gave out");
}

#[tokio::test]
async fn a_password_or_factor_changed_meanwhile_ends_a_reset() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let identity = site.identity("Abby.Smith").await.id;
    let tab = site.browser("abbys");
    for n in 0..2 {
        tab.begin(Goal::SetPassword, "Abby.Smith").await;
        tab.choose(Method::Totp).await;
        assert_eq!(page(&tab.answer(app.code(&site.service).expose()).await), &Page::Ready);
        site.pass(Duration::from_secs(60));
        if n == 0 {
            let now = site.service.clock.now();
            let set = SetSignInPassword { identity_id: identity.clone(), hash: "x".into(), now };
            site.service.store.write(set).await.unwrap();
        } else {
            let shown = Shown { method: Method::Totp, text: app.code(&site.service) };
            site.recovery_codes("Abby.Smith", Some(shown)).await;
        }
        let Reset::Refused(told) = tab.reset("A new password").await else { panic!() };
        assert_eq!(told.news, News::Refused(Refusal::Overtaken));
    }
}

#[tokio::test]
async fn a_flow_is_of_one_browser_and_ten_minutes() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let (tab, other) = (site.browser("abbys"), site.browser("others"));
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::Totp).await;
    tab.answer(app.code(&site.service).expose()).await;
    assert_eq!(other.page().await, None);
    let Reset::Refused(told) = other.reset("A new password").await else { panic!() };
    assert_eq!(told, Told::no_flow());
    site.pass(Duration::from_secs(600));
    assert_eq!(tab.page().await, None);
    assert!(matches!(tab.reset("A new password").await, Reset::Refused(_)));
    assert_eq!(site.events("USER_PASSWORD_RESET").await, 0);
}

/// The name of a step's form was changed after one's own proof (LTB #24, #520); the address of a later step was typed in (midPoint 016).
#[tokio::test]
async fn ltb_24_520_midpoint_016_own_proofs_are_nothing_for_another() {
    let site = Site::new().await;
    let app = site.enrol_totp("Mallory").await;
    let tab = site.browser("mallorys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    assert!(matches!(tab.reset("Stolen password").await, Reset::Refused(_)), "straight after the name");
    tab.begin(Goal::SetPassword, "Mallory").await;
    tab.choose(Method::Totp).await;
    assert_eq!(page(&tab.answer(app.code(&site.service).expose()).await), &Page::Ready);
    site.service.identify_recovery(&tab.browser, tab.step().await, "Abby.Smith").await.unwrap();
    assert!(matches!(tab.page().await, Some(Page::Choose { proved, .. }) if proved.is_empty()));
    assert!(matches!(tab.reset("Stolen password").await, Reset::Refused(_)));
    site.pass(Duration::from_secs(60));
    tab.choose(Method::Totp).await;
    assert_eq!(tab.answer(app.code(&site.service).expose()).await.news, News::Wrong);
}

#[tokio::test]
async fn unlocking_clears_the_sign_in_and_sets_no_password() {
    let site = Site::new().await;
    let tab = site.browser("abbys");
    let now = site.service.clock.now();
    let config = LockoutConfig { maximum_attempts: 1, lockout_duration: 15, lockout_window: 5 };
    let attempt = || TakeSignInAttempt { name_key: "abby.smith".into(), now, config };
    assert_eq!(site.service.store.write(attempt()).await.unwrap(), Ok(true), "one is one too many here");
    assert!(site.service.store.write(attempt()).await.unwrap().is_err());
    let digits = site.digits("Abby.Smith").await;
    tab.begin(Goal::Unlock, "Abby.Smith").await;
    tab.choose(Method::DigitToken).await;
    assert_eq!(page(&tab.answer(digits.expose()).await), &Page::Ready);
    assert!(matches!(tab.reset("A new password").await, Reset::Refused(_)), "not what was asked for");
    let unlocked = site.service.unlock_accounts(&tab.browser, tab.step().await).await.unwrap();
    assert_eq!(unlocked, Unlocked::Asked(Vec::new()), "a password file has no locks");
    assert!(site.service.store.write(attempt()).await.unwrap().is_ok(), "the sign-in here is free again");
    let again = site.service.unlock_accounts(&tab.browser, tab.step().await).await.unwrap();
    assert!(matches!(again, Unlocked::Refused(_)));
    assert_eq!(site.events("USER_UNLOCK_GRANTED").await, 1);
}

/// An administrator, and whoever has a factor, needs more than digits read over the telephone (requirements R37, R41).
#[tokio::test]
async fn digits_alone_are_not_enough_for_everybody() {
    let site = Site::with_halves().await;
    site.enrol_totp("Mallory").await;
    let defaults = RecoverySettings::default();
    site.service.put_recovery_settings(&site.caller("Olga.Admin").await, defaults).await.unwrap();
    for (alias, enough) in [("Abby.Smith", true), ("Olga.Admin", false), ("Mallory", false)] {
        let (tab, digits) = (site.browser(alias), site.digits(alias).await);
        tab.begin(Goal::SetPassword, alias).await;
        tab.choose(Method::DigitToken).await;
        assert_eq!(tab.answer(digits.expose()).await.news, News::Taken, "{alias}");
        assert_eq!(matches!(tab.reset("A new password").await, Reset::Accepted(_)), enough, "{alias}");
    }
}
