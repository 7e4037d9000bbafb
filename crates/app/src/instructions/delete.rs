use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::instructions::{Locale, Page};
use passwright_storage::{StorageError, Tx, Write, audit, instructions};

use super::{locale, page_of_path, require_enabled};
use crate::edit::{Stop, settled};
use crate::{Error, Service};

struct DeleteInstruction {
    page: Page,
    locale: Locale,
    audit: AuditRecord,
}

impl DeleteInstruction {
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        require_enabled(tx).await?;
        if !instructions::delete(tx, self.page, &self.locale).await? {
            return Err(Error::NotFound.into());
        }
        audit::insert(tx, &self.audit).await?;
        Ok(())
    }
}

impl Write for DeleteInstruction {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.delete(tx).await)
    }
}

impl Service {
    /// Deletes a page's text in a locale.
    ///
    /// # Errors
    /// As for reading it.
    pub async fn delete_custom_password_instructions(
        &self,
        caller: &Caller,
        page: &str,
        given: Option<&str>,
    ) -> Result<(), Error> {
        let object = format!("custom_password_instructions:{page}");
        self.require(caller, Action::Administer(Right::ManageInstructions), &object).await?;
        let (page, locale) = (page_of_path(page)?, locale(given)?);
        let audit = self.changed(caller, "CUSTOM_PASSWORD_INSTRUCTIONS_DELETE", object, locale.as_str());
        self.store.write(DeleteInstruction { page, locale, audit }).await?
    }
}
