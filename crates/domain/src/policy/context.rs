//! What the rules know about the person and the account, besides the password.

use crate::directory::{Account, AttributeValue, Identity};

/// Texts of the identity and of the account whose password is set. Which of them count is the policy's choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyContext<'a> {
    /// Attribute values of the identity.
    pub identity_attributes: Vec<&'a str>,
    /// Attribute values of the account.
    pub account_attributes: Vec<&'a str>,
    /// The native id; may be a distinguished name.
    pub account_id: Option<&'a str>,
    /// The display name.
    pub account_name: Option<&'a str>,
}

impl<'a> PolicyContext<'a> {
    /// For the identity's own sign-in password, or where the account is not known.
    ///
    /// The login name, the name and the mail address count as attributes of the identity.
    #[must_use]
    pub fn of_identity(identity: &'a Identity) -> Self {
        let named = [identity.alias.as_str(), identity.name.as_str()].into_iter().chain(identity.email.as_deref());
        let attributes = identity.attributes.values().map(String::as_str);
        Self { identity_attributes: named.chain(attributes).collect(), ..Self::default() }
    }

    /// For one account of the identity. The account's display name counts as one of its attributes.
    #[must_use]
    pub fn of_account(identity: &'a Identity, account: &'a Account) -> Self {
        let attributes = account.attributes.values().flat_map(AttributeValue::all);
        Self {
            account_attributes: std::iter::once(account.name.as_str()).chain(attributes).collect(),
            account_id: Some(&account.native_identity),
            account_name: Some(&account.name),
            ..Self::of_identity(identity)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::directory::IdentityStatus;
    use crate::ids::{AccountId, IdentityId, SourceId};

    #[test]
    fn gathers_the_texts_of_identity_and_account() {
        let identity = Identity {
            id: IdentityId::from_random([1; 16]),
            alias: "Abby.Smith".into(),
            name: "Abby Smith".into(),
            email: Some("abby@acme.test".into()),
            status: IdentityStatus::Active,
            levels: BTreeSet::new(),
            attributes: BTreeMap::from([("phone".into(), "555-555-1234".into())]),
        };
        let account = Account {
            id: AccountId::from_random([1; 16]),
            identity_id: identity.id.clone(),
            source_id: SourceId::from_random([1; 16]),
            native_identity: "cn=abby".into(),
            name: "Abby S".into(),
            attributes: BTreeMap::from([("title".into(), "Nurse".into())]),
        };
        let context = PolicyContext::of_account(&identity, &account);
        assert_eq!(context.identity_attributes, ["Abby.Smith", "Abby Smith", "abby@acme.test", "555-555-1234"]);
        assert_eq!(context.account_attributes, ["Abby S", "Nurse"]);
        assert_eq!((context.account_id, context.account_name), (Some("cn=abby"), Some("Abby S")));
        let alone = PolicyContext::of_identity(&identity);
        assert_eq!(alone.identity_attributes, context.identity_attributes);
        assert_eq!((alone.account_id, alone.account_name, alone.account_attributes.len()), (None, None, 0));
    }
}
