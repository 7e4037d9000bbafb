//! Which accounts a change touches: the named one, and those of the identity on every other source of the password group.

use crate::directory::{Account, PasswordGroup};
use crate::ids::SourceId;

/// The accounts of a change, first target first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FanOut<'a> {
    pub accounts: Vec<&'a Account>,
}

/// How little of a system's password policy can be known beforehand; the least known first. What is refused for a reason
/// that nobody could see is best refused before anything was written elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opacity {
    /// A domain: its own rules, those of groups, filters of other makers, a history.
    Domain,
    /// A directory with a password policy.
    Directory,
    /// A service behind an interface.
    Service,
    /// A program of the installation.
    Program,
    /// A table without rules but those of its columns.
    Table,
    /// A file.
    File,
    /// Our own store: every rule is known.
    Own,
}

/// When a source is written, the smallest first: one that people sign in with before others, then by opacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WriteOrder {
    signs_in: std::cmp::Reverse<bool>,
    opacity: Opacity,
}

impl WriteOrder {
    /// `signs_in`: the source is one of pass-through authentication.
    #[must_use]
    pub fn of(signs_in: bool, opacity: Opacity) -> Self {
        Self { signs_in: std::cmp::Reverse(signs_in), opacity }
    }

    /// How little of the system's policy can be known.
    #[must_use]
    pub fn opacity(self) -> Opacity {
        self.opacity
    }
}

/// Chooses the accounts.
///
/// `named` is the account the caller chose; `own` are all accounts of the identity. In a group they stand in the order of
/// their sources, and where that says nothing in the group's own. On the named account's source only the named account is
/// touched; on another source of the group every account of the identity is.
#[must_use]
pub fn fan_out<'a>(
    named: &'a Account,
    own: &'a [Account],
    group: Option<&PasswordGroup>,
    order_of: impl Fn(&SourceId) -> WriteOrder,
) -> FanOut<'a> {
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
    // Stable: equals keep the group's order.
    accounts.sort_by_key(|a| order_of(&a.source_id));
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

    fn alike(_: &SourceId) -> WriteOrder {
        WriteOrder::of(true, Opacity::Directory)
    }

    #[test]
    fn single_account_without_a_group() {
        let own = [account(1, 1), account(2, 2)];
        assert_eq!(fan_out(&own[1], &own, None, alike).accounts, vec![&own[1]]);
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
        assert_eq!(fan_out(&own[1], &own, Some(&group), alike).accounts, vec![&own[2], &own[1]]);
        assert_eq!(fan_out(&own[2], &own, Some(&group), alike).accounts, vec![&own[2], &own[0], &own[1]]);
    }

    /// Sources in the group's order, and the order in which they are written.
    type Row = (&'static [(bool, Opacity)], &'static [usize]);

    #[test]
    fn who_signs_people_in_goes_first_then_the_least_known_policy() {
        use Opacity::{Directory, Domain, File, Own, Program, Service, Table};
        let cases: [Row; 6] = [
            (&[(true, Table), (true, Domain), (true, Directory)], &[1, 2, 0]),
            (&[(true, File), (true, Own), (true, Service), (true, Table)], &[2, 3, 0, 1]),
            (&[(false, Domain), (true, File), (false, Directory)], &[1, 0, 2]),
            (&[(true, Own), (false, Domain)], &[0, 1]),
            (&[(true, Table), (true, Table), (true, Program), (true, Table)], &[2, 0, 1, 3]),
            (&[(false, Directory), (false, Domain)], &[1, 0]),
        ];
        for (sources, expected) in cases {
            let own: Vec<Account> = (1..=u8::try_from(sources.len()).unwrap()).map(|n| account(n, n)).collect();
            let group = PasswordGroup {
                id: PasswordGroupId::from_random([1; 16]),
                name: "Corporate".into(),
                policy_id: None,
                source_ids: own.iter().map(|a| a.source_id.clone()).collect(),
            };
            let order_of = |id: &SourceId| {
                let (signs_in, opacity) = sources[own.iter().position(|a| a.source_id == *id).unwrap()];
                WriteOrder::of(signs_in, opacity)
            };
            let expected: Vec<&Account> = expected.iter().map(|n| &own[*n]).collect();
            for named in &own {
                assert_eq!(fan_out(named, &own, Some(&group), order_of).accounts, expected, "{sources:?}");
            }
        }
    }
}
