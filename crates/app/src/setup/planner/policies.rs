//! Password policies; one of them is the default.

use passwright_domain::canonical::canonical;
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::directory::password_policies;

use super::{Change, Planner, Stop};
use crate::setup::desired::object_name;

/// Made when there is no default policy.
const DEFAULT_NAME: &str = "Default";

impl Planner<'_, '_, '_> {
    pub(super) async fn policies(&mut self) -> Result<(), Stop> {
        let stored = password_policies::list(self.tx).await?;
        self.policies = stored.iter().map(|(id, policy)| (canonical(&policy.name), id.clone())).collect();
        let wanted = &self.facts.setup.policies;
        let milliseconds = self.facts.now.0 / 1000;
        for policy in wanted {
            let key = canonical(&policy.value.name);
            match stored.iter().find(|(_, old)| canonical(&old.name) == key) {
                None => {
                    let id = PolicyId::from_random(self.facts.rng.bytes16());
                    self.policies.insert(key, id.clone());
                    self.create(
                        &policy.object,
                        Change::Policy(id.clone(), made(policy.value.clone(), &id, milliseconds)),
                    );
                }
                Some((id, old)) => {
                    let new = PasswordPolicy {
                        id: old.id.clone(),
                        date_created: old.date_created,
                        last_updated: old.last_updated,
                        created: old.created.clone(),
                        modified: old.modified.clone(),
                        source_ids: old.source_ids.clone(),
                        ..policy.value.clone()
                    };
                    let rules = PasswordPolicy { default_policy: old.default_policy, ..new.clone() } != *old;
                    let fields = [("rules", rules), ("default", new.default_policy != old.default_policy)];
                    let new = PasswordPolicy { last_updated: Some(milliseconds), ..new };
                    self.change(&policy.object, &fields, Change::Policy(id.clone(), new));
                }
            }
        }
        self.one_default(&stored, milliseconds)
    }

    /// The document's default policy displaces the one before; without any, one is made.
    fn one_default(&mut self, stored: &[(PolicyId, PasswordPolicy)], milliseconds: i64) -> Result<(), Stop> {
        let wanted = &self.facts.setup.policies;
        let in_document = |name: &str| wanted.iter().find(|p| canonical(&p.value.name) == canonical(name));
        let left = stored.iter().filter(|(_, old)| old.default_policy && in_document(&old.name).is_none());
        let left: Vec<_> = left.collect();
        if wanted.iter().any(|p| p.value.default_policy) {
            for (id, old) in left {
                let new = PasswordPolicy { default_policy: false, last_updated: Some(milliseconds), ..old.clone() };
                let object = object_name("password_policy", &old.name);
                self.change(&object, &[("default", true)], Change::Policy(id.clone(), new));
            }
            return Ok(());
        }
        if !left.is_empty() {
            return Ok(());
        }
        if self.policies.contains_key(&canonical(DEFAULT_NAME)) || stored.iter().any(|(_, old)| old.default_policy) {
            // Making another one beside a policy of this name, or in place of one that the document has taken the
            // mark from, would be a guess.
            let message = "no password policy is the default; write default = true at one of them".to_owned();
            let object = "the document".to_owned();
            return Err(
                crate::setup::SetupError::Object { line: None, object, field: "password_policy", message }.into()
            );
        }
        let id = PolicyId::from_random(self.facts.rng.bytes16());
        let policy = PasswordPolicy { default_policy: true, ..PasswordPolicy::form_defaults(DEFAULT_NAME) };
        self.policies.insert(canonical(DEFAULT_NAME), id.clone());
        let object = object_name("password_policy", DEFAULT_NAME);
        self.create(&object, Change::Policy(id.clone(), made(policy, &id, milliseconds)));
        Ok(())
    }
}

fn made(policy: PasswordPolicy, id: &PolicyId, milliseconds: i64) -> PasswordPolicy {
    PasswordPolicy { id: id.to_string(), date_created: milliseconds, ..policy }
}
