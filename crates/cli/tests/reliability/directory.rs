//! A directory in the test's own process, with switches for faults, as a source of the service.

use std::path::PathBuf;

use passwright_minidir::{Faults, HashCost, Running, SeedUser, Settings, start};
use passwright_testkit::signs_in;
use tempfile::TempDir;

use crate::site::Source;

const BASE: &str = "DC=seri,DC=acme,DC=com";
const SERVICE: &str = "CN=svc-passwright,OU=Services,DC=seri,DC=acme,DC=com";
pub(crate) const SERVICE_PASSWORD: &str = "Service-pass-1";
pub(crate) const FIRST_PASSWORD: &str = "First-pass-1";
/// How the service knows the directory.
pub(crate) const NAME: &str = "Directory";

/// A running directory. It refuses a password that it had before, so a write that is repeated for nothing is seen.
pub(crate) struct Directory {
    running: Running,
    _folder: TempDir,
}

/// The distinguished name of a user.
pub(crate) fn dn(user: &str) -> String {
    format!("CN={user},OU=People,{BASE}")
}

impl Directory {
    pub(crate) async fn start(users: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(folder.path().join("data"), BASE, SERVICE, SERVICE_PASSWORD);
        settings.hash_cost = HashCost { memory_kib: 64, passes: 1 };
        settings.policy.complexity = false;
        settings.users = users.iter().map(|user| SeedUser::new(dn(user), *user, FIRST_PASSWORD)).collect();
        Self { running: start(settings).await.unwrap(), _folder: folder }
    }

    pub(crate) fn faults(&self) -> &Faults {
        self.running.faults()
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.running.ca_file()
    }

    pub(crate) async fn accepts(&self, user: &str, password: &str) -> bool {
        signs_in(&self.running.url(), &self.ca_file(), &dn(user), password).await.unwrap()
    }

    /// The source as the set-up document has it.
    pub(crate) fn source(&self) -> Source {
        directory_source(&self.running.url(), &self.ca_file())
    }
}

/// A source that is a directory at this address.
pub(crate) fn directory_source(url: &str, ca_file: &std::path::Path) -> Source {
    let connector = format!(
        "{{ kind = \"active_directory\", url = \"{url}\", ca_file = \"{}\", bind_dn = \"{SERVICE}\" }}",
        ca_file.display()
    );
    Source { name: NAME, connector, credential: Some(SERVICE_PASSWORD) }
}
