//! A real Samba Active Directory domain controller: provisioned once, unpacked and started per test.
//!
//! The LDAP ports of Samba cannot be moved, so each instance has a loopback address of its own; that takes the right
//! to bind ports under 1024.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::ca::{Ca, write_private};
use crate::process::{Server, run};
use crate::require::{missing_program, program, require};

pub const SUFFIX: &str = "DC=fix,DC=test";
pub const ADMINISTRATOR_DN: &str = "CN=Administrator,CN=Users,DC=fix,DC=test";
/// May reset passwords, unlock and demand a change below `OU=People`, and nothing else.
pub const SERVICE_DN: &str = "CN=svc,CN=Users,DC=fix,DC=test";
pub const SERVICE_PASSWORD: &str = "Service-Pw-1";
/// The password every user begins with.
pub const USER_PASSWORD: &str = "Initial-Pw-1";
/// `CN=u0,OU=People,DC=fix,DC=test` and so on.
pub const USERS: usize = 60;
/// Failed sign-ins until an account is locked for 30 minutes.
pub const LOCKOUT_THRESHOLD: u32 = 3;
pub const MIN_LENGTH: usize = 8;

/// Part of the cache's name: a changed domain needs a new one.
const DOMAIN_VERSION: u32 = 3;
/// Bound as a mutex: an instance owns an address as long as it holds this port of it.
const CLAIM_PORT: u16 = 61_636;

/// A running domain controller. It ends when this value is dropped.
pub struct Samba {
    dir: TempDir,
    server: Option<Server>,
    address: Ipv4Addr,
    _claim: TcpListener,
}

/// Why this machine cannot run the fixture.
#[must_use]
pub fn missing() -> Option<String> {
    missing_program(&["samba", "samba-tool", "ldbadd", "ldbmodify", "ldbsearch", "tar"]).or_else(|| {
        let privileged = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 19), 636));
        privileged.err().map(|error| format!("port 636 of a loopback address cannot be bound: {error}"))
    })
}

#[must_use]
pub fn available() -> bool {
    missing().is_none()
}

impl Samba {
    /// A domain controller, or a skip line.
    ///
    /// # Panics
    /// When Samba is installed and does not start; with `CI=true` also when it is not installed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that does not start fails its test")]
    pub fn require() -> Option<Self> {
        require("samba", missing())?;
        Some(Self::start().expect("samba starts"))
    }

    /// # Errors
    /// When a program is missing, the domain cannot be made or the server does not start.
    pub fn start() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("samba-").tempdir()?;
        let (address, claim) = claim_address()?;
        run(Command::new("tar").arg("-xzf").arg(domain()?).arg("-C").arg(dir.path()), "")?;
        write_configuration(dir.path(), &address.to_string())?;
        Ca::new()?.write_server_files(dir.path(), &[&address.to_string(), "dc1.fix.test"])?;
        let mut samba = Self { dir, server: None, address, _claim: claim };
        samba.restart()?;
        Ok(samba)
    }

    /// Starts the server again on the same data and address.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        let log = self.dir.path().join("log");
        let mut command = Command::new(program("samba").context("samba is not installed")?);
        // It reads its input and ends with it, so it cannot outlive the test process.
        command.args(["-i", "-M", "single", "--debug-stdout", "-s"]).arg(self.dir.path().join("smb.conf"));
        let mut server = Server::start(&mut command, &log)?;
        server.wait_for((self.address, 636), &log)?;
        server.wait_for((self.address, 389), &log)?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends the server; the data stay.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Stops the server in its tracks (true) or lets it go on (false).
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
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// `ldaps://127.0.0.…`; the certificate names this address.
    #[must_use]
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// `ldap://127.0.0.…`, for StartTLS.
    #[must_use]
    pub fn ldap_url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    #[must_use]
    pub fn user_dn(number: usize) -> String {
        format!("CN=u{number},OU=People,{SUFFIX}")
    }

    /// Applies LDIF changes to the database itself, with every right.
    ///
    /// # Errors
    /// When the database refuses them.
    pub fn modify(&self, ldif: &str) -> Result<()> {
        ldb("ldbmodify", self.dir.path(), &[], ldif)?;
        Ok(())
    }

    /// Reads one entry from the database itself, as LDIF with the named attributes.
    ///
    /// # Errors
    /// When the entry is not there.
    pub fn entry(&self, dn: &str, attributes: &[&str]) -> Result<String> {
        let mut arguments = vec!["-b", dn, "-s", "base", "(objectClass=*)"];
        arguments.extend(attributes);
        ldb("ldbsearch", self.dir.path(), &arguments, "")
    }
}

/// An address of 127.0.0.0/24 that no other instance has. Ports stay claimed until the instance is dropped.
fn claim_address() -> Result<(Ipv4Addr, TcpListener)> {
    for last in 20..=250 {
        let address = Ipv4Addr::new(127, 0, 0, last);
        let Ok(claim) = TcpListener::bind((address, CLAIM_PORT)) else { continue };
        if [389, 636].into_iter().all(|port| TcpListener::bind((address, port)).is_ok()) {
            return Ok((address, claim));
        }
    }
    bail!("no loopback address from 127.0.0.20 to 127.0.0.250 is free")
}

/// The packed domain; made when this version of Samba has none yet (about 8 s).
fn domain() -> Result<PathBuf> {
    let version = run(Command::new(program("samba").context("samba is not installed")?).arg("--version"), "")?;
    let version: String = version.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect();
    let cache = cache_dir()?;
    let packed = cache.join(format!("samba-{version}-{DOMAIN_VERSION}.tar.gz"));
    if packed.is_file() {
        return Ok(packed);
    }
    let dir = tempfile::Builder::new().prefix("samba-provision-").tempdir()?;
    provision(dir.path())?;
    // Written beside and renamed: another process may do the same, and either file serves both.
    let unfinished = tempfile::Builder::new().prefix("samba-").tempfile_in(&cache)?.into_temp_path();
    let mut tar = Command::new("tar");
    run(tar.arg("-czf").arg(&unfinished).arg("-C").arg(dir.path()).args(["private", "state", "bind-dns"]), "")?;
    unfinished.persist(&packed)?;
    Ok(packed)
}

fn cache_dir() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let wanted = target.join("testkit");
    let dir = if std::fs::create_dir_all(&wanted).is_ok() { wanted } else { std::env::temp_dir() };
    Ok(dir.canonicalize()?)
}

fn provision(dir: &Path) -> Result<()> {
    let mut command = samba_tool();
    command.args(["domain", "provision", "--realm=FIX.TEST", "--domain=FIX", "--server-role=dc"]);
    command.args(["--dns-backend=NONE", "--host-name=dc1", "--host-ip=127.0.0.1", "--adminpass=Adm1n-Pass-w0rd"]);
    command.args(["--option=vfs objects=", "--option=interfaces=lo", "--option=bind interfaces only=yes"]);
    run(command.arg(format!("--targetdir={}", dir.display())), "").context("the domain cannot be made")?;
    write_configuration(dir, "127.0.0.1")?;
    ldb("ldbadd", dir, &[], &accounts()?)?;
    let database = format!("--URL={}", dir.join("private/sam.ldb").display());
    let configuration = format!("--configfile={}", dir.join("smb.conf").display());
    let mut command = samba_tool();
    command.args(["domain", "passwordsettings", "set", &database, &configuration, "--complexity=on"]);
    command
        .args([format!("--account-lockout-threshold={LOCKOUT_THRESHOLD}"), format!("--min-pwd-length={MIN_LENGTH}")]);
    run(command.args(["--min-pwd-age=0", "--history-length=24", "--account-lockout-duration=30"]), "")?;
    let sid = ldb("ldbsearch", dir, &["-b", SERVICE_DN, "-s", "base", "objectSid"], "")?;
    let sid =
        sid.lines().find_map(|line| line.strip_prefix("objectSid: ")).context("the service account has no SID")?;
    let mut command = samba_tool();
    command.args(["dsacl", "set", &database, &configuration, &format!("--objectdn=OU=People,{SUFFIX}")]);
    run(command.arg(format!("--sddl={}", delegation(sid.trim()))), "")?;
    Ok(())
}

/// Reset password (extended right), write `lockoutTime`, `pwdLastSet` and `userAccountControl`: inherited by user objects only.
fn delegation(sid: &str) -> String {
    const USER_CLASS: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
    [
        ("CR", "00299570-246d-11d0-a768-00aa006e0529"),
        ("WP", "28630ebf-41d5-11d1-a9c1-0000f80367c1"),
        ("WP", "bf967a0a-0de6-11d0-a285-00aa003049e2"),
        ("WP", "bf967a68-0de6-11d0-a285-00aa003049e2"),
    ]
    .map(|(right, object)| format!("(OA;CIIO;{right};{object};{USER_CLASS};{sid})"))
    .concat()
}

fn accounts() -> Result<String> {
    let mut ldif = format!("dn: OU=People,{SUFFIX}\nobjectClass: organizationalUnit\n");
    // 512: an ordinary account; 65536: its password does not expire.
    let mut user = |dn: &str, name: &str, control: u32, password: &str| {
        write!(
            ldif,
            "\ndn: {dn}\nobjectClass: user\nsAMAccountName: {name}\nuserPrincipalName: {name}@fix.test\nuserAccountControl: {control}\nunicodePwd:: {}\n",
            quoted(password)
        )
    };
    user(SERVICE_DN, "svc", 512 + 65_536, SERVICE_PASSWORD)?;
    for number in 0..USERS {
        user(&Samba::user_dn(number), &format!("u{number}"), 512, USER_PASSWORD)?;
    }
    Ok(ldif)
}

/// The base64 of the quoted password in UTF-16LE: the database ignores every other form.
fn quoted(password: &str) -> String {
    use base64::Engine as _;
    let bytes: Vec<u8> = format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn write_configuration(dir: &Path, address: &str) -> Result<()> {
    for name in ["run", "cache"] {
        std::fs::create_dir_all(dir.join(name))?;
    }
    let dir_shown = dir.display();
    // Without "old password allowed period = 0" an old password signs in for another hour.
    let text = format!(
        "[global]
    realm = FIX.TEST
    workgroup = FIX
    netbios name = DC1
    server role = active directory domain controller
    server services = ldap, cldap, kdc
    dcerpc endpoint servers = -all
    interfaces = {address}/8
    bind interfaces only = yes
    old password allowed period = 0
    tls enabled = yes
    tls keyfile = {dir_shown}/server.key
    tls certfile = {dir_shown}/server.pem
    tls cafile = {dir_shown}/ca.pem
    krb5 port = 0
    kpasswd port = 0
    private dir = {dir_shown}/private
    state directory = {dir_shown}/state
    binddns dir = {dir_shown}/bind-dns
    lock directory = {dir_shown}
    cache directory = {dir_shown}/cache
    pid directory = {dir_shown}/run
    logging = file
    log file = {dir_shown}/samba.log
"
    );
    write_private(&dir.join("smb.conf"), text.as_bytes())
}

fn ldb(name: &str, dir: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut command = Command::new(name);
    command.arg(format!("--configfile={}", dir.join("smb.conf").display()));
    run(command.arg("-H").arg(dir.join("private/sam.ldb")).args(arguments), input)
}

fn samba_tool() -> Command {
    Command::new("samba-tool")
}
