//! `check-config`, `migrate`, `apply`, `doctor`, `serve` and `worker` on one installation.

use std::path::{Path, PathBuf};
use std::time::Duration;

use passwright_client::{Client, PasswordInfoQueryDto};

use crate::program::{Program, run};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

struct Installation {
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("passwright.toml");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://passwords.example.com\"\n\
             [database]\nurl = \"sqlite://{}\"\n[keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n",
            at("db.sqlite3"),
            at("root.key"),
            at("epoch.key")
        );
        std::fs::write(&config, text).unwrap();
        std::fs::write(folder.path().join("portal.secret"), format!("{SECRET}\n")).unwrap();
        Self { folder, config }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        run(&[arguments, &["--config", self.config.to_str().unwrap()]].concat(), &[])
    }

    fn document(&self, name: &str, htpasswd: &str) -> String {
        let text = format!(
            "[[source]]\nname = \"Intranet\"\nconnector = {{ kind = \"htpasswd\", path = \"{}\" }}\n\
             [[identity]]\nalias = \"abby\"\n[[identity.account]]\nsource = \"Intranet\"\nnative_identity = \"abby\"\n\
             [[api_client]]\nname = \"portal\"\nid = \"2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55\"\nsecret_file = \"portal.secret\"\n",
            self.path(htpasswd)
        );
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self.path(name)
    }
}

#[test]
fn check_config_shows_what_is_in_force_or_the_fault() {
    let installation = Installation::new();
    let (code, shown, error) = installation.run(&["check-config"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(
        shown.contains("public_url = \"https://passwords.example.com\"\n") && shown.contains("lanes = 64\n"),
        "{shown}"
    );
    let config = installation.config.to_str().unwrap();
    let over = [("PASSWRIGHT_DATABASE_URL", "postgres://u:topsecret@h/d"), ("PASSWRIGHT_WORKER_LANES", "7")];
    let (_, shown, _) = run(&["check-config", "--config", config], &over);
    assert!(shown.contains("url = \"postgres://u:***@h/d\"\n") && shown.contains("lanes = 7\n"), "{shown}");

    std::fs::write(&installation.config, "[server]\npublicurl = \"https://x\"\n").unwrap();
    for command in ["check-config", "serve", "worker", "migrate", "doctor"] {
        let (code, out, error) = installation.run(&[command]);
        assert_eq!((code, out.as_str()), (2, ""), "{command}");
        assert!(error.starts_with(&format!("error: {config}, line 2: unknown field `publicurl`")), "{error}");
    }
    std::fs::write(&installation.config, "").unwrap();
    let (code, _, error) = installation.run(&["serve"]);
    assert_eq!(
        (code, error.as_str()),
        (2, "error: server.public_url: is needed: the URL that clients reach the service at\n")
    );
}

#[test]
fn a_worker_refuses_sqlite() {
    let (code, _, error) = Installation::new().run(&["worker"]);
    assert_eq!(code, 2);
    assert!(error.contains("SQLite belongs to one process"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_from_nothing_to_serving() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["doctor"]).0, 2, "nothing is there yet");
    assert!(!Path::new(&installation.path("root.key")).exists(), "and nothing is made");
    assert_eq!(installation.run(&["migrate"]), (0, String::new(), String::new()));

    let document = installation.document("setup.toml", "users");
    let (code, plan, error) = installation.run(&["apply", &document, "--dry-run"]);
    assert_eq!(code, 0, "{error}");
    assert!(
        plan.contains("create source \"Intranet\"\n")
            && plan.ends_with("created, 0 changed (dry run: nothing was written)\n"),
        "{plan}"
    );
    let broken = std::fs::read_to_string(&document).unwrap().replace("kind =", "knid =");
    std::fs::write(installation.path("broken.toml"), broken).unwrap();
    let (code, _, error) = installation.run(&["apply", &installation.path("broken.toml")]);
    assert_eq!(code, 2);
    assert!(error.contains("broken.toml: line 1: source \"Intranet\": connector: "), "{error}");
    assert_eq!(installation.run(&["apply", &document]).0, 0);
    let (code, plan, _) = installation.run(&["apply", &document]);
    assert_eq!((code, plan.as_str()), (0, "0 created, 0 changed\n"));

    let exported = installation.path("exported");
    let (code, said, error) = installation.run(&["export", &exported, "--identities", "--secret-digests"]);
    assert!(code == 0 && said.contains("setup.toml"), "{said}{error}");
    let (code, plan, error) = installation.run(&["apply", &format!("{exported}/setup.toml")]);
    assert_eq!((code, plan.as_str()), (0, "0 created, 0 changed\n"), "{error}");
    assert_eq!(installation.run(&["export", &exported]).0, 2, "nothing is overwritten");

    let (code, report, _) = installation.run(&["doctor"]);
    assert_eq!(code, 1);
    assert!(report.contains("ok    database: sqlite"), "{report}");
    assert!(report.contains("fault source \"Intranet\": the password file of this source does not exist"), "{report}");
    std::fs::write(installation.path("users"), "abby:$2y$05$x\n").unwrap();
    let (code, report, _) = installation.run(&["doctor"]);
    assert_eq!(code, 0, "{report}");
    assert!(
        report.contains("ok    source \"Intranet\": fencing none\nok    source \"Passwright\": built in\n"),
        "{report}"
    );

    // The port is known from the settings alone, so a free one is taken first.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text =
        std::fs::read_to_string(&installation.config).unwrap().replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    std::fs::write(&installation.config, text).unwrap();
    let program = Program::start(&["serve", "--config", installation.config.to_str().unwrap()]);
    assert_eq!(program.url, "https://passwords.example.com");
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .credentials("2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55", SECRET.to_owned())
        .build()
        .unwrap();
    let query = PasswordInfoQueryDto::new("ABBY", "Intranet");
    assert_eq!(client.query_password_info(&query).await.unwrap().accounts.len(), 1);
    let (status, took) = program.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "ended after {took:?}");
}
