//! What the `ldap` connector does with its connections and with the service account's credential.

use std::net::Ipv4Addr;
use std::time::Duration;

use passwright_connectors::ldap::{Connections, LdapConfig};
use passwright_connectors::{FaultClass, Proof, SetPassword, Written};
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{SERVICE_DN, SERVICE_PASSWORD, USER_PASSWORD};

use crate::contract::{assert_fault, assert_silent};
use crate::ldap_wire::Proxy;
use crate::{account, config, connector, prove, same, set, with_credential};

#[tokio::test]
async fn a_refused_service_credential_is_tried_once() {
    let Some(slapd) = Slapd::require() else { return };
    let proxy = Proxy::to((Ipv4Addr::LOCALHOST, slapd.ldaps_port())).await;
    let url = format!("ldaps://localhost:{}", proxy.port);
    let config = config(&slapd, |config| LdapConfig { url, ..config });
    let wrong = with_credential(&config, "Not-The-Service-Pw");
    let mut calls = Vec::new();
    for number in 0..12 {
        let wrong = &wrong;
        calls.push(async move {
            let account = account(number);
            wrong.set_password(account.reference(), "Fresh-Corn-11", SetPassword::default()).await.unwrap_err()
        });
    }
    for fault in futures_util::future::join_all(calls).await {
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert!(fault.reason.contains("service account"), "{fault}");
        assert_silent(&fault, "Not-The-Service-Pw");
    }
    assert_fault(&wrong.test().await.unwrap_err(), FaultClass::Configuration, Written::No);
    assert_fault(&wrong.check(account(0).reference()).await.unwrap_err(), FaultClass::Configuration, Written::No);
    assert_eq!(proxy.connections(), 1, "one connection for all");
    let failures = slapd.entry(SERVICE_DN).unwrap().matches("pwdFailureTime: ").count();
    assert_eq!(failures, 1, "one failed sign-in for all");
    // A rebuilt connector begins anew.
    with_credential(&config, SERVICE_PASSWORD).test().await.expect("the right credential works at once");
}

#[tokio::test(start_paused = true)]
async fn a_refused_service_credential_is_not_tried_again_however_long_it_is_asked() {
    let Some(slapd) = Slapd::require() else { return };
    // The clock of these tests stands still and jumps to the next timer, so only long limits can be used.
    let adapt = |config| LdapConfig { connect_timeout_ms: 60_000, operation_timeout_ms: 60_000, ..config };
    let wrong = with_credential(&config(&slapd, adapt), "Not-The-Service-Pw");
    let failures = || slapd.entry(SERVICE_DN).unwrap().matches("pwdFailureTime: ").count();
    for (hours, is_first) in [(0, true), (1, false), (24, false)] {
        tokio::time::advance(Duration::from_secs(3600 * hours)).await;
        tokio::time::resume();
        let fault = wrong.test().await.unwrap_err();
        tokio::time::pause();
        // Told once, so that it is acted on once.
        assert_eq!((fault.stops_source, fault.class), (is_first, FaultClass::Configuration), "{fault}");
        assert_eq!(failures(), 1);
    }
}

#[tokio::test]
async fn connections_are_kept_and_shared() {
    let Some(slapd) = Slapd::require() else { return };
    let proxy = Proxy::to((Ipv4Addr::LOCALHOST, slapd.ldaps_port())).await;
    let url = format!("ldaps://localhost:{}", proxy.port);
    let connections = Connections { service: 1, proof: 2 };
    let connector = connector(&config(&slapd, |config| LdapConfig { url, connections, ..config }));
    for number in 0..10 {
        set(&connector, &account(number), "Fresh-Corn-12", SetPassword::default()).await;
        assert_eq!(prove(&connector, &account(number), "Fresh-Corn-12").await, Proof::Proved);
        assert_eq!(prove(&connector, &account(number), USER_PASSWORD).await, Proof::Rejected);
    }
    assert_eq!(proxy.connections(), 2, "one for the service account and one for proofs");
    let accounts: Vec<_> = (0..10).map(account).collect();
    let proofs = accounts.iter().map(|account| prove(&connector, account, "Fresh-Corn-12"));
    assert!(futures_util::future::join_all(proofs).await.iter().all(|proof| *proof == Proof::Proved));
    assert_eq!(proxy.connections(), 3, "never more than the pool allows");
}

#[tokio::test(start_paused = true)]
async fn silent_connections_are_opened_anew() {
    let Some(slapd) = Slapd::require() else { return };
    tokio::time::resume();
    let proxy = Proxy::to((Ipv4Addr::LOCALHOST, slapd.ldaps_port())).await;
    let url = format!("ldaps://localhost:{}", proxy.port);
    let connections = Connections { service: 1, proof: 1 };
    let connector = connector(&config(&slapd, |config| LdapConfig { url, connections, ..config }));
    let mut seen = Vec::new();
    for (number, minutes) in [0, 3, 3, 5].into_iter().enumerate() {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(60 * minutes)).await;
        tokio::time::resume();
        set(&connector, &account(number), "Fresh-Corn-19", SetPassword::default()).await;
        assert_eq!(prove(&connector, &account(number), "Fresh-Corn-19").await, Proof::Proved);
        seen.push(proxy.connections());
    }
    assert_eq!(seen, [2, 2, 2, 4]);
}

/// The worker spawns these futures on a runtime with several threads.
#[test]
fn futures_can_move_between_threads() {
    fn assert_send<T: Send>(_: T) {}
    let config = LdapConfig::new("ldaps://localhost", "cn=svc");
    let (connector, account) = (connector(&config), account(0));
    assert_send(connector.test());
    assert_send(connector.check(account.reference()));
    assert_send(connector.set_password(account.reference(), "x", SetPassword::default()));
    assert_send(connector.prove(account.reference(), "x"));
}

#[tokio::test]
async fn a_dropped_proof_does_not_disturb_the_next() {
    let Some(slapd) = Slapd::require() else { return };
    let connections = Connections { service: 1, proof: 1 };
    let connector = connector(&config(&slapd, |config| LdapConfig { connections, ..config }));
    assert_eq!(prove(&connector, &account(0), USER_PASSWORD).await, Proof::Proved);
    for _ in 0..20 {
        let (right, wrong) = (account(1), account(0));
        tokio::select! {
            biased;
            // One poll: the bind is on its way, the answer is not read.
            _ = connector.prove(right.reference(), USER_PASSWORD) => panic!("answered without a round trip"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(prove(&connector, &wrong, "Wrong-Guess-2").await, Proof::Rejected, "not the other's answer");
        assert_eq!(prove(&connector, &wrong, USER_PASSWORD).await, Proof::Proved);
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_transient_and_found_again() {
    let Some(mut slapd) = Slapd::require() else { return };
    let connector = connector(&config(&slapd, same));
    set(&connector, &account(0), "Fresh-Corn-13", SetPassword::default()).await;
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-13").await, Proof::Proved);
    slapd.stop();
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-14", SetPassword::default()).await;
    assert_fault(&fault.unwrap_err(), FaultClass::Transient, Written::No);
    let fault = connector.prove(account(0).reference(), "Fresh-Corn-13").await.unwrap_err();
    assert_fault(&fault, FaultClass::Transient, Written::No);
    assert_fault(&connector.check(account(0).reference()).await.unwrap_err(), FaultClass::Transient, Written::No);
    slapd.restart().unwrap();
    set(&connector, &account(0), "Fresh-Corn-15", SetPassword::default()).await;
    // All kept connections are dead after this; nobody notices.
    slapd.restart().unwrap();
    set(&connector, &account(0), "Fresh-Corn-16", SetPassword::default()).await;
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-16").await, Proof::Proved);
}

#[tokio::test]
async fn no_answer_after_sending_is_an_unknown_outcome() {
    let Some(mut slapd) = Slapd::require() else { return };
    let connections = Connections { service: 1, proof: 8 };
    let adapt = |config| LdapConfig { operation_timeout_ms: 1_000, connect_timeout_ms: 1_000, connections, ..config };
    let connector = connector(&config(&slapd, adapt));
    assert_eq!(prove(&connector, &account(0), USER_PASSWORD).await, Proof::Proved);
    connector.test().await.unwrap();
    slapd.freeze(true);
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-17", SetPassword::default()).await;
    assert_fault(&fault.unwrap_err(), FaultClass::Transient, Written::Unknown);
    let fault = connector.prove(account(0).reference(), USER_PASSWORD).await.unwrap_err();
    assert_eq!(fault.class, FaultClass::Transient, "{fault}");
    slapd.freeze(false);
    // The write was only late; the connector works on with fresh connections.
    let mut written = false;
    for _ in 0..500 {
        let state = connector.check(account(0).reference()).await;
        written = state.is_ok_and(|state| state.password_changed_at.is_some());
        if written {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(written, "the server went on with what it had received");
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-17").await, Proof::Proved);
    set(&connector, &account(1), "Fresh-Corn-18", SetPassword::default()).await;
}
