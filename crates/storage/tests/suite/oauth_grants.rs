//! Codes and refresh tokens work once, whoever comes first; a second use ends what the first gave.

use std::time::Duration;

use futures_util::future::join_all;
use passwright_domain::auth_org::LockoutConfig;
use passwright_domain::client::{ApiClient, ClientDetails, RateLimit};
use passwright_domain::ids::ApiClientId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::clients::CreateApiClient;
use passwright_storage::directory::sign_in_passwords::SetSignInPassword;
use passwright_storage::oauth_grants::{
    CreateGrant, NewRefreshToken, OauthGrant, RedeemCode, Redeemed, RotateRefreshToken, lookup,
};
use passwright_storage::sign_in_failures::{ClearSignInFailures, ForgetSignInAttempts, TakeSignInAttempt};

use super::engines::on_both_engines;
use super::fixture::{audit, identity, now, seed};

const ROUNDS: u64 = 15;

fn client_id() -> ApiClientId {
    ApiClientId::from_random([7; 16])
}

async fn seed_client(store: &Store) {
    seed(store).await;
    let client = ApiClient {
        id: client_id(),
        name: "Portal".into(),
        secret_sha256: "ab".repeat(32),
        scopes: ["sp:scopes:all"].into_iter().collect(),
        token_seconds: 750,
        rate_limit: RateLimit::DEFAULT,
        enabled: true,
        details: ClientDetails::default(),
        created_at: Timestamp(0),
        modified_at: Timestamp(0),
        last_used_at: None,
    };
    store.write(CreateApiClient { client, audit: audit(1_000_000) }).await.unwrap();
}

async fn code(store: &Store, n: u64) {
    let grant = OauthGrant {
        id: format!("grant{n}"),
        client_id: client_id().to_string(),
        identity_id: identity().id,
        scopes: ["sp:scopes:all"].into_iter().collect(),
        expires_at: now() + Duration::from_secs(3600),
        revoked: false,
    };
    let create = CreateGrant {
        grant,
        now: now(),
        code_digest: format!("code{n}"),
        code_expires_at: now() + Duration::from_secs(60),
        redirect_uri: "https://app.example/".into(),
        challenge: "challenge".into(),
        audit: audit(2_000_000 + n),
    };
    store.write(create).await.unwrap();
}

fn redeem(n: u64, by: u64) -> RedeemCode {
    RedeemCode {
        digest: format!("code{n}"),
        client_id: client_id().to_string(),
        redirect_uri: "https://app.example/".into(),
        challenge: "challenge".into(),
        now: now(),
        refresh_token: Some(refresh(&format!("refresh{n}-{by}"))),
        revoked: audit(3_000_000 + n * 100 + by),
    }
}

fn refresh(digest: &str) -> NewRefreshToken {
    NewRefreshToken { digest: digest.into(), expires_at: now() + Duration::from_secs(600) }
}

fn rotate(from: &str, to: &str, record: u64) -> RotateRefreshToken {
    RotateRefreshToken {
        digest: from.into(),
        client_id: client_id().to_string(),
        now: now(),
        refresh_token: refresh(to),
        revoked: audit(record),
    }
}

async fn is_revoked(store: &Store, id: &str) -> bool {
    let mut reader = store.read().await.unwrap();
    lookup(&mut reader.tx(), id).await.unwrap().unwrap().revoked
}

#[test]
fn of_64_that_redeem_a_code_one_succeeds_and_all_is_revoked() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed_client(&store).await;
        for n in 0..ROUNDS {
            code(&store, n).await;
            let redeemed = join_all((0..64).map(|by| store.write(redeem(n, by)))).await;
            let redeemed: Vec<_> = redeemed.into_iter().map(Result::unwrap).collect();
            let won = redeemed.iter().filter(|r| matches!(r, Redeemed::Granted(_))).count();
            assert_eq!(won, 1, "round {n}");
            assert!(redeemed.iter().all(|r| matches!(r, Redeemed::Granted(_) | Redeemed::UsedBefore)), "round {n}");
            assert!(is_revoked(&store, &format!("grant{n}")).await, "a second use revokes what the first gave");
            for by in 0..64 {
                let later = store.write(rotate(&format!("refresh{n}-{by}"), "new", 9_000_000 + n)).await.unwrap();
                assert!(!matches!(later, Redeemed::Granted(_)), "round {n}: its refresh token is of no use");
            }
        }
    });
}

#[test]
fn a_code_is_bound_and_ends() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed_client(&store).await;
        let wrong: [fn(&mut RedeemCode); 4] = [
            |r| r.client_id = ApiClientId::from_random([8; 16]).to_string(),
            |r| r.redirect_uri.push('x'),
            |r| r.challenge.push('x'),
            |r| r.now = now() + Duration::from_secs(61),
        ];
        for (n, change) in (0..).zip(wrong) {
            code(&store, n).await;
            let mut redeem = redeem(n, 0);
            change(&mut redeem);
            let answer = store.write(redeem).await.unwrap();
            assert_eq!(answer, if n == 3 { Redeemed::Unknown } else { Redeemed::NotTheirs }, "case {n}");
            assert_eq!(is_revoked(&store, &format!("grant{n}")).await, n != 3, "case {n}");
        }
        assert_eq!(store.write(redeem(99, 0)).await.unwrap(), Redeemed::Unknown);
    });
}

#[test]
fn an_old_refresh_token_ends_the_chain_wherever_it_is_used_again() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed_client(&store).await;
        for again in 0..10_u64 {
            code(&store, again).await;
            let name = |step: u64| format!("chain{again}-{step}");
            let first = RedeemCode { refresh_token: Some(refresh(&name(0))), ..redeem(again, 0) };
            assert!(matches!(store.write(first).await.unwrap(), Redeemed::Granted(_)));
            for step in 0..10 {
                let record = 4_000_000 + again * 100 + step;
                let rotated = store.write(rotate(&name(step), &name(step + 1), record)).await.unwrap();
                assert!(matches!(rotated, Redeemed::Granted(_)), "chain {again}, step {step}");
            }
            let replay = rotate(&name(again), "stolen", 5_000_000 + again);
            assert_eq!(store.write(replay).await.unwrap(), Redeemed::UsedBefore, "step {again}");
            assert!(is_revoked(&store, &format!("grant{again}")).await);
            let newest = rotate(&name(10), "x", 6_000_000 + again);
            assert_eq!(store.write(newest).await.unwrap(), Redeemed::NotTheirs, "the newest ended too");
        }
    });
}

#[test]
fn a_new_sign_in_password_revokes_what_sign_ins_gave() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed_client(&store).await;
        code(&store, 1).await;
        let set = SetSignInPassword { identity_id: identity().id, hash: "hash".into(), now: now() };
        store.write(set).await.unwrap();
        assert!(is_revoked(&store, "grant1").await);
        assert_eq!(store.write(redeem(1, 0)).await.unwrap(), Redeemed::NotTheirs, "nor does a waiting code work");
    });
}

#[test]
fn of_many_sign_ins_at_once_five_are_compared() {
    on_both_engines(|database| async move {
        let store = database.store;
        let now = now();
        let config = LockoutConfig { maximum_attempts: 5, lockout_duration: 15, lockout_window: 5 };
        let attempt = |name: &str| TakeSignInAttempt { name_key: name.into(), now, config };
        let taken = join_all((0..40).map(|_| store.write(attempt("abby")))).await;
        let taken: Vec<_> = taken.into_iter().map(Result::unwrap).collect();
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 5);
        assert_eq!(taken.iter().filter(|taken| **taken == Ok(true)).count(), 1, "one of them locks the name");
        assert_eq!(store.write(attempt("olga")).await.unwrap(), Ok(false), "another name is not held up");
        let minutes = |n: u64| Duration::from_secs(60 * n);
        assert_eq!(store.write(attempt("abby")).await.unwrap(), Err(minutes(15)));
        let at = |minute| TakeSignInAttempt { now: now + minutes(minute), ..attempt("abby") };
        assert_eq!(store.write(at(14)).await.unwrap(), Err(minutes(1)), "longer than the window");
        let forget = |minute| ForgetSignInAttempts { now: now + minutes(minute) };
        assert_eq!(store.write(forget(14)).await.unwrap(), 1, "the other name is forgotten, not the locked one");
        assert_eq!(store.write(at(15)).await.unwrap(), Ok(false), "the lock is over");
        store.write(ClearSignInFailures { name_key: "abby".into() }).await.unwrap();
        assert_eq!(store.write(forget(60)).await.unwrap(), 0);
        assert_eq!(store.write(attempt("abby")).await.unwrap(), Ok(false));
    });
}
