use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::digit_token::OutOfBounds;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use crate::edit::{Stop, settled};
use crate::{Error, Fault, OrgConfig, Service};

const OBJECT: &str = "password_org_config";

/// What is to be set; absent fields take the default, or keep their value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrgConfigRequest {
    pub custom_instructions_enabled: Option<bool>,
    pub digit_token_enabled: Option<bool>,
    /// 1..=60
    pub digit_token_duration_minutes: Option<i64>,
    /// 6..=18
    pub digit_token_length: Option<i64>,
}

impl OrgConfigRequest {
    fn over(self, base: OrgConfig) -> Result<OrgConfig, OutOfBounds> {
        let minutes = self.digit_token_duration_minutes.unwrap_or_else(|| base.digit_token_duration_minutes.into());
        let length = self.digit_token_length.unwrap_or_else(|| base.digit_token_length.into());
        Ok(OrgConfig {
            custom_instructions_enabled: self.custom_instructions_enabled.unwrap_or(base.custom_instructions_enabled),
            digit_token_enabled: self.digit_token_enabled.unwrap_or(base.digit_token_enabled),
            digit_token_duration_minutes: OrgConfig::minutes(minutes)?.get().into(),
            digit_token_length: OrgConfig::length(length)?.get().into(),
        })
    }
}

struct SaveOrgConfig {
    request: OrgConfigRequest,
    /// Whether absent fields keep their value.
    merged: bool,
    now: Timestamp,
    audit: AuditRecord,
}

/// The stored configuration; the defaults when none was set.
pub(crate) async fn stored(tx: &mut Tx<'_>) -> Result<OrgConfig, Stop> {
    match settings::lookup(tx, settings::ORG_CONFIG).await? {
        Some(json) => Ok(serde_json::from_str(&json).map_err(|e| Error::Internal(format!("org_config: {e}")))?),
        None => Ok(OrgConfig::default()),
    }
}

impl SaveOrgConfig {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<OrgConfig, Stop> {
        let base = if self.merged { stored(tx).await? } else { OrgConfig::default() };
        let config = self.request.over(base).map_err(|e| Error::bad(Fault::OutOfBounds, e.to_string()))?;
        let json = serde_json::to_string(&config).map_err(|e| Error::Internal(e.to_string()))?;
        settings::set(tx, settings::ORG_CONFIG, &json, self.now).await?;
        audit::insert(tx, &AuditRecord { detail: json, ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(config)
    }
}

impl Write for SaveOrgConfig {
    type Output = Result<OrgConfig, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}

impl Service {
    /// The configuration.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_password_org_config(&self, caller: &Caller) -> Result<OrgConfig, Error> {
        self.require(caller, Action::Administer(Right::ReadOrgConfig), OBJECT).await?;
        let mut reader = self.store.read().await?;
        settled(stored(&mut reader.tx()).await)?
    }

    /// Sets the configuration; what is absent takes its default.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a value outside its bounds.
    pub async fn create_password_org_config(
        &self,
        caller: &Caller,
        request: OrgConfigRequest,
    ) -> Result<OrgConfig, Error> {
        self.save_org_config(caller, request, false, "PASSWORD_ORG_CONFIG_CREATE").await
    }

    /// Changes the configuration; what is absent keeps its value.
    ///
    /// # Errors
    /// As for setting it.
    pub async fn put_password_org_config(
        &self,
        caller: &Caller,
        request: OrgConfigRequest,
    ) -> Result<OrgConfig, Error> {
        self.save_org_config(caller, request, true, "PASSWORD_ORG_CONFIG_UPDATE").await
    }

    async fn save_org_config(
        &self,
        caller: &Caller,
        request: OrgConfigRequest,
        merged: bool,
        event: &'static str,
    ) -> Result<OrgConfig, Error> {
        self.require(caller, Action::Administer(Right::ManageOrgConfig), OBJECT).await?;
        let audit = self.changed(caller, event, OBJECT.to_owned(), "");
        let config = self.store.write(SaveOrgConfig { request, merged, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(config)
    }
}
