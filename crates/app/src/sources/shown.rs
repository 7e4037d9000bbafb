use passwright_domain::directory::Source;
use passwright_domain::ids::{PolicyId, SourceId, SourceSchemaId};
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::directory::sources::Stored;
use passwright_storage::directory::{password_policies, source_schemas};
use passwright_storage::{StorageError, Tx};

use super::connection::settings;
use super::{Reference, SourceFields};
use crate::password_policies::Users;
use crate::passwords::rfc3339;

/// What a source is shown with.
pub(super) struct Facts {
    pub(super) users: Users,
    policies: Vec<(PolicyId, PasswordPolicy)>,
    schemas: Vec<(SourceId, SourceSchemaId, String)>,
}

impl Facts {
    pub(super) async fn read(tx: &mut Tx<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            users: Users::read(tx).await?,
            policies: password_policies::list(tx).await?,
            schemas: source_schemas::names(tx).await?,
        })
    }

    pub(super) fn shown(&self, stored: &Stored) -> SourceFields {
        let source = &stored.source;
        let kind = source.kind();
        let refer = |kind: &str, id: String, name: &str| Reference {
            kind: Some(kind.to_owned()),
            id: Some(id),
            name: Some(name.to_owned()),
        };
        let own = self.schemas.iter().filter(|(of, ..)| *of == source.id);
        let owner = stored.owner.as_ref();
        SourceFields {
            id: Some(source.id.to_string()),
            name: Some(source.name.clone()),
            description: Some(source.description.clone()),
            owner: owner.map(|(id, name)| refer("IDENTITY", id.to_string(), name)),
            schemas: Some(own.map(|(_, id, name)| refer("CONNECTOR_SCHEMA", id.to_string(), name)).collect()),
            password_policies: Some(
                self.policies_of(source)
                    .filter_map(|id| self.policies.iter().find(|(known, _)| known == id))
                    .map(|(id, policy)| refer("PASSWORD_POLICY", id.to_string(), &policy.name))
                    .collect(),
            ),
            features: Some(feature_names(source)),
            kind: Some(kind.clone()),
            connector: Some(kind.clone()),
            connector_class: None,
            connector_attributes: Some(settings(source.connector.as_deref())),
            authoritative: Some(stored.authoritative),
            healthy: Some(stored.health.healthy),
            status: Some(stored.health.status.clone()),
            since: stored.health.checked_at.map(rfc3339),
            connector_name: Some(kind),
            connection_type: Some("direct".to_owned()),
            created: Some(rfc3339(stored.created_at)),
            modified: Some(rfc3339(stored.modified_at)),
            credential_provider_enabled: Some(false),
        }
    }

    /// Of its group, or its own.
    fn policies_of<'s>(&'s self, source: &'s Source) -> Box<dyn Iterator<Item = &'s PolicyId> + 's> {
        match self.users.group_of(source).and_then(|group| group.policy_id.as_ref()) {
            Some(policy) => Box::new(std::iter::once(policy)),
            None => Box::new(source.policy_holders.iter().map(|holder| &holder.policy_id)),
        }
    }
}

/// The wire's names.
fn feature_names(source: &Source) -> Vec<String> {
    let names = serde_json::to_value(&source.features).and_then(serde_json::from_value);
    names.unwrap_or_default()
}
