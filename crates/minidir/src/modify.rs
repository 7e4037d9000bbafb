//! The modify operation (RFC 4511 section 4.6): passwords and the state of accounts, nothing else.
//!
//! `replace unicodePwd` is a reset, for the service account. `delete` with the old and `add` with the new value in one request is a
//! change, for the user and the service account. All changes of one request are applied together or not at all.

use ldap3_proto::proto::{LdapModify, LdapModifyRequest, LdapModifyType, LdapResult};
use zeroize::{Zeroize, Zeroizing};

use crate::answer;
use crate::bind::{Identity, count_bad_password};
use crate::directory::Directory;
use crate::dn::Dn;
use crate::faults::WriteFault;
use crate::filetime;
use crate::policy::{self, Broken};
use crate::unicode_pwd;
use crate::user::User;

/// How a modify ends: with an answer, or with a closed connection when a fault says so.
pub(crate) enum Outcome {
    Answer(LdapResult),
    Close,
}

enum PasswordWrite {
    Reset(Zeroizing<String>),
    Change { old: Zeroizing<String>, new: Zeroizing<String> },
}

/// What one request asks for.
#[derive(Default)]
struct Plan {
    password: Option<PasswordWrite>,
    unlock: bool,
    /// True = must be changed at the next sign-in, false = counts as set now.
    expire_password: Option<bool>,
    account_control: Option<u32>,
    account_expires: Option<i64>,
    /// `userPassword` is accepted and has no effect, as in Active Directory without its compatibility switch.
    ignored: bool,
}

impl Plan {
    /// True for a password change and nothing beside it.
    fn is_change_only(&self) -> bool {
        let beside = self.unlock
            || self.ignored
            || self.expire_password.is_some()
            || self.account_control.is_some()
            || self.account_expires.is_some();
        matches!(self.password, Some(PasswordWrite::Change { .. })) && !beside
    }

    fn writes(&self) -> bool {
        self.password.is_some()
            || self.unlock
            || self.expire_password.is_some()
            || self.account_control.is_some()
            || self.account_expires.is_some()
    }
}

/// Answers a modify. `policy_hints` holds a reset to the history.
pub(crate) async fn modify(
    directory: &Directory,
    identity: &Identity,
    request: LdapModifyRequest,
    policy_hints: bool,
) -> Outcome {
    let done = async {
        let (dn, plan) = accept(directory, identity, request)?;
        apply(directory, &dn, plan, policy_hints).await
    };
    done.await.unwrap_or_else(Outcome::Answer)
}

/// Everything that is decided before a password is looked at.
fn accept(
    directory: &Directory,
    identity: &Identity,
    mut request: LdapModifyRequest,
) -> Result<(Dn, Plan), LdapResult> {
    let plan = read_plan(&request.changes);
    request.changes.iter_mut().flat_map(|change| &mut change.modification.vals).for_each(Zeroize::zeroize);
    if *identity == Identity::Anonymous {
        return Err(answer::bind_needed());
    }
    let dn = Dn::parse(&request.dn).ok_or_else(answer::bad_dn)?;
    if directory.faults.take_busy_write() {
        return Err(answer::busy());
    }
    if directory.containers.contains_key(&dn) || dn == directory.service {
        return Err(answer::no_rights());
    }
    directory.store.lookup(&dn).ok_or_else(|| answer::no_such_object("00002030"))?;
    if matches!(identity, Identity::User(own, _) if *own != dn) {
        return Err(answer::no_rights());
    }
    let plan = plan?;
    if *identity != Identity::Service && !plan.is_change_only() {
        return Err(answer::no_rights());
    }
    Ok((dn, plan))
}

fn read_plan(changes: &[LdapModify]) -> Result<Plan, LdapResult> {
    let mut plan = Plan::default();
    let mut passwords = Vec::new();
    for change in changes {
        let name = change.modification.atype.to_ascii_lowercase();
        if name == "unicodepwd" {
            passwords.push((&change.operation, change.modification.vals.as_slice()));
            continue;
        }
        let LdapModifyType::Replace = change.operation else {
            return Err(answer::unwilling("00000057: this attribute can only be replaced"));
        };
        if name == "userpassword" {
            plan.ignored = true;
            continue;
        }
        let value = number(&change.modification.vals);
        match (name.as_str(), value) {
            ("lockouttime", Some(0)) => plan.unlock = true,
            ("pwdlastset", Some(value @ (0 | -1))) => plan.expire_password = Some(value == 0),
            ("accountexpires", Some(value @ 0..)) => plan.account_expires = Some(value),
            ("useraccountcontrol", Some(value)) => plan.account_control = u32::try_from(value).ok(),
            ("lockouttime" | "pwdlastset" | "accountexpires" | "useraccountcontrol", _) => {
                return Err(answer::unwilling("00000057: this attribute does not take this value"));
            }
            _ => return Err(answer::unwilling("0000209A: this attribute cannot be written here")),
        }
    }
    plan.password = read_passwords(&passwords)?;
    Ok(plan)
}

fn number(values: &[Vec<u8>]) -> Option<i64> {
    match values {
        [value] => std::str::from_utf8(value).ok()?.parse().ok(),
        _ => None,
    }
}

fn read_passwords(changes: &[(&LdapModifyType, &[Vec<u8>])]) -> Result<Option<PasswordWrite>, LdapResult> {
    let decode = |value: &[u8]| {
        unicode_pwd::decode(value)
            .ok_or_else(|| answer::unwilling("00002035: the password must be in double quotes and in UTF-16"))
    };
    match changes {
        [] => Ok(None),
        [(LdapModifyType::Replace, [new])] => Ok(Some(PasswordWrite::Reset(decode(new)?))),
        [(LdapModifyType::Delete, [old]), (LdapModifyType::Add, [new])]
        | [(LdapModifyType::Add, [new]), (LdapModifyType::Delete, [old])] => {
            Ok(Some(PasswordWrite::Change { old: decode(old)?, new: decode(new)? }))
        }
        _ => Err(answer::unwilling("00002035: one replace, or one delete and one add, sets a password")),
    }
}

async fn apply(directory: &Directory, dn: &Dn, plan: Plan, policy_hints: bool) -> Result<Outcome, LdapResult> {
    if !plan.writes() {
        return Ok(Outcome::Answer(answer::success()));
    }
    let _writing = directory.lock_for_write(dn).await;
    let user = directory.store.lookup(dn).ok_or_else(|| answer::no_such_object("00002030"))?;
    let is_password_write = plan.password.is_some();
    let new = match plan.password {
        None => None,
        Some(PasswordWrite::Reset(new)) => {
            check_rules(directory, &user, &new, policy_hints).await?;
            Some(new)
        }
        Some(PasswordWrite::Change { old, new }) => {
            check_old(directory, dn, &user, &old).await?;
            check_rules(directory, &user, &new, true).await?;
            Some(new)
        }
    };
    let fault = if is_password_write { directory.faults.take_write_fault() } else { None };
    match fault {
        Some(WriteFault::DropBefore) => return Ok(Outcome::Close),
        Some(WriteFault::Lie) => return Ok(Outcome::Answer(answer::success())),
        Some(WriteFault::DropAfter) | None => {}
    }
    let hash = match new {
        Some(new) => Some(directory.hasher.hash(new).await.map_err(|error| failed(&error))?),
        None => None,
    };
    let policy = directory.policy.clone();
    let change = move |user: &mut User| {
        let now = filetime::now();
        if let Some(hash) = hash {
            user.set_hash(hash, now, &policy);
        }
        if plan.unlock {
            user.unlock();
        }
        match plan.expire_password {
            Some(true) => user.pwd_last_set = 0,
            Some(false) => user.pwd_last_set = now.max(user.pwd_last_set),
            None => {}
        }
        user.account_control = plan.account_control.unwrap_or(user.account_control);
        user.account_expires = plan.account_expires.unwrap_or(user.account_expires);
    };
    directory.store.change(dn, change).await.map_err(|error| failed(&error))?;
    Ok(if fault == Some(WriteFault::DropAfter) { Outcome::Close } else { Outcome::Answer(answer::success()) })
}

/// A wrong old password counts as a wrong sign-in.
async fn check_old(directory: &Directory, dn: &Dn, user: &User, old: &Zeroizing<String>) -> Result<(), LdapResult> {
    if user.is_locked(filetime::now(), directory.policy.lockout_duration) {
        return Err(answer::constraint("00000775: the account is locked out"));
    }
    if directory.hasher.verify(old, &user.hash).await.map_err(|error| failed(&error))? {
        return Ok(());
    }
    count_bad_password(directory, dn).await.map_err(|error| failed(&error))?;
    Err(answer::constraint("00000056: check_password_restrictions: the old password specified doesn't match"))
}

async fn check_rules(
    directory: &Directory,
    user: &User,
    new: &Zeroizing<String>,
    with_history: bool,
) -> Result<(), LdapResult> {
    let rules = &directory.policy;
    let refuse = |broken: Broken| answer::constraint(&broken.message(rules));
    policy::check(new, &user.sam_account_name, rules).map_err(refuse)?;
    if !with_history {
        return Ok(());
    }
    let earlier = std::iter::once(&user.hash).chain(&user.history).take(rules.history).cloned().collect();
    match directory.hasher.position(new, earlier).await.map_err(|error| failed(&error))? {
        Some(_) => Err(refuse(Broken::InHistory)),
        None => Ok(()),
    }
}

fn failed(error: &anyhow::Error) -> LdapResult {
    tracing::error!(%error, "a write failed");
    answer::unavailable()
}
