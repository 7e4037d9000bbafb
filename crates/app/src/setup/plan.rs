//! What applying a document changes, for people to read.

use std::fmt;

/// Whether an object is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Create,
    Change,
}

/// One object that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanItem {
    pub verb: Verb,
    /// Kind and name, as in `source "CRM"`.
    pub object: String,
    /// What changes of an existing object: the document's names, never the values.
    pub fields: Vec<&'static str>,
}

impl fmt::Display for PlanItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.verb {
            Verb::Create => "create",
            Verb::Change => "change",
        };
        write!(f, "{verb} {}", self.object)?;
        if !self.fields.is_empty() {
            write!(f, ": {}", self.fields.join(", "))?;
        }
        Ok(())
    }
}

/// Everything that is written; empty when the database is as the document says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub items: Vec<PlanItem>,
}

impl Plan {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Created and changed, in numbers.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let created = self.items.iter().filter(|item| item.verb == Verb::Create).count();
        (created, self.items.len() - created)
    }

    /// The first items on one line, for the audit.
    pub(super) fn summary(&self) -> String {
        const SHOWN: usize = 20;
        let (created, changed) = self.counts();
        let shown: Vec<String> = self.items.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = if self.items.len() > SHOWN { "; and more" } else { "" };
        format!("{created} created, {changed} changed: {}{more}", shown.join("; "))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for item in &self.items {
            writeln!(f, "{item}")?;
        }
        Ok(())
    }
}
