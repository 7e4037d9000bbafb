//! What the service is called on its pages, and their colour.

use std::sync::Arc;

pub use passwright_domain::branding::{Branding, Palette};

use passwright_domain::access::{Action, Caller, Right};
use passwright_storage::settings;

use crate::auth_org::kept::{Change, Kept};
use crate::{Error, Service};

impl Kept for Branding {
    const NAME: &'static str = settings::BRANDING;
    const CHANGED: &'static str = "BRANDING_UPDATED";
    const CHANGE: Right = Right::ManageOrgConfig;
    const IN_CATALOG: bool = true;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }
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

    /// Sets it: for pages that are made from now on.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is too long, and for a colour that cannot be read; `Conflict`.
    pub async fn set_branding(&self, caller: &Caller, branding: Branding) -> Result<(), Error> {
        let branding =
            Branding { name: branding.name.trim().to_owned(), accent: branding.accent.trim().to_lowercase() };
        self.change_kept(caller, Change::Set(branding)).await?;
        self.recheck_catalog();
        Ok(())
    }
}
