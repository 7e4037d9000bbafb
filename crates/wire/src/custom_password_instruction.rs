//! Administrators' own texts for pages: `/custom-password-instructions`.

use serde::{Deserialize, Serialize};

/// The text of a page in a locale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomPasswordInstruction {
    /// One of twelve pages, such as `reset-password:enter-username`.
    pub page_id: Option<String>,
    /// Basic HTML, 1000 characters at most; an answer holds what was kept of it.
    pub page_content: Option<String>,
    /// A language tag; absent: `default`.
    pub locale: Option<String>,
}
