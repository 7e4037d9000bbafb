//! Unlocking an account at the help desk: with a reason, after a check of the caller, and not for everybody.

use axum::http::StatusCode;
use passwright_domain::ids::AccountId;
use passwright_storage::audit::{self, Search};
use passwright_storage::directory::{account_states, accounts, identities};
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
