//! The `scim` connector: services that let accounts be managed over SCIM 2.0 (RFC 7643, RFC 7644).
//!
//! The account is found by its id, `userName` or `externalId`; its password is set by PATCH, or by PUT of the whole account
//! where the service knows no PATCH. SCIM has no sign-in, so a written password is proved only where the settings name a
//! place to sign in. The HTTP library copies passwords into buffers of its own, which it does not wipe.

mod aggregate;
mod config;
mod faults;
mod find;
mod passwords;
mod service;
mod sign_in;
mod user;

use crate::scim::service::Service;
use crate::scim::sign_in::SignIns;
use crate::{Credential, Fault, FaultClass, Fencing, Provability};

pub use config::{ChangeTime, FindBy, PasswordWrite, ScimConfig, SignInCheck};
pub(crate) use faults::listed;

/// The connector.
pub struct Scim {
    service: Service,
    sign_ins: Option<SignIns>,
    find_by: FindBy,
    write: PasswordWrite,
    change_time: ChangeTime,
}

impl Scim {
    /// Opens no connection.
    ///
    /// # Errors
    /// `Configuration` when an address is not an encrypted one, a setting is out of bounds, the CA file cannot be used or the
    /// credential is absent or empty.
    #[expect(clippy::needless_pass_by_value, reason = "all connectors are built alike")]
    pub fn new(config: &ScimConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let service = Service::new(config, credential.as_ref())?;
        let sign_ins = config.sign_in.as_ref().map(|check| SignIns::new(check, &service)).transpose()?;
        Ok(Self { service, sign_ins, find_by: config.find_by, write: config.write, change_time: config.change_time })
    }

    /// Whether a written password can be proved: only where the settings name a place to sign in.
    #[must_use]
    pub fn provability(&self) -> Provability {
        if self.sign_ins.is_some() { Provability::SignIn } else { Provability::None }
    }

    /// Strong where accounts have versions, as then the change time and the write are compared in one step.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn fencing(&self) -> Result<Fencing, Fault> {
        if self.change_time == ChangeTime::None {
            return Ok(Fencing::None);
        }
        let versions = self.service.says().await?.etag.supported == Some(true);
        Ok(if versions { Fencing::Strong } else { Fencing::Verify })
    }

    /// Asks what the service can do, whether the service account may read accounts, and whether the place to sign in refuses
    /// those who do not.
    ///
    /// # Errors
    /// The exact fault: name, certificate, credential, right, missing operation.
    pub async fn test(&self) -> Result<(), Fault> {
        let says = self.service.says().await.map_err(of_the_service)?;
        let lacks = |reason: &str, detail: &str| Err(Fault::new(FaultClass::Configuration, reason, detail));
        if says.change_password.supported == Some(false) {
            return lacks("the source says that it cannot set passwords", "changePassword.supported is false");
        }
        if self.write == PasswordWrite::Patch && says.patch.supported == Some(false) {
            let detail = "patch.supported is false: set write = \"put\"";
            return lacks("the source does not know this way to set a password", detail);
        }
        if self.find_by != FindBy::Id && says.filter.supported == Some(false) {
            let detail = "filter.supported is false: set find_by = \"id\"";
            return lacks("the source cannot search for accounts in this way", detail);
        }
        self.service.list(&[("count", "1"), ("attributes", "userName")]).await.map_err(of_the_service)?;
        match &self.sign_ins {
            Some(sign_ins) => sign_ins.refuses_strangers().await,
            None => Ok(()),
        }
    }
}

/// No account was asked for: what is final for an account is a matter of the set-up here.
fn of_the_service(fault: Fault) -> Fault {
    match fault.class {
        FaultClass::Permanent | FaultClass::Refused => Fault {
            class: FaultClass::Configuration,
            reason: "the source does not let the service account read accounts at this address".to_owned(),
            ..fault
        },
        FaultClass::Transient | FaultClass::Configuration => fault,
    }
}
