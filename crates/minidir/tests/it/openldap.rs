//! OpenLDAP's own client, as a second opinion on the wire format and the certificate.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::support::{ABBY, ABBY_PASSWORD, Fixture};

fn whoami(fixture: &Fixture, ca: &std::path::Path, password: &str) -> Option<Output> {
    let file = fixture.dir.path().join("password");
    fs::write(&file, password).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let output = Command::new("ldapwhoami")
        .args(["-H", &fixture.server.url(), "-x", "-D", ABBY, "-y"])
        .arg(file)
        .env("LDAPTLS_REQCERT", "demand")
        .env("LDAPTLS_CACERT", ca)
        .output();
    match output {
        Ok(output) => Some(output),
        Err(error) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "ldapwhoami is needed here: {error}");
            eprintln!("SKIPPED: ldapwhoami is not installed ({error}); package ldap-utils has it");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ldapwhoami_signs_in_over_checked_tls() {
    let (fixture, other) = (Fixture::new().await, Fixture::new().await);
    let ca = fixture.server.ca_file();
    let Some(good) = whoami(&fixture, &ca, ABBY_PASSWORD) else { return };
    assert_eq!(String::from_utf8_lossy(&good.stdout).trim(), format!("dn:{ABBY}"), "{good:?}");
    let wrong = whoami(&fixture, &ca, "wrong").unwrap();
    assert_eq!(wrong.status.code(), Some(49), "{wrong:?}");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("data 52e"), "{wrong:?}");
    let untrusted = whoami(&fixture, &other.server.ca_file(), ABBY_PASSWORD).unwrap();
    assert!(!untrusted.status.success() && untrusted.stdout.is_empty(), "{untrusted:?}");
}
