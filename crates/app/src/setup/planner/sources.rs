//! Sources, the built-in one among them, and their sealed credentials.

use std::collections::BTreeSet;

use passwright_domain::canonical::canonical;
use passwright_domain::directory::{Feature, PolicyHolder, Source};
use passwright_domain::ids::{SourceId, SourceSchemaId};
use passwright_storage::aggregations::settings;
use passwright_storage::directory::{source_schemas, sources};
use passwright_vault::secret::ct_eq;

use super::{Change, Planner, Stop};
use crate::setup::desired::{Wanted, WantedSource, object_name};
use crate::setup::document::SchemaEntry;
use crate::setup::{BUILT_IN_SOURCE, SetupError, credentials};

impl Planner<'_, '_, '_> {
    pub(super) async fn sources(&mut self) -> Result<(), Stop> {
        let stored = sources::list(self.tx).await?;
        let built_in = stored.iter().find(|source| source.is_built_in());
        self.sources = stored.iter().map(|source| (canonical(&source.name), source.clone())).collect();
        let wanted = &self.facts.setup.sources;
        for source in wanted {
            let named = stored.iter().find(|old| canonical(&old.name) == canonical(&source.value.name));
            let old = if source.value.connector.is_none() { built_in.or(named) } else { named };
            if let Some(old) = old
                && old.is_built_in() != source.value.connector.is_none()
            {
                let message = "a source does not change between the built-in one and a connected one";
                return Err(source.fault("connector", message).into());
            }
            self.source(source, old).await?;
        }
        if built_in.is_none() && wanted.iter().all(|source| source.value.connector.is_some()) {
            self.built_in_source()?;
        }
        Ok(())
    }

    async fn source(&mut self, wanted: &Wanted<WantedSource>, old: Option<&Source>) -> Result<(), Stop> {
        let id = old.map_or_else(|| SourceId::from_random(self.facts.rng.bytes16()), |old| old.id.clone());
        let stored = old.and_then(|old| old.sealed_credential.as_deref());
        let new = Source {
            name: wanted.value.name.clone(),
            description: wanted.value.description.clone(),
            features: wanted.value.features.clone(),
            connector: wanted.value.connector.clone(),
            sealed_credential: self.credential(wanted, &id, stored)?,
            policy_holders: self.policy_holders(wanted)?,
            id,
        };
        if let Some(old) = old {
            self.sources.remove(&canonical(&old.name));
        }
        self.sources.insert(canonical(&new.name), new.clone());
        let id = new.id.clone();
        let taken_in = (wanted.value.authoritative, wanted.value.aggregation.clone());
        let stored = settings::lookup(self.tx, &id).await?;
        let schema = self.schema(wanted, &id).await?;
        let aggregation = (taken_in != stored).then(|| Change::Aggregation(id, taken_in.0, taken_in.1.clone()));
        let Some(old) = old else {
            self.create(&wanted.object, Change::Source(new));
            self.planned.changes.extend(aggregation.into_iter().chain(schema));
            return Ok(());
        };
        let fields = [
            ("name", new.name != old.name),
            ("description", new.description != old.description),
            ("features", new.features != old.features),
            ("connector", new.connector != old.connector),
            ("credential", new.sealed_credential != old.sealed_credential),
            ("policy", in_order(&new.policy_holders) != in_order(&old.policy_holders)),
            ("authoritative", taken_in.0 != stored.0),
            ("aggregation", taken_in.1 != stored.1),
            ("schema", schema.is_some()),
        ];
        self.change(&wanted.object, &fields, Change::Source(new));
        self.planned.changes.extend(aggregation.into_iter().chain(schema));
        Ok(())
    }

    /// The schema of its accounts, when the document has another one.
    async fn schema(&mut self, wanted: &Wanted<WantedSource>, id: &SourceId) -> Result<Option<Change>, Stop> {
        let Some(schema) = &wanted.value.schema else { return Ok(None) };
        let stored = source_schemas::of_source(self.tx, id).await?;
        let stored = stored.into_iter().find(|stored| stored.schema.name == schema.name);
        Ok(match stored {
            Some(stored) if SchemaEntry::of(&stored.schema) == SchemaEntry::of(schema) => None,
            stored => {
                let fresh = || SourceSchemaId::from_random(self.facts.rng.bytes16());
                let key = stored.map_or_else(fresh, |stored| stored.id);
                Some(Change::Schema(key, id.clone(), schema.clone()))
            }
        })
    }

    /// The stored form, kept when it holds the same credential.
    fn credential(
        &self,
        wanted: &Wanted<WantedSource>,
        id: &SourceId,
        stored: Option<&str>,
    ) -> Result<Option<String>, SetupError> {
        let Some(credential) = &wanted.value.credential else { return Ok(None) };
        if let Some(stored) = stored {
            let opened = credentials::open(self.facts.kek, id, stored);
            if opened.is_some_and(|old| ct_eq(old.expose().as_bytes(), credential.expose().as_bytes())) {
                return Ok(Some(stored.to_owned()));
            }
        }
        let sealed = credentials::seal(self.facts.kek, id, credential);
        sealed.map(Some).map_err(|error| wanted.fault("credential_file", error.to_string()))
    }

    fn policy_holders(&self, wanted: &Wanted<WantedSource>) -> Result<Vec<PolicyHolder>, SetupError> {
        let mut holders = Vec::new();
        for exception in &wanted.value.exceptions {
            if exception.attributes.is_empty() {
                return Err(wanted.fault("exceptions", "one names no attributes"));
            }
            let selectors = exception.attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let policy_id = self.policy_named(wanted, "exceptions", &exception.policy)?;
            holders.push(PolicyHolder { policy_id, selectors: Some(selectors) });
        }
        if let Some(name) = &wanted.value.policy {
            holders.push(PolicyHolder { policy_id: self.policy_named(wanted, "policy", name)?, selectors: None });
        }
        Ok(holders)
    }

    fn built_in_source(&mut self) -> Result<(), SetupError> {
        let object = object_name("source", BUILT_IN_SOURCE);
        if self.sources.contains_key(&canonical(BUILT_IN_SOURCE)) {
            let message = "is the name of the built-in source; connect the system under another".to_owned();
            return Err(SetupError::Object { line: None, object, field: "name", message });
        }
        let source = Source {
            id: SourceId::from_random(self.facts.rng.bytes16()),
            name: BUILT_IN_SOURCE.to_owned(),
            description: String::new(),
            features: BTreeSet::from([Feature::Password, Feature::Authenticate]),
            connector: None,
            sealed_credential: None,
            policy_holders: Vec::new(),
        };
        self.sources.insert(canonical(BUILT_IN_SOURCE), source.clone());
        self.create(&object, Change::Source(source));
        Ok(())
    }
}

/// As they take effect: the first exception that matches, else the policy for everyone, wherever that stands.
fn in_order(holders: &[PolicyHolder]) -> Vec<PolicyHolder> {
    let mut holders = holders.to_vec();
    holders.iter_mut().flat_map(|holder| &mut holder.selectors).for_each(|selectors| selectors.sort());
    holders.sort_by_key(|holder| holder.selectors.is_none());
    holders
}
