use super::*;

#[tokio::test]
async fn a_mailed_code_and_digits_are_two_proofs() {
    let site = Site::with_halves().await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    assert_eq!(tab.choose(Method::MailedCode).await.news, News::Mailed);
    let first = site.mailed("Abby.Smith").await;
    assert_eq!(tab.choose(Method::MailedCode).await.news, News::Mailed, "another one, please");
    assert_eq!(tab.answer(first.expose()).await.news, News::Wrong, "the newest counts");
    let code = site.mailed("Abby.Smith").await;
    let told = tab.answer(code.expose()).await;
    assert!(matches!(page(&told), Page::Choose { proved, .. } if *proved == [Method::MailedCode]), "{told:?}");
    tab.choose(Method::MailedLink).await;
    let link = site.mailed("Abby.Smith").await;
    site.service.open_mailed_link(&tab.browser, link).await.unwrap();
    assert!(matches!(tab.page().await, Some(Page::Choose { .. })), "the same mailbox twice is one proof");
    tab.choose(Method::DigitToken).await;
    let digits = site.digits("Abby.Smith").await;
    assert_eq!(page(&tab.answer(digits.expose()).await), &Page::Ready);
    assert!(matches!(tab.reset("A new password").await, Reset::Accepted(_)));
}

/// The token was sent to an address of the request: given as a list (GitLab CVE-2023-7028), or to any number (LTB #816). No request has
/// an address here; a name with more in it is another name.
#[tokio::test]
async fn gitlab_cve_2023_7028_ltb_816_a_mail_goes_to_the_stored_address_once() {
    let site = Site::with_halves().await;
    let abby = site.identity("Abby.Smith").await.id.to_string();
    let tab = site.browser("mallorys");
    let names = [
        "Abby.Smith,mallory@evil.test",
        "Abby.Smith\r\nBcc: mallory@evil.test",
        "[\"Abby.Smith\",\"mallory@evil.test\"]",
        "abby@acme.test",
        "Abby.Sm\u{131}th",
        "Abby.Smith+mallory",
    ];
    for name in names {
        tab.begin(Goal::SetPassword, name).await;
        assert_eq!(tab.choose(Method::MailedLink).await.news, News::Mailed, "{name:?}");
        let mails = site.mails().await;
        assert!(mails.iter().all(|(recipient, _)| recipient.is_empty()), "{name:?}: {mails:?}");
    }
    tab.begin(Goal::SetPassword, "\u{ff21}bby.Smith").await;
    tab.choose(Method::MailedLink).await;
    let recipients: Vec<_> = site.mails().await.into_iter().map(|(recipient, _)| recipient).collect();
    assert_eq!(recipients, [abby]);
}

#[tokio::test]
async fn a_mailed_link_works_in_its_browser_once() {
    let site = Site::with_halves().await;
    let (abbys, mallorys) = (site.browser("abbys"), site.browser("mallorys"));
    // Mallory asks; Abby opens what arrives, in her own browser.
    mallorys.begin(Goal::SetPassword, "Abby.Smith").await;
    mallorys.choose(Method::MailedLink).await;
    let link = site.mailed("Abby.Smith").await;
    let copy = || SecretText::new(link.expose().to_owned());
    let elsewhere = site.service.open_mailed_link(&abbys.browser, copy()).await.unwrap();
    assert_eq!(elsewhere, Told::no_flow());
    abbys.begin(Goal::SetPassword, "Abby.Smith").await;
    abbys.choose(Method::MailedLink).await;
    let own = site.mailed("Abby.Smith").await;
    let wrong = site.service.open_mailed_link(&abbys.browser, copy()).await.unwrap();
    assert_eq!(wrong.news, News::Wrong, "of another flow");
    assert!(matches!(mallorys.page().await, Some(Page::Prove { proved, .. }) if proved.is_empty()));
    let cut = SecretText::new(own.expose()[..40].to_owned());
    assert_eq!(site.service.open_mailed_link(&abbys.browser, cut).await.unwrap().news, News::Wrong);
    let own_copy = SecretText::new(own.expose().to_owned());
    assert_eq!(site.service.open_mailed_link(&abbys.browser, own_copy).await.unwrap().news, News::Taken);
    let again = site.service.open_mailed_link(&abbys.browser, own).await.unwrap();
    assert_eq!(again.news, News::Refused(Refusal::Stale));
}

#[tokio::test]
async fn a_mailed_code_ends_after_ten_minutes_and_five_answers() {
    let site = Site::with_halves().await;
    let tab = site.browser("abbys");
    tab.begin(Goal::SetPassword, "Abby.Smith").await;
    tab.choose(Method::MailedCode).await;
    let code = site.mailed("Abby.Smith").await;
    for _ in 0..5 {
        assert_eq!(tab.answer("00000000").await.news, News::Wrong);
    }
    assert_eq!(tab.answer(code.expose()).await.news, News::Wrong, "five answers are over");
    tab.choose(Method::MailedCode).await;
    site.pass(Duration::from_secs(600));
    assert_eq!(tab.page().await, None);
}

#[tokio::test]
async fn a_forgotten_name_is_mailed_to_the_stored_address() {
    let site = Site::new().await;
    let tab = site.browser("abbys");
    let abby = site.identity("Abby.Smith").await.id.to_string();
    let nobody = String::new();
    for (typed, to) in [
        (" Abby@ACME.test ", &abby),
        ("abby@acme.test,mallory@evil.test", &nobody),
        ("gone@acme.test", &nobody),
        ("abby@acme.tes", &nobody),
        ("%", &nobody),
    ] {
        site.service.forgot_name(&tab.browser, typed).await.unwrap();
        let recipients: Vec<_> = site.mails().await.into_iter().map(|(recipient, _)| recipient).collect();
        assert_eq!(recipients, std::slice::from_ref(to), "{typed:?}");
    }
    for _ in 0..4 {
        site.service.forgot_name(&tab.browser, "ABBY@acme.test").await.unwrap();
    }
    let sixth = site.service.forgot_name(&tab.browser, "abby@acme.test").await;
    assert!(matches!(sixth, Err(Error::TooManyRequests { .. })));
}
