//! Identities, each with its account on the built-in source and, the first time, a sign-in password.

use std::collections::BTreeMap;

use passwright_domain::canonical::canonical;
use passwright_domain::directory::Identity;
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::{identities, sign_in_passwords};

use super::{Change, Planner, Stop};
use crate::setup::SetupError;
use crate::setup::desired::{WantedAccount, object_name};

impl Planner<'_, '_, '_> {
    pub(super) async fn identities(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        for (at, wanted) in facts.setup.identities.iter().enumerate() {
            let old = identities::lookup_by_alias(self.tx, &wanted.value.alias).await?;
            let fresh = || IdentityId::from_random(facts.rng.bytes16());
            let id = old.as_ref().map_or_else(fresh, |old| old.id.clone());
            self.identities.insert(canonical(&wanted.value.alias), id.clone());
            let new = Identity {
                id: id.clone(),
                alias: wanted.value.alias.clone(),
                name: wanted.value.name.clone(),
                email: wanted.value.email.clone(),
                status: wanted.value.status,
                levels: wanted.value.levels.clone(),
                attributes: wanted.value.attributes.clone(),
            };
            match &old {
                None => self.create(&wanted.object, Change::Identity(new)),
                Some(old) => {
                    let fields = [
                        ("alias", new.alias != old.alias),
                        ("name", new.name != old.name),
                        ("email", new.email != old.email),
                        ("disabled", new.status != old.status),
                        ("levels", new.levels != old.levels),
                        ("attributes", new.attributes != old.attributes),
                    ];
                    self.change(&wanted.object, &fields, Change::Identity(new));
                }
            }
            let has_password = old.is_some() && sign_in_passwords::lookup(self.tx, &id).await?.is_some();
            if let Some(hash) = facts.hashes.get(&at)
                && !has_password
            {
                let object = object_name("sign-in password", &wanted.value.alias);
                self.create(&object, Change::SignInPassword(id.clone(), hash.clone()));
            }
            self.built_in_account(&wanted.value.alias, &id).await?;
        }
        Ok(())
    }

    /// The account that stands for the sign-in password; its native identity is the identity's id.
    async fn built_in_account(&mut self, alias: &str, id: &IdentityId) -> Result<(), Stop> {
        let built_in = self.sources.values().find(|source| source.is_built_in());
        let (id_there, name) = built_in
            .map(|source| (source.id.clone(), source.name.clone()))
            .ok_or_else(|| SetupError::Service(crate::Error::Internal("no built-in source".to_owned())))?;
        let account = WantedAccount {
            identity: alias.to_owned(),
            source: name.clone(),
            native_identity: id.to_string(),
            name: Some(alias.to_owned()),
            attributes: BTreeMap::new(),
        };
        let object = object_name("account", &format!("{alias} on {name}"));
        self.account(&object, &account, id.clone(), id_there).await
    }
}
