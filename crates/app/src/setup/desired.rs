//! The document with its secrets read and everything checked that needs no database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use passwright_domain::access::ScopeSet;
use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::auth_org::{LockoutConfig, NetworkConfig, SessionConfig};
use passwright_domain::canonical::canonical;
use passwright_domain::client::RateLimit;
use passwright_domain::directory::{Attributes, Feature, IdentityStatus, SourceSchema};
use passwright_domain::policy::PasswordPolicy;
use passwright_domain::security_question::SecurityQuestion;
use passwright_domain::timestamp::Timestamp;
use passwright_vault::secret::Password;
use toml::Spanned;

use super::document::{ApplicationEntry, ExceptionEntry, PasswordGroupEntry, Tables};
use super::secrets::Secrets;
use super::{SetupDocument, SetupError, entries};
use crate::OrgConfig;

/// The field at fault and what is wrong with it.
pub(super) type Reason = (&'static str, String);

/// An object the document wants, and where it says so.
pub(super) struct Wanted<T> {
    /// `None` for one that no document names.
    line: Option<usize>,
    /// Kind and name, as in `source "CRM"`.
    pub(super) object: String,
    pub(super) value: T,
}

impl<T> Wanted<T> {
    /// Wanted by a command, not by a document.
    pub(super) fn made(kind: &str, name: &str, value: T) -> Self {
        Self { line: None, object: object_name(kind, name), value }
    }

    pub(super) fn fault(&self, field: &'static str, message: impl Into<String>) -> SetupError {
        SetupError::Object { line: self.line, object: self.object.clone(), field, message: message.into() }
    }
}

/// An account, its identity by alias and its source by name.
pub(super) struct WantedAccount {
    pub(super) identity: String,
    pub(super) source: String,
    pub(super) native_identity: String,
    /// `None`: as it is, at first the native identity.
    pub(super) name: Option<String>,
    /// None: as they are.
    pub(super) attributes: Attributes,
}

pub(super) struct WantedIdentity {
    pub(super) alias: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) status: IdentityStatus,
    pub(super) levels: BTreeSet<passwright_domain::access::Level>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) first_password: Option<Password>,
}

pub(super) struct WantedSource {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) features: BTreeSet<Feature>,
    /// The connector's settings as JSON, every default spelled out; `None` for the built-in source.
    pub(super) connector: Option<String>,
    pub(super) credential: Option<Password>,
    pub(super) policy: Option<String>,
    pub(super) exceptions: Vec<ExceptionEntry>,
    /// Whether its accounts make identities.
    pub(super) authoritative: bool,
    pub(super) aggregation: AggregationSettings,
    /// The schema of its accounts; `None`: as it is.
    pub(super) schema: Option<SourceSchema>,
}

/// What API clients and personal access tokens have in common.
pub(super) struct WantedGrant {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) secret_sha256: String,
    pub(super) scopes: ScopeSet,
    pub(super) token_seconds: i64,
}

pub(super) struct WantedApiClient {
    pub(super) grant: WantedGrant,
    pub(super) rate_limit: RateLimit,
    pub(super) enabled: bool,
}

pub(super) struct WantedToken {
    pub(super) grant: WantedGrant,
    pub(super) owner: String,
    pub(super) expires_at: Timestamp,
}

/// A document that is ready to be applied. Holds secrets: it has no `Debug`.
#[derive(Default)]
pub struct Setup {
    pub(super) policies: Vec<Wanted<PasswordPolicy>>,
    pub(super) sources: Vec<Wanted<WantedSource>>,
    pub(super) identities: Vec<Wanted<WantedIdentity>>,
    pub(super) accounts: Vec<Wanted<WantedAccount>>,
    pub(super) applications: Vec<Wanted<ApplicationEntry>>,
    pub(super) groups: Vec<Wanted<PasswordGroupEntry>>,
    pub(super) clients: Vec<Wanted<WantedApiClient>>,
    pub(super) tokens: Vec<Wanted<WantedToken>>,
    pub(super) questions: Vec<Wanted<SecurityQuestion>>,
    pub(super) org_config: Option<OrgConfig>,
    pub(super) lockout_config: Option<LockoutConfig>,
    pub(super) session_config: Option<SessionConfig>,
    pub(super) network_config: Option<NetworkConfig>,
    pub(super) dictionary: Option<String>,
}

impl Setup {
    /// Reads the secrets that the document names and checks its content. Relative paths start at `folder`; `environment`
    /// looks a variable up.
    ///
    /// # Errors
    /// [`SetupError::Object`], naming line, object and field.
    pub fn resolve(
        mut document: SetupDocument,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let secrets = Secrets { folder, environment };
        let tables: Tables = std::mem::take(&mut document.tables);
        let resolve = Resolve { document: &document };
        let mut accounts = resolve.all(
            "account",
            tables.account,
            |a| format!("{} on {}", a.native_identity, a.source),
            |a| Ok(entries::account(a)),
        )?;
        let mut identities = Vec::new();
        for wanted in
            resolve.all("identity", tables.identity, |i| i.alias.clone(), |i| entries::identity(i, &secrets))?
        {
            let Wanted { line, object, value: (identity, own) } = wanted;
            for (begins, account) in own {
                let line = Some(document.line_at(begins));
                let object = object_name("account", &format!("{} on {}", account.native_identity, account.source));
                accounts.push(Wanted { line, object, value: account });
            }
            identities.push(Wanted { line, object, value: identity });
        }
        // Of two that are the same the later one is told.
        accounts.sort_by_key(|account| account.line);
        let setup = Self {
            policies: resolve.all("password_policy", tables.password_policy, entries::policy_name, entries::policy)?,
            sources: resolve.all("source", tables.source, |s| s.name.clone(), |s| entries::source(s, &secrets))?,
            identities,
            accounts,
            applications: resolve.all("application", tables.application, |a| a.name.clone(), Ok)?,
            groups: resolve.all("password_group", tables.password_group, |g| g.name.clone(), entries::group)?,
            clients: resolve.all(
                "api_client",
                tables.api_client,
                |c| c.name.clone(),
                |c| entries::api_client(c, &secrets),
            )?,
            tokens: resolve.all(
                "personal_access_token",
                tables.personal_access_token,
                |t| format!("{} of {}", t.name, t.owner),
                |t| entries::token(t, &secrets),
            )?,
            questions: resolve.all(
                "security_question",
                tables.security_question,
                |q| q.id.clone(),
                entries::security_question,
            )?,
            org_config: resolve.one(tables.org_config, entries::org_config)?,
            lockout_config: resolve.one(tables.lockout_config, |config| {
                entries::without_faults("lockout_config", &config.faults(), config)
            })?,
            session_config: resolve.one(tables.session_config, |config| {
                entries::without_faults("session_config", &config.faults(), config)
            })?,
            network_config: resolve.one(tables.network_config, |config| {
                entries::without_faults("network_config", &config.faults(), config)
            })?,
            dictionary: resolve.one(tables.dictionary_file, |file| entries::dictionary(&file, &secrets))?,
        };
        setup.check_together()?;
        Ok(setup)
    }

    /// What no entry shows by itself.
    fn check_together(&self) -> Result<(), SetupError> {
        if let Some(second) = self.policies.iter().filter(|p| p.value.default_policy).nth(1) {
            return Err(second.fault("default", "another policy of the document is the default too"));
        }
        if let Some(second) = self.sources.iter().filter(|s| s.value.connector.is_none()).nth(1) {
            return Err(second.fault("connector", "absent, and another source of the document is the built-in one"));
        }
        let mut accounts = BTreeSet::new();
        for account in &self.accounts {
            if !accounts.insert((canonical(&account.value.source), &account.value.native_identity)) {
                return Err(account.fault("native_identity", "stands twice in the document"));
            }
        }
        let mut grouped = BTreeSet::new();
        for group in &self.groups {
            for source in &group.value.sources {
                if !grouped.insert(canonical(source)) {
                    return Err(group.fault("sources", format!("\"{source}\" is in a password group already")));
                }
            }
        }
        for source in &self.sources {
            if !source.value.exceptions.is_empty() && grouped.contains(&canonical(&source.value.name)) {
                return Err(source.fault("exceptions", "cannot be used for a source in a password group"));
            }
        }
        Ok(())
    }
}

struct Resolve<'d> {
    document: &'d SetupDocument,
}

impl Resolve<'_> {
    /// What there is once in a document.
    fn one<E, T>(
        &self,
        entry: Option<Spanned<E>>,
        resolve: impl Fn(E) -> Result<T, Reason>,
    ) -> Result<Option<T>, SetupError> {
        let Some(entry) = entry else { return Ok(None) };
        let line = Some(self.document.line(&entry));
        let object = "the document".to_owned();
        let resolved = resolve(entry.into_inner());
        resolved.map(Some).map_err(|(field, message)| SetupError::Object { line, object, field, message })
    }

    /// Turns all entries of a kind into what is wanted; two of one name are a fault.
    fn all<E, T>(
        &self,
        kind: &'static str,
        entries: Vec<Spanned<E>>,
        name: impl Fn(&E) -> String,
        resolve: impl Fn(E) -> Result<T, Reason>,
    ) -> Result<Vec<Wanted<T>>, SetupError> {
        let mut names = BTreeSet::new();
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let line = Some(self.document.line(&entry));
            let entry = entry.into_inner();
            let name = name(&entry);
            let wanted = Wanted { line, object: object_name(kind, &name), value: () };
            if canonical(&name).is_empty() || name.chars().any(char::is_control) {
                return Err(wanted.fault("name", "is absent, empty or holds control characters"));
            }
            if !names.insert(canonical(&name)) {
                return Err(wanted.fault("name", "stands twice in the document"));
            }
            let value = resolve(entry).map_err(|(field, message)| wanted.fault(field, message))?;
            all.push(Wanted { line: wanted.line, object: wanted.object, value });
        }
        Ok(all)
    }
}

/// Kind and name, as messages and plans show an object.
pub(super) fn object_name(kind: &str, name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{} \"{name}\"", kind.replace('_', " "))
}
