//! Writes and proves a password in an application's table.

use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::config::{Checked, SqlConfig};
use super::engine::{Changed, Engine};
use super::row::{Argument, Row, Unfit};
use super::statement::{Parameter, Statement};
use crate::hash::{HashScheme, background};
use crate::{
    AccountRef, AccountState, Credential, Fault, FaultClass, Fencing, Proof, Provability, SetPassword, SignIns,
};

/// The connector.
pub struct Sql {
    pub(super) engine: Engine,
    update: Statement,
    select: Statement,
    pub(super) accounts: Option<Statement>,
    scheme: HashScheme,
}

/// What the `select` statement gave for one account.
struct Stored {
    /// `None` when the account has no password.
    hash: Option<Zeroizing<String>>,
    state: AccountState,
}

impl Sql {
    pub const PROVABILITY: Provability = Provability::SignIn;

    /// Checks the settings; opens nothing.
    ///
    /// # Errors
    /// `Configuration`, naming the setting and what is wrong with it; also when a credential is given for SQLite, which has none.
    #[expect(clippy::needless_pass_by_value, reason = "all connectors are built alike")]
    pub fn new(config: &SqlConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let Checked { database, update, select, accounts, scheme } = config.check()?;
        let engine = Engine::new(database, credential.as_ref())?;
        Ok(Self { engine, update, select, accounts, scheme })
    }

    /// Strong where the update compares `:seq`.
    #[must_use]
    pub fn fencing(&self) -> Fencing {
        if self.update.parameters.contains(&Parameter::Seq) {
            Fencing::Strong
        } else if self.select.text.contains("changed_at") {
            Fencing::Verify
        } else {
            Fencing::None
        }
    }

    /// Opens the database and looks whether it would run the statements, so that a wrong table or column is named; runs none.
    ///
    /// # Errors
    /// `Configuration` or `Transient`.
    pub async fn test(&self) -> Result<(), Fault> {
        let statements: Vec<_> = [&self.update, &self.select].into_iter().chain(&self.accounts).collect();
        self.engine.test(&statements).await
    }

    /// Looks at the account's row.
    ///
    /// # Errors
    /// `Permanent` when there is no row, or more than one.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        Ok(self.read(account).await?.state)
    }

    /// Hashes the password and writes it to exactly one row.
    ///
    /// # Errors
    /// `Refused` before anything is sent when the scheme cannot keep the password whole; `Permanent` when not exactly one
    /// row fits, and then nothing is changed; `Transient` when the database stays locked for five seconds.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        let hash = background::hash(self.scheme, new).await?;
        let values = self.update.parameters.iter().map(|parameter| match parameter {
            Parameter::PasswordHash => Argument::Text(&hash),
            Parameter::Account => Argument::Text(account.native_identity),
            Parameter::ChangedAt => Argument::Number(now_micros()),
            Parameter::Unlock => Argument::Flag(options.unlock),
            Parameter::MustChange => Argument::Flag(options.must_change),
            Parameter::Seq => Argument::Number(options.order),
            Parameter::After => Argument::Text(""),
        });
        match self.engine.change_one(&self.update, &values.collect::<Vec<_>>(), &hash).await? {
            Changed::One => Ok(()),
            Changed::None if self.fencing() == Fencing::Strong => {
                // There or not: only then is it known what no row means.
                self.read(account).await?;
                let reason = "a newer password change has reached this system";
                Err(self.engine.fault(FaultClass::Refused, reason, "no row with a smaller :seq"))
            }
            changed => Err(self.not_one_row(changed == Changed::Several)),
        }
    }

    /// Verifies the password against the stored hash, as the application does at a sign-in.
    ///
    /// # Errors
    /// As [`Self::check`]; `Configuration` when the stored text is no hash we know.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        let Stored { hash, state } = self.read(account).await?;
        let Some(hash) = hash else { return Ok(Proof::Rejected) };
        if password.is_empty() || !background::verify(&hash, password).await? {
            return Ok(Proof::Rejected);
        }
        Ok(match state {
            AccountState { disabled: true, .. } => Proof::NotProvable("the account is disabled".to_owned()),
            AccountState { locked: true, .. } => Proof::NotProvable("the account is locked".to_owned()),
            _ => Proof::Proved,
        })
    }

    async fn read(&self, account: AccountRef<'_>) -> Result<Stored, Fault> {
        let values = vec![Argument::Text(account.native_identity); self.select.parameters.len()];
        let rows = self.engine.rows(&self.select, &values, 2).await?;
        match rows.as_slice() {
            [row] => self.decode(row).map_err(|unfit| self.engine.unfit(&unfit)),
            rows => Err(self.not_one_row(!rows.is_empty())),
        }
    }

    fn decode(&self, row: &Row) -> Result<Stored, Unfit> {
        let state = AccountState {
            locked: row.flag("locked")?.unwrap_or_default(),
            disabled: row.flag("disabled")?.unwrap_or_default(),
            password_changed_at: row.number("changed_at")?,
            // The hash is compared here, behind the application's back.
            sign_ins: SignIns::NeverLock,
            max_password_bytes: self.scheme.max_password_bytes(),
            ..AccountState::default()
        };
        Ok(Stored { hash: row.hash()?, state })
    }

    fn not_one_row(&self, several: bool) -> Fault {
        if several {
            let reason = "more than one account fits, so none was changed";
            return self.engine.fault(FaultClass::Permanent, reason, "more than one row");
        }
        self.engine.fault(FaultClass::Permanent, "the account does not exist at the source", "no row")
    }
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
