use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::instructions::{Instruction, MAX_CONTENT, Page, sanitise};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{StorageError, Tx, Write, audit, instructions};

use super::{InstructionRequest, locale, require_enabled};
use crate::edit::{Stop, settled};
use crate::{Error, Fault, Service};

struct SaveInstruction {
    instruction: Instruction,
    now: Timestamp,
    audit: AuditRecord,
}

impl SaveInstruction {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<Instruction, Stop> {
        require_enabled(tx).await?;
        instructions::upsert(tx, &self.instruction, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(self.instruction.clone())
    }
}

impl Write for SaveInstruction {
    type Output = Result<Instruction, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}

fn checked(request: InstructionRequest) -> Result<Instruction, Error> {
    let missing = |field| Error::bad(Fault::Missing, format!("{field} is required"));
    let page = request.page_id.filter(|id| !id.is_empty()).ok_or_else(|| missing("pageId"))?;
    let page = page.parse::<Page>().map_err(|_| Error::bad(Fault::Illegal, "pageId does not name a page"))?;
    let content = request.page_content.filter(|text| !text.trim().is_empty()).ok_or_else(|| missing("pageContent"))?;
    if content.chars().count() > MAX_CONTENT {
        let message = format!("pageContent has more than {MAX_CONTENT} characters");
        return Err(Error::bad(Fault::OutOfBounds, message));
    }
    Ok(Instruction { page, locale: locale(request.locale.as_deref())?, content: sanitise(&content) })
}

impl Service {
    /// Sets a page's text in a locale, sanitised, and gives what was kept.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for an unknown page, a text that is absent or too long, or when texts are switched off.
    pub async fn create_custom_password_instructions(
        &self,
        caller: &Caller,
        request: InstructionRequest,
    ) -> Result<Instruction, Error> {
        self.require(caller, Action::Administer(Right::ManageInstructions), "custom_password_instructions:new").await?;
        let instruction = checked(request)?;
        let object = format!("custom_password_instructions:{}", instruction.page.as_str());
        let audit = self.changed(caller, "CUSTOM_PASSWORD_INSTRUCTIONS_CREATE", object, instruction.locale.as_str());
        self.store.write(SaveInstruction { instruction, now: self.now(), audit }).await?
    }
}
