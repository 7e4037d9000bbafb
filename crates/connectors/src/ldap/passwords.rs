//! Sets, proves and unlocks on a standard LDAP directory.

use ldap3::LdapResult;
use ldap3::controls::{Assertion, RawControl};

use crate::ldap::accounts::{count, first};
use crate::ldap::config::PasswordMethod;
use crate::ldap::ppolicy::{self, PolicyError};
use crate::ldap::request::{Change, Request};
use crate::ldap::{Ldap, faults, generalized_time};
use crate::{AccountRef, AccountState, Fault, FaultClass, Fencing, Proof, SetPassword};

const INVALID_SYNTAX: u32 = 21;
const INVALID_DN_SYNTAX: u32 = 34;

pub(super) const LOCKED_AT: &str = "pwdAccountLockedTime";
const CHANGED_AT: &str = "pwdChangedTime";
const FAILED_AT: &str = "pwdFailureTime";
pub(super) const POLICY: &str = "pwdPolicySubentry";
pub(super) const RESET: &str = "pwdReset";
/// 389 Directory Server and FreeIPA.
pub(super) const DISABLED: &str = "nsAccountLock";

impl Ldap {
    /// Looks at the account; changes nothing.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        let dn = self.directory.distinguished_name(account).await?;
        let entry = self.directory.read(&dn, &[LOCKED_AT, CHANGED_AT, DISABLED, FAILED_AT, POLICY]).await?;
        let rules = self.rules(first(&entry, POLICY)).await;
        let changed_at = first(&entry, CHANGED_AT).and_then(generalized_time::micros);
        Ok(AccountState {
            locked: first(&entry, LOCKED_AT).is_some(),
            disabled: first(&entry, DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true")),
            password_changed_at: changed_at,
            sign_ins: rules.sign_ins(count(&entry, FAILED_AT)),
            too_young_until: rules.too_young_until(changed_at),
            clock_ahead: None,
            max_password_bytes: None,
        })
    }

    /// Writes the new password: one operation, and one more to unlock, or with RFC 3062 to demand a change.
    ///
    /// # Errors
    /// `Written::Unknown` when the password was sent and no answer came, or when it was written and the second
    /// operation failed.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        if new.is_empty() {
            return Err(refused("the password is empty", "not sent: an empty password makes a bind anonymous"));
        }
        let dn = self.directory.distinguished_name(account).await?;
        let must_change = options.must_change.then_some(Change::Replace(RESET, b"TRUE"));
        // Never in one modify with the password: OpenLDAP unlocks at a reset by itself and then fails on the second
        // removal. With no lock left this changes nothing.
        let mut after: Vec<_> = options.unlock.then_some(Change::Clear(LOCKED_AT)).into_iter().collect();
        match self.method {
            PasswordMethod::Extended => {
                let mut result = self.directory.as_service(&Request::PasswordModify { dn: &dn, new }).await?;
                if result.rc == INVALID_SYNTAX {
                    // In this operation it is the name whose syntax is wrong: the password is mere bytes.
                    result.rc = INVALID_DN_SYNTAX;
                }
                success(&result)?;
                after.extend(must_change);
            }
            PasswordMethod::Modify => {
                // A server stores `{scheme}…` as a hash that was made elsewhere (RFC 2307 section 5.3).
                if new.starts_with('{') {
                    return Err(refused(
                        "a password may not begin with a brace",
                        "not sent: it would be taken for a hash",
                    ));
                }
                let changes: Vec<_> =
                    [Change::Replace("userPassword", new.as_bytes())].into_iter().chain(must_change).collect();
                let control = self.unless_changed(options.unless_changed_since).await?;
                let request = Request::Modify { dn: &dn, changes: &changes, control };
                success(&self.directory.as_service(&request).await?)?;
            }
        }
        if after.is_empty() {
            return Ok(());
        }
        let request = Request::Modify { dn: &dn, changes: &after, control: None };
        self.directory.as_service(&request).await.and_then(|result| success(&result)).map_err(|fault| {
            let reason = format!("the password was set, but not the state of the account: {}", fault.reason);
            Fault::new(fault.class, reason, fault.detail).after_sending()
        })
    }

    /// The control that makes the server compare the change time again in the same step.
    async fn unless_changed(&self, since: Option<i64>) -> Result<Option<RawControl>, Fault> {
        let Some(since) = since.and_then(generalized_time::text) else { return Ok(None) };
        if self.fencing().await? != Fencing::Strong {
            return Ok(None);
        }
        let assertion = Assertion::new(format!("({CHANGED_AT}={since})"));
        Ok(Some(RawControl { crit: true, ..assertion }))
    }

    /// Signs in with the new password: one bind on a kept connection.
    ///
    /// # Errors
    /// Only when the source could not be asked.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        if password.is_empty() {
            return Ok(Proof::Rejected);
        }
        let dn = self.directory.distinguished_name(account).await?;
        let result = self.directory.sign_in(&dn, password).await?;
        match judge(&result) {
            // Many servers do not say that an account is locked; one look is cheaper than a false "rejected".
            Ok(Proof::Rejected) if self.locked(&dn).await => Ok(not_provable("the account is locked")),
            judged => judged,
        }
    }

    async fn locked(&self, dn: &str) -> bool {
        let entry = self.directory.read(dn, &[LOCKED_AT]).await;
        entry.is_ok_and(|entry| first(&entry, LOCKED_AT).is_some())
    }
}

/// What the result of an account's bind proves.
fn judge(result: &LdapResult) -> Result<Proof, Fault> {
    match (result.rc, ppolicy::error(&result.ctrls)) {
        // "Must change" and "expired, one grace sign-in used" come with code 0: the password is right.
        (0, _) => Ok(Proof::Proved),
        (48 | 49 | 53, Some(PolicyError::AccountLocked)) => Ok(not_provable("the account is locked")),
        (48 | 49 | 53, Some(PolicyError::PasswordExpired)) => Ok(not_provable("the password has expired")),
        (48 | 49, _) => Ok(Proof::Rejected),
        (53, _) => Ok(not_provable("the source does not let this account sign in")),
        _ => Err(faults::from_result(result)),
    }
}

fn not_provable(reason: &str) -> Proof {
    Proof::NotProvable(reason.to_owned())
}

pub(super) fn success(result: &LdapResult) -> Result<(), Fault> {
    if result.rc == 0 { Ok(()) } else { Err(faults::from_result(result)) }
}

fn refused(reason: &str, detail: &str) -> Fault {
    Fault::new(FaultClass::Refused, reason, detail)
}

#[cfg(test)]
mod tests {
    use ldap3::controls::Control;

    use super::*;

    #[test]
    fn binds_are_judged() {
        let judged = |rc: u32, code: Option<u8>| {
            let value = |code| RawControl {
                ctype: ppolicy::OID.to_owned(),
                crit: false,
                val: Some(vec![0x30, 3, 0x81, 1, code]),
            };
            let ctrls = code.map(|code| Control(None, value(code))).into_iter().collect();
            judge(&LdapResult { rc, matched: String::new(), text: String::new(), refs: Vec::new(), ctrls })
        };
        assert_eq!(judged(0, None).unwrap(), Proof::Proved);
        assert_eq!(judged(0, Some(2)).unwrap(), Proof::Proved);
        assert_eq!(judged(49, None).unwrap(), Proof::Rejected);
        assert_eq!(judged(49, Some(8)).unwrap(), Proof::Rejected);
        assert!(matches!(judged(49, Some(1)).unwrap(), Proof::NotProvable(_)));
        assert!(matches!(judged(49, Some(0)).unwrap(), Proof::NotProvable(_)));
        assert!(matches!(judged(53, None).unwrap(), Proof::NotProvable(_)));
        assert_eq!(judged(52, None).unwrap_err().class, FaultClass::Transient);
        assert_eq!(judged(32, None).unwrap_err().class, FaultClass::Permanent);
    }
}
