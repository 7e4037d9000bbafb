//! What a connector is asked and what it answers.

/// The account a call is about, as its source knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountRef<'a> {
    /// The native identity: a DN, a row key, a user name.
    pub native_identity: &'a str,
    /// The display name.
    pub name: &'a str,
}

/// What a look at the account told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountState {
    pub locked: bool,
    pub disabled: bool,
    /// When the password was last changed, in microseconds since 1970 UTC, where the source says so.
    pub password_changed_at: Option<i64>,
    /// What failed sign-ins do to the account.
    pub sign_ins: SignIns,
    /// Until when the source takes no other password, in microseconds since 1970 UTC on our clock, where its minimum age
    /// counts for us and can be read.
    pub too_young_until: Option<i64>,
    /// How far the source's clock is ahead of ours, in microseconds, where it tells its time; measured at the last
    /// connection, to some two seconds.
    pub clock_ahead: Option<i64>,
    /// The longest password the source keeps whole, in UTF-8 bytes (bcrypt: 72).
    pub max_password_bytes: Option<usize>,
}

/// What failed sign-ins do to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignIns {
    /// They are not counted.
    NeverLock,
    /// The source does not tell.
    #[default]
    NotTold,
    /// So many failed of late; with `lock_at` failed ones the account is locked.
    Counted { failed: u32, lock_at: u32 },
}

/// How a new password is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetPassword {
    /// Clear a lock of the account in the same step, where the source can.
    pub unlock: bool,
    /// The person must choose another password at the next sign-in, where the source can.
    pub must_change: bool,
    /// Grows with each change of the account; a source that keeps it takes no older one.
    pub order: i64,
    /// When the password had last been changed as it was looked at, as [`AccountState::password_changed_at`]; a source that
    /// can does not take the new one when it is another by now.
    pub unless_changed_since: Option<i64>,
}

/// A change of an account's state, apart from its password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateChange {
    Unlock,
    Enable,
    Disable,
    /// The person has to choose another password at the next sign-in; the present one works until then.
    ExpirePassword,
}

/// The answer of a sign-in with the new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The source accepts the new password now.
    Proved,
    /// The password is right or was written, but a sign-in cannot show it; the reason says why (disabled, locked, no sign-in at this source).
    NotProvable(String),
    /// The source does not accept the new password.
    Rejected,
}

/// What keeps a write that is late, of a worker that was stopped in the middle of it, from covering a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fencing {
    /// The source itself refuses it.
    Strong,
    /// The source tells when a password was changed: it is seen and not overwritten by a retry.
    Verify,
    /// Nothing; it is seen by a sign-in at most.
    None,
}

impl Fencing {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Verify => "verify",
            Self::None => "none",
        }
    }
}

/// Whether a kind of source can prove at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provability {
    SignIn,
    None,
}
