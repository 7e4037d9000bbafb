//! Authenticators and recovery codes: each code once, one in force, every change recorded and told.

use std::time::Duration;

use futures_util::future::join_all;
use passwright_domain::delivery::{Channel, Notice};
use passwright_domain::factors::{Factor, FactorChange, PENDING_LIFE};
use passwright_storage::Store;
use passwright_storage::deliveries::ClaimDeliveries;
use passwright_storage::factors::{
    ConfirmTotp, ConsumeRecoveryCode, ConsumeTotpStep, Enrolled, RemoveFactor, ReplaceRecoveryCodes, StartTotp,
    enrolled, lookup_pending_totp, lookup_totp,
};
use passwright_storage::recovery::generations;

use super::engines::on_both_engines;
use super::fixture::{audit, identity, now, seed};

fn notice(factor: Factor, n: u64) -> Notice {
    Notice::factor_changed(factor, FactorChange::Enrolled, Some(identity().id), &format!("{n:032x}"), now())
}

fn start(id: &str) -> StartTotp {
    StartTotp {
        id: id.into(),
        identity_id: identity().id,
        sealed_seed: format!("seed of {id}"),
        now: now(),
        expires_at: now() + PENDING_LIFE,
    }
}

fn confirm(id: &str, n: u64) -> ConfirmTotp {
    ConfirmTotp {
        id: id.into(),
        identity_id: identity().id,
        step: 100,
        now: now(),
        audit: audit(n),
        notice: notice(Factor::Totp, n),
    }
}

fn codes(digests: &[&str], n: u64) -> ReplaceRecoveryCodes {
    ReplaceRecoveryCodes {
        identity_id: identity().id,
        digests: digests.iter().map(|digest| (*digest).to_owned()).collect(),
        now: now(),
        audit: audit(n),
        notice: notice(Factor::RecoveryCodes, n),
    }
}

async fn has(store: &Store) -> Enrolled {
    let mut reader = store.read().await.unwrap();
    enrolled(&mut reader.tx(), &identity().id).await.unwrap()
}

#[test]
fn an_authenticator_counts_once_confirmed_and_the_newest_alone() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(start("one")).await.unwrap();
        assert_eq!(has(&store).await, Enrolled::default(), "shown is not enrolled");
        store.write(start("two")).await.unwrap();
        assert!(!store.write(confirm("one", 1)).await.unwrap(), "a newer one was shown");
        let late = ConfirmTotp { now: now() + PENDING_LIFE, ..confirm("two", 2) };
        assert!(!store.write(late).await.unwrap(), "too late");
        let confirmed = join_all((10..42).map(|n| store.write(confirm("two", n)))).await;
        assert_eq!(confirmed.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
        assert!(has(&store).await.factors.contains(&Factor::Totp));
        store.write(start("three")).await.unwrap();
        let mut reader = store.read().await.unwrap();
        let in_force = lookup_totp(&mut reader.tx(), &identity().id).await.unwrap().unwrap();
        assert_eq!((in_force.id.as_str(), in_force.last_step), ("two", 100), "until the new one is confirmed");
        let pending = lookup_pending_totp(&mut reader.tx(), &identity().id, now()).await.unwrap().unwrap();
        assert_eq!((pending.id.as_str(), pending.sealed_seed.as_str()), ("three", "seed of three"));
        drop(reader);
        assert!(store.write(confirm("three", 50)).await.unwrap());
        let mut reader = store.read().await.unwrap();
        assert_eq!(lookup_totp(&mut reader.tx(), &identity().id).await.unwrap().unwrap().id, "three");
        assert_eq!(generations::lookup(&mut reader.tx(), &identity().id).await.unwrap(), 2);
        drop(reader);
        let old = ConsumeTotpStep { id: "two".into(), identity_id: identity().id, step: 200, attempt: "a".into() };
        assert!(!store.write(old).await.unwrap(), "the old one is gone");
    });
}

#[test]
fn keycloak_cve_2026_90997_a_time_step_and_a_recovery_code_work_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(start("one")).await.unwrap();
        store.write(confirm("one", 1)).await.unwrap();
        let consume = |step, n: u64| ConsumeTotpStep {
            id: "one".into(),
            identity_id: identity().id,
            step,
            attempt: format!("a{n}"),
        };
        assert!(!store.write(consume(100, 0)).await.unwrap(), "the step it was confirmed with");
        let won = join_all((0..64).map(|n| store.write(consume(101, n)))).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
        assert!(!store.write(consume(100, 1)).await.unwrap(), "an earlier one after a later");
        assert!(store.write(consume(102, 2)).await.unwrap());

        store.write(codes(&["x", "y"], 2)).await.unwrap();
        let consume = |digest: &str, n: u64, of_identity| ConsumeRecoveryCode {
            identity_id: of_identity,
            digest: digest.into(),
            attempt: format!("r{n}"),
            now: now(),
            notice: notice(Factor::RecoveryCodes, 500 + n),
        };
        let abby = || Some(identity().id);
        assert!(!store.write(consume("x", 0, None)).await.unwrap(), "of nobody");
        assert!(!store.write(consume("z", 1, abby())).await.unwrap());
        let won = join_all((0..64).map(|n| store.write(consume("x", n, abby())))).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
        assert_eq!(has(&store).await.recovery_codes_left, 1);
        store.write(codes(&["p", "q"], 3)).await.unwrap();
        assert!(!store.write(consume("y", 70, abby())).await.unwrap(), "new codes end the old ones");
        assert!(store.write(consume("p", 71, abby())).await.unwrap());
    });
}

#[test]
fn a_removed_factor_is_gone_and_told() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        super::deliveries::mail_is(&store, "on").await;
        let remove = |factor, n| RemoveFactor {
            identity_id: identity().id,
            factor,
            now: now(),
            audit: audit(n),
            notice: notice(factor, n),
        };
        for factor in Factor::ALL {
            assert!(!store.write(remove(factor, 900)).await.unwrap(), "{factor:?} was never there");
        }
        store.write(start("one")).await.unwrap();
        store.write(confirm("one", 1)).await.unwrap();
        store.write(codes(&["x"], 2)).await.unwrap();
        assert!(store.write(remove(Factor::Totp, 3)).await.unwrap());
        assert!(store.write(remove(Factor::RecoveryCodes, 4)).await.unwrap());
        assert_eq!(has(&store).await, Enrolled::default());
        let claim = ClaimDeliveries {
            channel: Channel::Mail,
            now: now() + Duration::from_secs(1),
            most: 10,
            lease: Duration::from_secs(5),
        };
        assert_eq!(store.write(claim).await.unwrap().len(), 4, "each change is told");
    });
}
