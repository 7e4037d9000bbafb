//! A provider's secrets at rest: sealed for the method and the field they are of.

use passwright_domain::mfa::{MfaMethod, masked};
use passwright_vault::key_source::Purpose;
use passwright_vault::sealing::{self, Sealed, associated_data};
use passwright_vault::secret::SecretText;

use crate::{Error, Service};

pub(crate) const ACCESS_KEY: &str = "accessKey";
pub(crate) const SECRET_KEY: &str = "skey";

fn bound_to(method: MfaMethod, field: &str) -> Vec<u8> {
    associated_data(&["mfa", method.as_str(), field])
}

impl Service {
    pub(super) fn seal_mfa(&self, method: MfaMethod, field: &str, secret: &str) -> Result<String, Error> {
        let key = self.root.derive(Purpose::MfaSecrets);
        let sealed = sealing::seal(&key, &bound_to(method, field), secret.as_bytes());
        Ok(sealed.map_err(|e| Error::Internal(e.to_string()))?.to_compact())
    }

    pub(crate) fn open_mfa(&self, method: MfaMethod, field: &str, sealed: &str) -> Result<SecretText, Error> {
        let fault = |_| Error::Internal(format!("the {field} of {} does not open with this root key", method.as_str()));
        let key = self.root.derive(Purpose::MfaSecrets);
        let sealed = Sealed::from_compact(sealed).map_err(fault)?;
        let opened = sealing::open(&key, &sealed, &bound_to(method, field)).map_err(fault)?;
        SecretText::from_utf8(opened).map_err(|_| Error::Internal(format!("the {field} is not text")))
    }

    pub(super) fn mask_of(
        &self,
        method: MfaMethod,
        field: &str,
        sealed: Option<&str>,
    ) -> Result<Option<String>, Error> {
        sealed.map(|sealed| self.open_mfa(method, field, sealed).map(|secret| masked(secret.expose()))).transpose()
    }
}
