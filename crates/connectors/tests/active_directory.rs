//! The `active_directory` connector against a real Samba domain controller.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod ldap_wire;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use contract::{Account, Subject, assert_fault, assert_silent};
use ldap_wire::{Proxy, Yes};
use passwright_connectors::active_directory::{ActiveDirectory, ActiveDirectoryConfig};
use passwright_connectors::ldap::{Connections, UserSearch};
use passwright_connectors::{
    Connector, ConnectorConfig, Credential, FaultClass, Proof, SetPassword, SignIns, StateChange, Written,
};
use passwright_testkit::samba::{
    ADMINISTRATOR_DN, LOCKOUT_THRESHOLD, MIN_LENGTH, SERVICE_DN, SERVICE_PASSWORD, SUFFIX, USER_PASSWORD,
};
use passwright_testkit::{Ca, Samba};

struct Domain {
    _samba: Samba,
    connector: Connector,
    next: AtomicUsize,
}

impl Subject for Domain {
    fn connector(&self) -> &Connector {
        &self.connector
    }

    fn account(&self) -> Account {
        account(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn missing(&self) -> Account {
        Account { native_identity: format!("CN=nobody,OU=People,{SUFFIX}"), ..account(0) }
    }

    fn refused(&self) -> Option<&str> {
        Some("Sh0rt-a")
    }
}

fn account(number: usize) -> Account {
    let native_identity = Samba::user_dn(number);
    Account { native_identity, name: format!("u{number}"), password: USER_PASSWORD.to_owned() }
}

fn config(samba: &Samba) -> ActiveDirectoryConfig {
    ActiveDirectoryConfig {
        ca_file: Some(samba.ca_file()),
        ..ActiveDirectoryConfig::new(samba.ldaps_url(), SERVICE_DN)
    }
}

fn credential(password: &str) -> Option<Credential> {
    Some(Credential::new(password.to_owned()))
}

fn connector(config: &ActiveDirectoryConfig) -> Connector {
    Connector::new(&ConnectorConfig::ActiveDirectory(config.clone()), credential(SERVICE_PASSWORD)).unwrap()
}

async fn set(connector: &Connector, account: &Account, new: &str, options: SetPassword) {
    connector.set_password(account.reference(), new, options).await.unwrap();
}

async fn prove(connector: &Connector, account: &Account, password: &str) -> Proof {
    connector.prove(account.reference(), password).await.unwrap()
}

fn not_provable(reason: &str) -> Proof {
    Proof::NotProvable(reason.to_owned())
}

#[tokio::test]
async fn contract_over_ldaps_with_strict_names() {
    let Some(samba) = Samba::require() else { return };
    let connector = connector(&config(&samba));
    contract::run(&Domain { _samba: samba, connector, next: AtomicUsize::new(0) }).await;
}

/// One domain controller for all that needs no fresh one: it takes a second to start.
#[tokio::test]
async fn what_only_a_domain_controller_shows() {
    let Some(samba) = Samba::require() else { return };
    let connector = connector(&config(&samba));
    policy_refusals_are_plain_sentences(&connector).await;
    a_lock_is_told_and_cleared_on_request(&connector).await;
    a_demanded_change_proves(&connector, &samba).await;
    a_password_is_expired_on_request(&connector, &samba).await;
    a_disabled_account_is_not_provable(&connector, &samba).await;
    the_change_time_moves_with_the_password(&connector).await;
    failed_sign_ins_and_the_clock_are_told(&connector).await;
    rights_end_at_the_delegated_unit(&connector).await;
    the_own_password_is_changed_with_the_old_one(&samba).await;
    starttls_and_search_work(&samba).await;
    another_host_name_is_refused(&samba).await;
}

async fn policy_refusals_are_plain_sentences(connector: &Connector) {
    for (new, word) in [("Sh0rt-a", "too short"), ("only-small-letters", "too simple")] {
        let fault = connector.set_password(account(0).reference(), new, SetPassword::default()).await.unwrap_err();
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert!(fault.reason.contains(word), "{fault}");
        assert_silent(&fault, new);
    }
    assert!("Sh0rt-a".len() < MIN_LENGTH);
    assert_eq!(prove(connector, &account(0), USER_PASSWORD).await, Proof::Proved);
}

async fn a_lock_is_told_and_cleared_on_request(connector: &Connector) {
    let account = account(1);
    for _ in 0..LOCKOUT_THRESHOLD {
        assert!(!connector.check(account.reference()).await.unwrap().locked);
        connector.prove(account.reference(), "Wrong-Guess-1").await.unwrap();
    }
    assert!(connector.check(account.reference()).await.unwrap().locked);
    let locked = not_provable("the account is locked");
    assert_eq!(prove(connector, &account, USER_PASSWORD).await, locked);
    set(connector, &account, "Fresh-Corn-1", SetPassword::default()).await;
    assert_eq!(prove(connector, &account, "Fresh-Corn-1").await, locked, "a reset alone does not unlock");
    set(
        connector,
        &account,
        "Fresh-Corn-2",
        SetPassword { unlock: true, must_change: false, ..SetPassword::default() },
    )
    .await;
    assert!(!connector.check(account.reference()).await.unwrap().locked);
    assert_eq!(prove(connector, &account, "Fresh-Corn-2").await, Proof::Proved);
    assert_eq!(prove(connector, &account, "Fresh-Corn-1").await, Proof::Rejected);
    for _ in 0..LOCKOUT_THRESHOLD {
        connector.prove(account.reference(), "Wrong-Guess-2").await.unwrap();
    }
    assert!(connector.check(account.reference()).await.unwrap().locked);
    connector.set_state(account.reference(), StateChange::Unlock).await.unwrap();
    assert!(!connector.check(account.reference()).await.unwrap().locked);
    assert_eq!(prove(connector, &account, "Fresh-Corn-2").await, Proof::Proved);
}

async fn a_demanded_change_proves(connector: &Connector, samba: &Samba) {
    let account = account(2);
    set(connector, &account, "Fresh-Corn-3", SetPassword { unlock: true, must_change: true, ..SetPassword::default() })
        .await;
    assert!(samba.entry(&account.native_identity, &["pwdLastSet"]).unwrap().contains("pwdLastSet: 0\n"));
    assert_eq!(connector.check(account.reference()).await.unwrap().password_changed_at, None);
    assert_eq!(prove(connector, &account, "Fresh-Corn-3").await, Proof::Proved);
    assert_eq!(prove(connector, &account, USER_PASSWORD).await, Proof::Rejected);
}

async fn a_password_is_expired_on_request(connector: &Connector, samba: &Samba) {
    let account = account(2);
    set(connector, &account, "Fresh-Corn-6", SetPassword::default()).await;
    let last_set = || samba.entry(&account.native_identity, &["pwdLastSet"]).unwrap();
    assert!(!last_set().contains("pwdLastSet: 0\n"));
    // Twice: one that is expired already is no fault.
    for _ in 0..2 {
        connector.set_state(account.reference(), StateChange::ExpirePassword).await.unwrap();
        assert!(last_set().contains("pwdLastSet: 0\n"));
        assert_eq!(prove(connector, &account, "Fresh-Corn-6").await, Proof::Proved, "the password stays");
    }
    set(connector, &account, "Fresh-Corn-7", SetPassword::default()).await;
    assert!(!last_set().contains("pwdLastSet: 0\n"), "a new password ends it");
    // One that never expires is told, and stays as it is.
    let flags = |value: &str| {
        let dn = &account.native_identity;
        let change =
            format!("dn: {dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: {value}\n");
        samba.modify(&change).unwrap();
    };
    flags("66048");
    let fault = connector.set_state(account.reference(), StateChange::ExpirePassword).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert!(fault.reason.contains("never expires") && !last_set().contains("pwdLastSet: 0\n"), "{fault}");
    flags("512");
    let missing = Account { native_identity: account.native_identity.replacen("CN=", "CN=no-", 1), ..account };
    let fault = connector.set_state(missing.reference(), StateChange::ExpirePassword).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
}

async fn a_disabled_account_is_not_provable(connector: &Connector, samba: &Samba) {
    let (disabled, expired) = (account(3), account(4));
    let change = |dn: &str, name: &str, value: &str| {
        samba.modify(&format!("dn: {dn}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n")).unwrap();
    };
    change(&disabled.native_identity, "userAccountControl", "514");
    change(&expired.native_identity, "accountExpires", "130000000000000000");
    assert!(connector.check(disabled.reference()).await.unwrap().disabled);
    assert!(!connector.check(expired.reference()).await.unwrap().disabled);
    for (account, reason) in [(disabled, "the account is disabled"), (expired, "the account has expired")] {
        set(connector, &account, "Fresh-Corn-4", SetPassword::default()).await;
        assert_eq!(prove(connector, &account, "Fresh-Corn-4").await, not_provable(reason));
    }
    let disabled = account(3);
    for (change, proof) in [
        (StateChange::Enable, Proof::Proved),
        (StateChange::Enable, Proof::Proved),
        (StateChange::Disable, not_provable("the account is disabled")),
    ] {
        connector.set_state(disabled.reference(), change).await.unwrap();
        assert_eq!(prove(connector, &disabled, "Fresh-Corn-4").await, proof, "{change:?}");
    }
    // The other flags of the account stay.
    assert!(
        samba.entry(&disabled.native_identity, &["userAccountControl"]).unwrap().contains("userAccountControl: 514\n")
    );
}

async fn the_change_time_moves_with_the_password(connector: &Connector) {
    let now = || i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
    let changed_at = async || connector.check(account(5).reference()).await.unwrap().password_changed_at.unwrap();
    let (first, before) = (changed_at().await, now());
    set(connector, &account(5), "Fresh-Corn-5", SetPassword::default()).await;
    let second = changed_at().await;
    assert!(first < before && (before..=now()).contains(&second), "{first} {before} {second}");
}

async fn failed_sign_ins_and_the_clock_are_told(connector: &Connector) {
    let account = account(9);
    let told = async || connector.check(account.reference()).await.unwrap();
    let counted = |failed| SignIns::Counted { failed, lock_at: LOCKOUT_THRESHOLD };
    assert_eq!(told().await.sign_ins, counted(0));
    assert_eq!(prove(connector, &account, "Wrong-Guess-1").await, Proof::Rejected);
    let state = told().await;
    assert_eq!(state.sign_ins, counted(1));
    assert!(state.clock_ahead.is_some_and(|micros| micros.abs() < 2_000_000), "the same machine: {state:?}");
}

async fn rights_end_at_the_delegated_unit(connector: &Connector) {
    let administrator = Account { native_identity: ADMINISTRATOR_DN.to_owned(), ..account(0) };
    let fault = connector.set_password(administrator.reference(), "Fresh-Corn-6", SetPassword::default()).await;
    let fault = fault.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert!(fault.reason.contains("no right"), "{fault}");
    let service = Account { native_identity: SERVICE_DN.to_owned(), ..account(0) };
    let fault = connector.set_password(service.reference(), "Fresh-Corn-6", SetPassword::default()).await;
    assert_fault(&fault.unwrap_err(), FaultClass::Permanent, Written::No);
}

async fn the_own_password_is_changed_with_the_old_one(samba: &Samba) {
    let directory = ActiveDirectory::new(&config(samba), credential(SERVICE_PASSWORD)).unwrap();
    let account = account(6);
    let change = async |old: &str, new: &str| directory.change_password(account.reference(), old, new).await;
    change(USER_PASSWORD, "Fresh-Corn-7").await.unwrap();
    assert_eq!(directory.prove(account.reference(), "Fresh-Corn-7").await.unwrap(), Proof::Proved);
    assert_eq!(directory.prove(account.reference(), USER_PASSWORD).await.unwrap(), Proof::Rejected);
    let refused = async |old: &str, new: &str, word: &str| {
        let fault = change(old, new).await.unwrap_err();
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert!(fault.reason.contains(word), "{word}: {fault}");
        assert_silent(&fault, new);
        assert_silent(&fault, old);
    };
    refused("Wrong-Guess-2", "Fresh-Corn-8", "present password").await;
    refused("Fresh-Corn-7", USER_PASSWORD, "used before").await;
    refused("Fresh-Corn-7", "Sh0rt-a", "too short").await;
    refused("Fresh-Corn-7", "only-small-letters", "too simple").await;
    refused("", "Fresh-Corn-8", "empty").await;
    refused("Fresh-Corn-7", "", "empty").await;
    assert_eq!(directory.prove(account.reference(), "Fresh-Corn-7").await.unwrap(), Proof::Proved);
    // The connection was bound as the account; nothing of that stays for the service account or for others.
    directory
        .set_password(
            account.reference(),
            "Fresh-Corn-9",
            SetPassword { unlock: true, must_change: true, ..SetPassword::default() },
        )
        .await
        .unwrap();
    let fault = change("Fresh-Corn-9", "Fresh-Corn-10").await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
}

async fn starttls_and_search_work(samba: &Samba) {
    let users = UserSearch { base: SUFFIX.to_owned(), filter: "(sAMAccountName={})".to_owned() };
    let connector = connector(&ActiveDirectoryConfig {
        url: samba.ldap_url(),
        start_tls: true,
        bind_dn: "svc@fix.test".to_owned(),
        users: Some(users),
        ..config(samba)
    });
    let named = |name: &str| Account { native_identity: name.to_owned(), ..account(7) };
    set(&connector, &named("u7"), "Fresh-Corn-11", SetPassword::default()).await;
    assert_eq!(prove(&connector, &account(7), "Fresh-Corn-11").await, Proof::Proved);
    for name in ["*", "u7)(cn=*", "nobody"] {
        let fault = connector.set_password(named(name).reference(), "Fresh-Corn-12", SetPassword::default()).await;
        assert_fault(&fault.unwrap_err(), FaultClass::Permanent, Written::No);
    }
}

/// The certificate names the address of the domain controller; the proxy has another.
async fn another_host_name_is_refused(samba: &Samba) {
    let proxy = Proxy::to((samba.address(), 636)).await;
    let url = format!("ldaps://127.0.0.1:{}", proxy.port);
    let connector = connector(&ActiveDirectoryConfig { url, ..config(samba) });
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-13", SetPassword::default()).await;
    let fault = fault.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
    assert!(fault.reason.contains("another host name"), "{fault}");
    assert_eq!(proxy.connections(), 1, "it was asked");
}

/// Samba 4.17 does not list the control that makes a reset obey the history, so a scripted server stands in.
#[tokio::test]
async fn a_reset_asks_for_the_history_where_the_server_knows_how() {
    let ca = Ca::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let ca_file = ca.write_server_files(dir.path(), &["localhost"]).unwrap().ca;
    let cases: [(&[&str], bool, Option<&str>); 5] = [
        (&["1.2.840.113556.1.4.319", "1.2.840.113556.1.4.2239"], true, Some("1.2.840.113556.1.4.2239")),
        (&["1.2.840.113556.1.4.2066", "1.2.840.113556.1.4.2239"], true, Some("1.2.840.113556.1.4.2239")),
        (&["1.2.840.113556.1.4.2066"], true, Some("1.2.840.113556.1.4.2066")),
        (&["1.2.840.113556.1.4.319"], true, None),
        (&["1.2.840.113556.1.4.2239"], false, None),
    ];
    for (controls, enforce_history, expected) in cases {
        let server = Yes::start(&ca.server(&["localhost"]).unwrap(), controls).await;
        let url = format!("ldaps://localhost:{}", server.port);
        let ca_file = Some(ca_file.clone());
        let connector =
            connector(&ActiveDirectoryConfig { ca_file, enforce_history, ..ActiveDirectoryConfig::new(url, "svc") });
        set(
            &connector,
            &account(0),
            "Fresh-Corn-19",
            SetPassword { unlock: true, must_change: true, ..SetPassword::default() },
        )
        .await;
        let modifies = server.modifies();
        assert_eq!(modifies.len(), 1, "password, lock and demand in one modify");
        let holds = |part: &[u8]| modifies[0].windows(part.len()).any(|window| window == part);
        for attribute in ["unicodePwd", "lockoutTime", "pwdLastSet"] {
            assert!(holds(attribute.as_bytes()), "{attribute}");
        }
        // The OID, then critical = TRUE, then the value SEQUENCE { INTEGER 1 }.
        for oid in ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"] {
            let control = [oid.as_bytes(), &[1, 1, 0xff, 4, 5, 0x30, 3, 2, 1, 1]].concat();
            assert_eq!(holds(&control), expected == Some(oid), "{oid} {controls:?} {enforce_history}");
            assert_eq!(holds(oid.as_bytes()), expected == Some(oid), "{oid} {controls:?} {enforce_history}");
        }
    }
}

#[tokio::test]
async fn a_refused_service_credential_is_tried_once_and_an_absent_server_is_transient() {
    let Some(mut samba) = Samba::require() else { return };
    let wrong =
        Connector::new(&ConnectorConfig::ActiveDirectory(config(&samba)), credential("Not-The-Service-Pw")).unwrap();
    for number in 0..5 {
        let fault = wrong.set_password(account(number).reference(), "Fresh-Corn-14", SetPassword::default()).await;
        let fault = fault.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert_eq!(fault.stops_source, number == 0, "{fault}");
        assert_eq!(fault.reason, "the name or the password of the service account is wrong");
    }
    let entry = samba.entry(SERVICE_DN, &["badPwdCount"]).unwrap();
    assert!(entry.contains("badPwdCount: 1\n"), "{entry}");

    let connections = Connections { service: 1, proof: 1 };
    let connector = connector(&ActiveDirectoryConfig { connections, operation_timeout_ms: 1_000, ..config(&samba) });
    set(&connector, &account(0), "Fresh-Corn-15", SetPassword::default()).await;
    samba.freeze(true);
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-16", SetPassword::default()).await;
    assert_fault(&fault.unwrap_err(), FaultClass::Transient, Written::Unknown);
    samba.freeze(false);
    samba.stop();
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-17", SetPassword::default()).await;
    assert_fault(&fault.unwrap_err(), FaultClass::Transient, Written::No);
    samba.restart().unwrap();
    set(&connector, &account(0), "Fresh-Corn-18", SetPassword::default()).await;
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-18").await, Proof::Proved);
}
