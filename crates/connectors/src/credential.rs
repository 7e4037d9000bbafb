//! A service credential in memory: wiped on drop, never printed.

use zeroize::Zeroizing;

/// The password of a source's service account. Has no `Debug`, `Display` or `Serialize`.
#[derive(Clone)]
pub struct Credential(Zeroizing<String>);

impl Credential {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The clear text, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
