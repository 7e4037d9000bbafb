//! One user as it is stored, and what follows from its times.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::filetime::{self, NEVER};
use crate::settings::PasswordPolicy;

/// `userAccountControl` of an ordinary account.
pub(crate) const NORMAL_ACCOUNT: u32 = 512;
/// `userAccountControl` bit of a disabled account.
pub(crate) const ACCOUNT_DISABLED: u32 = 2;
const LOCKED_OUT: u32 = 16;
const PASSWORD_EXPIRED: u32 = 0x80_0000;

/// A stored user. Holds hashes, so it does not print itself.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) dn: String,
    pub(crate) guid: uuid::Uuid,
    pub(crate) sam_account_name: String,
    pub(crate) user_principal_name: String,
    pub(crate) display_name: Option<String>,
    pub(crate) mail: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) sn: Option<String>,
    pub(crate) account_control: u32,
    /// When the account ends; `NEVER` or 0 = it does not.
    pub(crate) account_expires: i64,
    /// When the password was set; 0 = it must be changed at the next sign-in.
    pub(crate) pwd_last_set: i64,
    /// When the account was locked; 0 = it is not.
    pub(crate) lockout_time: i64,
    pub(crate) bad_pwd_count: u32,
    pub(crate) bad_password_time: i64,
    /// Argon2id, PHC string format.
    pub(crate) hash: String,
    /// Hashes of earlier passwords, newest first.
    pub(crate) history: Vec<String>,
}

impl User {
    pub(crate) fn is_disabled(&self) -> bool {
        self.account_control & ACCOUNT_DISABLED != 0
    }

    pub(crate) fn is_expired(&self, now: i64) -> bool {
        self.account_expires != 0 && self.account_expires != NEVER && self.account_expires <= now
    }

    pub(crate) fn must_change_password(&self) -> bool {
        self.pwd_last_set == 0
    }

    /// A lock ends by itself after the policy's duration, although `lockoutTime` stays until the next sign-in.
    pub(crate) fn is_locked(&self, now: i64, duration: Duration) -> bool {
        self.lockout_time != 0 && now < self.lockout_time.saturating_add(filetime::steps(duration))
    }

    /// `msDS-User-Account-Control-Computed`.
    pub(crate) fn computed_control(&self, now: i64, duration: Duration) -> u32 {
        let locked = if self.is_locked(now, duration) { LOCKED_OUT } else { 0 };
        let expired = if self.must_change_password() { PASSWORD_EXPIRED } else { 0 };
        locked | expired
    }

    /// Takes a new hash; the time of change always moves forward, so two changes never carry the same.
    pub(crate) fn set_hash(&mut self, hash: String, now: i64, policy: &PasswordPolicy) {
        let old = std::mem::replace(&mut self.hash, hash);
        self.history.insert(0, old);
        // The current password is one of those the policy counts.
        self.history.truncate(policy.history.saturating_sub(1));
        self.pwd_last_set = now.max(self.pwd_last_set.saturating_add(1));
    }

    /// Counts a wrong password; locks at the threshold.
    pub(crate) fn count_bad_password(&mut self, now: i64, policy: &PasswordPolicy) {
        let window = filetime::steps(policy.lockout_duration);
        if now >= self.bad_password_time.saturating_add(window) {
            self.bad_pwd_count = 0;
        }
        self.bad_pwd_count = self.bad_pwd_count.saturating_add(1);
        self.bad_password_time = now;
        if policy.lockout_threshold != 0 && self.bad_pwd_count >= policy.lockout_threshold {
            self.lockout_time = now;
        }
    }

    pub(crate) fn unlock(&mut self) {
        self.lockout_time = 0;
        self.bad_pwd_count = 0;
    }
}
