use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::instructions::{Instruction, Locale, Page};
use passwright_storage::{Tx, instructions};

use super::{locale, page_of_path, require_enabled};
use crate::edit::{Stop, settled};
use crate::{Error, Service};

async fn found(tx: &mut Tx<'_>, page: Page, locale: Locale) -> Result<Instruction, Stop> {
    require_enabled(tx).await?;
    let content = instructions::lookup(tx, page, &locale).await?.ok_or(Error::NotFound)?;
    Ok(Instruction { page, locale, content })
}

impl Service {
    /// A page's text in a locale.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; `BadRequest` for what is no locale, or when texts are switched off.
    pub async fn get_custom_password_instructions(
        &self,
        caller: &Caller,
        page: &str,
        given: Option<&str>,
    ) -> Result<Instruction, Error> {
        let object = format!("custom_password_instructions:{page}");
        self.require(caller, Action::Administer(Right::ManageInstructions), &object).await?;
        let (page, locale) = (page_of_path(page)?, locale(given)?);
        let mut reader = self.store.read().await?;
        settled(found(&mut reader.tx(), page, locale).await)?
    }
}
