use std::collections::BTreeSet;

use crate::collection::{Field, Kind, Operator, Resource};
use crate::ids::{PasswordGroupId, PolicyId, SourceId};

/// A password sync group: sources that share one password. A source is in one group at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordGroup {
    pub id: PasswordGroupId,
    pub name: String,
    pub policy_id: Option<PolicyId>,
    /// In order; the first is written first.
    pub source_ids: Vec<SourceId>,
}

/// The collection of password groups.
pub struct PasswordGroups;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordGroupKey {
    Id,
    Name,
    PolicyId,
}

impl Resource for PasswordGroups {
    type Key = PasswordGroupKey;

    const FIELDS: &'static [Field<PasswordGroupKey>] = &[
        Field {
            name: "id",
            key: PasswordGroupKey::Id,
            kind: Kind::Text,
            operators: &[Operator::Eq, Operator::In],
            sortable: false,
        },
        Field {
            name: "name",
            key: PasswordGroupKey::Name,
            kind: Kind::Text,
            operators: &[Operator::Eq, Operator::Co, Operator::Sw, Operator::In],
            sortable: true,
        },
        Field {
            name: "passwordPolicyId",
            key: PasswordGroupKey::PolicyId,
            kind: Kind::Text,
            operators: &[Operator::Eq, Operator::In, Operator::Isnull],
            sortable: false,
        },
    ];

    const DEFAULT_ORDER: PasswordGroupKey = PasswordGroupKey::Name;
}

/// The first source that comes twice; a group is written in order, so an order with repeats says nothing.
#[must_use]
pub fn repeated_source(source_ids: &[SourceId]) -> Option<&SourceId> {
    let mut seen = BTreeSet::new();
    source_ids.iter().find(|source| !seen.insert(*source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_makes_sense() {
        assert_eq!(PasswordGroups::check(), Vec::<String>::new());
    }

    #[test]
    fn repeated_sources() {
        let [a, b] = [1, 2].map(|n| SourceId::from_random([n; 16]));
        assert_eq!(repeated_source(&[a.clone(), b.clone()]), None);
        assert_eq!(repeated_source(&[a.clone(), b, a.clone()]), Some(&a));
    }
}
