//! A source that is being set up in the pages: its connection is tried before there is a source.
//!
//! Between the steps the credential lies nowhere but in the browser's page, sealed under a key of the service for the session and
//! the settings it was given with. With another address, or from another session, it does not open: nobody can have it
//! sent elsewhere.

use passwright_connectors::{Connector, ConnectorConfig, Credential, FaultClass};
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::directory::Source;
use passwright_domain::ids::SourceId;
use passwright_storage::audit::WriteAudit;
use passwright_storage::directory::sources;
use passwright_vault::digest::sha256_hex;
use passwright_vault::key_source::Purpose;
use passwright_vault::secret::Password;
use serde_json::Value;

use super::check::{PATIENCE, told};
use super::connection::{GivenCredential, checked, settings};
use super::wanted::Wanted;
use super::{CREDENTIAL, Reference, SourceCheck, SourceFields};
use crate::sessions::Session;
use crate::setup::credentials;
use crate::{Error, Fault, Service};

/// The credential of a draft.
pub enum DraftCredential {
    Typed(Password),
    /// As a check gave it back.
    Sealed(String),
}

/// What the check of a draft found.
pub struct DraftCheck {
    pub check: SourceCheck,
    /// The credential, for the next step.
    pub sealed: String,
}

impl Service {
    /// Connects as a source would with these settings and signs in as its service account; keeps nothing but the audit record.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` as for creating the source, and for a sealed credential that is not of this session and
    /// these settings. A system that does not answer is an outcome.
    pub async fn check_source_draft(
        &self,
        session: &Session,
        fields: SourceFields,
        credential: DraftCredential,
        trace: &Trace,
    ) -> Result<DraftCheck, Error> {
        let caller = session.caller(trace);
        self.require(&caller, Action::Administer(Right::ManageSources), "source:new").await?;
        self.require(&caller, Action::Administer(Right::CheckSources), "source:new").await?;
        let bound_to = binding(session, &fields)?;
        let secret = self.draft_secret(&bound_to, credential)?;
        let kind = fields.connector.clone().unwrap_or_default();
        let wanted = Wanted::of(fields, GivenCredential::Drop)?;
        let mut reader = self.store.read().await?;
        let others = sources::list(&mut reader.tx()).await?;
        drop(reader);
        if others.iter().any(|other| canonical(&other.name) == canonical(&wanted.name)) {
            return Err(Error::bad(Fault::Taken, "name is the name of another source"));
        }
        let given = GivenCredential::New(Password::new(secret.expose().to_owned()));
        let given_settings = wanted.settings.unwrap_or_default();
        let connection = checked(&kind, &given_settings, given, None, || Ok(None), &others)?;
        let config: ConnectorConfig =
            serde_json::from_str(&connection.connector).map_err(|e| Error::Internal(e.to_string()))?;
        let began = self.clock.now();
        let built = Connector::new(&config, Some(Credential::new(secret.expose().to_owned())));
        let fault = match built {
            Err(fault) => Some(fault),
            Ok(connector) => match tokio::time::timeout(PATIENCE, connector.test()).await {
                Ok(tested) => tested.err(),
                Err(_) => {
                    let detail = format!("no answer in {} seconds", PATIENCE.as_secs());
                    let reason = "the system does not answer";
                    Some(passwright_connectors::Fault::new(FaultClass::Transient, reason, detail))
                }
            },
        };
        let (outcome, detail) = match &fault {
            None => (Outcome::Passed, format!("{kind}: {}", wanted.name)),
            Some(fault) => (Outcome::Failed, format!("{kind}: {}: {}", wanted.name, fault.detail)),
        };
        let event = "SOURCE_CONNECTION_CHECKED";
        let record = self.audit_record(caller.actor(), event, "source:new", outcome, trace, detail);
        self.store.write(WriteAudit(record)).await?;
        let elapsed = self.clock.now().since(began);
        let check = SourceCheck { id: String::new(), name: wanted.name, elapsed, fault: fault.map(told) };
        let kek = self.root.derive(Purpose::SourceSecrets);
        let sealed = credentials::seal(&kek, &bound_to, &secret).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(DraftCheck { check, sealed })
    }

    /// Makes the source of a draft that was checked. Its owner is who makes it.
    ///
    /// # Errors
    /// As for checking it.
    pub async fn create_source_of_draft(
        &self,
        session: &Session,
        mut fields: SourceFields,
        sealed: &str,
        trace: &Trace,
    ) -> Result<SourceFields, Error> {
        let caller = session.caller(trace);
        self.require(&caller, Action::Administer(Right::ManageSources), "source:new").await?;
        let bound_to = binding(session, &fields)?;
        let secret = self.draft_secret(&bound_to, DraftCredential::Sealed(sealed.to_owned()))?;
        let mut settings = fields.connector_attributes.take().unwrap_or_default();
        settings.insert(CREDENTIAL.to_owned(), Value::String(secret.expose().to_owned()));
        fields.connector_attributes = Some(settings);
        fields.owner = Some(Reference { id: Some(session.identity.id.to_string()), ..Reference::default() });
        self.create_source(&caller, fields, false).await
    }

    /// The files with certificate authorities that sources name: a new one may name these alone.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn list_ca_files(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.require(caller, Action::Administer(Right::ManageSources), "source:new").await?;
        let mut reader = self.store.read().await?;
        let known = sources::list(&mut reader.tx()).await?;
        let file = |source: &Source| Some(settings(source.connector.as_deref()).get("ca_file")?.as_str()?.to_owned());
        let mut files: Vec<String> = known.iter().filter_map(file).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    fn draft_secret(&self, bound_to: &SourceId, credential: DraftCredential) -> Result<Password, Error> {
        match credential {
            DraftCredential::Typed(secret) if secret.expose().is_empty() => {
                Err(Error::bad(Fault::Missing, format!("connectorAttributes.{CREDENTIAL} is required")))
            }
            DraftCredential::Typed(secret) => Ok(secret),
            DraftCredential::Sealed(sealed) => {
                let opened = credentials::open_credential(&self.root, bound_to, &sealed);
                let stale =
                    |()| Error::bad(Fault::Illegal, format!("connectorAttributes.{CREDENTIAL} has to be typed again"));
                opened.map(Password::new).map_err(stale)
            }
        }
    }
}

/// Stands for the session and the settings together.
fn binding(session: &Session, fields: &SourceFields) -> Result<SourceId, Error> {
    let settings = serde_json::to_string(&(&fields.connector, &fields.connector_attributes));
    let settings = settings.map_err(|e| Error::Internal(e.to_string()))?;
    let print = sha256_hex(format!("source draft\n{}\n{settings}", session.stored.id).as_bytes());
    print.get(..32).and_then(|id| id.parse().ok()).ok_or_else(|| Error::Internal("a print that is no id".to_owned()))
}
