//! What lists of sources may be filtered and sorted by: the fields of the vendor's API.

use crate::collection::Operator::{Ca, Co, Eq, Ge, Gt, In, Isnull, Le, Lt, Ne, Sw};
use crate::collection::{Field, Kind, Operator, Resource};

/// The collection of sources.
pub struct Sources;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKey {
    Id,
    Name,
    /// The kind of connector: the wire's `type` and `connectorName`.
    Kind,
    OwnerId,
    OwnerName,
    Features,
    Created,
    Modified,
    Description,
    Authoritative,
    Healthy,
    Status,
    ConnectionType,
    /// What no source has here.
    Nothing,
}

const ORDERED: &[Operator] = &[Eq, In, Ge, Gt, Le, Lt, Ne, Isnull, Sw];
const PARTLY_ORDERED: &[Operator] = &[Eq, In, Ge, Gt, Ne, Isnull, Sw];
const TIME: &[Operator] = &[Eq, In, Ge, Gt, Le, Lt, Ne, Isnull];

const fn field(
    name: &'static str,
    key: SourceKey,
    kind: Kind,
    operators: &'static [Operator],
    sortable: bool,
) -> Field<SourceKey> {
    Field { name, key, kind, operators, sortable }
}

impl Resource for Sources {
    type Key = SourceKey;

    const FIELDS: &'static [Field<SourceKey>] = &[
        field("id", SourceKey::Id, Kind::Text, ORDERED, true),
        field("name", SourceKey::Name, Kind::Text, &[Co, Eq, In, Sw, Ge, Gt, Ne, Isnull], true),
        field("type", SourceKey::Kind, Kind::Text, PARTLY_ORDERED, true),
        field("owner.id", SourceKey::OwnerId, Kind::Text, ORDERED, true),
        field("owner.name", SourceKey::OwnerName, Kind::Text, &[], true),
        field("features", SourceKey::Features, Kind::List, &[Ca, Co], false),
        field("created", SourceKey::Created, Kind::Time, TIME, true),
        field("modified", SourceKey::Modified, Kind::Time, TIME, true),
        field("managementWorkgroup.id", SourceKey::Nothing, Kind::Text, ORDERED, true),
        field("description", SourceKey::Description, Kind::Text, &[Eq, Sw], true),
        field("authoritative", SourceKey::Authoritative, Kind::Boolean, &[Eq, Ne, Isnull], true),
        field("healthy", SourceKey::Healthy, Kind::Boolean, &[Isnull], true),
        field("status", SourceKey::Status, Kind::Text, ORDERED, true),
        field("connectionType", SourceKey::ConnectionType, Kind::Text, ORDERED, true),
        field("connectorName", SourceKey::Kind, Kind::Text, PARTLY_ORDERED, true),
        field("category", SourceKey::Nothing, Kind::Text, &[Co, Eq, Ge, Gt, In, Le, Lt, Ne, Sw], false),
    ];

    const DEFAULT_ORDER: SourceKey = SourceKey::Name;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_makes_sense() {
        assert_eq!(Sources::check(), Vec::<String>::new());
    }
}
