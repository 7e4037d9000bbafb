//! Sets, changes and proves on Active Directory.

use ldap3::SearchEntry;
use ldap3::controls::RawControl;
use zeroize::Zeroizing;

use crate::active_directory::{ActiveDirectory, faults};
use crate::ldap::accounts::first;
use crate::ldap::request::{Change, Request};
use crate::{AccountRef, AccountState, Fault, FaultClass, Proof, SetPassword};

const PASSWORD: &str = "unicodePwd";
pub(super) const ACCOUNT_CONTROL: &str = "userAccountControl";
pub(super) const COMPUTED_CONTROL: &str = "msDS-User-Account-Control-Computed";
pub(super) const LOCKED_AT: &str = "lockoutTime";
pub(super) const CHANGED_AT: &str = "pwdLastSet";
const FAILED: &str = "badPwdCount";
const FAILED_AT: &str = "badPasswordTime";
/// The password settings object that stands in for the domain's rules, where there is one for the account.
const RULES_OF_ITS_OWN: &str = "msDS-ResultantPSO";
const LOOKED_AT: [&str; 7] =
    [ACCOUNT_CONTROL, COMPUTED_CONTROL, LOCKED_AT, CHANGED_AT, FAILED, FAILED_AT, RULES_OF_ITS_OWN];

/// `UF_ACCOUNTDISABLE` and `UF_LOCKOUT` of MS-ADTS 2.2.16.
pub(super) const DISABLED: i64 = 0x2;
/// `UF_DONT_EXPIRE_PASSWD`.
pub(super) const NEVER_EXPIRES: i64 = 0x1_0000;
const LOCKED: i64 = 0x10;

/// `LDAP_SERVER_POLICY_HINTS_OID` and its deprecated forerunner (MS-ADTS 3.1.1.3.4.1.27).
const POLICY_HINTS: [&str; 2] = ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"];
/// `SEQUENCE { flags INTEGER 1 }`: the reset obeys the history and the minimum age.
const OBEY_HISTORY: [u8; 5] = [0x30, 3, 0x02, 1, 1];

/// 100-nanosecond steps from 1601 to 1970.
const FILETIME_1970: i64 = 116_444_736_000_000_000;

impl ActiveDirectory {
    /// Looks at the account; changes nothing.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        let dn = self.directory.distinguished_name(account).await?;
        let entry = self.directory.read(&dn, &LOOKED_AT).await?;
        let (_, service) = self.directory.service().await?;
        let rules = self.rules(first(&entry, RULES_OF_ITS_OWN), service.domain.as_deref()).await;
        let ahead = service.clock_ahead();
        let number = |name| first(&entry, name).and_then(|value| value.parse::<i64>().ok());
        let changed_at = number(CHANGED_AT).and_then(filetime_micros);
        let obeys = self.enforce_history && known_hints(&service.controls).is_some();
        Ok(AccountState {
            locked: is_locked(&entry),
            disabled: number(ACCOUNT_CONTROL).is_some_and(|flags| flags & DISABLED != 0),
            password_changed_at: changed_at,
            sign_ins: rules.sign_ins(number(FAILED), number(FAILED_AT).and_then(filetime_micros), ahead),
            too_young_until: if obeys { rules.too_young_until(changed_at, ahead) } else { None },
            clock_ahead: ahead,
            max_password_bytes: None,
        })
    }

    /// Resets the password, clears the lock and demands a change at the next sign-in in one modify.
    ///
    /// # Errors
    /// `Written::Unknown` when the modify was sent and no answer came.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        let new = quoted(new)?;
        let dn = self.directory.distinguished_name(account).await?;
        let mut changes = Vec::with_capacity(3);
        changes.push(Change::Replace(PASSWORD, &new));
        if options.unlock {
            changes.push(Change::Replace(LOCKED_AT, b"0"));
        }
        if options.must_change {
            changes.push(Change::Replace(CHANGED_AT, b"0"));
        }
        let control = if self.enforce_history { self.policy_hints().await? } else { None };
        let result = self.directory.as_service(&Request::Modify { dn: &dn, changes: &changes, control }).await?;
        success(&result)
    }

    /// Changes the password as the account itself, with its old password: every rule of the domain applies.
    ///
    /// # Errors
    /// `Refused` when the old password is wrong or the domain's policy refuses the new one; `Permanent` when the
    /// account cannot sign in; `Written::Unknown` when the change was sent and no answer came.
    pub async fn change_password(&self, account: AccountRef<'_>, old: &str, new: &str) -> Result<(), Fault> {
        let (old_value, new_value) = (quoted(old)?, quoted(new)?);
        let dn = self.directory.distinguished_name(account).await?;
        let (mut lease, result) = self.directory.sign_in_on(&dn, old).await?;
        if result.rc != 0 {
            lease.keep();
            return Err(faults::from_bind(&result));
        }
        let changes = [Change::Delete(PASSWORD, &old_value), Change::Add(PASSWORD, &new_value)];
        let request = Request::Modify { dn: &dn, changes: &changes, control: None };
        let result = lease
            .send(&request)
            .await
            .map_err(|unanswered| if unanswered.sent { unanswered.fault.after_sending() } else { unanswered.fault })?;
        lease.keep();
        success(&result)
    }

    /// Signs in with the new password: one bind on a kept connection. A domain controller may accept the old password
    /// for an hour beside the new one (`OldPasswordAllowedPeriod`): a proof says nothing about the old password.
    ///
    /// # Errors
    /// Only when the source could not be asked.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        if password.is_empty() {
            return Ok(Proof::Rejected);
        }
        let dn = self.directory.distinguished_name(account).await?;
        faults::judge(&self.directory.sign_in(&dn, password).await?)
    }

    /// The control that makes a reset obey the history, in the form that this server lists.
    async fn policy_hints(&self) -> Result<Option<RawControl>, Fault> {
        let (_, service) = self.directory.service().await?;
        Ok(known_hints(&service.controls).map(|oid| RawControl {
            ctype: oid.to_owned(),
            crit: true,
            val: Some(OBEY_HISTORY.to_vec()),
        }))
    }
}

/// `lockoutTime` stays after the lock has run out; only the computed flags know.
pub(super) fn is_locked(entry: &SearchEntry) -> bool {
    let number = |name| first(entry, name).and_then(|value| value.parse::<i64>().ok());
    match number(COMPUTED_CONTROL) {
        Some(flags) => flags & LOCKED != 0,
        None => number(LOCKED_AT).is_some_and(|at| at != 0),
    }
}

/// The control in the form that a server lists.
fn known_hints(controls: &[String]) -> Option<&'static str> {
    POLICY_HINTS.into_iter().find(|oid| controls.iter().any(|listed| listed == oid))
}

pub(super) fn success(result: &ldap3::LdapResult) -> Result<(), Fault> {
    if result.rc == 0 { Ok(()) } else { Err(faults::from_result(result)) }
}

/// The password in quotes as UTF-16LE (MS-ADTS 3.1.1.3.1.5), in a buffer that never grows, so no copy stays behind.
fn quoted(password: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if password.is_empty() {
        let detail = "not sent: an empty password makes a bind anonymous";
        return Err(Fault::new(FaultClass::Refused, "the password is empty", detail));
    }
    // A sign-in ends at the first NUL on Samba, so a longer password would be kept and never work.
    if password.contains('\0') {
        let detail = "not sent: a NUL character ends a password at sign-in";
        return Err(Fault::new(
            FaultClass::Refused,
            "this password holds a character that the source cannot keep",
            detail,
        ));
    }
    // A character has at least as many UTF-8 bytes as UTF-16 units.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * (password.len() + 2)));
    for unit in std::iter::once(u16::from(b'"')).chain(password.encode_utf16()).chain(std::iter::once(u16::from(b'"')))
    {
        bytes.extend_from_slice(&unit.to_le_bytes());
    }
    Ok(bytes)
}

/// A FILETIME as microseconds since 1970; zero and negative values mean "never" or "must change".
fn filetime_micros(filetime: i64) -> Option<i64> {
    if filetime <= 0 { None } else { Some((filetime - FILETIME_1970) / 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_quoted_and_encoded_without_a_second_buffer() {
        for (password, expected) in [
            ("a", vec![0x22, 0, 0x61, 0, 0x22, 0]),
            ("\"", vec![0x22, 0, 0x22, 0, 0x22, 0]),
            ("ä", vec![0x22, 0, 0xe4, 0, 0x22, 0]),
            ("😀", vec![0x22, 0, 0x3d, 0xd8, 0x00, 0xde, 0x22, 0]),
        ] {
            let bytes = quoted(password).unwrap();
            assert_eq!(*bytes, expected, "{password}");
            assert_eq!(bytes.capacity(), 2 * (password.len() + 2), "never grew");
        }
        for unsendable in ["", "\0", "Zero\0Byte"] {
            assert_eq!(quoted(unsendable).unwrap_err().class, FaultClass::Refused, "{unsendable:?}");
        }
    }

    #[test]
    fn filetimes_are_read() {
        assert_eq!(filetime_micros(116_444_736_000_000_000), Some(0));
        assert_eq!(filetime_micros(134_398_158_720_000_000), Some(1_795_342_272_000_000));
        assert_eq!(filetime_micros(0), None);
        assert_eq!(filetime_micros(-1), None);
    }
}
