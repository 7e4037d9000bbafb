//! The organisation's configuration and the password dictionary.

use passwright_storage::settings::{
    self, LOCKOUT_CONFIG, NETWORK_CONFIG, ORG_CONFIG, PASSWORD_DICTIONARY, SESSION_CONFIG,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Change, Planner, Stop};

impl Planner<'_, '_, '_> {
    pub(super) async fn settings(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        let setup = facts.setup;
        self.config("org config", ORG_CONFIG, setup.org_config.as_ref()).await?;
        self.config("lockout config", LOCKOUT_CONFIG, setup.lockout_config.as_ref()).await?;
        self.config("session config", SESSION_CONFIG, setup.session_config.as_ref()).await?;
        self.config("network config", NETWORK_CONFIG, setup.network_config.as_ref()).await?;
        if let Some(text) = &facts.setup.dictionary {
            let stored = settings::lookup(self.tx, PASSWORD_DICTIONARY).await?;
            let change = Change::Setting(PASSWORD_DICTIONARY, text.clone());
            self.setting("password dictionary", stored.is_some(), stored.as_ref() != Some(text), change);
        }
        Ok(())
    }

    /// A setting that is kept as JSON.
    async fn config<T>(&mut self, object: &str, name: &'static str, wanted: Option<&T>) -> Result<(), Stop>
    where
        T: Serialize + DeserializeOwned + PartialEq,
    {
        let Some(wanted) = wanted else { return Ok(()) };
        let stored = settings::lookup(self.tx, name).await?;
        let old: Option<T> = stored.as_deref().and_then(|json| serde_json::from_str(json).ok());
        // It has a JSON form: it was read from one like it.
        let change = Change::Setting(name, serde_json::to_string(wanted).unwrap_or_default());
        self.setting(object, stored.is_some(), old.as_ref() != Some(wanted), change);
        Ok(())
    }

    fn setting(&mut self, object: &str, exists: bool, differs: bool, change: Change) {
        if exists {
            self.change(object, &[("content", differs)], change);
        } else {
            self.create(object, change);
        }
    }
}
