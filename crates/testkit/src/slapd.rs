//! A real OpenLDAP server in a temporary folder: TLS, password policy, a service account with few rights, users.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use rustix::process::{getegid, geteuid};
use tempfile::TempDir;

use crate::ca::{Ca, write_private};
use crate::process::{Server, free_port, run};
use crate::require::{missing_program, program, require};

pub const SUFFIX: &str = "dc=fix,dc=test";
pub const SERVICE_DN: &str = "cn=svc,dc=fix,dc=test";
pub const SERVICE_PASSWORD: &str = "Service-Pw-1";
/// The password every user begins with; stored as a hash.
pub const USER_PASSWORD: &str = "Initial-Pw-1";

/// How the server hashes passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Ssha,
    Argon2,
}

/// What the server is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// `uid=u0,ou=people,dc=fix,dc=test` and so on.
    pub users: usize,
    pub hash: Hash,
    /// Answer before the disk has the change.
    pub nosync: bool,
    /// How many old passwords are refused; 0: none.
    pub history: u32,
    pub min_length: u32,
    /// Failed sign-ins until an account is locked, for good; 0: never.
    pub max_failures: u32,
    /// Say in the policy control that an account is locked (off by default in OpenLDAP).
    pub tells_lock: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { users: 50, hash: Hash::Ssha, nosync: true, history: 3, min_length: 8, max_failures: 5, tells_lock: true }
    }
}

/// A running server. It ends when this value is dropped.
pub struct Slapd {
    dir: TempDir,
    server: Option<Server>,
    ldap_port: u16,
    ldaps_port: u16,
}

/// Why this machine cannot run the fixture.
#[must_use]
pub fn missing() -> Option<String> {
    missing_program(&["slapd", "slapadd", "slappasswd", "ldapmodify", "ldapsearch"])
}

#[must_use]
pub fn available() -> bool {
    missing().is_none()
}

impl Slapd {
    /// A server with the default options, or a skip line.
    ///
    /// # Panics
    /// When slapd is installed and does not start; with `CI=true` also when it is not installed.
    #[must_use]
    pub fn require() -> Option<Self> {
        Self::require_with(&Options::default())
    }

    /// The same with other options.
    ///
    /// # Panics
    /// As [`require`](Self::require).
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that does not start fails its test")]
    pub fn require_with(options: &Options) -> Option<Self> {
        require("slapd", missing())?;
        Some(Self::start_with(options).expect("slapd starts"))
    }

    /// # Errors
    /// When a program is missing or the server does not start.
    pub fn start() -> Result<Self> {
        Self::start_with(&Options::default())
    }

    /// # Errors
    /// When a program is missing or the server does not start.
    pub fn start_with(options: &Options) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("slapd-").tempdir()?;
        let path = dir.path();
        for name in ["db", "config"] {
            std::fs::create_dir(path.join(name))?;
        }
        Ca::new()?.write_server_files(path, &["localhost", "127.0.0.1"])?;
        load(path, 0, &configuration(path, options))?;
        load(path, 1, &data(path, options)?)?;
        let mut slapd = Self { dir, server: None, ldap_port: 0, ldaps_port: 0 };
        // A port found free may be taken a moment later.
        let mut started = slapd.renew_ports().and_then(|()| slapd.restart());
        for _ in 0..2 {
            if started.is_err() {
                started = slapd.renew_ports().and_then(|()| slapd.restart());
            }
        }
        started?;
        Ok(slapd)
    }

    fn renew_ports(&mut self) -> Result<()> {
        (self.ldap_port, self.ldaps_port) = (free_port()?, free_port()?);
        Ok(())
    }

    /// Starts the server again on the same data and ports, after [`stop`](Self::stop) or in place of a running one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        let log = self.dir.path().join("log");
        let urls =
            format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{} {}", self.ldap_port, self.ldaps_port, self.socket_url());
        let slapd = program("slapd").context("slapd is not installed")?;
        // `-d 0` keeps it in the foreground and quiet.
        let mut command = Command::new(slapd);
        command.args(["-d", "0", "-h", &urls, "-F"]).arg(self.dir.path().join("config"));
        let mut server = Server::start(&mut command, &log)?;
        server.wait_for((Ipv4Addr::LOCALHOST, self.ldaps_port), &log)?;
        server.wait_for((Ipv4Addr::LOCALHOST, self.ldap_port), &log)?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends the server; the data stay.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Stops the server in its tracks (true) or lets it go on (false): connections stay open, nothing is answered.
    pub fn freeze(&mut self, frozen: bool) {
        if let Some(server) = &mut self.server {
            server.freeze(frozen);
        }
    }

    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Server::pid)
    }

    #[must_use]
    pub fn ldap_port(&self) -> u16 {
        self.ldap_port
    }

    #[must_use]
    pub fn ldaps_port(&self) -> u16 {
        self.ldaps_port
    }

    /// `ldaps://localhost:…`
    #[must_use]
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://localhost:{}", self.ldaps_port)
    }

    /// Where it listens for LDAPS.
    #[must_use]
    pub fn ldaps_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ldaps_port).into()
    }

    /// `ldap://localhost:…`, for StartTLS.
    #[must_use]
    pub fn ldap_url(&self) -> String {
        format!("ldap://localhost:{}", self.ldap_port)
    }

    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// The folder with the server's database, configuration and log.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    #[must_use]
    pub fn user_dn(number: usize) -> String {
        format!("uid=u{number},ou=people,{SUFFIX}")
    }

    /// Applies LDIF changes with every right, over the local socket.
    ///
    /// # Errors
    /// When the server refuses them.
    pub fn modify(&self, ldif: &str) -> Result<()> {
        run(Command::new("ldapmodify").args(["-Q", "-Y", "EXTERNAL", "-H", &self.socket_url()]), ldif)?;
        Ok(())
    }

    /// Reads one entry with every right, as LDIF with all attributes.
    ///
    /// # Errors
    /// When the entry is not there.
    pub fn entry(&self, dn: &str) -> Result<String> {
        let url = self.socket_url();
        let arguments = ["-Q", "-Y", "EXTERNAL", "-LLL", "-o", "ldif-wrap=no", "-H", &url, "-s", "base", "-b", dn];
        run(Command::new("ldapsearch").args(arguments).args(["(objectClass=*)", "*", "+"]), "")
    }

    fn socket_url(&self) -> String {
        let path = self.dir.path().join("ldapi");
        format!("ldapi://{}", path.display().to_string().replace('/', "%2F"))
    }
}

fn load(path: &Path, database: u8, ldif: &str) -> Result<()> {
    let file = path.join(format!("{database}.ldif"));
    write_private(&file, ldif.as_bytes())?;
    let slapadd = program("slapadd").context("slapadd is not installed")?;
    let mut command = Command::new(slapadd);
    command.args(["-q", "-n", &database.to_string(), "-F"]).arg(path.join("config")).arg("-l").arg(&file);
    run(&mut command, "")?;
    std::fs::remove_file(file)?;
    Ok(())
}

/// The root account has no password: nobody signs in as it. The password policy writes locks in its name.
fn configuration(path: &Path, options: &Options) -> String {
    let dir = path.display();
    let local =
        format!("gidNumber={}+uidNumber={},cn=peercred,cn=external,cn=auth", getegid().as_raw(), geteuid().as_raw());
    let (scheme, module) = match options.hash {
        Hash::Ssha => ("{SSHA}", ""),
        Hash::Argon2 => ("{ARGON2}", "olcModuleLoad: argon2.la\n"),
    };
    let sync = if options.nosync { "olcDbEnvFlags: nosync\n" } else { "" };
    let tells_lock = if options.tells_lock { "TRUE" } else { "FALSE" };
    format!(
        "dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: {dir}/slapd.pid
olcTLSCACertificateFile: {dir}/ca.pem
olcTLSCertificateFile: {dir}/server.pem
olcTLSCertificateKeyFile: {dir}/server.key
olcLocalSSF: 128
olcSizeLimit: unlimited

dn: cn=module{{0}},cn=config
objectClass: olcModuleList
cn: module{{0}}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb.la
olcModuleLoad: ppolicy.la
{module}
dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif

include: file:///etc/ldap/schema/cosine.ldif

include: file:///etc/ldap/schema/inetorgperson.ldif

dn: olcDatabase={{-1}}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {{-1}}frontend
olcPasswordHash: {scheme}

dn: olcDatabase={{0}}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {{0}}config
olcAccess: {{0}}to * by dn.exact={local} manage by * none

dn: olcDatabase={{1}}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {{1}}mdb
olcDbDirectory: {dir}/db
olcDbMaxSize: 1073741824
{sync}olcSuffix: {SUFFIX}
olcRootDN: cn=admin,{SUFFIX}
olcDbIndex: objectClass eq
olcDbIndex: uid eq
olcAccess: {{0}}to attrs=userPassword by self =xw by dn.exact={SERVICE_DN} =w by dn.exact={local} manage by anonymous auth by * none
olcAccess: {{1}}to attrs=pwdAccountLockedTime,pwdReset by dn.exact={SERVICE_DN} manage by dn.exact={local} manage by * none
olcAccess: {{2}}to * by dn.exact={SERVICE_DN} read by dn.exact={local} manage by users read by anonymous auth by * none
olcSecurity: simple_bind=128

dn: olcOverlay=ppolicy,olcDatabase={{1}}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: ppolicy
olcPPolicyDefault: cn=default,ou=policies,{SUFFIX}
olcPPolicyHashCleartext: TRUE
olcPPolicyUseLockout: {tells_lock}
"
    )
}

fn data(path: &Path, options: &Options) -> Result<String> {
    let user_hash = hashed(path, USER_PASSWORD, options.hash)?;
    let service_hash = hashed(path, SERVICE_PASSWORD, Hash::Ssha)?;
    let lockout = if options.max_failures == 0 { "FALSE" } else { "TRUE" };
    let Options { history, min_length, max_failures, .. } = options;
    let mut ldif = format!(
        "dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: fix
o: Fixture

dn: {SERVICE_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: svc
userPassword: {service_hash}

dn: ou=policies,{SUFFIX}
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: {min_length}
pwdCheckQuality: 2
pwdInHistory: {history}
pwdMaxFailure: {max_failures}
pwdLockout: {lockout}
pwdLockoutDuration: 0
pwdMustChange: TRUE
pwdAllowUserChange: TRUE

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people
"
    );
    for number in 0..options.users {
        write!(
            ldif,
            "\ndn: {}\nobjectClass: inetOrgPerson\nuid: u{number}\ncn: User {number}\nsn: {number}\nuserPassword: {user_hash}\n",
            Slapd::user_dn(number)
        )?;
    }
    Ok(ldif)
}

fn hashed(path: &Path, password: &str, hash: Hash) -> Result<String> {
    let file = path.join("password");
    write_private(&file, password.as_bytes())?;
    let mut command = Command::new(program("slappasswd").context("slappasswd is not installed")?);
    match hash {
        Hash::Ssha => command.args(["-h", "{SSHA}"]),
        Hash::Argon2 => command.args(["-o", "module-path=/usr/lib/ldap", "-o", "module-load=argon2", "-h", "{ARGON2}"]),
    };
    let hash = run(command.arg("-n").arg("-T").arg(&file), "")?;
    std::fs::remove_file(file)?;
    Ok(hash.trim().to_owned())
}
