//! Which passwords a person has: their accounts, gathered as they share a password.

use std::collections::BTreeSet;

use passwright_domain::change::{FanOut, fan_out};
use passwright_domain::directory::{Account, Identity};
use passwright_domain::ids::AccountId;
use passwright_storage::directory::{accounts, identities};

use super::RowKind;
use crate::catalog::{Catalog, CatalogSource};
use crate::sessions::Session;
use crate::{Error, Service};

/// One password with the accounts that a change of it reaches, first one first.
pub(super) struct Row {
    pub(super) key: String,
    pub(super) kind: RowKind,
    pub(super) name: String,
    /// The account that a change names.
    pub(super) named: AccountId,
    pub(super) reached: Vec<Account>,
}

impl Row {
    pub(super) fn named(&self) -> Option<&Account> {
        self.reached.iter().find(|account| account.id == self.named)
    }
}

impl Service {
    /// The person of a session with their accounts.
    pub(super) async fn person(&self, session: &Session) -> Result<(Identity, Vec<Account>), Error> {
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let identity = identities::lookup(&mut tx, &session.identity.id).await?.ok_or(Error::NotFound)?;
        let own = accounts::of_identity(&mut tx, &identity.id).await?;
        Ok((identity, own))
    }
}

/// All rows of a person: groups, then the others, each by name. `applications` of a source, by name.
pub(super) fn rows(catalog: &Catalog, own: &[Account], applications: &dyn Fn(&Account) -> Vec<String>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut grouped = BTreeSet::new();
    for account in own {
        let Some(source) = catalog.source(&account.source_id).filter(|source| source.takes_passwords()) else {
            continue;
        };
        match &source.group {
            Some(group) => {
                if grouped.insert(group.id.clone()) {
                    let key = format!("g{}", group.id);
                    rows.push(row(catalog, own, account, key, RowKind::Group, group.name.clone()));
                }
            }
            None => rows.push(single(catalog, own, account, source, &applications(account))),
        }
    }
    rows.sort_by(|a, b| (a.kind, &a.name, &a.key).cmp(&(b.kind, &b.name, &b.key)));
    rows
}

/// The row of one account that shares its password with no other.
fn single(
    catalog: &Catalog,
    own: &[Account],
    account: &Account,
    source: &CatalogSource,
    applications: &[String],
) -> Row {
    let several = own.iter().filter(|other| other.source_id == account.source_id).count() > 1;
    let (kind, name) = match applications {
        _ if source.source.is_built_in() => (RowKind::SignIn, source.source.name.clone()),
        [only] => (RowKind::Application, only.clone()),
        [] => (RowKind::Application, source.source.name.clone()),
        _ => (RowKind::MultiApplication, source.source.name.clone()),
    };
    let name = if several { format!("{name} ({})", account.name) } else { name };
    row(catalog, own, account, format!("a{}", account.id), kind, name)
}

fn row(catalog: &Catalog, own: &[Account], named: &Account, key: String, kind: RowKind, name: String) -> Row {
    let group = catalog.source(&named.source_id).and_then(|source| source.group.as_deref());
    let FanOut { accounts } = fan_out(named, own, group, |source| catalog.write_order(source));
    Row { key, kind, name, named: named.id.clone(), reached: accounts.into_iter().cloned().collect() }
}
