use super::*;
use crate::factors::FactorRefusal;

/// PWM #454, LinOTP #63: whoever had the session put their own second factor in.
#[tokio::test]
async fn pwm_454_a_session_alone_enrols_nothing_beside_a_factor() {
    let site = Site::new().await;
    let app = site.enrol_totp("Abby.Smith").await;
    let caller = site.caller("Abby.Smith").await;
    let codes = site.service.make_recovery_codes(&caller, None).await.unwrap();
    assert_eq!(codes.err(), Some(FactorRefusal::NeedsProof));
    site.service.start_totp(&caller).await.unwrap();
    let thiefs = site.pending("Abby.Smith").await;
    let own = |app: &App| Shown { method: Method::Totp, text: app.code(&site.service) };
    let code = || thiefs.code(&site.service);
    let refused = site.service.confirm_totp(&caller, code(), None).await.unwrap();
    assert_eq!(refused, Err(FactorRefusal::NeedsProof));
    let refused = site.service.confirm_totp(&caller, code(), Some(own(&thiefs))).await.unwrap();
    assert_eq!(refused, Err(FactorRefusal::NeedsProof), "the new one is no proof for itself");
    let refused = site.service.confirm_totp(&caller, code(), Some(own(&app))).await.unwrap();
    assert_eq!(refused, Err(FactorRefusal::NeedsProof), "nor is the one that it replaces");
    let guess = Shown { method: Method::DigitToken, text: SecretText::new("000000".into()) };
    let refused = site.service.confirm_totp(&caller, code(), Some(guess)).await.unwrap();
    assert_eq!(refused, Err(FactorRefusal::Wrong));
    let removed = site.service.remove_factor(&caller, Factor::Totp, Some(own(&app))).await.unwrap();
    assert_eq!(removed, Err(FactorRefusal::NeedsProof));
    assert_eq!(
        site.service.prove_factor(&site.identity("abby.smith").await.id, own(&app), &"t".into()).await.unwrap(),
        crate::factors::ProvedFactor::Proved,
        "none of this used the code up or locked the factor"
    );
}

#[tokio::test]
async fn changes_go_with_another_factor_and_are_told() {
    let site = Site::new().await;
    let abby = site.identity("Abby.Smith").await.id.to_string();
    let caller = site.caller("Abby.Smith").await;
    let app = site.enrol_totp("Abby.Smith").await;
    let shown = Shown { method: Method::Totp, text: app.code(&site.service) };
    let codes = site.recovery_codes("Abby.Smith", Some(shown)).await;
    site.pass(Duration::from_secs(60));
    // A new telephone, with a recovery code.
    site.service.start_totp(&caller).await.unwrap();
    let newer = site.pending("Abby.Smith").await;
    let shown = Shown { method: Method::RecoveryCode, text: SecretText::new(codes[3].expose().to_owned()) };
    site.service.confirm_totp(&caller, newer.code(&site.service), Some(shown)).await.unwrap().unwrap();
    site.pass(Duration::from_secs(60));
    let identity = site.identity("Abby.Smith").await.id;
    let old = Shown { method: Method::Totp, text: app.code(&site.service) };
    assert_eq!(
        site.service.prove_factor(&identity, old, &"t".into()).await.unwrap(),
        crate::factors::ProvedFactor::Wrong
    );
    // The codes go, with the telephone.
    let shown = Shown { method: Method::Totp, text: newer.code(&site.service) };
    site.service.remove_factor(&caller, Factor::RecoveryCodes, Some(shown)).await.unwrap().unwrap();
    // The telephone is lost too: the help desk helps.
    let shown = Shown { method: Method::DigitToken, text: site.digits("Abby.Smith").await };
    site.service.remove_factor(&caller, Factor::Totp, Some(shown)).await.unwrap().unwrap();
    assert!(site.service.list_factors(&caller).await.unwrap().enrolled.is_empty());
    let mails = site.mails().await;
    assert_eq!(mails.len(), 6, "enrolled, codes, a code used, replaced, codes removed, removed: {mails:?}");
    assert!(mails.iter().all(|(recipient, fact)| *recipient == abby && matches!(fact, Fact::FactorChanged { .. })));
    assert_eq!(site.events("USER_FACTOR_ENROLLED").await, 3);
    assert_eq!(site.events("USER_FACTOR_REMOVED").await, 2);
}

#[tokio::test]
async fn an_authenticator_is_confirmed_in_time_with_its_code() {
    let site = Site::new().await;
    let caller = site.caller("Abby.Smith").await;
    assert_eq!(
        site.service.confirm_totp(&caller, SecretText::new("000000".into()), None).await.unwrap(),
        Err(FactorRefusal::Gone)
    );
    let shown = site.service.start_totp(&caller).await.unwrap();
    assert!(shown.uri.expose().starts_with("otpauth://totp/acme:Abby.Smith?secret="), "{}", shown.uri.expose());
    assert!(shown.uri.expose().contains(shown.text.expose()));
    let app = site.pending("Abby.Smith").await;
    for _ in 0..10 {
        let wrong = site.service.confirm_totp(&caller, SecretText::new("00000".into()), None).await.unwrap();
        assert_eq!(wrong, Err(FactorRefusal::Wrong));
    }
    let many = site.service.confirm_totp(&caller, app.code(&site.service), None).await.unwrap();
    assert!(matches!(many, Err(FactorRefusal::TooMany(_))));
    site.pass(Duration::from_secs(3600));
    let late = site.service.confirm_totp(&caller, app.code(&site.service), None).await.unwrap();
    assert_eq!(late, Err(FactorRefusal::Gone));
    let client = Caller { principal: Principal::ApiClient { client_id: "c".into() }, ..caller };
    assert!(matches!(site.service.start_totp(&client).await, Err(Error::Forbidden(_))));
}
