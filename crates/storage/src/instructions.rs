//! Administrators' own texts for pages.

use passwright_domain::instructions::{Instruction, Locale, Page};
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO custom_password_instruction (page_id, locale, content, modified_at) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (page_id, locale) DO UPDATE SET content = excluded.content, \
              modified_at = excluded.modified_at";
    READ = "SELECT content FROM custom_password_instruction WHERE page_id = $1 AND locale = $2";
    DELETE = "DELETE FROM custom_password_instruction WHERE page_id = $1 AND locale = $2";
}

/// Inserts or replaces the text of a page in a locale.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert(tx: &mut Tx<'_>, text: &Instruction, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, UPSERT, text.page.as_str(), text.locale.as_str(), text.content.as_str(), now.0)?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, page: Page, locale: &Locale) -> Result<Option<String>, StorageError> {
    Ok(fetch_optional!(tx, (String,), READ, page.as_str(), locale.as_str())?.map(|(content,)| content))
}

/// Deletes the text of a page in a locale; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx<'_>, page: Page, locale: &Locale) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE, page.as_str(), locale.as_str())? == 1)
}
