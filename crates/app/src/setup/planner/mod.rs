//! Compares what is wanted with what there is, inside the transaction that writes the difference.

mod accounts;
mod clients;
mod groups;
mod identities;
mod policies;
mod security_questions;
mod settings;
mod sources;

use std::collections::{BTreeMap, HashMap};

use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::canonical::canonical;
use passwright_domain::client::{ApiClient, PersonalAccessToken};
use passwright_domain::directory::{Account, Application, Identity, PasswordGroup, Source, SourceSchema};
use passwright_domain::ids::{IdentityId, PolicyId, SourceId, SourceSchemaId};
use passwright_domain::policy::PasswordPolicy;
use passwright_domain::security_question::SecurityQuestion;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{
    StorageError, Tx, aggregations, clients as stored_clients, directory, security_questions as stored_questions,
    settings as stored_settings,
};
use passwright_vault::Key;

use super::desired::Wanted;
use super::plan::{Plan, PlanItem, Verb};
use super::{Setup, SetupError};
use crate::Rng;

/// One row to write.
pub(super) enum Change {
    Policy(PolicyId, PasswordPolicy),
    Source(Source),
    /// Whether its accounts make identities, and how they are taken in.
    Aggregation(SourceId, bool, AggregationSettings),
    Schema(SourceSchemaId, SourceId, SourceSchema),
    Identity(Identity),
    SignInPassword(IdentityId, String),
    Account(Account),
    Application(Application),
    PasswordGroup(PasswordGroup),
    ApiClient(ApiClient),
    PersonalAccessToken(PersonalAccessToken),
    SecurityQuestion(SecurityQuestion),
    Setting(&'static str, String),
}

impl Change {
    pub(super) async fn write(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StorageError> {
        match self {
            Self::Policy(id, policy) => directory::password_policies::upsert(tx, id, policy, now).await,
            Self::Source(source) => directory::sources::upsert(tx, source, now).await,
            Self::Aggregation(id, authoritative, settings) => {
                aggregations::settings::set(tx, id, &(*authoritative, settings.clone())).await
            }
            Self::Schema(id, source, schema) => directory::source_schemas::upsert(tx, id, source, schema, now).await,
            Self::Identity(identity) => directory::identities::upsert(tx, identity, now).await,
            Self::SignInPassword(id, hash) => directory::sign_in_passwords::set(tx, id, hash, now).await,
            Self::Account(account) => directory::accounts::upsert(tx, account, now).await,
            Self::Application(application) => directory::applications::upsert(tx, application, now).await,
            Self::PasswordGroup(group) => directory::password_groups::upsert(tx, group, now).await,
            Self::ApiClient(client) => stored_clients::upsert_client(tx, client).await,
            Self::PersonalAccessToken(token) => stored_clients::upsert_token(tx, token).await,
            Self::SecurityQuestion(question) => stored_questions::upsert(tx, question, now).await,
            Self::Setting(name, value) => stored_settings::set(tx, name, value, now).await,
        }
    }
}

/// What the planner needs besides the database.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) setup: &'a Setup,
    /// Hashes of first sign-in passwords, by the position of their identity.
    pub(super) hashes: &'a BTreeMap<usize, String>,
    pub(super) kek: &'a Key,
    pub(super) rng: &'a dyn Rng,
    pub(super) now: Timestamp,
}

/// What is to be written, and how it is told.
#[derive(Default)]
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) changes: Vec<Change>,
}

struct Planner<'a, 't, 'c> {
    facts: Facts<'a>,
    tx: &'t mut Tx<'c>,
    planned: Planned,
    /// Every policy and source as it will be, by canonical name.
    policies: HashMap<String, PolicyId>,
    sources: HashMap<String, Source>,
    /// Identities looked up so far, by canonical alias.
    identities: HashMap<String, IdentityId>,
}

/// Why planning ended: the database, or the document.
pub(super) enum Stop {
    Storage(StorageError),
    Setup(SetupError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<SetupError> for Stop {
    fn from(error: SetupError) -> Self {
        Self::Setup(error)
    }
}

/// Finds the difference; reads only.
pub(super) async fn plan(tx: &mut Tx<'_>, facts: Facts<'_>) -> Result<Planned, Stop> {
    let mut planner = Planner {
        facts,
        tx,
        planned: Planned::default(),
        policies: HashMap::new(),
        sources: HashMap::new(),
        identities: HashMap::new(),
    };
    planner.policies().await?;
    planner.sources().await?;
    planner.identities().await?;
    planner.accounts().await?;
    planner.applications().await?;
    planner.password_groups().await?;
    planner.security_questions().await?;
    planner.settings().await?;
    planner.api_clients().await?;
    planner.personal_access_tokens().await?;
    Ok(planner.planned)
}

impl Planner<'_, '_, '_> {
    fn create(&mut self, object: &str, change: Change) {
        self.note(Verb::Create, object, Vec::new(), change);
    }

    /// Writes an existing object when any field differs. Each field comes with whether it does.
    fn change(&mut self, object: &str, fields: &[(&'static str, bool)], change: Change) {
        let fields: Vec<_> = fields.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
        if !fields.is_empty() {
            self.note(Verb::Change, object, fields, change);
        }
    }

    fn note(&mut self, verb: Verb, object: &str, fields: Vec<&'static str>, change: Change) {
        self.planned.plan.items.push(PlanItem { verb, object: object.to_owned(), fields });
        self.planned.changes.push(change);
    }

    fn policy_named<T>(&self, by: &Wanted<T>, field: &'static str, name: &str) -> Result<PolicyId, SetupError> {
        let found = self.policies.get(&canonical(name)).cloned();
        found.ok_or_else(|| by.fault(field, format!("there is no password policy \"{name}\"")))
    }

    fn source_named<T>(&self, by: &Wanted<T>, field: &'static str, name: &str) -> Result<SourceId, SetupError> {
        let found = self.sources.get(&canonical(name)).map(|source| source.id.clone());
        found.ok_or_else(|| by.fault(field, format!("there is no source \"{name}\"")))
    }

    async fn identity_named<T>(
        &mut self,
        by: &Wanted<T>,
        field: &'static str,
        alias: &str,
    ) -> Result<IdentityId, Stop> {
        let key = canonical(alias);
        if let Some(known) = self.identities.get(&key) {
            return Ok(known.clone());
        }
        let Some(found) = directory::identities::lookup_by_alias(self.tx, alias).await? else {
            return Err(by.fault(field, format!("there is no identity \"{alias}\"")).into());
        };
        self.identities.insert(key, found.id.clone());
        Ok(found.id)
    }
}
