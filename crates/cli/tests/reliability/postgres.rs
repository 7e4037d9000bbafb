//! The service on PostgreSQL, from the set-up document to the sign-in at OpenLDAP and in an htpasswd file.

use std::path::Path;
use std::time::Duration;

use passwright_client::{PasswordChangeState, PasswordStatus};
use passwright_connectors::hash::{Bcrypt, HashScheme, background};
use passwright_testkit::slapd::USER_PASSWORD;
use passwright_testkit::{Launch, Postgres, Slapd, TestServer, require, signs_in};

use crate::PROGRAM;
use crate::load::accept;
use crate::openldap::{self, NAME as LDAP};
use crate::site::{Plan, Site, Source};
use crate::waiting::PATIENCE;

const USER: &str = "Abby.Smith";
const LOGIN: &str = "abby";
const FILE: &str = "Intranet";

async fn file_source(plan: &Plan) -> Source {
    let path = plan.path("intranet.htpasswd");
    let hash = background::hash(HashScheme::Bcrypt(Bcrypt { cost: 8, ..Bcrypt::default() }), "Initial-Pw-1").await;
    std::fs::write(&path, format!("{LOGIN}:{}\n", hash.unwrap().as_str())).unwrap();
    let connector = format!("{{ kind = \"htpasswd\", path = \"{}\", cost = 8 }}", path.display());
    Source { name: FILE, connector, credential: None }
}

async fn file_accepts(file: &Path, password: &str) -> bool {
    let text = std::fs::read_to_string(file).unwrap();
    let hash = text.lines().find_map(|line| line.strip_prefix(LOGIN)?.strip_prefix(':')).expect("a line of the user");
    background::verify(hash, password).await.unwrap()
}

struct Fixture {
    // Before the servers it uses: it ends first.
    site: Site,
    slapd: Slapd,
    _postgres: Postgres,
    file: std::path::PathBuf,
}

impl Fixture {
    async fn new(change: impl FnOnce(Plan) -> Plan) -> Option<Self> {
        require("postgresql", Postgres::missing())?;
        let slapd = Slapd::require()?;
        let postgres = Postgres::start().unwrap();
        let plan = Plan::new().database(postgres.fresh_database().unwrap());
        let (ldap, htpasswd) = (openldap::source(&slapd), file_source(&plan).await);
        let file = plan.path("intranet.htpasswd");
        let accounts = [(LDAP, Slapd::user_dn(0)), (FILE, LOGIN.to_owned())];
        let accounts = accounts.each_ref().map(|(source, native)| (*source, native.as_str()));
        let plan = plan.source(&ldap).source(&htpasswd).identity(USER, &accounts);
        Some(Self { site: change(plan).serve(), slapd, _postgres: postgres, file })
    }

    async fn set(&self, source: &str, password: &str) -> PasswordStatus {
        let client = self.site.client();
        let id = accept(&client, USER, source, password).await;
        let status = client.wait_for_password_change(&id, PATIENCE, |_| {}).await;
        status.unwrap_or_else(|error| panic!("{error}: {}", self.site.server.log()))
    }

    async fn ldap_accepts(&self, password: &str) -> bool {
        signs_in(&self.slapd.ldaps_url(), &self.slapd.ca_file(), &Slapd::user_dn(0), password).await.unwrap()
    }

    /// Sets a password at both sources and signs in with it.
    async fn check(&self) {
        assert!(self.ldap_accepts(USER_PASSWORD).await);
        let status = self.set(LDAP, "Over-postgres-1").await;
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
        assert!(self.ldap_accepts("Over-postgres-1").await && !self.ldap_accepts(USER_PASSWORD).await);
        assert!(file_accepts(&self.file, "Initial-Pw-1").await, "another source, untouched so far");
        let status = self.set(FILE, "In-the-file-1").await;
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
        assert!(file_accepts(&self.file, "In-the-file-1").await);
        let status = self.set(LDAP, "No-digit-here").await;
        assert_eq!(status.state, PasswordChangeState::Failed, "{status:?}");
        assert!(self.ldap_accepts("Over-postgres-1").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_reach_openldap_and_an_htpasswd_file() {
    let Some(fixture) = Fixture::new(|plan| plan).await else { return };
    fixture.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_of_its_own_does_the_work() {
    let Some(fixture) = Fixture::new(Plan::without_worker).await else { return };
    let client = fixture.site.client();
    let id = accept(&client, USER, LDAP, "Nobody-works-yet-1").await;
    // `serve` looks for work once a second, if it does.
    let waiting = client.wait_for_password_change(&id, Duration::from_secs(2), |_| {}).await;
    assert!(waiting.is_err() && fixture.ldap_accepts(USER_PASSWORD).await, "{waiting:?}");
    let (folder, config) = (tempfile::tempdir().unwrap(), fixture.site.config.clone());
    let _worker = TestServer::worker(PROGRAM, folder, config, Launch::default()).unwrap();
    let status = client.wait_for_password_change(&id, PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(fixture.ldap_accepts("Nobody-works-yet-1").await);
    let status = fixture.set(FILE, "In-the-file-1").await;
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
}
