//! Which accounts a change touches: the named one, and those of the identity on every other source of the password group.

use crate::directory::{Account, PasswordGroup};
use crate::ids::SourceId;

/// The accounts of a change, first target first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FanOut<'a> {
    pub accounts: Vec<&'a Account>,
}

/// Chooses the accounts.
///
/// `named` is the account the caller chose; `own` are all accounts of the identity. In a group the order is the group's
/// order of sources. On the named account's own source only the named account is touched; on another source of the group
/// every account of the identity is.
#[must_use]
pub fn fan_out<'a>(named: &'a Account, own: &'a [Account], group: Option<&PasswordGroup>) -> FanOut<'a> {
    let Some(group) = group else {
        return FanOut { accounts: vec![named] };
    };
    let on = |source: &SourceId| {
        let source = source.clone();
        own.iter().filter(move |a| a.source_id == source && (source != named.source_id || a.id == named.id))
    };
    let mut accounts: Vec<&Account> = group.source_ids.iter().flat_map(on).collect();
    if !accounts.iter().any(|a| a.id == named.id) {
        accounts.insert(0, named);
    }
    FanOut { accounts }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ids::{AccountId, IdentityId, PasswordGroupId};

    fn account(n: u8, source: u8) -> Account {
        Account {
            id: AccountId::from_random([n; 16]),
            identity_id: IdentityId::from_random([9; 16]),
            source_id: SourceId::from_random([source; 16]),
            native_identity: n.to_string(),
            name: n.to_string(),
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn single_account_without_a_group() {
        let own = [account(1, 1), account(2, 2)];
        assert_eq!(fan_out(&own[1], &own, None).accounts, vec![&own[1]]);
    }

    #[test]
    fn group_order_rules_and_the_named_source_keeps_to_the_named_account() {
        let own = [account(1, 1), account(2, 1), account(3, 2), account(4, 3)];
        let group = PasswordGroup {
            id: PasswordGroupId::from_random([1; 16]),
            name: "Corporate".into(),
            policy_id: None,
            source_ids: vec![own[2].source_id.clone(), own[0].source_id.clone()],
        };
        assert_eq!(fan_out(&own[1], &own, Some(&group)).accounts, vec![&own[2], &own[1]]);
        assert_eq!(fan_out(&own[2], &own, Some(&group)).accounts, vec![&own[2], &own[0], &own[1]]);
    }
}
