//! What an authoritative source says of the persons whose accounts it holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::correlation::AccountFacts;
use crate::directory::Identity;

/// Longest alias, name or mail address, in characters.
const LONGEST: usize = 256;

/// Which attributes of an account become what of its identity; names as in a correlation rule. Levels, the state and the
/// alias of an identity that there is are never taken from a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityMapping {
    /// The login name.
    pub alias: String,
    /// Absent: the account's display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Absent: the mail address is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Attributes of the identity, each with the attribute of the account that it comes from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// What an account says of its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedIdentity {
    pub alias: String,
    pub name: String,
    /// `None`: not mapped; inner `None`: mapped, and the account has none.
    pub email: Option<Option<String>>,
    /// Every mapped attribute; `None` where the account has none.
    pub attributes: BTreeMap<String, Option<String>>,
}

impl IdentityMapping {
    /// Reads an account; `None` when it has no login name that will do.
    #[must_use]
    pub fn read(&self, account: AccountFacts<'_>) -> Option<MappedIdentity> {
        let usable = |name: &str| {
            let value = account.first(name)?;
            let fits = value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
            fits.then(|| value.to_owned())
        };
        Some(MappedIdentity {
            alias: usable(&self.alias)?,
            name: self.name.as_deref().map_or_else(|| usable("accountName"), usable).unwrap_or_default(),
            email: self.email.as_deref().map(usable),
            attributes: self.attributes.iter().map(|(own, theirs)| (own.clone(), usable(theirs))).collect(),
        })
    }
}

impl MappedIdentity {
    /// The identity as the account says, or `None` when it is so already. What is not mapped stays.
    #[must_use]
    pub fn changed(&self, old: &Identity) -> Option<Identity> {
        let mut new = old.clone();
        if !self.name.is_empty() {
            new.name.clone_from(&self.name);
        }
        if let Some(email) = &self.email {
            new.email.clone_from(email);
        }
        for (name, value) in &self.attributes {
            match value {
                Some(value) => new.attributes.insert(name.clone(), value.clone()),
                None => new.attributes.remove(name),
            };
        }
        (new != *old).then_some(new)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::access::Level;
    use crate::directory::{AttributeValue, Attributes, IdentityStatus};
    use crate::ids::IdentityId;

    fn mapping() -> IdentityMapping {
        IdentityMapping {
            alias: "uid".into(),
            name: Some("cn".into()),
            email: Some("mail".into()),
            attributes: BTreeMap::from([("department".into(), "ou".into())]),
        }
    }

    fn read(mapping: &IdentityMapping, attributes: &[(&str, &str)]) -> Option<MappedIdentity> {
        let attributes: Attributes =
            attributes.iter().map(|(name, value)| ((*name).into(), AttributeValue::One((*value).into()))).collect();
        mapping.read(AccountFacts { native_identity: "7", name: "A. Smith", attributes: &attributes })
    }

    #[test]
    fn an_account_without_a_login_name_says_nothing() {
        assert_eq!(read(&mapping(), &[("cn", "Abby")]), None);
        assert_eq!(read(&mapping(), &[("uid", " ")]), None);
        assert_eq!(read(&mapping(), &[("uid", "ab\nby")]), None);
        assert_eq!(read(&mapping(), &[("uid", &"x".repeat(257))]), None);
    }

    #[test]
    fn only_what_is_mapped_changes() {
        let old = Identity {
            id: IdentityId::from_random([1; 16]),
            alias: "Abby".into(),
            name: "Abby".into(),
            email: Some("old@acme.com".into()),
            status: IdentityStatus::Disabled,
            levels: BTreeSet::from([Level::Helpdesk]),
            attributes: BTreeMap::from([("department".into(), "Sales".into()), ("location".into(), "Austin".into())]),
        };
        let all = [("uid", "abby"), ("cn", "Abby S"), ("mail", "new@acme.com"), ("ou", "IT")];
        let new = read(&mapping(), &all).unwrap().changed(&old).unwrap();
        assert_eq!(
            (new.alias.as_str(), new.name.as_str(), new.email.as_deref()),
            ("Abby", "Abby S", Some("new@acme.com"))
        );
        assert_eq!((new.status, &new.levels), (old.status, &old.levels));
        let attributes: Vec<_> = new.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(attributes, [("department", "IT"), ("location", "Austin")]);
        assert_eq!(read(&mapping(), &all).unwrap().changed(&new), None, "twice is once");
        // What the account has no longer goes; what is not mapped does not.
        let less = read(&mapping(), &[("uid", "abby"), ("cn", "Abby S")]).unwrap().changed(&new).unwrap();
        assert_eq!((less.email, less.attributes.len()), (None, 1));
        let alone = IdentityMapping { name: None, email: None, attributes: BTreeMap::new(), ..mapping() };
        let named = read(&alone, &[("uid", "abby")]).unwrap();
        assert_eq!((named.name.as_str(), named.email.clone()), ("A. Smith", None));
        assert_eq!(named.changed(&new).unwrap().email, new.email);
    }
}
