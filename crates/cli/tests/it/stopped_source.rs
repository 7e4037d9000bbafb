//! A wrong service credential costs one failed sign-in, however often anything is started, and its end is told.

use std::path::PathBuf;

use passwright_testkit::slapd::{SERVICE_DN, SERVICE_PASSWORD, Slapd, USER_PASSWORD};

use crate::program::run;

struct Installation {
    folder: tempfile::TempDir,
    config: PathBuf,
    slapd: Slapd,
}

impl Installation {
    fn new(slapd: Slapd) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("passwright.toml");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let text = format!(
            "[server]\npublic_url = \"https://passwords.example.com\"\n[database]\nurl = \"sqlite://{}\"\n\
             [keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n",
            at("db.sqlite3"),
            at("root.key"),
            at("epoch.key")
        );
        std::fs::write(&config, text).unwrap();
        let installation = Self { folder, config, slapd };
        assert_eq!(installation.run(&["migrate"]).0, 0);
        installation
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let (code, out, error) = run(&[arguments, &["--config", self.config.to_str().unwrap()]].concat(), &[]);
        (code, out + &error)
    }

    fn apply(&self, credential: &str) {
        std::fs::write(self.folder.path().join("credential"), credential).unwrap();
        let document = self.folder.path().join("setup.toml");
        let text = format!(
            "[[source]]\nname = \"Directory\"\ncredential_file = \"credential\"\n[source.connector]\nkind = \"ldap\"\n\
             url = \"ldaps://localhost:{}\"\nca_file = {:?}\nbind_dn = \"{SERVICE_DN}\"\n",
            self.slapd.ldaps_port(),
            self.slapd.ca_file()
        );
        std::fs::write(&document, text).unwrap();
        let (code, said) = self.run(&["apply", document.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}");
    }

    fn doctor(&self, more: &[&str]) -> (i32, String) {
        self.run(&[&["doctor"], more].concat())
    }

    fn failures(&self) -> usize {
        self.slapd.entry(SERVICE_DN).unwrap().matches("pwdFailureTime: ").count()
    }
}

#[test]
fn a_wrong_service_credential_costs_one_failure_however_often_it_is_started() {
    let Some(slapd) = Slapd::require() else { return };
    let site = Installation::new(slapd);
    site.apply("Not-The-Service-Pw");
    let (code, said) = site.doctor(&[]);
    assert_eq!(code, 1);
    assert!(
        said.contains("fault source \"Directory\": the source refused the service account (ldap result 49"),
        "{said}"
    );
    assert_eq!(site.failures(), 1);
    // Each run is a new process, as in a loop of restarts.
    for _ in 0..5 {
        let (code, said) = site.doctor(&[]);
        assert_eq!(code, 1);
        assert!(said.contains("fault source \"Directory\": stopped since 20"), "{said}");
        assert!(
            said.contains("the source refused the service account (ldap result 49")
                && said.contains("tried once at 20"),
            "{said}"
        );
        assert!(!said.contains("Not-The-Service-Pw"), "{said}");
    }
    // The same settings again are no other settings.
    site.apply("Not-The-Service-Pw");
    assert!(site.doctor(&[]).1.contains("stopped since"));
    assert_eq!(site.failures(), 1);

    // An administrator's word is one try.
    let (code, said) = site.doctor(&["--resume", "directory"]);
    assert_eq!(code, 1);
    assert!(said.contains("the source refused the service account"), "{said}");
    assert_eq!(site.failures(), 2);
    assert!(site.doctor(&[]).1.contains("stopped since"));
    assert_eq!(site.failures(), 2);

    site.apply(SERVICE_PASSWORD);
    let (code, said) = site.doctor(&[]);
    assert_eq!(code, 0, "another credential is tried at once: {said}");
    let (code, said) = site.doctor(&["--resume", "Directory"]);
    assert_eq!(code, 1);
    assert!(said.contains("there is none, or it is not stopped"), "{said}");
}

/// The account was locked or its password changed at the directory, and is put right there.
#[test]
fn a_credential_that_was_put_right_at_the_source_goes_on_by_an_administrators_word() {
    let Some(slapd) = Slapd::require() else { return };
    let site = Installation::new(slapd);
    site.apply(USER_PASSWORD);
    assert_eq!(site.doctor(&[]).0, 1);
    let ldif = format!(
        "dn: {SERVICE_DN}\nchangetype: modify\nreplace: userPassword\nuserPassword: {USER_PASSWORD}\n-\n\
         replace: pwdReset\npwdReset: FALSE\n"
    );
    site.slapd.modify(&ldif).unwrap();
    assert!(site.doctor(&[]).1.contains("stopped since"));
    let (code, said) = site.doctor(&["--resume", "Directory"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.ends_with("ok    source \"Directory\" goes on\n"), "{said}");
    assert_eq!(site.doctor(&[]).0, 0);
}
