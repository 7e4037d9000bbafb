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
    /// The longest password the source keeps whole, in UTF-8 bytes (bcrypt: 72).
    pub max_password_bytes: Option<usize>,
}

/// How a new password is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetPassword {
    /// Clear a lock of the account in the same step, where the source can.
    pub unlock: bool,
    /// The person must choose another password at the next sign-in, where the source can.
    pub must_change: bool,
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

/// Whether a kind of source can prove at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provability {
    SignIn,
    None,
}
