//! What the list of password changes may be filtered and sorted by, as account activities.

use crate::collection::{Field, Kind, Operator, Resource};

/// The type of every activity there is.
pub const ACTIVITY_TYPE: &str = "CloudPasswordRequest";

/// The collection of password changes.
pub struct PasswordChanges;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChangeKey {
    Id,
    Type,
    Actor,
    IdentityId,
    Created,
}

const TIME: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::Gt,
    Operator::Ge,
    Operator::Lt,
    Operator::Le,
    Operator::In,
    Operator::Isnull,
];

impl Resource for PasswordChanges {
    type Key = PasswordChangeKey;

    /// An activity is modified when it is created: the time of its end is not compared, because an end may not be shown yet.
    const FIELDS: &'static [Field<PasswordChangeKey>] = &[
        Field {
            name: "type",
            key: PasswordChangeKey::Type,
            kind: Kind::Text,
            operators: &[
                Operator::Eq,
                Operator::In,
                Operator::Ge,
                Operator::Le,
                Operator::Lt,
                Operator::Ne,
                Operator::Isnull,
                Operator::Sw,
            ],
            sortable: true,
        },
        Field { name: "created", key: PasswordChangeKey::Created, kind: Kind::Time, operators: TIME, sortable: true },
        Field { name: "modified", key: PasswordChangeKey::Created, kind: Kind::Time, operators: TIME, sortable: true },
    ];

    const DEFAULT_ORDER: PasswordChangeKey = PasswordChangeKey::Created;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_makes_sense() {
        assert_eq!(PasswordChanges::check(), Vec::<String>::new());
    }
}
