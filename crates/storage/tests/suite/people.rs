//! Lists of accounts, identities, applications and changes: every field that may be filtered and sorted by, on both engines.

use std::collections::BTreeMap;

use passwright_domain::change::PasswordChanges;
use passwright_domain::collection::{Collection, Field, Kind, Operator, Request, Resource};
use passwright_domain::directory::{
    Accounts, Application, Applications, Identities, Identity, PublicIdentities, UserApplications,
};
use passwright_domain::ids::{ApplicationId, IdentityId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::activities;
use passwright_storage::collection::{Listed, list};
use passwright_storage::directory::{
    account_states, accounts, applications, identities, listed_accounts, user_applications,
};
use passwright_storage::{StorageError, Store, Tx, Write};

use super::engines::on_both_engines;
use super::fixture::{accept, account, identity, now, seed, source};

fn application(n: u8, of: u8) -> Application {
    Application {
        id: ApplicationId::from_random([n; 16]),
        name: format!("Application {n}"),
        description: "d".into(),
        source_id: source(of).id,
    }
}

fn bob() -> Identity {
    Identity {
        id: IdentityId::from_random([2; 16]),
        alias: "Bob".into(),
        name: "Bob".into(),
        email: None,
        attributes: BTreeMap::from([("firstname".into(), "Böb".into()), ("lastname".into(), "o'Neil".into())]),
        ..identity()
    }
}

struct More;

impl Write for More {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        identities::upsert(tx, &bob(), Timestamp(2)).await?;
        // A second account of the same person on source 1.
        let second = passwright_domain::directory::Account {
            id: passwright_domain::ids::AccountId::from_random([8; 16]),
            native_identity: "cn=second".into(),
            ..account(1)
        };
        accounts::upsert(tx, &second, Timestamp(2)).await?;
        for (n, of) in [(1, 1), (2, 1), (3, 2)] {
            applications::upsert(tx, &application(n, of), Timestamp(2)).await?;
        }
        let off = applications::Offer {
            enabled: false,
            match_all_accounts: true,
            app_center_enabled: true,
            provision_request_enabled: false,
        };
        applications::set_offer(tx, &application(2, 1).id, off).await?;
        account_states::set(tx, &account(2).id, true, true, Timestamp(3)).await.map(|_| ())
    }
}

async fn filled(store: &Store) {
    seed(store).await;
    store.write(More).await.unwrap();
}

fn wanted<R: Resource>(filters: &str) -> Collection<R> {
    let filters = (!filters.is_empty()).then(|| filters.to_owned());
    Collection::parse(&Request { filters, count: true, ..Request::default() }).unwrap()
}

/// Every field with every operator, and every order, runs.
async fn everything_runs<R: Listed>(store: &Store) {
    let value = |field: &Field<R::Key>| match field.kind {
        Kind::Boolean => "true",
        Kind::Integer => "1",
        Kind::Time => "2026-01-31T12:00:00Z",
        Kind::Text | Kind::List => "\"a\"",
    };
    let mut requests = Vec::new();
    for field in R::FIELDS {
        for operator in field.operators {
            let filters = match operator {
                Operator::Pr | Operator::Isnull => format!("{} {operator}", field.name),
                Operator::In | Operator::Ca => format!("{} {operator} ({})", field.name, value(field)),
                _ => format!("{} {operator} {}", field.name, value(field)),
            };
            requests.push(Request { filters: Some(filters), count: true, ..Request::default() });
        }
        if field.sortable {
            requests.push(Request { sorters: Some(format!("-{}", field.name)), ..Request::default() });
        }
    }
    for request in requests {
        let mut reader = store.read().await.unwrap();
        let done = list(&mut reader.tx(), &Collection::<R>::parse(&request).unwrap()).await;
        assert!(done.is_ok(), "{request:?}: {:?}", done.err());
    }
}

#[test]
fn every_field_and_order_runs() {
    on_both_engines(|database| async move {
        filled(&database.store).await;
        everything_runs::<Accounts>(&database.store).await;
        everything_runs::<Identities>(&database.store).await;
        everything_runs::<PublicIdentities>(&database.store).await;
        everything_runs::<Applications>(&database.store).await;
        everything_runs::<UserApplications>(&database.store).await;
        everything_runs::<PasswordChanges>(&database.store).await;
    });
}

#[test]
fn attributes_are_filtered_by() {
    on_both_engines(|database| async move {
        filled(&database.store).await;
        for (filters, expected) in [
            (r#"firstname eq "böb""#, vec!["Bob"]),
            (r#"lastname sw "O'""#, vec!["Bob"]),
            (r#"not lastname eq "o'neil""#, vec!["Abby.Smith"]),
            (r#"firstname eq "Sales""#, vec![]),
        ] {
            let mut reader = database.store.read().await.unwrap();
            let (found, total) = identities::page(&mut reader.tx(), &wanted::<Identities>(filters)).await.unwrap();
            let aliases: Vec<_> = found.iter().map(|stored| stored.identity.alias.as_str()).collect();
            assert_eq!((aliases, total), (expected.clone(), Some(expected.len() as u64)), "{filters}");
        }
    });
}

#[test]
fn accounts_with_their_names_and_states() {
    on_both_engines(|database| async move {
        filled(&database.store).await;
        let mut reader = database.store.read().await.unwrap();
        let filters = r#"identity.name eq "abby smith" and source.displayableName eq "SOURCE 2""#;
        let (found, total) = listed_accounts::page(&mut reader.tx(), &wanted(filters)).await.unwrap();
        assert_eq!(total, Some(1));
        assert_eq!(
            (found[0].owner.clone().unwrap().1, found[0].source_name.as_str()),
            ("Abby Smith".into(), "Source 2")
        );
        assert!(found[0].disabled && found[0].locked && !found[0].manually_correlated);
    });
}

#[test]
fn one_application_for_each_person() {
    on_both_engines(|database| async move {
        filled(&database.store).await;
        let mut reader = database.store.read().await.unwrap();
        let (found, total) = user_applications::page(&mut reader.tx(), &wanted("")).await.unwrap();
        let names: Vec<_> = found.iter().map(|app| (app.application.1.as_str(), app.accounts)).collect();
        assert_eq!((names, total), (vec![("Application 1", 2), ("Application 3", 1)], Some(2)), "one is switched off");
        assert_eq!(found[0].account.0, account(1).id, "the first of two");
        let one = format!("id eq \"{}\"", found[1].id);
        let (again, _) = user_applications::page(&mut reader.tx(), &wanted(&one)).await.unwrap();
        assert_eq!(again, found[1..]);
    });
}

struct Link(u8, IdentityId);

impl Write for Link {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        account_states::link(tx, &account(self.0).id, &self.1, now()).await
    }
}

#[test]
fn an_account_goes_to_another_identity_when_no_change_is_under_way() {
    on_both_engines(|database| async move {
        let store = &database.store;
        filled(store).await;
        accept(store, 1, &[1, 2]).await;
        for busy in [1, 2] {
            assert!(!store.write(Link(busy, bob().id)).await.unwrap(), "account {busy}");
        }
        assert!(store.write(Link(3, bob().id)).await.unwrap());
        let mut reader = store.read().await.unwrap();
        let (of_bob, _) = listed_accounts::page(
            &mut reader.tx(),
            &wanted(r#"identity.name eq "Bob" and manuallyCorrelated eq true"#),
        )
        .await
        .unwrap();
        assert_eq!(of_bob.iter().map(|found| found.id.clone()).collect::<Vec<_>>(), [account(3).id]);
        let (ids, total) =
            activities::page(&mut reader.tx(), &wanted::<PasswordChanges>(r#"type eq "CloudPasswordRequest""#))
                .await
                .unwrap();
        assert_eq!((ids.len(), total), (1, Some(1)));
    });
}
