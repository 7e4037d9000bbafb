//! What the help desk does besides tokens: with a reason, after a check of the caller, and not for everybody.

use axum::http::StatusCode;
use passwright_domain::delivery::{Channel, Fact};
use passwright_domain::ids::AccountId;
use passwright_storage::audit::{self, Search};
use passwright_storage::deliveries::ClaimDeliveries;
use passwright_storage::directory::{account_states, accounts, identities};
use passwright_storage::settings;
use passwright_storage::{StorageError, Tx, Write};

use super::super::Fixture;
use super::{Browser, fixture};

struct Lock(AccountId, passwright_domain::timestamp::Timestamp);

impl Write for Lock {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        account_states::set(tx, &self.0, false, true, self.1).await?;
        Ok(())
    }
}

/// Locks a person's first account, as far as was last seen; gives the ids of both.
async fn lock(fixture: &Fixture, alias: &str) -> (String, String) {
    let store = fixture.service.store();
    let mut reader = store.read().await.unwrap();
    let person = identities::lookup_by_alias(&mut reader.tx(), alias).await.unwrap().unwrap();
    let own = accounts::of_identity(&mut reader.tx(), &person.id).await.unwrap();
    drop(reader);
    let account = own.into_iter().find(|account| account.native_identity == alias.to_lowercase()).unwrap();
    store.write(Lock(account.id.clone(), fixture.service.now())).await.unwrap();
    (person.id.to_string(), account.id.to_string())
}

async fn outcomes(fixture: &Fixture, event: &str) -> Vec<(String, String)> {
    let mut reader = fixture.service.store().read().await.unwrap();
    let search = Search { event: Some(event.to_owned()), limit: 100, ..Search::default() };
    let found = audit::search(&mut reader.tx(), &search).await.unwrap();
    found.into_iter().map(|record| (record.outcome, record.detail)).collect()
}

#[tokio::test]
async fn an_account_is_unlocked_with_a_reason_for_those_who_are_not_protected() {
    let (fixture, clock) = fixture().await;
    let (abby, account) = lock(&fixture, "Abby.Smith").await;
    let (olga, olgas) = lock(&fixture, "Olga.Admin").await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let token = hank.token(&fixture).await;
    let page = hank.get(&fixture, &format!("/help-desk/people/{abby}")).await;
    assert_eq!(page.text.matches("/unlock\"").count(), 1, "the locked one alone: {}", page.text);
    let protected = hank.get(&fixture, &format!("/help-desk/people/{olga}")).await;
    assert!(!protected.text.contains("/unlock\""), "{}", protected.text);
    let path = format!("/help-desk/people/{abby}/unlock");
    let form = token.as_str();
    for fields in [
        vec![("form", form), ("account", account.as_str()), ("reason", "INC-1")],
        vec![("form", form), ("account", account.as_str()), ("checked", "yes"), ("reason", "  ")],
    ] {
        let answer = hank.post(&fixture, &path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("Confirm that you have made sure who calls"), "{}", answer.text);
    }
    assert!(outcomes(&fixture, "unlock").await.is_empty(), "nothing was asked for");
    let whole = |account| [("form", form), ("account", account), ("checked", "yes"), ("reason", "INC-1")];
    // A file has no such state, and that is told.
    let answer = hank.post(&fixture, &path, &whole(&account)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("cannot unlock") && answer.text.contains("value=\"INC-1\""), "{}", answer.text);
    assert_eq!(
        outcomes(&fixture, "ACCOUNT_UNLOCK_REQUESTED").await,
        [("passed".to_owned(), format!("account:{account}: INC-1"))]
    );
    assert_eq!(outcomes(&fixture, "UnlockAccountFailure").await[0].0, "failed");
    // Records are in the order of their time.
    clock.advance(std::time::Duration::from_millis(1));
    // Not somebody else's account by way of a person who may be helped.
    assert_eq!(hank.post(&fixture, &path, &whole(&olgas)).await.status, StatusCode::NOT_FOUND);
    let path = format!("/help-desk/people/{olga}/unlock");
    assert_eq!(hank.post(&fixture, &path, &whole(&olgas)).await.status, StatusCode::FORBIDDEN);
    let refused = outcomes(&fixture, "UnlockAccountFailure").await;
    assert_eq!(refused[0], ("refused".to_owned(), "the person is protected: Level".to_owned()));
}

/// A file cannot ask for another password, and that is told before it is asked for and after.
#[tokio::test]
async fn another_password_is_asked_for_where_the_source_can() {
    let (fixture, clock) = fixture().await;
    let (abby, account) = lock(&fixture, "Abby.Smith").await;
    let (olga, olgas) = lock(&fixture, "Olga.Admin").await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let token = hank.token(&fixture).await;
    let page = hank.get(&fixture, &format!("/help-desk/people/{abby}")).await;
    assert!(page.text.contains("cannot ask for another password") && !page.text.contains("/expire\""), "{}", page.text);
    assert!(page.text.contains("Intranet and Wiki") || page.text.contains("Wiki and Intranet"), "{}", page.text);
    let path = format!("/help-desk/people/{abby}/expire");
    let form = token.as_str();
    for fields in [
        vec![("form", form), ("account", account.as_str()), ("reason", "INC-4")],
        vec![("form", form), ("account", account.as_str()), ("checked", "yes"), ("reason", "  ")],
    ] {
        let answer = hank.post(&fixture, &path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("Confirm that you have made sure who calls"), "{}", answer.text);
    }
    assert!(outcomes(&fixture, "PASSWORD_EXPIRY_REQUESTED").await.is_empty(), "nothing was asked for");
    let whole = |account| [("form", form), ("account", account), ("checked", "yes"), ("reason", "INC-4")];
    let answer = hank.post(&fixture, &path, &whole(&account)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = answer.text.contains("Nothing was changed.") && answer.text.contains("this kind of source cannot ask");
    assert!(told, "{}", answer.text);
    assert_eq!(
        outcomes(&fixture, "PASSWORD_EXPIRY_REQUESTED").await,
        [("passed".to_owned(), format!("account:{account}: INC-4"))]
    );
    assert_eq!(outcomes(&fixture, "ExpirePasswordFailure").await[0].0, "failed");
    clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(hank.post(&fixture, &path, &whole(&olgas)).await.status, StatusCode::NOT_FOUND, "not hers");
    let path = format!("/help-desk/people/{olga}/expire");
    assert_eq!(hank.post(&fixture, &path, &whole(&olgas)).await.status, StatusCode::FORBIDDEN);
    let refused = outcomes(&fixture, "ExpirePasswordFailure").await;
    assert_eq!(refused[0], ("refused".to_owned(), "the person is protected: Level".to_owned()));
    let mut abbys = Browser::of(&fixture, "Abby.Smith").await;
    let own = [("form", abbys.token(&fixture).await), ("account", account.clone())];
    let own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(abbys.post(&fixture, &path, &own).await.status, StatusCode::FORBIDDEN, "she serves nobody");
}

/// The installation sends mail, and these people have an address.
pub(super) struct Mails(pub(super) Vec<String>, pub(super) passwright_domain::timestamp::Timestamp);

impl Write for Mails {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for alias in &self.0 {
            let mut person = identities::lookup_by_alias(tx, alias).await?.unwrap();
            person.email = Some(format!("{alias}@acme.test"));
            identities::upsert(tx, &person, self.1).await?;
        }
        settings::set(tx, "mail", "on", self.1).await
    }
}

#[tokio::test]
async fn a_person_is_mailed_the_way_to_a_new_password() {
    let (fixture, clock) = fixture().await;
    let (abby, _) = lock(&fixture, "Abby.Smith").await;
    let (olga, _) = lock(&fixture, "Olga.Admin").await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let token = hank.token(&fixture).await;
    let (person, path) = (format!("/help-desk/people/{abby}"), format!("/help-desk/people/{abby}/mail"));
    let whole = [("form", token.as_str()), ("checked", "yes"), ("reason", "INC-2")];
    assert!(!hank.get(&fixture, &person).await.text.contains("/mail\""), "no mail is sent here");
    let answer = hank.post(&fixture, &path, &whole).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    let people = vec!["Abby.Smith".to_owned(), "Olga.Admin".to_owned()];
    fixture.service.store().write(Mails(people, fixture.service.now())).await.unwrap();
    assert!(hank.get(&fixture, &person).await.text.contains("/mail\""));
    let answer = hank.post(&fixture, &path, &[("form", &token), ("reason", "INC-2")]).await;
    assert!(answer.text.contains("Confirm that you have made sure who calls"), "{}", answer.text);
    // What was not taken to be sent before.
    let mailed = async || {
        let (now, lease) = (fixture.service.now(), std::time::Duration::from_secs(36_000));
        let claim = ClaimDeliveries { channel: Channel::Mail, now, most: 100, lease };
        let claimed = fixture.service.store().write(claim).await.unwrap();
        assert!(claimed.iter().all(|mail| mail.recipient == abby && mail.fact == Fact::HelpOffered {}));
        claimed.len()
    };
    assert_eq!(mailed().await, 0);
    for _ in 0..2 {
        let answer = hank.post(&fixture, &path, &whole).await;
        assert_eq!(answer.header("location"), format!("{person}?done=mailed"));
    }
    assert_eq!(mailed().await, 1, "one within an hour");
    clock.advance(std::time::Duration::from_secs(3600));
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let token = hank.token(&fixture).await;
    let whole = [("form", token.as_str()), ("checked", "yes"), ("reason", "INC-2")];
    hank.post(&fixture, &path, &whole).await;
    assert_eq!(mailed().await, 1, "and another one after it");
    assert_eq!(
        hank.post(&fixture, &format!("/help-desk/people/{olga}/mail"), &whole).await.status,
        StatusCode::FORBIDDEN
    );
    let recorded = outcomes(&fixture, "PASSWORD_RESET_MAIL_REQUESTED").await;
    assert_eq!(recorded.iter().filter(|(outcome, detail)| outcome == "passed" && detail == "INC-2").count(), 3);
    assert_eq!(recorded.iter().filter(|(outcome, _)| outcome == "refused").count(), 1);
}

/// Abby is special; Olga and Hank serve people.
struct Special(passwright_domain::timestamp::Timestamp);

impl Write for Special {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let mut person = identities::lookup_by_alias(tx, "Abby.Smith").await?.unwrap();
        person.attributes.insert("vip".to_owned(), "true".to_owned());
        identities::upsert(tx, &person, self.0).await
    }
}

#[tokio::test]
async fn a_special_person_is_helped_by_two() {
    let (fixture, clock) = fixture().await;
    let (abby, account) = lock(&fixture, "Abby.Smith").await;
    fixture.service.store().write(Special(fixture.service.now())).await.unwrap();
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let olgas = olga.token(&fixture).await;
    let set = [("form", olgas.as_str()), ("attribute", "vip")];
    let saved = olga.post(&fixture, "/admin/settings/help-desk", &set).await;
    assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{}", saved.text);
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let token = hank.token(&fixture).await;
    let person = format!("/help-desk/people/{abby}");
    let path = |act: &str| format!("{person}/{act}");
    let form = ("form", token.as_str());
    let whole = [form, ("account", account.as_str()), ("checked", "yes"), ("reason", "INC-3")];
    let page = hank.get(&fixture, &person).await;
    assert!(page.text.contains("Ask a colleague") && !page.text.contains("/unlock\""), "{}", page.text);
    for act in ["token", "unlock"] {
        assert_eq!(hank.post(&fixture, &path(act), &whole).await.status, StatusCode::FORBIDDEN, "{act} alone");
    }
    let half = hank.post(&fixture, &path("second"), &[form, ("reason", "INC-3")]).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(hank.post(&fixture, &path("second"), &whole).await.header("location"), person);
    let page = hank.get(&fixture, &person).await;
    assert!(page.text.contains("when a colleague has agreed") && !page.text.contains("/second/agree"), "{}", page.text);
    let page = olga.get(&fixture, &person).await;
    let asked = super::hidden(&page, "asked");
    assert!(page.text.contains("Hank Helper") && page.text.contains("INC-3"), "{}", page.text);
    let own = hank.post(&fixture, &path("second/agree"), &[form, ("asked", &asked)]).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "nobody agrees with themselves");
    let agree = [("form", olgas.as_str()), ("asked", asked.as_str())];
    let agreed = olga.post(&fixture, &path("second/agree"), &agree).await;
    assert_eq!(agreed.header("location"), format!("{person}?done=agreed"));
    assert_eq!(olga.post(&fixture, &path("second/agree"), &agree).await.status, StatusCode::NOT_FOUND, "once");
    let page = hank.get(&fixture, &person).await;
    assert!(page.text.contains("Olga Admin agrees to one act"), "{}", page.text);
    // What is incomplete does not use it up.
    hank.post(&fixture, &path("token"), &[form, ("reason", "INC-3")]).await;
    let made = hank.post(&fixture, &path("token"), &whole).await;
    assert!(made.text.contains("Read this to the person"), "{}", made.text);
    assert_eq!(hank.post(&fixture, &path("token"), &whole).await.status, StatusCode::FORBIDDEN, "for one act");
    // An agreement that nobody used in time is none, and so is one that nobody gave in time.
    hank.post(&fixture, &path("second"), &whole).await;
    let asked = super::hidden(&olga.get(&fixture, &person).await, "asked");
    olga.post(&fixture, &path("second/agree"), &[("form", olgas.as_str()), ("asked", asked.as_str())]).await;
    clock.advance(std::time::Duration::from_secs(9 * 60));
    hank.get(&fixture, &person).await;
    olga.get(&fixture, &person).await;
    clock.advance(std::time::Duration::from_secs(2 * 60));
    assert_eq!(hank.post(&fixture, &path("token"), &whole).await.status, StatusCode::FORBIDDEN, "too late");
    for (event, count) in [("HELP_AGREEMENT_REQUESTED", 2), ("HELP_AGREEMENT_GIVEN", 2), ("HELP_AGREEMENT_MISSING", 4)]
    {
        assert_eq!(outcomes(&fixture, event).await.len(), count, "{event}");
    }
}
