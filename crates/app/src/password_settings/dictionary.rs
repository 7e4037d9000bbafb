use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::policy::Dictionary;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use crate::{Error, Fault, Service};

const OBJECT: &str = "password_dictionary";

struct SaveDictionary {
    text: String,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for SaveDictionary {
    type Output = bool;

    /// True when there was none.
    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let new = settings::lookup(tx, settings::PASSWORD_DICTIONARY).await?.is_none();
        settings::set(tx, settings::PASSWORD_DICTIONARY, &self.text, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(new)
    }
}

impl Service {
    /// The dictionary's text as it was uploaded.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` when there is none.
    pub async fn get_password_dictionary(&self, caller: &Caller) -> Result<String, Error> {
        self.require(caller, Action::Administer(Right::ReadPasswordDictionary), OBJECT).await?;
        let mut reader = self.store.read().await?;
        settings::lookup(&mut reader.tx(), settings::PASSWORD_DICTIONARY).await?.ok_or(Error::NotFound)
    }

    /// Replaces the dictionary; true when there was none before.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` with every fault of the file and its line.
    pub async fn put_password_dictionary(&self, caller: &Caller, file: &[u8]) -> Result<bool, Error> {
        self.require(caller, Action::Administer(Right::ManagePasswordDictionary), OBJECT).await?;
        let dictionary = Dictionary::parse(file).map_err(|e| Error::bad(Fault::Illegal, e.to_string()))?;
        let text = String::from_utf8_lossy(file).into_owned();
        let detail = format!("{} words, locale {}", dictionary.word_count(), dictionary.locale());
        let audit = self.changed(caller, "PASSWORD_DICTIONARY_UPDATED", OBJECT.to_owned(), &detail);
        let new = self.store.write(SaveDictionary { text, now: self.now(), audit }).await?;
        self.recheck_catalog();
        Ok(new)
    }
}
