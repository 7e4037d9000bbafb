//! How far an aggregation is and how it ended.

/// States of an aggregation. All but the first are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregationState {
    /// It reads.
    Running,
    /// All was read, and what is gone was removed.
    Completed,
    /// All was read; more is gone than may go without a word of an administrator, and nothing was removed.
    Held,
    /// It could not read to the end; nothing was removed.
    Failed,
    /// Its process ended before it did; nothing was removed.
    Interrupted,
}

impl AggregationState {
    pub const ALL: [Self; 5] = [Self::Running, Self::Completed, Self::Held, Self::Failed, Self::Interrupted];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Held => "HELD",
            Self::Failed => "FAILED",
            Self::Interrupted => "INTERRUPTED",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What an aggregation has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AggregationCounts {
    /// Accounts that the source gave.
    pub read: u64,
    pub created: u64,
    pub changed: u64,
    /// Accounts that were removed, or would be (see [`AggregationState::Held`]).
    pub removed: u64,
    /// Accounts read that belong to nobody.
    pub uncorrelated: u64,
    pub identities_created: u64,
    pub identities_changed: u64,
}

impl std::ops::AddAssign for AggregationCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.created += other.created;
        self.changed += other.changed;
        self.removed += other.removed;
        self.uncorrelated += other.uncorrelated;
        self.identities_created += other.identities_created;
        self.identities_changed += other.identities_changed;
    }
}

#[cfg(test)]
mod tests {
    use super::AggregationState;

    #[test]
    fn names_are_read_back() {
        for state in AggregationState::ALL {
            assert_eq!(AggregationState::named(state.as_str()), Some(state));
        }
        assert_eq!(AggregationState::named("running"), None);
    }
}
