use passwright_testkit::SoftwareAuthenticator;

use super::*;
use crate::factors::{FactorRefusal, ProvedFactor};

fn authenticator(id: u8) -> SoftwareAuthenticator {
    SoftwareAuthenticator::new("https://pw.acme.test", "pw.acme.test", id).unwrap()
}

async fn enrol(site: &Site, alias: &str, authenticator: &mut SoftwareAuthenticator) {
    let caller = site.caller(alias).await;
    let asked = site.service.start_passkey(&caller).await.unwrap();
    let answer = authenticator.create(&asked.challenge);
    site.service.confirm_passkey(&caller, &answer, None).await.unwrap().unwrap();
}

async fn question(site: &Site, tab: &Tab<'_>) -> String {
    site.service.passkey_question(&tab.browser).await.unwrap().unwrap().challenge
}

#[tokio::test]
async fn a_passkey_sets_a_new_password() {
    let site = Site::new().await;
    let mut key = authenticator(1);
    enrol(&site, "Abby.Smith", &mut key).await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    assert!(site.service.passkey_question(&tab.browser).await.unwrap().is_none());
    tab.choose(Method::Passkey).await;
    let challenge = question(&site, &tab).await;
    assert_eq!(challenge, question(&site, &tab).await, "one step, one question");
    let answer = key.get(&challenge);
    assert_eq!(page(&tab.answer(&answer).await), &Page::Ready);
    assert!(matches!(tab.reset("A new password").await, Reset::Accepted(_)));
    let other = site.browser("thiefs");
    other.begin(Goal::SetPassword, "Abby.Smith").await;
    other.choose(Method::Passkey).await;
    assert_ne!(question(&site, &other).await, challenge);
    assert_eq!(other.answer(&answer).await.news, News::Wrong, "an answer to another flow's question");
}

#[tokio::test]
async fn another_key_another_question_and_a_copied_key_are_wrong() {
    let site = Site::new().await;
    let (mut abbys, mut mallorys) = (authenticator(1), authenticator(2));
    enrol(&site, "Abby.Smith", &mut abbys).await;
    enrol(&site, "Mallory", &mut mallorys).await;
    let tab = site.browser("mallorys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::Passkey).await;
    let first = question(&site, &tab).await;
    assert_eq!(tab.answer(&mallorys.get(&first)).await.news, News::Wrong, "Mallory's own");
    let mut forged = authenticator(1);
    forged.count = 50;
    assert_eq!(tab.answer(&forged.get(&first)).await.news, News::Wrong, "Abby's id with another key");
    tab.choose(Method::Totp).await;
    tab.choose(Method::Passkey).await;
    assert_eq!(tab.answer(&abbys.get(&first)).await.news, News::Wrong, "an earlier step's question");
    abbys.count = 1;
    let now = question(&site, &tab).await;
    assert_eq!(tab.answer(&abbys.get(&now)).await.news, News::Wrong, "the counter went back");
    assert_eq!(site.events("PASSKEY_COUNTER_REGRESSED").await, 1);
    assert_eq!(page(&tab.answer(&abbys.get(&now)).await), &Page::Ready, "Abby's, for this question");
}

#[tokio::test]
async fn a_signed_in_person_shows_a_passkey_once() {
    let site = Site::new().await;
    let mut key = authenticator(1);
    enrol(&site, "Abby.Smith", &mut key).await;
    let (caller, identity) = (site.caller("Abby.Smith").await, site.identity("Abby.Smith").await.id);
    let shown = |text: &str| Shown { method: Method::Passkey, text: SecretText::new(text.to_owned()) };
    let asked = site.service.ask_passkey(&identity).await.unwrap();
    assert_eq!(asked.allow.len(), 1);
    let answer = key.get(&asked.challenge);
    let prove = async || site.service.prove_factor(&identity, shown(&answer), &"t".into()).await.unwrap();
    assert_eq!(prove().await, ProvedFactor::Proved);
    assert_eq!(prove().await, ProvedFactor::Wrong, "the question was answered");
    // Recovery codes beside it need it; a second passkey needs another factor.
    assert_eq!(site.service.make_recovery_codes(&caller, None).await.unwrap().err(), Some(FactorRefusal::NeedsProof));
    let asked = site.service.ask_passkey(&identity).await.unwrap();
    let codes = site.recovery_codes("Abby.Smith", Some(shown(&key.get(&asked.challenge)))).await;
    let mut second = authenticator(2);
    let asked = site.service.start_passkey(&caller).await.unwrap();
    let made = second.create(&asked.challenge);
    let refused = site.service.confirm_passkey(&caller, &made, None).await.unwrap();
    assert_eq!(refused, Err(FactorRefusal::NeedsProof));
    let code = || Shown { method: Method::RecoveryCode, text: SecretText::new(codes[0].expose().to_owned()) };
    assert_eq!(site.service.confirm_passkey(&caller, &made, Some(code())).await.unwrap(), Ok(()));
    let again = site.service.confirm_passkey(&caller, &made, Some(code())).await.unwrap();
    assert_eq!(again, Err(FactorRefusal::Gone));
    assert_eq!(site.service.start_passkey(&caller).await.unwrap().exclude.len(), 2);
}
