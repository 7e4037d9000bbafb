//! The Password Manager: a person's passwords as they know them (one for a password group, one for a source with several
//! applications, one for an application), the rules of a new one, and changing it in many systems at once.

mod change_passwords;
mod instructions;
mod list_rows;
mod reset_rules;
mod rows;
mod rules;
mod suggest_password;

use passwright_domain::change::TargetState;
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

pub use change_passwords::{ChangedPasswords, NewPassword};
pub use passwright_domain::instructions::Page;
pub use passwright_domain::policy::{ListedRule, Rule, Strength};
pub(crate) use rules::is_opaque;
pub use rules::{BrokenRule, Judgement, PasswordRules};

/// What kind of row it is, as the vendor's Password Manager has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// Sources that share one password.
    Group,
    /// One source with several applications.
    MultiApplication,
    /// One application.
    Application,
    /// The password of this service.
    SignIn,
}

/// One password of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRow {
    /// Names the row in a form: `g` or `a`, and the id of the group or account.
    pub key: String,
    pub kind: RowKind,
    pub name: String,
    /// The applications that use it, by name.
    pub applications: Vec<String>,
    /// Its accounts, first one first.
    pub accounts: Vec<RowAccount>,
    /// When it was last changed through this service, and everywhere.
    pub changed_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// An account of a row with what the last change of it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAccount {
    pub source_name: String,
    pub account_name: String,
    pub last: Option<LastChange>,
}

/// The newest change that reached an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    pub id: PasswordChangeId,
    pub state: TargetState,
    pub next_attempt_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}
