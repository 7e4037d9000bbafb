//! What the service is called on its pages, their picture and their colour.

use std::sync::Arc;

pub use passwright_domain::branding::{Branding, Palette, logo_kind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::branding::check_logo;
use passwright_storage::settings;

use crate::auth_org::kept::{Change, Kept};
use crate::{Error, Fault, Service};

impl Kept for Branding {
    const NAME: &'static str = settings::BRANDING;
    const CHANGED: &'static str = "BRANDING_UPDATED";
    const CHANGE: Right = Right::ManageOrgConfig;
    const IN_CATALOG: bool = true;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }

    fn told(&self) -> Self {
        let logo =
            if self.logo.is_empty() { String::new() } else { format!("a picture, {} bytes", self.logo.len() / 4 * 3) };
        Self { logo, ..self.clone() }
    }
}

/// What becomes of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoChange {
    Keep,
    Remove,
    /// Its bytes.
    New(Vec<u8>),
}

impl Service {
    /// As it was when the view of the set-up was last looked at: for every page, without a wait.
    #[must_use]
    pub fn branding(&self) -> Arc<Branding> {
        self.known_catalog().map(|catalog| catalog.branding.clone()).unwrap_or_default()
    }

    /// What is set.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_branding(&self, caller: &Caller) -> Result<Branding, Error> {
        self.require(caller, Action::Administer(Right::ReadOrgConfig), settings::BRANDING).await?;
        self.kept().await
    }

    /// The picture that is set: its media type and its bytes.
    #[must_use]
    pub fn logo(&self) -> Option<(&'static str, Vec<u8>)> {
        let content = BASE64.decode(&self.branding().logo).ok()?;
        Some((logo_kind(&content)?, content))
    }

    /// Sets it: for pages that are made from now on.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is too long, a colour that cannot be read, and what is no small picture; `Conflict`.
    pub async fn set_branding(&self, caller: &Caller, name: &str, accent: &str, logo: LogoChange) -> Result<(), Error> {
        let logo = match logo {
            LogoChange::Keep => self.get_branding(caller).await?.logo,
            LogoChange::Remove => String::new(),
            LogoChange::New(content) => {
                check_logo(&content).map_err(|why| Error::bad(Fault::Illegal, format!("logo {why}")))?;
                BASE64.encode(content)
            }
        };
        let branding = Branding { name: name.trim().to_owned(), accent: accent.trim().to_lowercase(), logo };
        self.change_kept(caller, Change::Set(branding)).await?;
        self.recheck_catalog();
        Ok(())
    }
}
