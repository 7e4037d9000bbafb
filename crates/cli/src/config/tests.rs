use std::io::Write as _;

use super::environment::knows;
use super::sections::Sections;
use super::show::masked;
use super::{Config, ConfigFault};

const DEFAULTS: &str = include_str!("../../config.default.toml");

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigFault> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let variable = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    Config::load(file.path(), &variable, &mut environment.iter().map(|(name, _)| (*name).to_owned()))
}

fn said(text: &str, environment: &[(&str, &str)]) -> String {
    load(text, environment).err().unwrap().to_string()
}

const MAIL: &str = "[server]\npublic_url = \"https://x.example\"\n[mail]\nhost = \"h\"\nfrom = \"a@x.test\"\n";
const URL: &str = "[server]\npublic_url = \"https://x.example\"\n";

#[test]
fn the_default_file_holds_the_defaults() {
    let found: Sections = toml::from_str(DEFAULTS).unwrap();
    let mut expected = Sections::default();
    expected.database.url = Some("sqlite:///var/lib/passwright/passwright.sqlite3".to_owned());
    assert_eq!(found, expected);
    assert_eq!(Sections::default().database_url().unwrap(), expected.database.url.unwrap());
    // Commented keys are keys too, and every one can come from the environment.
    let mut section = String::new();
    let mut keys = 0;
    for line in DEFAULTS.lines() {
        let line = line.trim_start_matches("# ");
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((key, _)) = line.split_once(" = ")
            && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            keys += 1;
            assert!(knows(&section, key), "[{section}] {key}");
        }
    }
    assert!(keys >= 32, "{keys} keys");
}

#[test]
fn a_public_url_is_needed() {
    assert!(said(DEFAULTS, &[]).starts_with("server.public_url: is needed"));
    let with =
        |url: &str| load("", &[("PASSWRIGHT_SERVER_PUBLIC_URL", url)]).map(|config| config.settings().public_url);
    for (given, expected) in [
        ("https://x.example/", "https://x.example"),
        ("https://x.example:8443/pw", "https://x.example:8443/pw"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
    ] {
        assert_eq!(with(given).unwrap(), expected);
    }
    for refused in
        ["", "x.example", "ftp://x.example", "http://x.example", "https://u:p@x", "https://x/?a=1", "https://"]
    {
        assert!(with(refused).is_err(), "{refused}");
    }
}

#[test]
fn other_machines_need_tls_here_or_a_proxy() {
    for more in [
        "listen = \"127.0.0.1:1\"",
        "listen = \"[::1]:1\"",
        "listen = \"0.0.0.0:1\"\ntrusted_proxies = [\"10.0.0.1\"]",
        "listen = \"[::]:1\"\ncertificate_file = \"/c\"\ncertificate_key_file = \"/k\"",
    ] {
        assert!(load(&format!("{URL}{more}\n"), &[]).is_ok(), "{more}");
    }
    let config = load(URL, &[("PASSWRIGHT_SERVER_TRUSTED_PROXIES", "10.0.0.0/8,::1")]).unwrap();
    assert!(config.proxies().list("10.2.3.4".parse().unwrap()));
    for (url, host) in [("https://x.example:8443/pw", "x.example"), ("http://[::1]:80", "::1"), ("https://x", "x")] {
        let config = load("", &[("PASSWRIGHT_SERVER_PUBLIC_URL", url)]).unwrap();
        assert_eq!(config.public_host(), host);
    }
}

#[test]
fn the_environment_wins() {
    let text = format!("{URL}[worker]\nlanes = 3\n[database]\nurl_file = \"/nonexistent\"\n");
    let environment = [
        ("PASSWRIGHT_SERVER_LISTEN", "127.0.0.1:9"),
        ("PASSWRIGHT_WORKER_LANES", "5"),
        ("PASSWRIGHT_DATABASE_URL", "postgres://u:p@h/d"),
        ("PASSWRIGHT_DATABASE_MIGRATE_ON_START", "true"),
        ("PASSWRIGHT_BULK_CLIENT_ID", "not ours"),
    ];
    let config = load(&text, &environment).unwrap();
    assert_eq!((config.listen().port(), config.settings().worker_lanes), (9, 5));
    assert_eq!(config.database().url, "postgres://u:p@h/d");
    assert!(config.migrates_on_start() && !config.is_single_process());
    assert!(!config.show().contains(":p@"), "{}", config.show());
}

#[test]
fn mail_and_webhooks_from_the_environment() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "mail-secret").unwrap();
    let environment = [
        ("PASSWRIGHT_MAIL_HOST", "mail.example"),
        ("PASSWRIGHT_MAIL_FROM", "Passwords <passwords@x.example>"),
        ("PASSWRIGHT_MAIL_USER", "u"),
        ("PASSWRIGHT_MAIL_PASSWORD_FILE", file.path().to_str().unwrap()),
        ("PASSWRIGHT_WEBHOOKS_ALLOWED_NETWORKS", "10.1.0.0/16, ::1"),
    ];
    let config = load(URL, &environment).unwrap();
    let outbound = config.settings().outbound;
    let mail = outbound.mail.clone().unwrap();
    assert_eq!(
        (mail.config.host.as_str(), mail.config.port, mail.config.hello.as_str()),
        ("mail.example", 587, "x.example")
    );
    assert_eq!(mail.password.unwrap().expose(), "mail-secret");
    assert!(outbound.allowed_networks.allow("10.1.2.3".parse().unwrap()));
    assert!(!outbound.allowed_networks.allow("10.2.2.3".parse().unwrap()));
    let shown = config.show();
    assert!(
        shown.contains("allowed_networks = [\"10.1.0.0/16\", \"::1\"]\n") && shown.contains("tls = \"starttls\"\n"),
        "{shown}"
    );
    assert!(!shown.contains("mail-secret") && !format!("{:?}", config.settings()).contains("mail-secret"));
    assert!(load(URL, &[]).unwrap().settings().outbound.mail.is_none());
}

#[test]
fn the_url_may_lie_in_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "postgres://u:secret@h/d").unwrap();
    let path = file.path().to_str().unwrap();
    let config = load(URL, &[("PASSWRIGHT_DATABASE_URL_FILE", path)]).unwrap();
    assert_eq!(config.database().url, "postgres://u:secret@h/d");
    assert!(!config.migrates_on_start());
}

#[test]
fn faults_name_their_place() {
    let checks = [
        (format!("{URL}[worker]\nlane = 3\n"), "line 4: unknown field `lane`"),
        (format!("{URL}[wroker]\n"), "line 3: unknown field `wroker`"),
        (format!("{URL}[worker]\nlanes = \"3\"\n"), "line 4: invalid type"),
        (format!("{URL}[worker]\nlanes = 0\n"), "worker.lanes: is not between"),
        (format!("{URL}[worker]\nenabled = false\n"), "worker.enabled: is false, and with SQLite"),
        (format!("{URL}[keys]\nrsa_bits = 1024\n"), "keys.rsa_bits: is neither"),
        (
            format!("{URL}[webhooks]\nallowed_networks = [\"10.0.0.0/33\"]\n"),
            "webhooks.allowed_networks: \"10.0.0.0/33\" is",
        ),
        (format!("{URL}[webhooks]\nca_file = \"/nonexistent\"\n"), "webhooks.ca_file: cannot read /nonexistent: "),
        (format!("{URL}[mail]\nfrom = \"a@x.test\"\n"), "mail.host: is needed"),
        (format!("{MAIL}tls = \"ssl\"\n"), "line 6: unknown variant `ssl`"),
        (format!("{URL}[mail]\nhost = \"h\"\n"), "mail.from: is needed"),
        (format!("{URL}[mail]\nhost = \"h\"\nfrom = \"nobody\"\n"), "mail: the sender is not an address"),
        (format!("{MAIL}port = 0\n"), "mail.port: is not between"),
        (format!("{MAIL}language = \"fr\"\n"), "mail.language: is not one of en, de, es"),
        (format!("{MAIL}user = \"u\"\n"), "mail.password_file: is needed"),
        (format!("{MAIL}password_file = \"/nonexistent\"\n"), "mail.user: is needed"),
        (
            format!("{MAIL}user = \"u\"\npassword_file = \"/nonexistent\"\n"),
            "mail.password_file: cannot read /nonexistent: ",
        ),
        (format!("{MAIL}tls = \"none\"\nuser = \"u\"\n"), "mail.user: would sign in without encryption"),
        (format!("{MAIL}ca_file = \"/dev/null\"\n"), "/dev/null: no certificate in it"),
        (format!("{URL}listen = \"192.0.2.1:443\"\n"), "server.listen: is reached from other machines"),
        (format!("{URL}certificate_file = \"/c\"\n"), "server.certificate_key_file: is needed"),
        (format!("{URL}certificate_key_file = \"/k\"\n"), "server.certificate_file: is needed"),
        (format!("{URL}trusted_proxies = [\"proxy\"]\n"), "server.trusted_proxies: \"proxy\" is neither"),
        (format!("{URL}[retention]\nchanges_days = 6\n"), "retention.changes_days: is not between 7 and 3650"),
        (format!("{URL}[retention]\naudit_days = 0\n"), "retention.audit_days: is not between 30 and 3650"),
        (format!("{URL}[log]\nlevel = \"a=b=c\"\n"), "log.level: is not"),
        (format!("{URL}[database]\nurl = \"mysql://u:secret@h/d\"\n"), "database.url: begins with neither"),
        (format!("{URL}[database]\nurl = \"sqlite:///x\"\nurl_file = \"y\"\n"), "database.url_file: stands beside"),
    ];
    for (text, expected) in checks {
        let said = said(&text, &[]);
        assert!(said.contains(expected) && !said.contains("secret"), "{said:?} lacks {expected:?}");
    }
    let environment = |name, value| said(URL, &[(name, value)]);
    assert_eq!(environment("PASSWRIGHT_WORKER_LANE", "3"), "environment: unknown variable PASSWRIGHT_WORKER_LANE");
    assert_eq!(environment("PASSWRIGHT_WORKER_LANES", "x"), "environment: PASSWRIGHT_WORKER_LANES is not a number");
    assert!(environment("PASSWRIGHT_LOG_FORMAT", "xml").starts_with("environment: unknown variant `xml`"));
    assert!(Config::load(std::path::Path::new("/nonexistent"), &|_| None, &mut std::iter::empty()).is_err());
}

#[test]
fn passwords_are_masked() {
    for (url, shown) in [
        ("sqlite:///var/x.sqlite3", "sqlite:///var/x.sqlite3"),
        ("postgres://u:secret@h/d", "postgres://u:***@h/d"),
        ("postgres://u:se@cret@h/d?sslmode=require", "postgres://u:***@h/d?sslmode=require"),
        ("postgres://u@h/d?a=b&password=secret", "postgres://u@h/d?a=b&password=***"),
    ] {
        assert_eq!(masked(url), shown);
    }
}
