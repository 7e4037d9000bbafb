use std::collections::BTreeSet;

/// Everything the level allows.
const ALL: &str = "sp:scopes:all";

/// The scopes of a token, as text: scopes this version does not know confer nothing and are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    #[must_use]
    pub fn all() -> Self {
        Self(BTreeSet::from([ALL.to_owned()]))
    }

    /// Whether any of `wanted` is granted.
    #[must_use]
    pub fn grants(&self, wanted: &[&str]) -> bool {
        self.0.contains(ALL) || wanted.iter().any(|scope| self.0.contains(*scope))
    }

    /// Whether this very scope is among them.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl<S: Into<String>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(Into::into).collect())
    }
}
