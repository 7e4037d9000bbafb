//! What a demo must know again at its next start. The file also marks the folder as a demo's.

use passwright_app::ids::{ApiClientId, PersonalAccessTokenId};
use passwright_vault::random::random_16;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use crate::exit::Failure;

pub(super) const FILE: &str = "state.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: u32,
    /// The systems have their accounts.
    pub(super) seeded: bool,
    /// The port of `My-AD`; kept while it is free.
    pub(super) ldap_port: Option<u16>,
    pub(super) client: ApiClientId,
    pub(super) bulk_client: ApiClientId,
    pub(super) abby_token: PersonalAccessTokenId,
    pub(super) admin_token: PersonalAccessTokenId,
    pub(super) helpdesk_token: PersonalAccessTokenId,
}

const VERSION: u32 = 1;

impl State {
    /// Reads the file, or makes a new one.
    pub(super) fn open(folder: &Folder) -> Result<Self, Failure> {
        if let Some(text) = folder.read(FILE)? {
            let state: Self =
                serde_json::from_str(&text).map_err(|e| Failure::run(&folder.path(FILE).display().to_string(), &e))?;
            if state.version != VERSION {
                let path = folder.path(FILE);
                let why = format!("{} is of version {}, not {VERSION}", path.display(), state.version);
                return Err(Failure::Run(why));
            }
            return Ok(state);
        }
        let state = Self {
            version: VERSION,
            seeded: false,
            ldap_port: None,
            client: ApiClientId::from_random(random_16()),
            bulk_client: ApiClientId::from_random(random_16()),
            abby_token: PersonalAccessTokenId::from_random(random_16()),
            admin_token: PersonalAccessTokenId::from_random(random_16()),
            helpdesk_token: PersonalAccessTokenId::from_random(random_16()),
        };
        state.save(folder)?;
        Ok(state)
    }

    pub(super) fn save(&self, folder: &Folder) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Failure::run(FILE, &e))?;
        folder.write(FILE, &format!("{text}\n"))
    }
}
