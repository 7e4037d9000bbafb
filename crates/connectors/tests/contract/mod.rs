//! The contract of a connector: what the worker relies on, whatever the kind of source.
//!
//! A test per kind starts a real source, makes a [`Subject`] of it and calls [`run`]. Everything goes through
//! [`Connector`], as the worker does. What only one kind can show (locks, certificates) is tested beside it.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses the part that its kind of source has")]

use passwright_connectors::{AccountRef, Connector, Fault, FaultClass, Proof, SetPassword, StateChange, Written};

pub mod hostile;

/// One account that exists on the source, with the password it has now.
#[derive(Clone)]
pub struct Account {
    pub native_identity: String,
    pub name: String,
    pub password: String,
}

impl Account {
    pub fn reference(&self) -> AccountRef<'_> {
        AccountRef { native_identity: &self.native_identity, name: &self.name }
    }
}

/// A real source with a connector that may write to it.
pub trait Subject {
    fn connector(&self) -> &Connector;

    /// Another account at each call, made before the suite began. The suite asks for [`ACCOUNTS`].
    fn account(&self) -> Account;

    /// A well-formed account that is not there.
    fn missing(&self) -> Account;

    /// A password that the source itself refuses, where it has a policy of its own.
    fn refused(&self) -> Option<&str> {
        None
    }

    /// Whether the source itself refuses a password that the account has had before.
    fn keeps_history(&self) -> bool {
        false
    }
}

/// How many accounts [`run`] takes from [`Subject::account`].
pub const ACCOUNTS: usize = 5 + CONCURRENT;
const CONCURRENT: usize = 8;

/// Runs every case; panics on the first broken promise.
pub async fn run(subject: &impl Subject) {
    tests_and_finds_the_account(subject).await;
    replaces_the_password(subject).await;
    knows_no_missing_account(subject).await;
    refuses_an_empty_password(subject).await;
    passes_on_the_policy_of_the_source(subject).await;
    keeps_hostile_passwords_whole(subject).await;
    keeps_accounts_apart(subject).await;
}

async fn tests_and_finds_the_account(subject: &impl Subject) {
    let account = subject.account();
    subject.connector().test().await.expect("the service account signs in");
    let state = subject.connector().check(account.reference()).await.expect("the account is found");
    assert!(!state.locked && !state.disabled, "a fresh account is open: {state:?}");
    assert_eq!(prove(subject, &account, &account.password).await, Proof::Proved, "the first password works");
    asks_for_another_password_or_says_that_it_cannot(subject, &account).await;
}

async fn asks_for_another_password_or_says_that_it_cannot(subject: &impl Subject, account: &Account) {
    let done = subject.connector().set_state(account.reference(), StateChange::ExpirePassword).await;
    if subject.connector().can_expire_passwords() {
        done.expect("another password is asked for");
    } else {
        assert_fault(&done.expect_err("nothing of the kind"), FaultClass::Permanent, Written::No);
    }
    assert_eq!(prove(subject, account, &account.password).await, Proof::Proved, "the present one works until then");
}

async fn replaces_the_password(subject: &impl Subject) {
    let account = subject.account();
    let new = "Fresh-Corn-4711";
    set(subject, &account, new).await.expect("the password is taken");
    assert_eq!(prove(subject, &account, new).await, Proof::Proved, "the new password works");
    assert_eq!(prove(subject, &account, &account.password).await, Proof::Rejected, "the old password is dead");
    assert_eq!(prove(subject, &account, new).await, Proof::Proved, "a failed proof leaves the connection usable");
}

async fn knows_no_missing_account(subject: &impl Subject) {
    let missing = subject.missing();
    let fault = subject.connector().check(missing.reference()).await.expect_err("nothing to find");
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    let fault = set(subject, &missing, "Fresh-Corn-4712").await.expect_err("nothing to write to");
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert_silent(&fault, "Fresh-Corn-4712");
    match subject.connector().prove(missing.reference(), "Fresh-Corn-4712").await {
        Ok(proof) => assert_eq!(proof, Proof::Rejected, "nobody signs in as a missing account"),
        Err(fault) => assert_fault(&fault, FaultClass::Permanent, Written::No),
    }
}

/// An empty password at an LDAP bind means "anonymous" and succeeds: it must never reach a source.
async fn refuses_an_empty_password(subject: &impl Subject) {
    let account = subject.account();
    let fault = set(subject, &account, "").await.expect_err("an empty password");
    assert_fault(&fault, FaultClass::Refused, Written::No);
    assert_eq!(prove(subject, &account, "").await, Proof::Rejected, "an empty password proves nothing");
    assert_eq!(prove(subject, &account, &account.password).await, Proof::Proved, "the old password still works");
}

async fn passes_on_the_policy_of_the_source(subject: &impl Subject) {
    let account = subject.account();
    if let Some(refused) = subject.refused() {
        let fault = set(subject, &account, refused).await.expect_err("the source's policy");
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert_silent(&fault, refused);
        assert_eq!(prove(subject, &account, &account.password).await, Proof::Proved, "the old password still works");
    }
    if subject.keeps_history() {
        for new in ["Fresh-Corn-4713", "Fresh-Corn-4714"] {
            set(subject, &account, new).await.expect("the password is taken");
        }
        let fault = set(subject, &account, "Fresh-Corn-4713").await.expect_err("used before");
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert_eq!(prove(subject, &account, "Fresh-Corn-4714").await, Proof::Proved, "the last password still works");
    }
}

/// Equal or refused before any write: a source must never hold something else than what the person typed.
async fn keeps_hostile_passwords_whole(subject: &impl Subject) {
    let account = subject.account();
    let mut current = account.password.clone();
    let mut taken = 0;
    for new in hostile::corpus() {
        match set(subject, &account, &new).await {
            Ok(()) => {
                assert_eq!(prove(subject, &account, &new).await, Proof::Proved, "{new:?} was taken and works");
                assert_eq!(prove(subject, &account, &current).await, Proof::Rejected, "{current:?} died with {new:?}");
                current = new;
                taken += 1;
            }
            Err(fault) => {
                assert_fault(&fault, FaultClass::Refused, Written::No);
                assert_silent(&fault, &new);
                assert_eq!(prove(subject, &account, &current).await, Proof::Proved, "{new:?} changed nothing");
            }
        }
    }
    assert!(taken * 2 > hostile::corpus().len(), "most of the corpus is ordinary for a source, taken: {taken}");
}

/// Changes and proofs at the same time: no answer may belong to another account.
async fn keeps_accounts_apart(subject: &impl Subject) {
    let accounts: Vec<_> = (0..CONCURRENT).map(|_| subject.account()).collect();
    let passwords: Vec<_> = (0..CONCURRENT).map(|number| format!("Fresh-Rye-{number}{number}-482")).collect();
    let mut changes = Vec::new();
    for (account, password) in accounts.iter().zip(&passwords) {
        changes.push(async move {
            set(subject, account, password).await.expect("the password is taken");
            assert_eq!(prove(subject, account, password).await, Proof::Proved, "the own password works");
            assert_eq!(prove(subject, account, &account.password).await, Proof::Rejected, "the first one is dead");
        });
    }
    futures_util::future::join_all(changes).await;
    for (number, account) in accounts.iter().enumerate() {
        assert_eq!(prove(subject, account, &passwords[number]).await, Proof::Proved, "the own password works");
        let other = &passwords[(number + 1) % CONCURRENT];
        assert_eq!(prove(subject, account, other).await, Proof::Rejected, "another account's password does not");
    }
}

async fn set(subject: &impl Subject, account: &Account, new: &str) -> Result<(), Fault> {
    subject.connector().set_password(account.reference(), new, SetPassword::default()).await
}

async fn prove(subject: &impl Subject, account: &Account, password: &str) -> Proof {
    subject.connector().prove(account.reference(), password).await.expect("the source can be asked")
}

/// The class and what was written, and a reason that a person can read.
#[track_caller]
pub fn assert_fault(fault: &Fault, class: FaultClass, written: Written) {
    assert_eq!((fault.class, fault.written), (class, written), "{fault}");
    assert!(!fault.reason.is_empty() && !fault.reason.ends_with('.'), "a sentence without full stop: {fault}");
    for jargon in ["dc=", "DC=", "0000", "LDAP", "SQL", "rc=", "errno"] {
        assert!(!fault.reason.contains(jargon), "{jargon} in the reason: {fault}");
    }
}

/// No fault may carry the password, in any form it is shown.
#[track_caller]
pub fn assert_silent(fault: &Fault, password: &str) {
    if password.trim().len() > 3 {
        assert!(!format!("{fault} {fault:?}").contains(password), "the password is in the fault");
    }
}
