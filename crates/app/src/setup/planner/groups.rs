//! Applications and password groups.

use passwright_domain::canonical::canonical;
use passwright_domain::directory::{Application, PasswordGroup};
use passwright_domain::ids::{ApplicationId, PasswordGroupId};
use passwright_storage::directory::{applications, password_groups};

use super::{Change, Planner, Stop};

impl Planner<'_, '_, '_> {
    pub(super) async fn applications(&mut self) -> Result<(), Stop> {
        let stored = applications::list(self.tx).await?;
        for wanted in &self.facts.setup.applications {
            let old = stored.iter().find(|old| canonical(&old.name) == canonical(&wanted.value.name));
            let fresh = || ApplicationId::from_random(self.facts.rng.bytes16());
            let new = Application {
                id: old.map_or_else(fresh, |old| old.id.clone()),
                name: wanted.value.name.clone(),
                description: wanted.value.description.clone(),
                source_id: self.source_named(wanted, "source", &wanted.value.source)?,
            };
            match old {
                None => self.create(&wanted.object, Change::Application(new)),
                Some(old) => {
                    let fields = [
                        ("name", new.name != old.name),
                        ("description", new.description != old.description),
                        ("source", new.source_id != old.source_id),
                    ];
                    self.change(&wanted.object, &fields, Change::Application(new));
                }
            }
        }
        Ok(())
    }

    /// A source is in one group at most, also while groups of one document exchange theirs: those that change are
    /// emptied first.
    pub(super) async fn password_groups(&mut self) -> Result<(), Stop> {
        let stored = password_groups::list(self.tx).await?;
        let wanted = &self.facts.setup.groups;
        let in_document = |name: &str| wanted.iter().any(|group| canonical(&group.value.name) == canonical(name));
        let mut emptied = Vec::new();
        let at = self.planned.changes.len();
        for wanted in wanted {
            let old = stored.iter().find(|old| canonical(&old.name) == canonical(&wanted.value.name));
            let mut source_ids = Vec::new();
            for name in &wanted.value.sources {
                let source = self.source_named(wanted, "sources", name)?;
                if let Some(other) = stored.iter().find(|g| g.source_ids.contains(&source) && !in_document(&g.name)) {
                    let message = format!("\"{name}\" is in the password group \"{}\" already", other.name);
                    return Err(wanted.fault("sources", message).into());
                }
                source_ids.push(source);
            }
            let policy = wanted.value.policy.as_deref();
            let fresh = || PasswordGroupId::from_random(self.facts.rng.bytes16());
            let new = PasswordGroup {
                id: old.map_or_else(fresh, |old| old.id.clone()),
                name: wanted.value.name.clone(),
                policy_id: policy.map(|name| self.policy_named(wanted, "policy", name)).transpose()?,
                source_ids,
            };
            match old {
                None => self.create(&wanted.object, Change::PasswordGroup(new)),
                Some(old) => {
                    if new.source_ids != old.source_ids {
                        emptied.push(Change::PasswordGroup(PasswordGroup { source_ids: Vec::new(), ..old.clone() }));
                    }
                    let fields = [
                        ("name", new.name != old.name),
                        ("policy", new.policy_id != old.policy_id),
                        ("sources", new.source_ids != old.source_ids),
                    ];
                    self.change(&wanted.object, &fields, Change::PasswordGroup(new));
                }
            }
        }
        self.planned.changes.splice(at..at, emptied);
        Ok(())
    }
}
