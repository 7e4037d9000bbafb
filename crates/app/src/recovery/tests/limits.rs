use super::*;
use crate::factors::ProvedFactor;

/// Attempts were counted and not enforced (Vaultwarden). Five wrong codes end the way for a day, whatever the spelling of the name, in
/// however many flows; the right code is not even compared. The person who is signed in is not kept out by it.
#[tokio::test]
async fn vaultwarden_cve_2026_27801_five_wrong_codes_end_the_way() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    for (n, name) in
        ["Abby.Smith", " abby.smith", "ABBY.SMITH", "\u{ff41}bby.smith", "Abby.Smith\u{3000}"].iter().enumerate()
    {
        let tab = site.browser(&n.to_string());
        tab.begin(Goal::SetPassword, name).await;
        tab.choose(Method::Totp).await;
        assert_eq!(tab.answer("000000").await.news, News::Wrong, "{name:?}");
    }
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::Totp).await;
    let told = tab.answer(app.code(&site.service).expose()).await;
    assert!(matches!(told.news, News::TooMany(wait) if wait > Duration::from_secs(80_000)), "{told:?}");
    let identity = site.identity("Abby.Smith").await.id;
    let shown = Shown { method: Method::Totp, text: app.code(&site.service) };
    assert_eq!(site.service.prove_factor(&identity, shown, &"t".into()).await.unwrap(), ProvedFactor::Proved);
    site.pass(Duration::from_secs(86_400));
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::Totp).await;
    assert_eq!(page(&tab.answer(app.code(&site.service).expose()).await), &Page::Ready);
}

#[tokio::test]
async fn a_code_seen_over_the_shoulder_is_used_up() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let shown = Shown { method: Method::Totp, text: app.code(&site.service) };
    let codes = site.recovery_codes("Abby.Smith", Some(shown)).await;
    site.pass(Duration::from_secs(60));
    let (abbys, thiefs) = (site.browser("abbys"), site.browser("thiefs"));
    let answers = [
        (Method::Totp, app.code(&site.service)),
        (Method::RecoveryCode, SecretText::new(codes[0].expose().to_uppercase())),
    ];
    for (method, text) in answers {
        abbys.begin(Goal::SetPassword, "Abby.Smith").await;
        abbys.choose(method).await;
        assert_eq!(page(&abbys.answer(text.expose()).await), &Page::Ready, "{method:?}");
        thiefs.begin(Goal::SetPassword, "Abby.Smith").await;
        thiefs.choose(method).await;
        assert_eq!(thiefs.answer(text.expose()).await.news, News::Wrong, "{method:?}");
    }
    assert_eq!(site.events("RECOVERY_PROOF_PASSED").await, 2);
    assert_eq!(site.events("RECOVERY_PROOF_FAILED").await, 2);
    let left = site.service.factors_of(&site.identity("Abby.Smith").await.id).await.unwrap();
    assert_eq!(left.recovery_codes_left, 9);
}

#[tokio::test]
async fn mails_to_a_name_are_bounded() {
    let site = Site::with_halves().await;
    let tab = site.browser("mallorys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    for _ in 0..5 {
        assert_eq!(tab.choose(Method::MailedCode).await.news, News::Mailed);
    }
    assert!(matches!(tab.choose(Method::MailedLink).await.news, News::TooMany(_)));
    assert_eq!(site.mails().await.len(), 5);
    assert!(matches!(tab.choose(Method::Totp).await.news, News::Taken), "another way is open");
}

#[tokio::test]
async fn settings_that_would_be_a_hole_are_refused() {
    let site = Site::new().await;
    let admin = site.caller("Olga.Admin").await;
    let with = |whole: &[Method], half: &[Method], risk| RecoverySettings {
        whole: whole.to_vec(),
        half: half.to_vec(),
        accepts_mail_risk: risk,
        revoke_tokens: true,
    };
    for refused in [
        with(&[Method::MailedCode], &[], false),
        with(&[], &[Method::MailedCode, Method::MailedLink], false),
        with(&[Method::SecurityQuestions], &[], true),
        with(&[], &[], false),
    ] {
        let answer = site.service.put_recovery_settings(&admin, refused.clone()).await;
        assert!(matches!(answer, Err(Error::BadRequest { .. })), "{refused:?}");
    }
    let abby = site.caller("Abby.Smith").await;
    let denied = site.service.put_recovery_settings(&abby, RecoverySettings::default()).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))));
    let risky = with(&[Method::MailedCode], &[], true);
    site.service.put_recovery_settings(&admin, risky.clone()).await.unwrap();
    assert_eq!(site.service.get_recovery_settings(&admin).await.unwrap(), risky);
    assert_eq!(site.events("RECOVERY_SETTINGS_UPDATE").await, 1, "the acknowledged risk is in the record");
    assert!(!admin.has_level(Level::Helpdesk));
}
