//! Real directories behind the worker, whose writes can be made to fail.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use passwright_app::Target;
use passwright_connectors::active_directory::ActiveDirectoryConfig;
use passwright_connectors::ldap::LdapConfig;
use passwright_connectors::{
    AccountRef, AccountState, Connector, ConnectorConfig, Credential, Fault, FaultClass, Proof, SetPassword,
};
use passwright_testkit::{Samba, Slapd, samba, slapd};

/// What becomes of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The system is busy and takes nothing.
    Busy,
    /// Written, and the connection is lost before the answer.
    LostAfterwards,
    /// Answered with success and not written.
    Lie,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// A real connector; the next writes meet the fates in front.
pub(crate) struct System {
    pub(crate) connector: Connector,
    fates: Mutex<VecDeque<Fate>>,
    writes: Mutex<u32>,
}

impl System {
    pub(crate) fn new(connector: Connector) -> Arc<Self> {
        Arc::new(Self { connector, fates: Mutex::default(), writes: Mutex::default() })
    }

    pub(crate) fn next_writes(&self, fates: &[Fate]) {
        self.fates.lock().unwrap().extend(fates);
    }

    /// Writes that reached the directory.
    pub(crate) fn writes(&self) -> u32 {
        *self.writes.lock().unwrap()
    }
}

impl Target for System {
    fn check<'a>(&'a self, account: AccountRef<'a>) -> Answer<'a, AccountState> {
        Box::pin(self.connector.check(account))
    }

    fn set_password<'a>(&'a self, account: AccountRef<'a>, new: &'a str, options: SetPassword) -> Answer<'a, ()> {
        Box::pin(async move {
            let fate = self.fates.lock().unwrap().pop_front();
            let broken = |reason: &str| Fault::new(FaultClass::Transient, reason, "made by the test");
            match fate {
                Some(Fate::Busy) => return Err(broken("the system is busy")),
                Some(Fate::Lie) => return Ok(()),
                Some(Fate::LostAfterwards) | None => {}
            }
            *self.writes.lock().unwrap() += 1;
            self.connector.set_password(account, new, options).await?;
            match fate {
                Some(_) => Err(broken("the connection was lost").after_sending()),
                None => Ok(()),
            }
        })
    }

    fn prove<'a>(&'a self, account: AccountRef<'a>, password: &'a str) -> Answer<'a, Proof> {
        Box::pin(self.connector.prove(account, password))
    }
}

fn connector(config: &ConnectorConfig, password: &str) -> Connector {
    Connector::new(config, Some(Credential::new(password.to_owned()))).unwrap()
}

/// OpenLDAP with its password policy; its root entry tells no time.
pub(crate) fn open_ldap(slapd: &Slapd) -> Connector {
    let config = LdapConfig {
        ca_file: Some(slapd.ca_file()),
        password_policy: Some(format!("cn=default,ou=policies,{}", slapd::SUFFIX)),
        ..LdapConfig::new(slapd.ldaps_url(), slapd::SERVICE_DN)
    };
    connector(&ConnectorConfig::Ldap(config), slapd::SERVICE_PASSWORD)
}

/// Samba as a domain controller; it tells its time.
pub(crate) fn domain(samba: &Samba) -> Connector {
    let config = ActiveDirectoryConfig {
        ca_file: Some(samba.ca_file()),
        ..ActiveDirectoryConfig::new(samba.ldaps_url(), samba::SERVICE_DN)
    };
    connector(&ConnectorConfig::ActiveDirectory(config), samba::SERVICE_PASSWORD)
}
