//! Rows read back as they were written.

use passwright_domain::access::ScopeSet;
use passwright_domain::budget::{Budget, HOUR};
use passwright_domain::client::{ApiClient, ClientDetails, PersonalAccessToken, RateLimit};
use passwright_domain::directory::{Application, PasswordGroup};
use passwright_domain::ids::{
    ApiClientId, ApplicationId, DigitTokenId, PasswordGroupId, PersonalAccessTokenId, PolicyId, RsaKeyId,
};
use passwright_domain::policy::PasswordPolicy;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::digit_tokens::{Attempt, ConsumeDigitToken, CreateDigitToken, Created, TakeAttempt};
use passwright_storage::directory::{
    accounts, applications, identities, password_groups, password_policies, sign_in_passwords, sources,
};
use passwright_storage::keys::{AddRsaKey, DestroyRsaKeys, StoredRsaKey, list_rsa};
use passwright_storage::{StorageError, Store, Tx, Write, clients, settings};

use super::engines::on_both_engines;
use super::fixture::{account, audit, identity, seed, source};

struct Objects {
    policy: PasswordPolicy,
    group: PasswordGroup,
    application: Application,
    client: ApiClient,
    token: PersonalAccessToken,
}

fn objects() -> Objects {
    let policy_id = PolicyId::from_random([4; 16]);
    Objects {
        policy: PasswordPolicy { default_policy: true, min_length: 8, ..PasswordPolicy::permissive("Default") },
        group: PasswordGroup {
            id: PasswordGroupId::from_random([5; 16]),
            name: "Corporate".into(),
            policy_id: Some(policy_id),
            source_ids: vec![source(2).id, source(1).id],
        },
        application: Application {
            id: ApplicationId::from_random([6; 16]),
            name: "Wiki".into(),
            description: "pages".into(),
            source_id: source(1).id,
        },
        client: ApiClient {
            id: ApiClientId::from_random([7; 16]),
            name: "Portal".into(),
            secret_sha256: "ab".repeat(32),
            scopes: ["idn:password-info:read"].into_iter().collect(),
            token_seconds: 43_200,
            rate_limit: RateLimit::DEFAULT,
            enabled: true,
            details: ClientDetails { description: "pages".into(), ..ClientDetails::default() },
            created_at: Timestamp(3),
            modified_at: Timestamp(5),
            last_used_at: None,
        },
        token: PersonalAccessToken {
            id: PersonalAccessTokenId::from_random([8; 16]),
            owner_id: identity().id,
            name: "laptop".into(),
            secret_sha256: "cd".repeat(32),
            scopes: ScopeSet::all(),
            token_seconds: 43_200,
            created_at: Timestamp(3),
            expires_at: Timestamp(4),
            last_used_at: None,
        },
    }
}

impl Write for Objects {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = Timestamp(9);
        password_policies::upsert(tx, &PolicyId::from_random([4; 16]), &self.policy, now).await?;
        password_groups::upsert(tx, &self.group, now).await?;
        applications::upsert(tx, &self.application, now).await?;
        clients::upsert_client(tx, &self.client).await?;
        clients::upsert_token(tx, &self.token).await?;
        sign_in_passwords::set(tx, &identity().id, "hash", now).await?;
        settings::set(tx, "x", "y", now).await?;
        settings::raise_catalog_version(tx, now).await
    }
}

#[test]
fn objects_read_back_and_are_replaced_in_place() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(objects()).await.unwrap();
        store.write(objects()).await.unwrap();
        let expected = objects();
        let mut reader = store.read().await.unwrap();
        let tx = &mut reader.tx();
        assert_eq!(identities::lookup_by_alias(tx, " ABBY.smith ").await.unwrap(), Some(identity()));
        assert_eq!(identities::list(tx, 10, 0).await.unwrap().len(), 1);
        assert_eq!(sources::list(tx).await.unwrap(), [source(1), source(2), source(3)]);
        assert_eq!(accounts::of_identity(tx, &identity().id).await.unwrap().len(), 3);
        assert_eq!(accounts::lookup_native(tx, &source(2).id, "cn=abby2").await.unwrap(), Some(account(2)));
        assert_eq!(password_policies::list(tx).await.unwrap()[0].1, expected.policy);
        assert_eq!(password_groups::list(tx).await.unwrap(), [expected.group]);
        assert_eq!(applications::list(tx).await.unwrap(), [expected.application]);
        assert_eq!(clients::lookup_client(tx, expected.client.id.as_str()).await.unwrap(), Some(expected.client));
        assert_eq!(clients::lookup_token(tx, expected.token.id.as_str()).await.unwrap(), Some(expected.token));
        let stored = sign_in_passwords::lookup(tx, &identity().id).await.unwrap();
        assert_eq!(stored, Some(("hash".into(), Timestamp(9))));
        assert_eq!(settings::lookup(tx, "x").await.unwrap().as_deref(), Some("y"));
        assert_eq!(settings::catalog_version(tx).await.unwrap(), "2");
    });
}

#[test]
fn a_name_in_another_spelling_conflicts() {
    on_both_engines(|database| async move {
        struct Twin;
        impl Write for Twin {
            type Output = ();
            async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
                let mut twin = source(7);
                twin.name = " SOURCE 1".into();
                sources::upsert(tx, &twin, Timestamp(1)).await
            }
        }
        seed(&database.store).await;
        assert!(matches!(database.store.write(Twin).await, Err(StorageError::Conflict(_))));
    });
}

#[test]
fn one_of_two_rsa_keys_due_at_once_is_kept_and_old_ones_go() {
    on_both_engines(|database| async move {
        let store = database.store;
        let key = |n: u8, at| AddRsaKey {
            key: StoredRsaKey {
                id: RsaKeyId::from_random([n; 16]),
                created_at: Timestamp(at),
                public_key: "p".into(),
                sealed_private_key: "s".into(),
                retired_at: None,
            },
            unless_newer_than: Timestamp(10),
        };
        assert!(store.write(key(1, 50)).await.unwrap());
        assert!(!store.write(key(2, 51)).await.unwrap());
        assert_eq!(store.write(DestroyRsaKeys { created_before: Timestamp(50) }).await.unwrap(), 0);
        assert_eq!(store.write(DestroyRsaKeys { created_before: Timestamp(51) }).await.unwrap(), 1);
        let mut reader = store.read().await.unwrap();
        assert!(list_rsa(&mut reader.tx()).await.unwrap().is_empty());
    });
}

fn digit_token(n: u8) -> CreateDigitToken {
    CreateDigitToken {
        id: DigitTokenId::from_random([n; 16]),
        identity_id: identity().id,
        created_by: "client:c".into(),
        salt: "salt".into(),
        digest: format!("digest{n}"),
        length: 6,
        now: Timestamp(100),
        expires_at: Timestamp(200),
        since: Timestamp(0),
        most: 3,
        of_creator: Budget::at_most(100, HOUR),
        audit: audit(u64::from(n) + 500),
    }
}

fn attempt(guess: &str, now: i64) -> TakeAttempt {
    TakeAttempt {
        guess_id: guess.into(),
        name_key: "abby.smith".into(),
        identity_id: Some(identity().id),
        now: Timestamp(now),
        most_attempts: 5,
        since: Timestamp(0),
        most_guesses: 15,
    }
}

#[test]
fn digit_tokens_bound_attempts_lifetime_and_number() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 1..=3 {
            assert_eq!(store.write(digit_token(n)).await.unwrap(), Created::Made);
        }
        let fourth = store.write(digit_token(4)).await.unwrap();
        assert_eq!(fourth, Created::TooManyForIdentity, "the fourth of the day");
        let Attempt::Compare(live, _, digest) = store.write(attempt("g0", 150)).await.unwrap() else { panic!() };
        assert_eq!((live, digest.as_str()), (DigitTokenId::from_random([3; 16]), "digest3"), "the newest is live");
        assert_eq!(store.write(attempt("g1", 200)).await.unwrap(), Attempt::Nothing, "expired");
        for n in 2..6 {
            assert!(matches!(store.write(attempt(&format!("g{n}"), 150)).await.unwrap(), Attempt::Compare(..)));
        }
        assert_eq!(store.write(attempt("g6", 150)).await.unwrap(), Attempt::Nothing, "five attempts are over");
        for n in 7..15 {
            store.write(attempt(&format!("g{n}"), 150)).await.unwrap();
        }
        assert_eq!(store.write(attempt("g15", 150)).await.unwrap(), Attempt::TooMany);
    });
}

#[test]
fn one_of_many_consumes_a_digit_token() {
    on_both_engines(|database| async move {
        let store: Store = database.store;
        seed(&store).await;
        store.write(digit_token(1)).await.unwrap();
        let mut racing = tokio::task::JoinSet::new();
        for n in 0..32 {
            let store = store.clone();
            let consume = ConsumeDigitToken {
                id: DigitTokenId::from_random([1; 16]),
                guess_id: format!("g{n}"),
                now: Timestamp(120),
                audit: audit(n + 900),
            };
            racing.spawn(async move { store.write(consume).await.unwrap() });
        }
        let mut won = 0;
        while let Some(done) = racing.join_next().await {
            won += u32::from(done.unwrap());
        }
        assert_eq!(won, 1);
    });
}
