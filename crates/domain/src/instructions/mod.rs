//! Administrators' own texts for the pages of the sign-in help: which pages, which locale, which HTML.

mod locale;
mod page;
mod sanitise;

pub use locale::Locale;
pub use page::Page;
pub use sanitise::sanitise;

/// Longest text as it is given, in characters.
pub const MAX_CONTENT: usize = 1000;

/// A text for one page in one locale, sanitised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    pub page: Page,
    pub locale: Locale,
    pub content: String,
}
