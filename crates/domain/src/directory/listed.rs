//! What lists of accounts, identities and applications may be filtered and sorted by: the fields of the vendor's API.

use crate::collection::{Field, Kind, Operator, Resource};

const EQ: &[Operator] = &[Operator::Eq];
const EQ_IN: &[Operator] = &[Operator::Eq, Operator::In];
const EQ_SW: &[Operator] = &[Operator::Eq, Operator::Sw];
const EQ_IN_SW: &[Operator] = &[Operator::Eq, Operator::In, Operator::Sw];
const NAME: &[Operator] = &[Operator::Eq, Operator::In, Operator::Co, Operator::Sw];
const TIME: &[Operator] = &[Operator::Eq, Operator::Ge, Operator::Gt, Operator::Le, Operator::Lt];

const fn text<K: Copy>(name: &'static str, key: K, operators: &'static [Operator], sortable: bool) -> Field<K> {
    Field { name, key, kind: Kind::Text, operators, sortable }
}

const fn time<K: Copy>(name: &'static str, key: K) -> Field<K> {
    Field { name, key, kind: Kind::Time, operators: TIME, sortable: true }
}

const fn flag<K: Copy>(name: &'static str, key: K) -> Field<K> {
    Field { name, key, kind: Kind::Boolean, operators: EQ, sortable: false }
}

/// The collection of accounts.
pub struct Accounts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKey {
    Id,
    Name,
    NativeIdentity,
    SourceId,
    SourceName,
    IdentityId,
    IdentityName,
    Correlated,
    Uncorrelated,
    ManuallyCorrelated,
    HasEntitlements,
    Created,
    Modified,
}

impl Resource for Accounts {
    type Key = AccountKey;

    const FIELDS: &'static [Field<AccountKey>] = &[
        text("id", AccountKey::Id, EQ_IN_SW, true),
        text("identityId", AccountKey::IdentityId, EQ_IN_SW, true),
        text("name", AccountKey::Name, EQ_IN_SW, true),
        text("nativeIdentity", AccountKey::NativeIdentity, EQ_IN_SW, true),
        text("sourceId", AccountKey::SourceId, EQ_IN_SW, true),
        flag("uncorrelated", AccountKey::Uncorrelated),
        flag("manuallyCorrelated", AccountKey::ManuallyCorrelated),
        flag("hasEntitlements", AccountKey::HasEntitlements),
        text("identity.name", AccountKey::IdentityName, EQ_IN_SW, true),
        flag("identity.correlated", AccountKey::Correlated),
        text("source.displayableName", AccountKey::SourceName, EQ_IN, true),
        time("created", AccountKey::Created),
        time("modified", AccountKey::Modified),
    ];

    const DEFAULT_ORDER: AccountKey = AccountKey::Name;
}

/// The collection of identities as administrators see it.
pub struct Identities;

/// The collection of identities as everybody sees it.
pub struct PublicIdentities;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKey {
    Id,
    Name,
    Alias,
    FirstName,
    LastName,
    Email,
    CloudStatus,
    ProcessingState,
    Correlated,
    Protected,
}

impl Resource for Identities {
    type Key = IdentityKey;

    const FIELDS: &'static [Field<IdentityKey>] = &[
        text("id", IdentityKey::Id, EQ_IN, false),
        text("name", IdentityKey::Name, EQ_SW, true),
        text("alias", IdentityKey::Alias, EQ_SW, true),
        text("firstname", IdentityKey::FirstName, EQ_SW, false),
        text("lastname", IdentityKey::LastName, EQ_SW, false),
        text("email", IdentityKey::Email, EQ_SW, false),
        text("cloudStatus", IdentityKey::CloudStatus, EQ, true),
        text("processingState", IdentityKey::ProcessingState, EQ, false),
        flag("correlated", IdentityKey::Correlated),
        flag("protected", IdentityKey::Protected),
    ];

    const DEFAULT_ORDER: IdentityKey = IdentityKey::Alias;
}

impl Resource for PublicIdentities {
    type Key = IdentityKey;

    const FIELDS: &'static [Field<IdentityKey>] = &[
        text("id", IdentityKey::Id, EQ_IN, false),
        text("alias", IdentityKey::Alias, EQ_SW, false),
        text("email", IdentityKey::Email, EQ_SW, false),
        text("firstname", IdentityKey::FirstName, EQ_SW, false),
        text("lastname", IdentityKey::LastName, EQ_SW, false),
        text("name", IdentityKey::Name, &[], true),
    ];

    const DEFAULT_ORDER: IdentityKey = IdentityKey::Name;
}

/// The collection of applications.
pub struct Applications;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKey {
    Id,
    Name,
    SourceId,
    Enabled,
    Created,
    Modified,
}

impl Resource for Applications {
    type Key = ApplicationKey;

    const FIELDS: &'static [Field<ApplicationKey>] = &[
        text("id", ApplicationKey::Id, EQ_IN, true),
        text("name", ApplicationKey::Name, NAME, true),
        text("accountSource.id", ApplicationKey::SourceId, EQ_IN, true),
        flag("enabled", ApplicationKey::Enabled),
        time("created", ApplicationKey::Created),
        time("modified", ApplicationKey::Modified),
    ];

    const DEFAULT_ORDER: ApplicationKey = ApplicationKey::Name;
}

/// The collection of applications as people have them: one for each person and application.
pub struct UserApplications;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserApplicationKey {
    Id,
    OwnerId,
    OwnerName,
    OwnerAlias,
    AccountId,
    ApplicationId,
    ApplicationName,
}

impl Resource for UserApplications {
    type Key = UserApplicationKey;

    const FIELDS: &'static [Field<UserApplicationKey>] = &[
        text("id", UserApplicationKey::Id, EQ, false),
        text("ownerId", UserApplicationKey::OwnerId, EQ, false),
        text("ownerName", UserApplicationKey::OwnerName, EQ_SW, false),
        text("ownerAlias", UserApplicationKey::OwnerAlias, EQ_SW, false),
        text("accountId", UserApplicationKey::AccountId, EQ, false),
        text("sourceAppId", UserApplicationKey::ApplicationId, EQ, false),
    ];

    const DEFAULT_ORDER: UserApplicationKey = UserApplicationKey::ApplicationName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_make_sense() {
        assert_eq!(Accounts::check(), Vec::<String>::new());
        assert_eq!(Identities::check(), Vec::<String>::new());
        assert_eq!(PublicIdentities::check(), Vec::<String>::new());
        assert_eq!(Applications::check(), Vec::<String>::new());
        assert_eq!(UserApplications::check(), Vec::<String>::new());
    }
}
