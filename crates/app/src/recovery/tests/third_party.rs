use std::path::PathBuf;
use std::time::Instant;

use passwright_testkit::third_party::duo::{CLIENT_ID, CLIENT_SECRET, Mood as DuoMood, Returned};
use passwright_testkit::third_party::okta::{API_TOKEN, Mood as OktaMood, number};
use passwright_testkit::{DuoServer, OktaPerson, OktaServer};

use super::*;
use crate::mfa::{MfaConfig, MfaMethod};
use crate::{Networks, OutboundSettings};

/// A site with the third party's authenticator as a proof of this weight, on pace `0` unless said otherwise.
async fn site(clock: Arc<Hand>, ca_file: PathBuf, pace: Duration, is_whole: bool) -> Site {
    let outbound = OutboundSettings {
        allowed_networks: Networks::new(vec!["127.0.0.0/8".parse().unwrap()]),
        webhook_ca_file: Some(ca_file),
        third_party_pace: Some(pace),
        ..OutboundSettings::default()
    };
    let site = Site::with(clock, outbound).await;
    let (mut whole, mut half) = (vec![Method::Totp, Method::RecoveryCode], vec![Method::MailedCode]);
    if is_whole {
        whole.push(Method::ThirdParty);
    } else {
        half.push(Method::ThirdParty);
    }
    let settings = RecoverySettings { whole, half, ..RecoverySettings::default() };
    site.service.put_recovery_settings(&site.caller("Olga.Admin").await, settings).await.unwrap();
    site
}

async fn configure(site: &Site, method: MfaMethod, config: MfaConfig) {
    site.service.set_mfa_config(&site.caller("Olga.Admin").await, method, config).await.unwrap();
}

async fn with_duo(is_whole: bool) -> (Site, DuoServer) {
    let clock = Hand::new();
    let of_duo = clock.clone();
    let now = Arc::new(move || Timestamp(of_duo.0.load(Ordering::Relaxed)).seconds());
    let duo = DuoServer::start("https://pw.acme.test/recovery/third-party", now).await.unwrap();
    let site = site(clock, duo.ca_file(), Duration::ZERO, is_whole).await;
    configure(&site, MfaMethod::DuoWeb, duo_config(&duo, None)).await;
    (site, duo)
}

fn duo_config(duo: &DuoServer, attribute: Option<&str>) -> MfaConfig {
    MfaConfig {
        enabled: true,
        host: Some(duo.host().to_owned()),
        identity_attribute: attribute.map(str::to_owned),
        integration_key: Some(CLIENT_ID.to_owned()),
        secret_key: Some(CLIENT_SECRET.to_owned()),
        access_key: None,
    }
}

/// Abby is at Okta by her mail address; Mallory and the others are not.
async fn with_okta(pace: Duration) -> (Site, OktaServer) {
    let mut abby = OktaPerson::new("00u1", "abby@acme.test", "111111");
    // Okta may take a code twice; here it counts once.
    abby.codes.push("111111".to_owned());
    let people = vec![abby, OktaPerson::new("00u9", "gone@acme.test", "999999")];
    let okta = OktaServer::start(people).await.unwrap();
    let site = site(Hand::new(), okta.ca_file(), pace, true).await;
    let config = MfaConfig {
        enabled: true,
        host: Some(okta.host().to_owned()),
        identity_attribute: Some("email".to_owned()),
        access_key: Some(API_TOKEN.to_owned()),
        ..MfaConfig::default()
    };
    configure(&site, MfaMethod::OktaVerify, config).await;
    (site, okta)
}

impl Tab<'_> {
    async fn third_party(&self) -> ThirdPartyQuestion {
        self.service.third_party_question(&self.browser).await.unwrap().unwrap()
    }

    async fn bring(&self, returned: &Returned) -> Told {
        let state = SecretText::new(returned.state.clone());
        self.service.return_from_duo(&self.browser, &state, &returned.duo_code).await.unwrap()
    }

    /// Goes to Duo, where one proves oneself, and comes back.
    async fn visit(&self, duo: &DuoServer) -> Returned {
        assert_eq!(self.choose(Method::ThirdParty).await.news, News::Taken);
        duo.open(&self.third_party().await.duo_link.unwrap()).await.unwrap()
    }

    async fn push(&self) -> Told {
        self.service.ask_push(&self.browser, self.step().await).await.unwrap()
    }
}

fn paths(duo: &DuoServer) -> Vec<String> {
    duo.requests().into_iter().map(|request| request.path).collect()
}

#[tokio::test]
async fn duo_sets_a_new_password() {
    let (site, duo) = with_duo(true).await;
    let tab = site.browser("abbys");
    let told = tab.begin(Goal::SetPassword, "Abby.Smith").await;
    assert!(matches!(page(&told), Page::Choose { methods, .. } if methods.contains(&Method::ThirdParty)), "{told:?}");
    let returned = tab.visit(&duo).await;
    assert_eq!(page(&tab.bring(&returned).await), &Page::Ready);
    assert!(matches!(tab.reset("A new password").await, Reset::Accepted(_)));
    assert_eq!(paths(&duo), ["/oauth/v1/health_check", "/oauth/v1/authorize", "/oauth/v1/token"]);
    assert_eq!(duo.refused(), Vec::<String>::new());
    assert_eq!((site.events("RECOVERY_THIRD_PARTY_ASKED").await, site.events("RECOVERY_PROOF_PASSED").await), (1, 1));
    let secret = duo.requests().iter().any(|r| r.body.contains(CLIENT_SECRET) || r.query.contains(CLIENT_SECRET));
    assert!(!secret, "the secret key was sent");
}

/// Every way in which Duo's word is none.
#[tokio::test]
async fn only_a_true_word_of_duo_for_this_step_counts() {
    let (site, duo) = with_duo(true).await;
    for (at, mood) in [
        DuoMood::Deny,
        DuoMood::Bypass,
        DuoMood::WrongSignature,
        DuoMood::Unsigned,
        DuoMood::WrongNonce,
        DuoMood::WrongAudience,
        DuoMood::WrongIssuer,
        DuoMood::Expired,
        DuoMood::OtherPerson,
        DuoMood::Endless,
        DuoMood::Elsewhere,
    ]
    .into_iter()
    .enumerate()
    {
        // Not too often in an hour, nor in a day.
        site.pass(Duration::from_secs(if at % 5 == 0 { 90_000 } else { 1 }));
        let tab = site.browser("abbys");
        tab.begin(Goal::SetPassword, "Abby.Smith").await;
        let returned = tab.visit(&duo).await;
        duo.will(mood);
        assert_eq!(tab.bring(&returned).await.news, News::Wrong, "{mood:?}");
        assert!(matches!(tab.page().await, Some(Page::Prove { .. })), "{mood:?}");
        duo.will(DuoMood::Allow);
    }
    assert_eq!(site.events("RECOVERY_PROOF_FAILED").await, 11);
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    let returned = tab.visit(&duo).await;
    assert_eq!(page(&tab.bring(&returned).await), &Page::Ready, "so it was none of the above");
}

#[tokio::test]
async fn a_return_counts_once_in_its_browser_and_step() {
    let (site, duo) = with_duo(false).await;
    let (abbys, thiefs) = (site.browser("abbys"), site.browser("thiefs"));
    abbys.begin(Goal::SetPassword, "Abby.Smith").await;
    let earlier = abbys.visit(&duo).await;
    let returned = abbys.visit(&duo).await;
    thiefs.begin(Goal::SetPassword, "Abby.Smith").await;
    thiefs.visit(&duo).await;
    let asked = paths(&duo).len();
    let stale = News::Refused(Refusal::Stale);
    assert_eq!(abbys.bring(&earlier).await.news, stale, "of an earlier step");
    assert_eq!(thiefs.bring(&returned).await.news, stale, "of another browser");
    assert_eq!(site.browser("nobodys").bring(&returned).await, Told::no_flow());
    let forged = Returned { state: "x".repeat(43), ..returned.clone() };
    assert_eq!(abbys.bring(&forged).await.news, stale);
    // The form for codes is no way round the state.
    let typed = format!("duo {} {}", forged.state, returned.duo_code);
    assert_eq!(abbys.answer(&typed).await.news, News::Wrong);
    assert_eq!(paths(&duo).len(), asked, "duo was not asked for any of it");
    let told = abbys.bring(&returned).await;
    assert!(matches!(page(&told), Page::Choose { proved, .. } if *proved == [Method::ThirdParty]), "{told:?}");
    assert_eq!(abbys.bring(&returned).await.news, stale, "again");
    abbys.choose(Method::ThirdParty).await;
    assert_eq!(abbys.bring(&returned).await.news, stale, "in a later step");
    assert_eq!(paths(&duo).len(), asked + 2, "one token, and one health check");
    // Two of one kind are one proof.
    let again = abbys.visit(&duo).await;
    assert!(matches!(page(&abbys.bring(&again).await), Page::Choose { .. }));
    abbys.choose(Method::MailedCode).await;
    let code = site.mailed("Abby.Smith").await;
    assert_eq!(page(&abbys.answer(code.expose()).await), &Page::Ready);
}

/// Requirement R46: nothing but the name that was typed tells one walk from another, and Duo is asked the same.
#[tokio::test]
async fn duo_is_asked_about_nobody_as_about_somebody() {
    let (site, duo) = with_duo(true).await;
    let mut walks = Vec::new();
    for name in ["Mallory", "Nobody.Here", "Gone", "Abby.Smith"] {
        let before = paths(&duo).len();
        let tab = site.browser(name);
        tab.begin(Goal::SetPassword, name).await;
        tab.choose(Method::ThirdParty).await;
        let asked = tab.third_party().await;
        let returned = duo.open(&asked.duo_link.clone().unwrap()).await.unwrap();
        duo.will(if name == "Mallory" { DuoMood::Deny } else { DuoMood::Allow });
        let told = tab.bring(&returned).await;
        let link = ThirdPartyQuestion { duo_link: asked.duo_link.map(|_| String::new()), ..asked };
        walks.push((link, told.news, told.at.unwrap().page, paths(&duo)[before..].to_vec()));
    }
    let proved = walks.pop().unwrap();
    assert_eq!((proved.1, proved.2), (News::Taken, Page::Ready));
    for walk in &walks {
        assert_eq!(walk, &walks[0], "who is denied, who is not there and who is disabled");
    }
    assert_eq!(proved.3, walks[0].3);
    assert_eq!(duo.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn duo_is_asked_for_five_times_an_hour_and_only_when_it_is_well() {
    let (site, duo) = with_duo(true).await;
    for name in ["Abby.Smith", "Nobody.Here"] {
        let tab = site.browser(name);
        tab.begin(Goal::SetPassword, name).await;
        for _ in 0..5 {
            assert_eq!(tab.choose(Method::ThirdParty).await.news, News::Taken);
            assert!(tab.third_party().await.duo_link.is_some());
        }
        let asked = paths(&duo).len();
        assert!(matches!(tab.choose(Method::ThirdParty).await.news, News::TooMany(_)));
        assert_eq!(tab.third_party().await, ThirdPartyQuestion { duo: true, ..ThirdPartyQuestion::default() });
        assert_eq!(paths(&duo).len(), asked);
    }
    site.pass(Duration::from_secs(3601));
    duo.will(DuoMood::Unwell);
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    assert_eq!(tab.choose(Method::ThirdParty).await.news, News::Taken);
    assert_eq!(tab.third_party().await.duo_link, None, "it is not well");
    duo.will(DuoMood::Allow);
    let returned = tab.visit(&duo).await;
    site.pass(Duration::from_secs(301));
    assert_eq!(tab.third_party().await.duo_link, None, "five minutes are over");
    assert_eq!(tab.bring(&returned).await.news, News::Wrong);
}

/// What a stranger's browser would be shown is the name at Duo: it must be the one that was typed.
#[tokio::test]
async fn a_third_party_is_offered_while_it_can_be_asked() {
    let (site, duo) = with_duo(true).await;
    let offered = async |name: &str| {
        let told = site.browser(name).begin(Goal::Unlock, "Abby.Smith").await;
        matches!(page(&told), Page::Choose { methods, .. } if methods.contains(&Method::ThirdParty))
    };
    assert!(offered("a").await);
    for (attribute, wanted) in [(Some("email"), false), (Some("alias"), true), (Some("badge"), false), (None, true)] {
        configure(&site, MfaMethod::DuoWeb, duo_config(&duo, attribute)).await;
        assert_eq!(offered("b").await, wanted, "{attribute:?}");
    }
    let tab = site.browser("c");
    tab.begin(Goal::Unlock, "Abby.Smith").await;
    let returned = tab.visit(&duo).await;
    configure(&site, MfaMethod::DuoWeb, MfaConfig { enabled: false, ..duo_config(&duo, None) }).await;
    assert!(!offered("d").await);
    assert_eq!(tab.bring(&returned).await.news, News::Wrong, "switched off meanwhile");
    assert_eq!(tab.third_party().await, ThirdPartyQuestion::default());
    let default = RecoverySettings::default().policy().unwrap();
    assert!(!default.offers(Method::ThirdParty), "off until an administrator wants it");
}

#[tokio::test]
async fn a_push_sets_a_new_password() {
    let (site, okta) = with_okta(Duration::ZERO).await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::ThirdParty).await;
    let nothing = ThirdPartyQuestion { okta: true, ..ThirdPartyQuestion::default() };
    assert_eq!(tab.third_party().await, nothing);
    assert_eq!((tab.answer(APPROVED).await.news, okta.requests().len()), (News::NotYet, 0), "nothing was asked for");
    assert_eq!(tab.push().await.news, News::Taken);
    assert_eq!(tab.third_party().await.number, Some(number(1).to_string()));
    assert_eq!(tab.answer(APPROVED).await.news, News::NotYet);
    okta.approve();
    assert_eq!(page(&tab.answer(APPROVED).await), &Page::Ready);
    assert!(matches!(tab.reset("A new password").await, Reset::Accepted(_)));
    assert_eq!((okta.pushes("00u1"), okta.refused()), (1, Vec::new()));
    assert_eq!(site.events("RECOVERY_PROOF_FAILED").await, 0, "not yet is not wrong");
}

/// Which push it was counts: a later one, another browser's, a refused one and one in another step are not it.
#[tokio::test]
async fn a_push_is_of_one_step_and_counts_once() {
    let (site, okta) = with_okta(Duration::ZERO).await;
    let (abbys, thiefs) = (site.browser("abbys"), site.browser("thiefs"));
    for tab in [&thiefs, &abbys] {
        tab.begin(Goal::SetPassword, "Abby.Smith").await;
        tab.choose(Method::ThirdParty).await;
        tab.push().await;
    }
    okta.approve();
    assert_eq!(thiefs.answer(APPROVED).await.news, News::NotYet, "Abby approved her own");
    abbys.push().await;
    assert_eq!(abbys.answer(APPROVED).await.news, News::NotYet, "the newest counts");
    okta.reject();
    assert_eq!(abbys.answer(APPROVED).await.news, News::NotYet);
    assert_eq!(site.events("RECOVERY_PUSH_REFUSED").await, 1);
    okta.approve();
    let asked = okta.requests().len();
    assert_eq!(abbys.answer(APPROVED).await.news, News::NotYet, "it was refused");
    assert_eq!((okta.requests().len(), site.events("RECOVERY_PUSH_REFUSED").await), (asked, 1));
    abbys.push().await;
    okta.approve();
    site.pass(Duration::from_secs(301));
    assert_eq!(abbys.answer(APPROVED).await.news, News::NotYet, "five minutes are over");
    abbys.push().await;
    okta.approve();
    let at = abbys.step().await;
    let both = async || site.service.answer_proof(&abbys.browser, at, SecretText::new(APPROVED.to_owned())).await;
    let (one, two) = tokio::join!(both(), both());
    let taken = [one.unwrap().news, two.unwrap().news].into_iter().filter(|news| *news == News::Taken).count();
    assert_eq!(taken, 1, "of two at once one counts");
}

#[tokio::test]
async fn a_typed_code_counts_once_and_guesses_are_counted() {
    let (site, okta) = with_okta(Duration::ZERO).await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::ThirdParty).await;
    assert_eq!(tab.answer("222222").await.news, News::Wrong);
    assert_eq!(page(&tab.answer(" 111 111 ").await), &Page::Ready);
    let other = site.browser("thiefs");
    other.begin(Goal::SetPassword, "Abby.Smith").await;
    other.choose(Method::ThirdParty).await;
    for code in ["111111", "", "12345", "1234567890", "abcdef"] {
        // The right one left no trace: five in a day, one of them before.
        let news = other.answer(code).await.news;
        if code == "abcdef" {
            assert!(matches!(news, News::TooMany(_)), "{news:?}");
        } else {
            assert_eq!(news, News::Wrong, "{code:?}");
        }
    }
    let asked = okta.requests().len();
    assert!(matches!(other.answer("333333").await.news, News::TooMany(_)));
    assert_eq!(okta.requests().len(), asked, "counted before okta is asked");
    // A push is another matter: whoever guesses must not close it.
    other.push().await;
    okta.approve();
    assert_eq!(page(&other.answer(APPROVED).await), &Page::Ready);
    assert_eq!(okta.refused(), Vec::<String>::new());
}

/// For nobody, for a person who has no name there or no such person at Okta, and for one who is disabled, nothing differs but that
/// nothing succeeds.
#[tokio::test]
async fn okta_tells_nobody_who_is_known() {
    let (site, okta) = with_okta(Duration::ZERO).await;
    let mut walks = Vec::new();
    for name in ["Nobody.Here", "Gone", "Mallory", "Abby.Smith"] {
        let before = okta.requests().len();
        let tab = site.browser(name);
        tab.begin(Goal::SetPassword, name).await;
        let mut walk = vec![tab.choose(Method::ThirdParty).await.news];
        let mut numbers = Vec::new();
        for _ in 0..5 {
            walk.push(tab.push().await.news);
            let asked = tab.third_party().await;
            numbers.push(asked.number.clone().unwrap().parse::<u32>().unwrap());
            assert_eq!(asked, tab.third_party().await, "a number stays what it is");
            walk.push(tab.answer(APPROVED).await.news);
        }
        for _ in 0..2 {
            walk.push(tab.push().await.news);
            assert_eq!(tab.third_party().await.number, None, "too many");
        }
        for _ in 0..6 {
            walk.push(tab.answer("000000").await.news);
        }
        for news in &mut walk {
            if let News::TooMany(wait) = news {
                *wait = Duration::from_secs(wait.as_secs() / 60 * 60);
            }
        }
        assert!(numbers.iter().all(|number| (10..100).contains(number)), "{numbers:?}");
        walks.push((name, walk, okta.requests().len() - before));
    }
    assert_eq!((walks[0].2, walks[1].2), (0, 0), "nobody was asked about");
    assert_eq!(okta.pushes("00u1"), 5);
    for (name, walk, _) in &walks {
        assert_eq!(*walk, walks[0].1, "{name}");
    }
    assert_eq!((okta.pushes("00u9"), okta.refused()), (0, Vec::new()));
}

/// How long an answer takes does not tell whether Okta was asked.
#[tokio::test]
async fn who_is_known_takes_as_long_as_nobody() {
    const PACE: Duration = Duration::from_millis(400);
    let (site, okta) = with_okta(PACE).await;
    okta.will(OktaMood::Down);
    for name in ["Nobody.Here", "Abby.Smith"] {
        let tab = site.browser(name);
        tab.begin(Goal::SetPassword, name).await;
        tab.choose(Method::ThirdParty).await;
        for what in ["push", APPROVED, "000000"] {
            let begun = Instant::now();
            let news = if what == "push" { tab.push().await.news } else { tab.answer(what).await.news };
            assert!(begun.elapsed() >= PACE, "{name} {what}: {:?}", begun.elapsed());
            assert_ne!(news, News::Mailed);
        }
    }
    assert!(crate::third_party::PACE > Duration::from_secs(4), "longer than it may take to ask");
}

/// An own factor is owed by whoever enrolled one; the person's own at the third party is one.
#[tokio::test]
async fn a_third_party_stands_for_an_own_factor() {
    let (site, okta) = with_okta(Duration::ZERO).await;
    site.enrol_totp("Abby.Smith").await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::ThirdParty).await;
    tab.push().await;
    okta.approve();
    assert_eq!(page(&tab.answer(APPROVED).await), &Page::Ready);
    // It is no factor that another one is enrolled or removed with.
    let shown = Shown { method: Method::ThirdParty, text: SecretText::new(APPROVED.to_owned()) };
    let removed =
        site.service.remove_factor(&site.caller("Abby.Smith").await, Factor::Totp, Some(shown)).await.unwrap();
    assert_eq!(removed, Err(crate::factors::FactorRefusal::NeedsProof));
}
