//! The questions themselves, as an administrator adds and removes them; the set-up document is the other way.

use std::collections::BTreeMap;

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::security_question::SecurityQuestion;
use passwright_storage::security_questions::{AddSecurityQuestion, RemoveSecurityQuestion};

use crate::{Error, Fault, Service};

/// More would not be read by anybody who has to choose.
const MOST: i64 = 50;

impl Service {
    /// Adds a question behind all others: its text for everyone, and in languages such as `de`; empty ones are left out.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a text that is empty or too long, and for one question too many.
    pub async fn add_security_question(
        &self,
        caller: &Caller,
        text: String,
        translations: BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let id = self.tracking_id();
        let object = format!("security_question:{id}");
        self.require(caller, Action::Administer(Right::ManageOrgConfig), &object).await?;
        let trimmed = |(language, text): (String, String)| (language, text.trim().to_owned());
        let mut texts: BTreeMap<String, String> =
            translations.into_iter().map(trimmed).filter(|(_, text)| !text.is_empty()).collect();
        texts.insert(String::new(), text.trim().to_owned());
        let question = SecurityQuestion { id, position: 0, texts };
        question.check().map_err(|(field, why)| Error::bad(Fault::Illegal, format!("{field} {why}")))?;
        let audit = self.changed(caller, "SECURITY_QUESTION_ADDED", object, question.text());
        let add = AddSecurityQuestion { question, most: MOST, now: self.now(), audit };
        if self.store.write(add).await? {
            return Ok(());
        }
        Err(Error::bad(Fault::OutOfBounds, format!("there may be {MOST} questions at most")))
    }

    /// Removes a question, with everybody's answers to it.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn remove_security_question(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        let object = format!("security_question:{id}");
        self.require(caller, Action::Administer(Right::ManageOrgConfig), &object).await?;
        let audit = self.changed(caller, "SECURITY_QUESTION_REMOVED", object, "");
        let removed = self.store.write(RemoveSecurityQuestion { id: id.to_owned(), audit }).await?;
        if removed { Ok(()) } else { Err(Error::NotFound) }
    }
}
