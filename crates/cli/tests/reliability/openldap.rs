//! A real OpenLDAP server as the one source of an installation.

use passwright_testkit::slapd::{SERVICE_DN, SERVICE_PASSWORD};
use passwright_testkit::{Slapd, signs_in};

use crate::load::{Account, Story};
use crate::site::{Plan, Source};

pub(crate) const NAME: &str = "OpenLDAP";

/// The last one has no writer.
const ACCOUNTS: [Account; 9] = [
    ("User.0", NAME),
    ("User.1", NAME),
    ("User.2", NAME),
    ("User.3", NAME),
    ("User.4", NAME),
    ("User.5", NAME),
    ("User.6", NAME),
    ("User.7", NAME),
    ("User.8", NAME),
];

/// The source as the set-up document has it.
pub(crate) fn source(slapd: &Slapd) -> Source {
    let connector = format!(
        "{{ kind = \"ldap\", url = \"{}\", ca_file = \"{}\", bind_dn = \"{SERVICE_DN}\" }}",
        slapd.ldaps_url(),
        slapd.ca_file().display()
    );
    Source { name: NAME, connector, credential: Some(SERVICE_PASSWORD) }
}

/// The server and its users.
pub(crate) struct OpenLdap(Slapd);

impl OpenLdap {
    /// With a password history and a lock after five failed sign-ins, or a skip line.
    pub(crate) fn require() -> Option<Self> {
        Slapd::require().map(Self)
    }

    /// An installation that knows it.
    pub(crate) fn plan(&self) -> Plan {
        let plan = Plan::new().source(&source(&self.0));
        let with = |plan: Plan, number: usize| plan.identity(ACCOUNTS[number].0, &[(NAME, &Slapd::user_dn(number))]);
        (0..ACCOUNTS.len()).fold(plan, with)
    }

    /// The accounts to write to.
    pub(crate) fn writers(&self) -> &'static [Account] {
        &ACCOUNTS[..ACCOUNTS.len() - 1]
    }

    /// One more.
    pub(crate) fn probe(&self) -> Account {
        ACCOUNTS[ACCOUNTS.len() - 1]
    }

    pub(crate) async fn holds(&self, story: &Story, password: &str) -> bool {
        signs_in(&self.0.ldaps_url(), &self.0.ca_file(), &story.native_identity, password).await.unwrap()
    }
}
