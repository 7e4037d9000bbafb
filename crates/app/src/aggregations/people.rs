//! Who has which value under the correlation rules: some twenty bytes and an id for each, so that an account is compared
//! with all identities at once. A hash may lie, so what is found here is looked at again before it counts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, RandomState};

use passwright_domain::aggregation::{AccountFacts, CorrelationRule, Found, correlate, identity_value};
use passwright_domain::directory::Identity;
use passwright_domain::ids::IdentityId;

/// A table for each rule, in their order.
pub(super) struct People {
    rules: Vec<CorrelationRule>,
    /// By the hash of a value; `None` where several have it.
    tables: Vec<HashMap<u64, Option<IdentityId>>>,
    hasher: RandomState,
}

impl People {
    pub(super) fn new(rules: Vec<CorrelationRule>) -> Self {
        let tables = rules.iter().map(|_| HashMap::new()).collect();
        Self { rules, tables, hasher: RandomState::new() }
    }

    pub(super) fn is_needed(&self) -> bool {
        !self.rules.is_empty()
    }

    pub(super) fn add(&mut self, identity: &Identity) {
        for (rule, table) in self.rules.iter().zip(&mut self.tables) {
            let value = identity_value(identity, &rule.identity).and_then(|value| rule.compared(value));
            let Some(value) = value else { continue };
            match table.entry(self.hasher.hash_one(value)) {
                Entry::Vacant(free) => {
                    free.insert(Some(identity.id.clone()));
                }
                Entry::Occupied(mut taken) => {
                    if taken.get().as_ref() != Some(&identity.id) {
                        taken.insert(None);
                    }
                }
            }
        }
    }

    /// Whose an account seems to be.
    pub(super) fn find(&self, account: AccountFacts<'_>) -> Found {
        correlate(&self.rules, account, |at, value| {
            let found = self.tables.get(at).and_then(|table| table.get(&self.hasher.hash_one(value)));
            match found {
                None => Found::Nobody,
                Some(None) => Found::Several,
                Some(Some(id)) => Found::One(id.clone()),
            }
        })
    }
}

/// Whether the rules give an account to this identity.
pub(super) fn fits(rules: &[CorrelationRule], account: AccountFacts<'_>, identity: &Identity) -> bool {
    let found = correlate(rules, account, |at, value| {
        let rule = rules.get(at);
        let own = rule.and_then(|rule| rule.compared(identity_value(identity, &rule.identity)?));
        if own.as_deref() == Some(value) { Found::One(identity.id.clone()) } else { Found::Nobody }
    });
    found != Found::Nobody
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use passwright_domain::directory::{Attributes, IdentityStatus};

    use super::*;

    fn identity(n: u8, email: &str) -> Identity {
        Identity {
            id: IdentityId::from_random([n; 16]),
            alias: format!("a{n}"),
            name: String::new(),
            email: Some(email.to_owned()),
            status: IdentityStatus::Active,
            levels: BTreeSet::new(),
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn one_value_of_two_people_is_nobodys() {
        let rules = vec![CorrelationRule { account: "mail".into(), identity: "email".into(), case_sensitive: false }];
        let mut people = People::new(rules.clone());
        let (abby, bob) = (identity(1, "Abby@acme.com"), identity(2, "bob@acme.com"));
        for person in [&abby, &bob, &abby] {
            people.add(person);
        }
        let attributes: Attributes = BTreeMap::from([("mail".to_owned(), "ABBY@acme.com".into())]);
        let account = AccountFacts { native_identity: "n", name: "n", attributes: &attributes };
        assert_eq!(people.find(account), Found::One(abby.id.clone()));
        assert!(fits(&rules, account, &abby) && !fits(&rules, account, &bob));
        people.add(&identity(3, "abby@acme.com"));
        assert_eq!(people.find(account), Found::Several);
    }
}
