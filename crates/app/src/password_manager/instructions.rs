//! The administrators' own text for a page, in the reader's language.

use passwright_domain::instructions::{Locale, Page};
use passwright_storage::instructions;

use crate::{Error, Service};

impl Service {
    /// The text as sanitised HTML; that of the reader's language, else the default one. `None` when there is none, or texts are
    /// switched off.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page_instruction(&self, page: Page, language: &str) -> Result<Option<String>, Error> {
        if !self.catalog().await?.org_config.custom_instructions_enabled {
            return Ok(None);
        }
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        if let Ok(locale) = language.parse::<Locale>()
            && let Some(text) = instructions::lookup(&mut tx, page, &locale).await?
        {
            return Ok(Some(text));
        }
        Ok(instructions::lookup(&mut tx, page, &Locale::default_text()).await?)
    }
}
