//! What the demo's systems hold, read past the service: files and tables, and sign-ins at the directory.

use std::path::Path;

use passwright_connectors::hash::verify;
use passwright_testkit::TestServer;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::ABBY;

pub(crate) const ABBY_LOGIN: &str = "abby.smith";

/// The hash in a row of an application table.
pub(crate) async fn table_hash(file: &Path, login: &str) -> String {
    let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    let query = "SELECT password FROM users WHERE login = ?";
    sqlx::query_scalar(query).bind(login).fetch_one(&mut connection).await.unwrap()
}

/// The hash on a user's line of an htpasswd file.
pub(crate) fn line_hash(file: &Path, login: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(login)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no line of {login}")).to_owned()
}

/// Abby's accounts, as each system itself sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    MyAd,
    Crm,
    Intranet,
    Reports,
}

impl System {
    pub(crate) const ALL: [Self; 4] = [Self::MyAd, Self::Crm, Self::Intranet, Self::Reports];

    /// The source's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MyAd => "My-AD",
            Self::Crm => "CRM",
            Self::Intranet => "Intranet",
            Self::Reports => "Reports",
        }
    }

    /// Abby's native identity there.
    pub(crate) fn account(self) -> &'static str {
        match self {
            Self::MyAd => ABBY,
            Self::Crm | Self::Intranet | Self::Reports => ABBY_LOGIN,
        }
    }

    /// Whether Abby signs in there with this password.
    pub(crate) async fn accepts(self, server: &TestServer, password: &str) -> bool {
        let hash = match self {
            Self::MyAd => return server.directory_accepts(ABBY, password).await.unwrap(),
            Self::Crm => table_hash(&server.file("crm.sqlite3"), ABBY_LOGIN).await,
            Self::Reports => table_hash(&server.file("reports.sqlite3"), ABBY_LOGIN).await,
            Self::Intranet => line_hash(&server.file("intranet.htpasswd"), ABBY_LOGIN),
        };
        verify(&hash, password).unwrap()
    }
}

/// Which systems take this password for Abby.
pub(crate) async fn systems_that_accept(server: &TestServer, password: &str) -> Vec<System> {
    let mut found = Vec::new();
    for system in System::ALL {
        if system.accepts(server, password).await {
            found.push(system);
        }
    }
    found
}
