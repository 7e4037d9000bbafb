//! The rules of a new password that is set by a reset: those of the Password Manager, for the person of the browser's flow.

use passwright_domain::ids::SourceId;
use passwright_domain::policy::suggest;
use passwright_vault::secret::{Password, SecretText};

use super::RowKind;
use super::rows::Row;
use super::rules::{Chosen, Judgement, PasswordRules};
use crate::passwords::named_account;
use crate::recovery::{Browser, reached};
use crate::{Error, Service};

impl Service {
    /// The rules for an account of [`list_reset_accounts`](Self::list_reset_accounts), once the proofs are enough; before, none.
    ///
    /// # Errors
    /// `BadRequest` for an account that is not the identity's; when the database does not answer.
    pub async fn reset_rules(
        &self,
        browser: &Browser,
        account: (SourceId, String),
    ) -> Result<Option<PasswordRules>, Error> {
        Ok(self.chosen_in_reset(browser, account).await?.map(|chosen| chosen.rules()))
    }

    /// Judges a password for such an account; keeps nothing.
    ///
    /// # Errors
    /// As [`reset_rules`](Self::reset_rules).
    pub async fn judge_reset(
        &self,
        browser: &Browser,
        account: (SourceId, String),
        password: &Password,
    ) -> Result<Option<Judgement>, Error> {
        Ok(self.chosen_in_reset(browser, account).await?.map(|chosen| chosen.judge_password(password)))
    }

    /// A random password for such an account; `None` when its rules leave room for none, and before the proofs are enough.
    ///
    /// # Errors
    /// As [`reset_rules`](Self::reset_rules).
    pub async fn suggest_reset(
        &self,
        browser: &Browser,
        account: (SourceId, String),
    ) -> Result<Option<SecretText>, Error> {
        let Some(chosen) = self.chosen_in_reset(browser, account).await? else { return Ok(None) };
        let dictionary = chosen.catalog.dictionary.as_ref();
        Ok(suggest(&chosen.judges(), dictionary, &mut |out| self.rng.fill(out)).map(SecretText::new))
    }

    async fn chosen_in_reset(
        &self,
        browser: &Browser,
        (source, native): (SourceId, String),
    ) -> Result<Option<Chosen>, Error> {
        let Some(identity) = self.resetting(browser).await? else { return Ok(None) };
        let (catalog, own) = (self.catalog().await?, self.own_accounts(&identity).await?);
        let named = named_account(&catalog, &own, Some(source.to_string()), Some(native))?;
        let name = catalog.source(&named.source_id).map(|known| known.source.name.clone()).unwrap_or_default();
        let row = Row {
            key: String::new(),
            kind: RowKind::Application,
            name,
            named: named.id.clone(),
            reached: reached(&catalog, named, &own).into_iter().cloned().collect(),
        };
        Ok(Some(Chosen { catalog, identity, rows: vec![row] }))
    }
}
