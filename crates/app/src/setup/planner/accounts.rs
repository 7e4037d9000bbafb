//! Accounts, matched by source and native identity.

use passwright_domain::aggregation::native_key;
use passwright_domain::directory::{Account, Source};
use passwright_domain::ids::{AccountId, IdentityId, SourceId};
use passwright_storage::aggregations::accounts;

use super::{Change, Planner, Stop};
use crate::setup::desired::WantedAccount;

impl Planner<'_, '_, '_> {
    pub(super) async fn accounts(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        for wanted in &facts.setup.accounts {
            let source = self.source_named(wanted, "source", &wanted.value.source)?;
            if self.sources.values().any(|s| s.id == source && s.is_built_in()) {
                return Err(wanted
                    .fault("source", "every identity has its account on the built-in source already")
                    .into());
            }
            if wanted.value.native_identity.is_empty() {
                return Err(wanted.fault("native_identity", "is empty").into());
            }
            let identity = self.identity_named(wanted, "identity", &wanted.value.identity).await?;
            self.account(&wanted.object, &wanted.value, identity, source).await?;
        }
        Ok(())
    }

    pub(super) async fn account(
        &mut self,
        object: &str,
        wanted: &WantedAccount,
        identity_id: IdentityId,
        source_id: SourceId,
    ) -> Result<(), Stop> {
        // Whether somebody owns it or not, and whether it is there or not.
        let mut old = accounts::by_native(self.tx, &source_id, &wanted.native_identity).await?;
        if old.is_none() && self.is_directory(&source_id) {
            // The same name in another spelling.
            old = accounts::by_key(self.tx, &source_id, &native_key(&wanted.native_identity, true)).await?;
        }
        let id = old.as_ref().map(|old| old.id.clone());
        let new = Account {
            id: id.unwrap_or_else(|| AccountId::from_random(self.facts.rng.bytes16())),
            identity_id,
            source_id,
            native_identity: match &old {
                Some(old) => old.native_identity.clone(),
                None => wanted.native_identity.clone(),
            },
            // What was read of it at its source stays, unless the document says otherwise.
            name: match (&wanted.name, &old) {
                (Some(name), _) => name.clone(),
                (None, Some(old)) => old.name.clone(),
                (None, None) => wanted.native_identity.clone(),
            },
            attributes: match &old {
                Some(old) if wanted.attributes.is_empty() => old.attributes.clone(),
                _ => wanted.attributes.clone(),
            },
        };
        match old {
            None => self.create(object, Change::Account(new)),
            Some(old) => {
                let fields = [
                    ("identity", Some(&new.identity_id) != old.identity_id.as_ref()),
                    ("removed", old.removed),
                    ("name", new.name != old.name),
                    ("attributes", new.attributes != old.attributes),
                ];
                self.change(object, &fields, Change::Account(new));
            }
        }
        Ok(())
    }

    fn is_directory(&self, id: &SourceId) -> bool {
        let kind = self.sources.values().find(|source| source.id == *id).map(Source::kind);
        kind.is_some_and(|kind| matches!(kind.as_str(), "ldap" | "active_directory"))
    }
}
