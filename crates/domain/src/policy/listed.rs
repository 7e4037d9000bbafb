use crate::collection::{Field, Kind, Operator, Resource};

/// The collection of password policies.
pub struct PasswordPolicies;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordPolicyKey {
    Id,
    Name,
}

impl Resource for PasswordPolicies {
    type Key = PasswordPolicyKey;

    const FIELDS: &'static [Field<PasswordPolicyKey>] = &[
        Field {
            name: "id",
            key: PasswordPolicyKey::Id,
            kind: Kind::Text,
            operators: &[Operator::Eq, Operator::In],
            sortable: false,
        },
        Field {
            name: "name",
            key: PasswordPolicyKey::Name,
            kind: Kind::Text,
            operators: &[Operator::Eq, Operator::Co, Operator::Sw, Operator::In],
            sortable: true,
        },
    ];

    const DEFAULT_ORDER: PasswordPolicyKey = PasswordPolicyKey::Name;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_makes_sense() {
        assert_eq!(PasswordPolicies::check(), Vec::<String>::new());
    }
}
