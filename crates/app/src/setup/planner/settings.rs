//! The organisation's configuration and the password dictionary.

use passwright_storage::settings::{self, ORG_CONFIG, PASSWORD_DICTIONARY};

use super::{Change, Planner, Stop};
use crate::OrgConfig;

impl Planner<'_, '_, '_> {
    pub(super) async fn settings(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        if let Some(config) = facts.setup.org_config {
            let stored = settings::lookup(self.tx, ORG_CONFIG).await?;
            let old: Option<OrgConfig> = stored.as_deref().and_then(|json| serde_json::from_str(json).ok());
            // The configuration has a JSON form: it was read from one.
            let change = Change::Setting(ORG_CONFIG, serde_json::to_string(&config).unwrap_or_default());
            self.setting("org config", stored.is_some(), old != Some(config), change);
        }
        if let Some(text) = &facts.setup.dictionary {
            let stored = settings::lookup(self.tx, PASSWORD_DICTIONARY).await?;
            let change = Change::Setting(PASSWORD_DICTIONARY, text.clone());
            self.setting("password dictionary", stored.is_some(), stored.as_ref() != Some(text), change);
        }
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
