//! Administrators' own texts for the pages of the sign-in help. The password organisation configuration switches them on.

mod create;
mod delete;
mod get;

pub use passwright_domain::instructions::Instruction;
use passwright_domain::instructions::{Locale, Page};
use passwright_storage::Tx;

use crate::edit::Stop;
use crate::password_settings::stored_org_config;
use crate::{Error, Fault};

/// A text as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstructionRequest {
    pub page_id: Option<String>,
    /// A language tag; absent: `default`.
    pub locale: Option<String>,
    /// Basic HTML, 1000 characters at most.
    pub page_content: Option<String>,
}

async fn require_enabled(tx: &mut Tx<'_>) -> Result<(), Stop> {
    if stored_org_config(tx).await?.custom_instructions_enabled {
        return Ok(());
    }
    let message = "custom password instructions are not enabled in the password configuration";
    Err(Error::bad(Fault::Semantic, message).into())
}

fn locale(given: Option<&str>) -> Result<Locale, Error> {
    match given.filter(|text| !text.is_empty()) {
        None => Ok(Locale::default_text()),
        Some(text) => {
            text.parse().map_err(|_| Error::bad(Fault::Illegal, "locale is not a language tag such as en-US"))
        }
    }
}

/// A page of a path; what is no page is not there.
fn page_of_path(id: &str) -> Result<Page, Error> {
    id.parse().map_err(|_| Error::NotFound)
}
