//! What set-up rarely changes and every change needs: sources with their connectors, groups, policies, dictionary,
//! settings. Kept in memory; a version in the database, looked at once a second, tells when to load it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use passwright_connectors::{Connector, ConnectorConfig, Credential, Fencing};
use passwright_domain::branding::Branding;
use passwright_domain::canonical::canonical;
use passwright_domain::change::{Opacity, WriteOrder};
use passwright_domain::digit_token::{DigitTokenLength, DigitTokenMinutes, OutOfBounds};
use passwright_domain::directory::{Account, Feature, Identity, PasswordGroup, Source};
use passwright_domain::ids::{PolicyId, SourceId};
use passwright_domain::policy::{Dictionary, PasswordPolicy, SourceGroup, select};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{password_groups, password_policies, sources};
use passwright_storage::{settings, source_stops};
use serde::{Deserialize, Serialize};

use crate::setup::credentials::open_credential;
use crate::source_stops::{Stopped, settings_print};
use crate::{Error, Service, Target};

/// How old the known version may be.
const RECHECK: Duration = Duration::from_secs(1);

/// The organisation's password configuration; the names are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct OrgConfig {
    pub custom_instructions_enabled: bool,
    pub digit_token_enabled: bool,
    /// 1..=60
    pub digit_token_duration_minutes: u32,
    /// 6..=18
    pub digit_token_length: u32,
}

impl Default for OrgConfig {
    fn default() -> Self {
        Self {
            custom_instructions_enabled: false,
            digit_token_enabled: false,
            digit_token_duration_minutes: 5,
            digit_token_length: 6,
        }
    }
}

impl OrgConfig {
    /// Checks the bounds; `apply` and the administrators' API alike.
    ///
    /// # Errors
    /// The field that lies outside.
    pub(crate) fn check(&self) -> Result<(), OutOfBounds> {
        Self::length(self.digit_token_length.into())?;
        Self::minutes(self.digit_token_duration_minutes.into())?;
        Ok(())
    }

    pub(crate) fn length(given: i64) -> Result<DigitTokenLength, OutOfBounds> {
        DigitTokenLength::from_field("digitTokenLength", given)
    }

    pub(crate) fn minutes(given: i64) -> Result<DigitTokenMinutes, OutOfBounds> {
        DigitTokenMinutes::from_field("digitTokenDurationMinutes", given)
    }
}

/// A source and what talks to it.
pub struct CatalogSource {
    pub source: Source,
    pub group: Option<Arc<PasswordGroup>>,
    opacity: Opacity,
    /// `None` for the built-in source; a fault when the settings are wrong.
    connector: Option<Result<Arc<Connector>, passwright_connectors::Fault>>,
    /// Set while no call may be made, because the service account was refused.
    pub stopped: Option<Stopped>,
}

/// One consistent view.
pub struct Catalog {
    version: String,
    sources: HashMap<SourceId, CatalogSource>,
    by_name: HashMap<String, SourceId>,
    policies: HashMap<PolicyId, PasswordPolicy>,
    default_policy: Option<PolicyId>,
    pub dictionary: Option<Dictionary>,
    pub org_config: OrgConfig,
    pub(crate) branding: Arc<Branding>,
}

impl Catalog {
    #[must_use]
    pub fn source(&self, id: &SourceId) -> Option<&CatalogSource> {
        self.sources.get(id)
    }

    /// Finds a source by its name in any spelling.
    #[must_use]
    pub fn source_named(&self, name: &str) -> Option<&CatalogSource> {
        self.by_name.get(&canonical(name)).and_then(|id| self.sources.get(id))
    }

    /// The source that holds the sign-in passwords.
    #[must_use]
    pub fn built_in(&self) -> Option<&CatalogSource> {
        self.sources.values().find(|s| s.source.is_built_in())
    }

    /// When a source is written among others that share its password.
    #[must_use]
    pub fn write_order(&self, id: &SourceId) -> WriteOrder {
        match self.sources.get(id) {
            Some(found) => WriteOrder::of(found.source.features.contains(&Feature::Authenticate), found.opacity),
            None => WriteOrder::of(false, Opacity::Own),
        }
    }

    pub fn sources(&self) -> impl Iterator<Item = &CatalogSource> {
        self.sources.values()
    }

    /// The policy that governs an identity's accounts on a source.
    #[must_use]
    pub fn policy_for(&self, source: &CatalogSource, identity: &Identity) -> Option<&PasswordPolicy> {
        let group = match &source.group {
            Some(group) => SourceGroup::Member { policy: group.policy_id.as_ref() },
            None => SourceGroup::Alone,
        };
        let default = self.default_policy.as_ref()?;
        self.policies.get(select(group, &source.source.policy_holders, &identity.attributes, default))
    }
}

impl Catalog {
    pub(crate) fn policy(&self, id: &PolicyId) -> Option<&PasswordPolicy> {
        self.policies.get(id)
    }

    /// Id and name of each policy that is in force on a source: its group's, its own with the exceptions, or the default one.
    #[must_use]
    pub(crate) fn policies_on(&self, source: &CatalogSource) -> Vec<(String, String)> {
        let mut ids: Vec<&PolicyId> = match &source.group {
            Some(group) => group.policy_id.iter().collect(),
            None => source.source.policy_holders.iter().map(|holder| &holder.policy_id).collect(),
        };
        if ids.is_empty() {
            ids.extend(&self.default_policy);
        }
        let named = |id: &PolicyId| Some((id.to_string(), self.policies.get(id)?.name.clone()));
        ids.into_iter().filter_map(named).collect()
    }
}

impl CatalogSource {
    #[must_use]
    pub fn takes_passwords(&self) -> bool {
        self.source.features.contains(&Feature::Password)
    }

    /// The connector, or why there is none.
    ///
    /// # Errors
    /// The configuration fault met when it was built, and that of a stopped source.
    pub fn target(&self) -> Result<Option<Arc<dyn Target>>, passwright_connectors::Fault> {
        if let Some(stopped) = &self.stopped {
            return Err(stopped.fault());
        }
        match &self.connector {
            None => Ok(None),
            Some(Ok(connector)) => Ok(Some(connector.clone())),
            Some(Err(fault)) => Err(fault.clone()),
        }
    }

    /// The connector; `None` for the built-in source. The fault is the one met when it was built, or that of a stopped source.
    pub(crate) fn connector(&self) -> Option<Result<&Arc<Connector>, passwright_connectors::Fault>> {
        if let Some(stopped) = &self.stopped {
            return Some(Err(stopped.fault()));
        }
        self.connector.as_ref().map(|built| built.as_ref().map_err(Clone::clone))
    }

    /// Connects and signs in as the service account, unless the source is stopped; `None` for the built-in source.
    pub(crate) async fn test(&self) -> Option<Result<(), passwright_connectors::Fault>> {
        if let Some(stopped) = &self.stopped {
            return Some(Err(stopped.fault()));
        }
        match self.connector.as_ref()? {
            Ok(connector) => Some(connector.test().await),
            Err(fault) => Some(Err(fault.clone())),
        }
    }

    /// What keeps late writes from covering newer ones; of the built-in source, that a retry sees them.
    ///
    /// # Errors
    /// When the source must be asked and does not answer.
    pub async fn fencing(&self) -> Result<Fencing, passwright_connectors::Fault> {
        match &self.connector {
            None => Ok(Fencing::Verify),
            Some(Ok(connector)) => connector.fencing().await,
            Some(Err(fault)) => Err(fault.clone()),
        }
    }

    #[must_use]
    pub fn owns(&self, account: &Account) -> bool {
        account.source_id == self.source.id
    }
}

/// Settings that cannot be read say nothing of the policy behind them.
fn opacity_of(config: &str) -> Opacity {
    serde_json::from_str(config).map_or(Opacity::Domain, |config: ConnectorConfig| config.opacity())
}

/// The view in use.
#[derive(Default)]
pub(crate) struct CatalogCache {
    current: RwLock<Option<Arc<Catalog>>>,
    checked_at: Mutex<Timestamp>,
    loading: tokio::sync::Mutex<()>,
}

impl Service {
    /// The current view; loaded again when another process or request changed what it shows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn catalog(&self) -> Result<Arc<Catalog>, Error> {
        let current = self.catalog.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.clock.now();
        let checked = *self.catalog.checked_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(current) = &current
            && now.since(checked) < RECHECK
            && now >= checked
        {
            return Ok(current.clone());
        }
        let _one_at_a_time = self.catalog.loading.lock().await;
        let mut reader = self.store.read().await?;
        let version = settings::catalog_version(&mut reader.tx()).await?;
        let current = self.catalog.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        *self.catalog.checked_at.lock().unwrap_or_else(PoisonError::into_inner) = now;
        if let Some(current) = current
            && current.version == version
        {
            return Ok(current);
        }
        let loaded = Arc::new(self.load_catalog(version, &mut reader).await?);
        *self.catalog.current.write().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
        Ok(loaded)
    }

    /// The view in use, if there is one, whatever its age.
    pub(crate) fn known_catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the version anew at the next use: this process has just changed what the view shows.
    pub(crate) fn recheck_catalog(&self) {
        *self.catalog.checked_at.lock().unwrap_or_else(PoisonError::into_inner) = Timestamp::default();
    }

    async fn load_catalog(&self, version: String, reader: &mut passwright_storage::Reader) -> Result<Catalog, Error> {
        let mut tx = reader.tx();
        let groups: Vec<_> = password_groups::list(&mut tx).await?.into_iter().map(Arc::new).collect();
        let policies: HashMap<_, _> = password_policies::list(&mut tx).await?.into_iter().collect();
        let local_now = self.clock.now();
        let (stops, stops_now) = source_stops::list(&mut tx, local_now).await?;
        let mut stops: HashMap<_, _> = stops.into_iter().map(|stop| (stop.source_id.clone(), stop)).collect();
        let mut by_name = HashMap::new();
        let mut by_id = HashMap::new();
        for source in sources::list(&mut tx).await? {
            let group = groups.iter().find(|g| g.source_ids.contains(&source.id)).cloned();
            let connector = source.connector.as_deref().map(|config| self.build_connector(&source, config));
            let opacity = source.connector.as_deref().map_or(Opacity::Own, opacity_of);
            by_name.insert(canonical(&source.name), source.id.clone());
            let stop = stops.remove(&source.id).filter(|stop| stop.settings_print == settings_print(&source));
            let stopped = stop.map(|stop| Stopped::new(stop, stops_now, local_now));
            by_id.insert(source.id.clone(), CatalogSource { source, group, opacity, connector, stopped });
        }
        let dictionary = match settings::lookup(&mut tx, settings::PASSWORD_DICTIONARY).await? {
            Some(text) => Some(Dictionary::parse(text.as_bytes()).map_err(|e| Error::Internal(e.to_string()))?),
            None => None,
        };
        let org_config = match settings::lookup(&mut tx, settings::ORG_CONFIG).await? {
            Some(json) => serde_json::from_str(&json).map_err(|e| Error::Internal(format!("org_config: {e}")))?,
            None => OrgConfig::default(),
        };
        let branding = match settings::lookup(&mut tx, settings::BRANDING).await? {
            Some(json) => serde_json::from_str(&json).map_err(|e| Error::Internal(format!("branding: {e}")))?,
            None => Branding::default(),
        };
        let default_policy = policies.iter().find(|(_, p)| p.default_policy).map(|(id, _)| id.clone());
        Ok(Catalog {
            version,
            sources: by_id,
            by_name,
            policies,
            default_policy,
            dictionary,
            org_config,
            branding: Arc::new(branding),
        })
    }

    pub(crate) fn build_connector(
        &self,
        source: &Source,
        config: &str,
    ) -> Result<Arc<Connector>, passwright_connectors::Fault> {
        let unusable = |detail: String| {
            passwright_connectors::Fault::new(
                passwright_connectors::FaultClass::Configuration,
                "the system is not set up correctly",
                detail,
            )
        };
        let config: ConnectorConfig = serde_json::from_str(config).map_err(|e| unusable(e.to_string()))?;
        let credential = match &source.sealed_credential {
            Some(sealed) => {
                let text = open_credential(&self.root, &source.id, sealed)
                    .map_err(|()| unusable("the stored credential does not open with this root key".to_owned()))?;
                Some(Credential::new(text))
            }
            None => None,
        };
        let connector = Connector::new(&config, credential).inspect_err(|fault| {
            tracing::warn!(source.name = %source.name, fault = %fault, "a source cannot be used");
        })?;
        Ok(Arc::new(connector))
    }
}
