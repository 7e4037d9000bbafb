//! The other way round: the document that describes what there is.
//!
//! Invariant: applied to an empty database with the files it names, it makes the same objects; applied where it came from, it
//! changes nothing. It holds no secret.

use std::collections::BTreeMap;

use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::canonical::canonical;
use passwright_domain::client::{ApiClient, PersonalAccessToken};
use passwright_domain::directory::{Account, Identity, IdentityStatus, PasswordGroup, Source, SourceSchema};
use passwright_domain::ids::{IdentityId, PolicyId, SourceId};
use passwright_domain::policy::PasswordPolicy;
use passwright_domain::security_question::SecurityQuestion;
use passwright_storage::aggregations;
use passwright_storage::directory::{
    accounts, applications, identities, password_groups, password_policies, source_schemas, sources,
};
use passwright_storage::settings::{
    self, LOCKOUT_CONFIG, NETWORK_CONFIG, ORG_CONFIG, PASSWORD_DICTIONARY, SESSION_CONFIG,
};
use passwright_storage::{Tx, clients, security_questions};
use serde_json::Value;

use super::document::SchemaEntry;
use super::entries::OWN_POLICY_KEYS;
use super::export_tables::{
    AccountTable, ApiClientTable, ApplicationTable, Exception, IdentityTable, PasswordGroupTable,
    PersonalAccessTokenTable, PolicyTable, SecurityQuestionTable, SourceTable, Tables, datetime,
};
use crate::{Error, Service};

/// Identities read at once.
const BATCH: i64 = 500;
/// Where the dictionary is written, beside the document.
pub const DICTIONARY_FILE: &str = "words.txt";

/// What to write besides policies, sources, groups, applications, settings and API clients.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExportOptions {
    /// Identities, their accounts and personal access tokens too.
    pub identities: bool,
    /// Secrets of clients and tokens as SHA-256, not as names of files.
    pub secret_digests: bool,
}

/// A document and what belongs to it.
#[derive(Debug)]
pub struct Export {
    pub document: String,
    /// The text of [`DICTIONARY_FILE`].
    pub dictionary: Option<String>,
    /// Files with secrets that the document names; whoever applies it elsewhere brings them.
    pub secret_files: Vec<String>,
}

impl Service {
    /// Describes what there is as a set-up document, from one snapshot of the database.
    ///
    /// # Errors
    /// When the database does not answer, or holds what a document cannot say.
    pub async fn export(&self, options: ExportOptions) -> Result<Export, Error> {
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let mut exporter =
            Exporter { options, secret_files: Vec::new(), policies: BTreeMap::new(), sources: BTreeMap::new() };
        let mut tables = exporter.tables(&mut tx).await?;
        let dictionary = settings::lookup(&mut tx, PASSWORD_DICTIONARY).await?;
        tables.dictionary_file = dictionary.is_some().then_some(DICTIONARY_FILE);
        let document = toml::to_string(&tables).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Export { document, dictionary, secret_files: exporter.secret_files })
    }
}

struct Exporter {
    options: ExportOptions,
    secret_files: Vec<String>,
    policies: BTreeMap<PolicyId, String>,
    sources: BTreeMap<SourceId, Source>,
}

impl Exporter {
    async fn tables(&mut self, tx: &mut Tx<'_>) -> Result<Tables, Error> {
        let policies = password_policies::list(tx).await?;
        self.policies = policies.iter().map(|(id, policy)| (id.clone(), policy.name.clone())).collect();
        let sources = sources::list(tx).await?;
        self.sources = sources.iter().map(|source| (source.id.clone(), source.clone())).collect();
        let mut tables = Tables {
            org_config: config(tx, ORG_CONFIG).await?,
            lockout_config: config(tx, LOCKOUT_CONFIG).await?,
            session_config: config(tx, SESSION_CONFIG).await?,
            network_config: config(tx, NETWORK_CONFIG).await?,
            password_policy: policies.iter().map(|(_, policy)| policy_table(policy)).collect(),
            application: applications::list(tx)
                .await?
                .into_iter()
                .map(|application| ApplicationTable {
                    source: self.source_name(&application.source_id),
                    name: application.name,
                    description: application.description,
                })
                .collect(),
            password_group: password_groups::list(tx).await?.into_iter().map(|group| self.group(group)).collect(),
            ..Tables::default()
        };
        tables.security_question = security_questions::list(tx).await?.into_iter().map(question_table).collect();
        for source in sources {
            let taken_in = aggregations::settings::lookup(tx, &source.id).await?;
            let schemas = source_schemas::of_source(tx, &source.id).await?;
            let schema = schemas.iter().find(|stored| stored.schema.name.as_deref() == Some(SourceSchema::ACCOUNT));
            let schema = schema.and_then(|stored| SchemaEntry::of(&stored.schema));
            let (authoritative, aggregation) = taken_in;
            let table = SourceTable { authoritative, aggregation, schema, ..self.source(source)? };
            tables.source.push(table);
        }
        for client in clients::list_clients(tx).await? {
            let table = self.api_client(client);
            tables.api_client.push(table);
        }
        if self.options.identities {
            self.people(tx, &mut tables).await?;
        }
        Ok(tables)
    }

    async fn people(&mut self, tx: &mut Tx<'_>, tables: &mut Tables) -> Result<(), Error> {
        let mut aliases: BTreeMap<IdentityId, String> = BTreeMap::new();
        loop {
            let offset = i64::try_from(aliases.len()).unwrap_or(i64::MAX);
            let batch = identities::list(tx, BATCH, offset).await?;
            if batch.is_empty() {
                break;
            }
            for identity in batch {
                let accounts = accounts::of_identity(tx, &identity.id).await?;
                aliases.insert(identity.id.clone(), identity.alias.clone());
                tables.identity.push(self.identity(identity, accounts));
            }
        }
        for token in clients::list_tokens(tx, None).await? {
            if let Some(owner) = aliases.get(&token.owner_id) {
                let table = self.token(token, owner);
                tables.personal_access_token.push(table);
            }
        }
        Ok(())
    }

    fn source(&mut self, source: Source) -> Result<SourceTable, Error> {
        let connector = source.connector.as_deref().map(serde_json::from_str::<Value>).transpose();
        let connector = connector.map_err(|error| Error::Internal(format!("source {}: {error}", source.id)))?;
        let credential_file =
            source.sealed_credential.as_ref().map(|_| self.secret_file(&format!("source-{}", source.name)));
        let (exceptions, everyone): (Vec<_>, Vec<_>) =
            source.policy_holders.into_iter().partition(|holder| holder.selectors.is_some());
        let exceptions = exceptions.into_iter().map(|holder| Exception {
            policy: self.policy_name(&holder.policy_id),
            attributes: holder.selectors.into_iter().flatten().collect(),
        });
        Ok(SourceTable {
            exceptions: exceptions.collect(),
            name: source.name,
            description: source.description,
            features: source.features.into_iter().collect(),
            policy: everyone.first().map(|holder| self.policy_name(&holder.policy_id)),
            credential_file,
            connector: connector.map(without_nulls),
            authoritative: false,
            aggregation: AggregationSettings::default(),
            schema: None,
        })
    }

    fn group(&self, group: PasswordGroup) -> PasswordGroupTable {
        PasswordGroupTable {
            name: group.name,
            policy: group.policy_id.as_ref().map(|id| self.policy_name(id)),
            sources: group.source_ids.iter().map(|id| self.source_name(id)).collect(),
        }
    }

    fn identity(&self, identity: Identity, accounts: Vec<Account>) -> IdentityTable {
        let connected = accounts.into_iter().filter(|account| {
            // That on the built-in source is every identity's.
            self.sources.get(&account.source_id).is_some_and(|source| !source.is_built_in())
        });
        let account = connected.map(|account| AccountTable {
            source: self.source_name(&account.source_id),
            native_identity: account.native_identity,
            name: account.name,
            attributes: account.attributes,
        });
        let mut account: Vec<_> = account.collect();
        // Ids are random, so their order would differ elsewhere.
        account.sort_by(|a: &AccountTable, b| (&a.source, &a.native_identity).cmp(&(&b.source, &b.native_identity)));
        IdentityTable {
            account,
            alias: identity.alias,
            name: identity.name,
            email: identity.email,
            disabled: identity.status == IdentityStatus::Disabled,
            levels: identity.levels.into_iter().collect(),
            attributes: identity.attributes,
        }
    }

    fn api_client(&mut self, client: ApiClient) -> ApiClientTable {
        let (secret_file, secret_sha256) = self.secret(&format!("client-{}", client.name), client.secret_sha256);
        ApiClientTable {
            id: client.id.to_string(),
            name: client.name,
            secret_file,
            secret_sha256,
            scopes: client.scopes.iter().map(str::to_owned).collect(),
            token_seconds: client.token_seconds,
            rate_limit: client.rate_limit.0,
            disabled: !client.enabled,
        }
    }

    fn token(&mut self, token: PersonalAccessToken, owner: &str) -> PersonalAccessTokenTable {
        let (secret_file, secret_sha256) = self.secret(&format!("token-{owner}-{}", token.name), token.secret_sha256);
        PersonalAccessTokenTable {
            owner: owner.to_owned(),
            name: token.name,
            id: token.id.to_string(),
            secret_file,
            secret_sha256,
            scopes: token.scopes.iter().map(str::to_owned).collect(),
            token_seconds: token.token_seconds,
            expires: datetime(token.expires_at),
        }
    }

    fn secret(&mut self, name: &str, digest: String) -> (Option<String>, Option<String>) {
        if self.options.secret_digests { (None, Some(digest)) } else { (Some(self.secret_file(name)), None) }
    }

    /// A file name of its own, told by the object's name.
    fn secret_file(&mut self, name: &str) -> String {
        let plain: String = canonical(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let taken = |file: &String, files: &[String]| files.contains(file);
        let mut file = format!("secrets/{plain}");
        let mut number = 1;
        while taken(&file, &self.secret_files) {
            number += 1;
            file = format!("secrets/{plain}-{number}");
        }
        self.secret_files.push(file.clone());
        file
    }

    fn policy_name(&self, id: &PolicyId) -> String {
        self.policies.get(id).cloned().unwrap_or_default()
    }

    fn source_name(&self, id: &SourceId) -> String {
        self.sources.get(id).map(|source| source.name.clone()).unwrap_or_default()
    }
}

/// A setting that is kept as JSON; `None` when it was never set.
async fn config<T: serde::de::DeserializeOwned>(tx: &mut Tx<'_>, name: &str) -> Result<Option<T>, Error> {
    Ok(settings::lookup(tx, name).await?.and_then(|json| serde_json::from_str(&json).ok()))
}

fn question_table(question: SecurityQuestion) -> SecurityQuestionTable {
    let SecurityQuestion { id, mut texts, .. } = question;
    SecurityQuestionTable { id, text: texts.remove("").unwrap_or_default(), translations: texts }
}

fn policy_table(policy: &PasswordPolicy) -> PolicyTable {
    let Value::Object(mut rules) = serde_json::to_value(policy).unwrap_or_default() else {
        return PolicyTable::default();
    };
    rules.remove("name");
    rules.retain(|key, value| !value.is_null() && !OWN_POLICY_KEYS.contains(&key.as_str()));
    PolicyTable { name: policy.name.clone(), default: policy.default_policy, rules }
}

/// TOML has no null; what is absent is the same to a connector.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(entries.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect(),
        other => other,
    }
}
