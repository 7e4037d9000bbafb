use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::mfa::{MfaProvider, is_host, is_key};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::settings::ReplaceSetting;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::secrets::{ACCESS_KEY, SECRET_KEY};
use super::{MfaConfig, MfaMethod, object, setting};
use crate::{Error, Fault, Service};

/// Longest name of an identity attribute, in characters.
const LONGEST_ATTRIBUTE: usize = 255;

/// True when nobody changed it meanwhile.
struct SaveProvider {
    replace: ReplaceSetting,
    audit: AuditRecord,
}

impl Write for SaveProvider {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let saved = self.replace.apply(tx).await?;
        if saved {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(saved)
    }
}

/// A text that is there and not empty.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Service {
    /// Sets how a provider is reached. A secret that is absent, or given as it was shown, stays what it is; an empty one goes.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a value that is not allowed, for an enabled method that lacks something, and for another
    /// host without the secrets, which were given for the old one; `Conflict` when it was changed at the same time.
    pub async fn set_mfa_config(
        &self,
        caller: &Caller,
        method: MfaMethod,
        wanted: MfaConfig,
    ) -> Result<MfaConfig, Error> {
        self.require(caller, Action::Administer(Right::ManageMfaConfig), &object(method)).await?;
        let mut reader = self.store.read().await?;
        let before = settings::lookup(&mut reader.tx(), setting(method)).await?;
        drop(reader);
        let old: MfaProvider = match &before {
            Some(json) => serde_json::from_str(json).map_err(|e| Error::Internal(format!("mfa: {e}")))?,
            None => MfaProvider::default(),
        };
        let provider = self.provider(method, old, wanted)?;
        let missing = provider.missing(method);
        if provider.enabled && !missing.is_empty() {
            let message = format!("an enabled method needs {}", missing.join(" and "));
            return Err(Error::bad(Fault::Missing, message));
        }
        let after = serde_json::to_string(&provider).map_err(|e| Error::Internal(e.to_string()))?;
        let now: Timestamp = self.now();
        let about = format!("enabled: {}, host: {}", provider.enabled, provider.host.as_deref().unwrap_or("none"));
        let audit = self.changed(caller, "MFA_CONFIGURATION_UPDATED", object(method), &about);
        let replace = ReplaceSetting { name: setting(method), before, after, now };
        if !self.store.write(SaveProvider { replace, audit }).await? {
            return Err(Error::Conflict("the configuration was changed at the same time".to_owned()));
        }
        self.masked(method, provider)
    }

    fn provider(&self, method: MfaMethod, old: MfaProvider, wanted: MfaConfig) -> Result<MfaProvider, Error> {
        let illegal = |message: String| Error::bad(Fault::Illegal, message);
        let host = filled(wanted.host);
        if let Some(host) = &host {
            let wrong = if is_host(host) { self.outbound.webhooks.check_host(host).err() } else { Some("is no host") };
            if let Some(why) = wrong {
                return Err(illegal(format!("host {why}")));
            }
        }
        let identity_attribute = filled(wanted.identity_attribute);
        if identity_attribute.as_ref().is_some_and(|name| name.chars().count() > LONGEST_ATTRIBUTE) {
            return Err(illegal(format!("identityAttribute is longer than {LONGEST_ATTRIBUTE} characters")));
        }
        let integration_key = filled(wanted.integration_key);
        if integration_key.as_ref().is_some_and(|key| !is_key(key) || !key.bytes().all(|b| b.is_ascii_alphanumeric())) {
            return Err(illegal("configProperties.ikey must be letters and digits".to_owned()));
        }
        let moved = host != old.host;
        let secret = |field: &str, given: Option<String>, old: Option<String>| {
            let stays = match &given {
                None => true,
                Some(given) => self.mask_of(method, field, old.as_deref())?.as_ref() == Some(given),
            };
            // Whoever names another host must know the secret: otherwise a test would send it there.
            if stays && old.is_some() && moved && host.is_some() {
                return Err(Error::bad(Fault::Missing, format!("{field} must be given again for another host")));
            }
            match given.filter(|_| !stays) {
                None if stays => Ok(old),
                Some(text) if !text.is_empty() => {
                    if !is_key(&text) {
                        return Err(illegal(format!("{field} must be 1 to 512 visible ASCII characters")));
                    }
                    self.seal_mfa(method, field, &text).map(Some)
                }
                _ => Ok(None),
            }
        };
        Ok(MfaProvider {
            enabled: wanted.enabled,
            sealed_access_key: secret(ACCESS_KEY, wanted.access_key, old.sealed_access_key)?,
            sealed_secret_key: match method {
                MfaMethod::OktaVerify => None,
                MfaMethod::DuoWeb => secret(SECRET_KEY, wanted.secret_key, old.sealed_secret_key)?,
            },
            integration_key: integration_key.filter(|_| method == MfaMethod::DuoWeb),
            host: host.clone(),
            identity_attribute,
        })
    }
}
