//! The `ldap` connector against a real OpenLDAP server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod ldap_connections;
mod ldap_wire;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{Account, Subject, assert_fault, assert_silent};
use passwright_connectors::ldap::{LdapConfig, PasswordMethod, UserSearch};
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, FaultClass, Fencing, Proof, SetPassword, SignIns, StateChange,
    Written,
};
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{Options, SERVICE_DN, SERVICE_PASSWORD, SUFFIX, USER_PASSWORD};

struct Directory {
    _slapd: Slapd,
    connector: Connector,
    next: AtomicUsize,
}

impl Directory {
    fn new(slapd: Slapd, adapt: impl FnOnce(LdapConfig) -> LdapConfig) -> Self {
        let connector = connector(&config(&slapd, adapt));
        Self { _slapd: slapd, connector, next: AtomicUsize::new(0) }
    }
}

impl Subject for Directory {
    fn connector(&self) -> &Connector {
        &self.connector
    }

    fn account(&self) -> Account {
        account(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn missing(&self) -> Account {
        Account { native_identity: format!("uid=nobody,ou=people,{SUFFIX}"), ..account(0) }
    }

    fn refused(&self) -> Option<&str> {
        Some("Sh0rt-a")
    }

    fn keeps_history(&self) -> bool {
        true
    }
}

fn account(number: usize) -> Account {
    let native_identity = Slapd::user_dn(number);
    Account { native_identity, name: format!("u{number}"), password: USER_PASSWORD.to_owned() }
}

fn config(slapd: &Slapd, adapt: impl FnOnce(LdapConfig) -> LdapConfig) -> LdapConfig {
    adapt(LdapConfig { ca_file: Some(slapd.ca_file()), ..LdapConfig::new(slapd.ldaps_url(), SERVICE_DN) })
}

fn connector(config: &LdapConfig) -> Connector {
    with_credential(config, SERVICE_PASSWORD)
}

fn with_credential(config: &LdapConfig, password: &str) -> Connector {
    Connector::new(&ConnectorConfig::Ldap(config.clone()), Some(Credential::new(password.to_owned()))).unwrap()
}

async fn set(connector: &Connector, account: &Account, new: &str, options: SetPassword) {
    connector.set_password(account.reference(), new, options).await.unwrap();
}

async fn prove(connector: &Connector, account: &Account, password: &str) -> Proof {
    connector.prove(account.reference(), password).await.unwrap()
}

fn same(config: LdapConfig) -> LdapConfig {
    config
}

#[tokio::test]
async fn contract_over_ldaps_with_the_extended_operation() {
    let Some(slapd) = Slapd::require() else { return };
    contract::run(&Directory::new(slapd, same)).await;
}

#[tokio::test]
async fn contract_over_starttls_with_a_modify() {
    let Some(slapd) = Slapd::require() else { return };
    let url = slapd.ldap_url();
    let adapt = |config| LdapConfig { url, start_tls: true, password_method: PasswordMethod::Modify, ..config };
    contract::run(&Directory::new(slapd, adapt)).await;
}

/// Two servers that tell each other nothing, as domain controllers do for a while.
#[tokio::test]
async fn one_server_of_two_is_used_until_it_is_away() {
    let (Some(mut one), Some(other)) = (Slapd::require(), Slapd::require()) else { return };
    let roots = tempfile::NamedTempFile::new().unwrap();
    let pem = |slapd: &Slapd| std::fs::read_to_string(slapd.ca_file()).unwrap();
    std::fs::write(roots.path(), pem(&one) + &pem(&other)).unwrap();
    let both = |first: &Slapd, second: &Slapd| LdapConfig {
        other_urls: vec![second.ldaps_url()],
        ca_file: Some(roots.path().to_owned()),
        ..LdapConfig::new(first.ldaps_url(), SERVICE_DN)
    };
    let (source, only_other) = (connector(&both(&one, &other)), connector(&config(&other, same)));
    let person = account(1);
    // Every connection of both kinds is opened, and each proof finds the password.
    for round in 0..8 {
        let new = format!("Together-{round}-Corn");
        set(&source, &person, &new, SetPassword::default()).await;
        let proofs = futures_util::future::join_all((0..8).map(|_| prove(&source, &person, &new))).await;
        assert!(proofs.iter().all(|proof| *proof == Proof::Proved), "{proofs:?}");
    }
    assert_eq!(prove(&only_other, &person, USER_PASSWORD).await, Proof::Proved, "the other was not written");

    one.stop();
    // Each kept connection may have to fail once.
    let mut tries = 0;
    while source.set_password(person.reference(), "At-The-Other-Corn-1", SetPassword::default()).await.is_err() {
        tries += 1;
        assert!(tries < 3, "the other one takes connections");
    }
    assert_eq!(prove(&source, &person, "At-The-Other-Corn-1").await, Proof::Proved);
    one.restart().unwrap();
    // The first one is back and knows nothing of it.
    for _ in 0..8 {
        assert_eq!(prove(&source, &person, "At-The-Other-Corn-1").await, Proof::Proved);
    }
    set(&source, &person, "At-The-Other-Corn-2", SetPassword::default()).await;
    assert_eq!(prove(&only_other, &person, "At-The-Other-Corn-2").await, Proof::Proved);
    let anew = connector(&both(&one, &other));
    assert_eq!(prove(&anew, &person, "At-The-Other-Corn-2").await, Proof::Rejected, "the first one again");
}

#[tokio::test]
async fn an_unencrypted_connection_is_refused_before_it_is_made() {
    let plain = ConnectorConfig::Ldap(LdapConfig::new("ldap://localhost", "cn=svc"));
    let fault = Connector::new(&plain, Some(Credential::new("x".to_owned()))).err().unwrap();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
    let anonymous = ConnectorConfig::Ldap(LdapConfig::new("ldaps://localhost", "cn=svc"));
    for credential in [None, Some(Credential::new(String::new()))] {
        let fault = Connector::new(&anonymous, credential).err().unwrap();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
    }
}

#[tokio::test]
async fn refusals_of_the_policy_are_plain_sentences() {
    let Some(slapd) = Slapd::require() else { return };
    let connector = connector(&config(&slapd, same));
    let refusal = async |new: &str| {
        let fault = connector.set_password(account(0).reference(), new, SetPassword::default()).await.unwrap_err();
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert_silent(&fault, new);
        fault.reason
    };
    assert_eq!(refusal("Sh0rt-a").await, "this password is too short for the source");
    set(&connector, &account(0), "Fresh-Corn-1", SetPassword::default()).await;
    set(&connector, &account(0), "Fresh-Corn-2", SetPassword::default()).await;
    assert_eq!(refusal("Fresh-Corn-1").await, "this password was used before");
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-2").await, Proof::Proved);
}

#[tokio::test]
async fn a_locked_account_is_told_from_a_wrong_password_and_unlocked_on_request() {
    for tells_lock in [true, false] {
        for password_method in [PasswordMethod::Extended, PasswordMethod::Modify] {
            let options = Options { tells_lock, max_failures: 3, ..Options::default() };
            let Some(slapd) = Slapd::require_with(&options) else { return };
            let connector = connector(&config(&slapd, |config| LdapConfig { password_method, ..config }));
            let account = account(1);
            for _ in 0..2 {
                assert_eq!(prove(&connector, &account, "Wrong-Guess-1").await, Proof::Rejected);
            }
            assert!(!connector.check(account.reference()).await.unwrap().locked);
            // The third failure locks; from then on the right password is refused as well.
            connector.prove(account.reference(), "Wrong-Guess-1").await.unwrap();
            let entry = slapd.entry(&account.native_identity).unwrap();
            assert!(connector.check(account.reference()).await.unwrap().locked, "{entry}");
            let locked = Proof::NotProvable("the account is locked".to_owned());
            assert_eq!(prove(&connector, &account, USER_PASSWORD).await, locked, "tells_lock: {tells_lock}");
            set(
                &connector,
                &account,
                "Fresh-Corn-3",
                SetPassword { unlock: true, must_change: false, ..SetPassword::default() },
            )
            .await;
            assert!(!connector.check(account.reference()).await.unwrap().locked);
            assert_eq!(prove(&connector, &account, "Fresh-Corn-3").await, Proof::Proved);
            // Unlocking what is not locked is no fault.
            set(
                &connector,
                &account,
                "Fresh-Corn-4",
                SetPassword { unlock: true, must_change: false, ..SetPassword::default() },
            )
            .await;
        }
    }
}

#[tokio::test]
async fn a_lock_is_cleared_without_a_new_password() {
    let options = Options { max_failures: 3, ..Options::default() };
    let Some(slapd) = Slapd::require_with(&options) else { return };
    let connector = connector(&config(&slapd, same));
    let account = account(1);
    for _ in 0..3 {
        connector.prove(account.reference(), "Wrong-Guess-1").await.unwrap();
    }
    assert!(connector.check(account.reference()).await.unwrap().locked);
    // Twice: unlocking what is not locked is no fault.
    for _ in 0..2 {
        connector.set_state(account.reference(), StateChange::Unlock).await.unwrap();
        assert!(!connector.check(account.reference()).await.unwrap().locked);
    }
    assert_eq!(prove(&connector, &account, USER_PASSWORD).await, Proof::Proved);
    // This server does not know the attribute that disables an account.
    let fault = connector.set_state(account.reference(), StateChange::Disable).await.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
    let nobody = Account { native_identity: format!("uid=nobody,ou=people,{SUFFIX}"), ..account };
    let fault = connector.set_state(nobody.reference(), StateChange::Unlock).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
}

#[tokio::test]
async fn a_change_at_the_next_sign_in_can_be_demanded_and_proves() {
    let Some(slapd) = Slapd::require() else { return };
    for (number, password_method) in [PasswordMethod::Extended, PasswordMethod::Modify].into_iter().enumerate() {
        let connector = connector(&config(&slapd, |config| LdapConfig { password_method, ..config }));
        let account = account(number);
        set(
            &connector,
            &account,
            "Fresh-Corn-5",
            SetPassword { unlock: true, must_change: true, ..SetPassword::default() },
        )
        .await;
        assert!(slapd.entry(&account.native_identity).unwrap().contains("pwdReset: TRUE"), "{password_method:?}");
        assert_eq!(prove(&connector, &account, "Fresh-Corn-5").await, Proof::Proved);
        assert_eq!(prove(&connector, &account, USER_PASSWORD).await, Proof::Rejected);
    }
}

#[tokio::test]
async fn a_password_is_expired_without_a_new_one() {
    let Some(slapd) = Slapd::require() else { return };
    let policy = format!("cn=default,ou=policies,{SUFFIX}");
    let connector = connector(&config(&slapd, |config| LdapConfig { password_policy: Some(policy.clone()), ..config }));
    assert!(connector.can_expire_passwords());
    let account = account(2);
    let is_expired = || slapd.entry(&account.native_identity).unwrap().contains("pwdReset: TRUE");
    assert!(!is_expired());
    // Twice: one that is expired already is no fault.
    for _ in 0..2 {
        connector.set_state(account.reference(), StateChange::ExpirePassword).await.unwrap();
        assert!(is_expired());
        assert_eq!(prove(&connector, &account, USER_PASSWORD).await, Proof::Proved, "the password stays");
    }
    // A new password ends it.
    set(&connector, &account, "Fresh-Corn-11", SetPassword::default()).await;
    assert!(!is_expired());
    let nobody = Account { native_identity: format!("uid=nobody,ou=people,{SUFFIX}"), ..account };
    let fault = connector.set_state(nobody.reference(), StateChange::ExpirePassword).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    // A policy that would ask for nothing is told before anything is written.
    slapd
        .modify(&format!("dn: {policy}\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: FALSE\n"))
        .expect("the policy changes");
    let fresh = self::connector(&config(&slapd, |config| LdapConfig { password_policy: Some(policy), ..config }));
    let other = self::account(3);
    let fault = fresh.set_state(other.reference(), StateChange::ExpirePassword).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert!(fault.reason.contains("does not ask for another password"), "{fault}");
    assert!(!slapd.entry(&other.native_identity).unwrap().contains("pwdReset"));
}

#[tokio::test]
async fn a_failure_after_the_password_was_written_says_so() {
    let Some(slapd) = Slapd::require() else { return };
    slapd
        .modify("dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\ndelete: olcAccess\nolcAccess: {1}\n")
        .expect("the service account loses the right to unlock");
    let connector = connector(&config(&slapd, same));
    let options = SetPassword { unlock: false, must_change: true, ..SetPassword::default() };
    let fault = connector.set_password(account(0).reference(), "Fresh-Corn-6", options).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::Unknown);
    assert!(fault.reason.starts_with("the password was set"), "{fault}");
    assert_eq!(prove(&connector, &account(0), "Fresh-Corn-6").await, Proof::Proved);
}

#[tokio::test]
async fn the_change_time_moves_with_the_password() {
    let Some(slapd) = Slapd::require() else { return };
    let connector = connector(&config(&slapd, same));
    assert_eq!(connector.check(account(0).reference()).await.unwrap().password_changed_at, None, "never changed");
    let now = || i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
    let before = now();
    set(&connector, &account(0), "Fresh-Corn-7", SetPassword::default()).await;
    let at = connector.check(account(0).reference()).await.unwrap().password_changed_at.unwrap();
    // The server keeps whole seconds.
    assert!((before - 1_000_000..=now()).contains(&at), "{before} {at}");
}

/// An empty or own name in a password operation means the caller: the service account.
#[tokio::test]
async fn the_service_account_is_never_the_target() {
    let Some(slapd) = Slapd::require() else { return };
    let connector = connector(&config(&slapd, same));
    for native_identity in ["", " ", "u1", SERVICE_DN, "CN=SVC,dc=fix,dc=test "] {
        let account = AccountRef { native_identity, name: "x" };
        let fault = connector.set_password(account, "Fresh-Corn-8", SetPassword::default()).await.unwrap_err();
        assert_fault(&fault, FaultClass::Permanent, Written::No);
        let fault = connector.prove(account, "Fresh-Corn-8").await.unwrap_err();
        assert_fault(&fault, FaultClass::Permanent, Written::No);
    }
    let again = with_credential(&config(&slapd, same), SERVICE_PASSWORD);
    again.test().await.expect("the service account has its old password");
}

#[tokio::test]
async fn a_login_name_is_found_by_search_and_cannot_change_the_filter() {
    let Some(slapd) = Slapd::require() else { return };
    let users =
        UserSearch { base: format!("ou=people,{SUFFIX}"), filter: "(&(objectClass=person)(uid={}))".to_owned() };
    let connector = connector(&config(&slapd, |config| LdapConfig { users: Some(users), ..config }));
    let named = |name: &str| Account { native_identity: name.to_owned(), ..account(7) };
    set(&connector, &named("u7"), "Fresh-Corn-9", SetPassword::default()).await;
    assert_eq!(prove(&connector, &account(7), "Fresh-Corn-9").await, Proof::Proved);
    for name in ["*", "u7)(uid=*", "u7)(|(uid=*", r"u\2a", "u7\0", "nobody", "(", "u7))(", "ü", "uid=u7,,", "uid="] {
        let account = named(name);
        let fault = connector.set_password(account.reference(), "Fresh-Corn-10", SetPassword::default()).await;
        assert_fault(&fault.unwrap_err(), FaultClass::Permanent, Written::No);
    }
    for number in [6, 8] {
        assert_eq!(prove(&connector, &account(number), USER_PASSWORD).await, Proof::Proved, "untouched");
    }
}

#[tokio::test]
async fn the_policy_of_an_account_tells_its_lock_and_its_minimum_age() {
    let Some(slapd) = Slapd::require() else { return };
    let policy = format!("cn=default,ou=policies,{SUFFIX}");
    let named = connector(&config(&slapd, |config| LdapConfig { password_policy: Some(policy.clone()), ..config }));
    let unnamed = connector(&config(&slapd, same));
    let told = async |connector: &Connector| connector.check(account(3).reference()).await.unwrap();
    assert_eq!(told(&named).await.sign_ins, SignIns::Counted { failed: 0, lock_at: 5 });
    assert_eq!(told(&unnamed).await.sign_ins, SignIns::NotTold);
    assert_eq!(prove(&named, &account(3), "Wrong-Guess-1").await, Proof::Rejected);
    assert_eq!(told(&named).await.sign_ins, SignIns::Counted { failed: 1, lock_at: 5 });
    assert_eq!(told(&named).await.too_young_until, None);
    // One that the account names counts before the one in the settings.
    let own = format!(
        "dn: cn=own,ou=policies,{SUFFIX}\nchangetype: add\nobjectClass: device\nobjectClass: pwdPolicy\ncn: own\n\
         pwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 9\npwdMinAge: 86400\n\n\
         dn: {}\nchangetype: modify\nreplace: pwdPolicySubentry\npwdPolicySubentry: cn=own,ou=policies,{SUFFIX}\n",
        Slapd::user_dn(3)
    );
    slapd.modify(&own).unwrap();
    set(&unnamed, &account(3), "Fresh-Corn-20", SetPassword::default()).await;
    let state = told(&unnamed).await;
    assert_eq!(state.sign_ins, SignIns::Counted { failed: 0, lock_at: 9 }, "a reset forgets failures");
    let until = state.too_young_until.expect("changed a moment ago, and a day must pass");
    let hours = (until - state.password_changed_at.unwrap()) / 3_600_000_000;
    assert_eq!(hours, 23, "a day less the five minutes by which the clocks may differ");
    let fault =
        unnamed.set_password(account(3).reference(), "Fresh-Corn-21", SetPassword::default()).await.unwrap_err();
    assert_fault(&fault, FaultClass::Refused, Written::No);
    assert_eq!(fault.reason, "the password was changed too recently to change it again", "the directory means it");
}

/// A write that was overtaken is refused by the server itself, where it is a modify.
#[tokio::test]
async fn a_late_modify_does_not_cover_a_newer_one() {
    let Some(slapd) = Slapd::require() else { return };
    let modify = |config| LdapConfig { password_method: PasswordMethod::Modify, ..config };
    let (fenced, extended) = (connector(&config(&slapd, modify)), connector(&config(&slapd, same)));
    assert_eq!(fenced.fencing().await.unwrap(), Fencing::Strong);
    assert_eq!(extended.fencing().await.unwrap(), Fencing::Verify);
    let account = account(4);
    set(&fenced, &account, "Fresh-Corn-22", SetPassword::default()).await;
    let seen = fenced.check(account.reference()).await.unwrap().password_changed_at;
    assert!(seen.is_some());
    let unchanged = SetPassword { unless_changed_since: seen, ..SetPassword::default() };
    // OpenLDAP's times are of whole seconds: the newer one must be in a later one.
    let later = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64 > seen.unwrap() + 1_100_000;
    while !later() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    set(&fenced, &account, "Newer-Corn-23", unchanged).await;
    let fault = fenced.set_password(account.reference(), "Older-Corn-24", unchanged).await.unwrap_err();
    assert_fault(&fault, FaultClass::Transient, Written::No);
    assert_eq!(fault.reason, "the account was changed at the same moment");
    assert_eq!(prove(&fenced, &account, "Newer-Corn-23").await, Proof::Proved);
}
