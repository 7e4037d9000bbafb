//! Accounts, matched by source and native identity.

use passwright_domain::directory::Account;
use passwright_domain::ids::{AccountId, IdentityId, SourceId};
use passwright_storage::directory::accounts;

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
        let old = accounts::lookup_native(self.tx, &source_id, &wanted.native_identity).await?;
        let id = old.as_ref().map(|old| old.id.clone());
        let new = Account {
            id: id.unwrap_or_else(|| AccountId::from_random(self.facts.rng.bytes16())),
            identity_id,
            source_id,
            native_identity: wanted.native_identity.clone(),
            name: wanted.name.clone(),
            attributes: wanted.attributes.clone(),
        };
        match old {
            None => self.create(object, Change::Account(new)),
            Some(old) => {
                let fields = [
                    ("identity", new.identity_id != old.identity_id),
                    ("name", new.name != old.name),
                    ("attributes", new.attributes != old.attributes),
                ];
                self.change(object, &fields, Change::Account(new));
            }
        }
        Ok(())
    }
}
