use super::*;

/// The same walk for a known, a disabled and an unknown name, and for one without a factor: every answer is the same
/// (requirement R46), and so is what is left in the database.
#[tokio::test]
async fn nothing_tells_who_is_known() {
    let site = Site::with_halves().await;
    site.enrol_totp("Abby.Smith").await;
    site.mails().await;
    let mut walks = Vec::new();
    for name in ["Abby.Smith", "Mallory", "Gone", "Nobody.Here", "", "' OR 1=1 --"] {
        let tab = site.browser(name);
        let mut walk = vec![tab.begin(Goal::SetPassword, name).await];
        for method in [
            Method::Totp,
            Method::Passkey,
            Method::RecoveryCode,
            Method::DigitToken,
            Method::MailedCode,
            Method::MailedLink,
        ] {
            walk.push(tab.choose(method).await);
            walk.push(tab.answer("12345678").await);
            let Reset::Refused(told) = tab.reset("A new password").await else { panic!("{name}") };
            walk.push(told);
            let link = SecretText::new(format!("{}.x", "f".repeat(32)));
            walk.push(site.service.open_mailed_link(&tab.browser, link).await.unwrap());
        }
        walk.push(tab.choose(Method::ThirdParty).await);
        for _ in 0..6 {
            tab.choose(Method::RecoveryCode).await;
            walk.push(tab.answer("wrong").await);
        }
        for told in &mut walk {
            if let Some(at) = &mut told.at {
                at.expires_at = Timestamp(0);
            }
            if let News::TooMany(wait) = &mut told.news {
                *wait = Duration::from_secs(wait.as_secs() / 60 * 60);
            }
        }
        let mails = site.mails().await.len();
        walks.push((walk, mails));
    }
    assert!(walks[0].0.iter().any(|told| matches!(told.news, News::TooMany(_))), "the limit is in the walk");
    assert_eq!(walks[0].1, 2);
    for walk in &walks {
        assert_eq!(walk, &walks[0]);
    }
}
