//! `passwright demo` as a person starts it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use passwright_client::{
    Client, PasswordChangeRequest, PasswordChangeState, PasswordInfo, PasswordInfoQueryDto, PasswordStatus,
    encrypt_password,
};

use crate::program::{Program, run};

const NAMES: [&str; 16] = [
    "SAIL_BASE_URL",
    "SAIL_CLIENT_ID",
    "SAIL_CLIENT_SECRET",
    "PASSWRIGHT_BULK_CLIENT_ID",
    "PASSWRIGHT_BULK_CLIENT_SECRET",
    "PASSWRIGHT_PAT_ID",
    "PASSWRIGHT_PAT_SECRET",
    "PASSWRIGHT_ADMIN_PAT_ID",
    "PASSWRIGHT_ADMIN_PAT_SECRET",
    "PASSWRIGHT_HELPDESK_PAT_ID",
    "PASSWRIGHT_HELPDESK_PAT_SECRET",
    "PASSWRIGHT_UI_URL",
    "PASSWRIGHT_UI_USER",
    "PASSWRIGHT_UI_PASSWORD",
    "PASSWRIGHT_DEMO_LDAP_URL",
    "PASSWRIGHT_DEMO_CA_FILE",
];

fn start(dir: &Path) -> Program {
    Program::start(&["demo", "--dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"])
}

/// The lines of `demo.env`.
fn environment(dir: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(dir.join("demo.env")).unwrap();
    text.lines()
        .map(|line| {
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            (name.to_owned(), value.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap().to_owned())
        })
        .collect()
}

fn client(environment: &BTreeMap<String, String>, id: &str, secret: &str) -> Client {
    let builder = Client::builder().base_url(&environment["SAIL_BASE_URL"]);
    builder.credentials(&environment[id], environment[secret].clone()).build().unwrap()
}

async fn info(client: &Client, source: &str) -> PasswordInfo {
    let query = PasswordInfoQueryDto::new("Abby.Smith", source);
    client.query_password_info(&query).await.unwrap()
}

async fn set(client: &Client, source: &str, password: &str) -> PasswordStatus {
    let info = info(client, source).await;
    let request = PasswordChangeRequest {
        identity_id: info.identity_id.clone(),
        encrypted_password: Some(encrypt_password(info.public_key.as_deref().unwrap(), password).unwrap()),
        public_key_id: info.public_key_id.clone(),
        account_id: info.accounts[0].account_id.clone(),
        source_id: info.source_id.clone(),
    };
    let accepted = client.set_identity_password(&request).await.unwrap();
    let id = accepted.request_id.unwrap();
    client.wait_for_password_change(&id, Duration::from_secs(30), |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_serves_ends_and_resumes() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("it's a demo");
    let program = start(&dir);
    let text = std::fs::read_to_string(dir.join("demo.env")).unwrap();
    // A quote in the folder's name is kept from the shell; the other lines are plain.
    assert!(text.contains(r"/it'\''s a demo/my-ad/ca.pem'"), "{text}");
    let first = environment(&dir);
    assert_eq!(first["SAIL_BASE_URL"], program.url);
    assert_eq!(first.keys().map(String::as_str).collect::<Vec<_>>(), {
        let mut names = NAMES;
        names.sort_unstable();
        names
    });
    assert_eq!(text.lines().map(|line| line[7..].split('=').next().unwrap()).collect::<Vec<_>>(), NAMES);
    private(&dir);

    let caller = client(&first, "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET");
    let abby = info(&caller, "My-AD").await;
    assert_eq!(
        abby.accounts[0].account_id.as_deref(),
        Some("CN=Abby Smith,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com")
    );
    assert_eq!(abby.policies, ["passwordMinAlpha is 1", "passwordMinLength is 8", "passwordMinNumeric is 1"]);
    for (source, members) in [("My-AD", 2), ("Intranet", 1), ("Reports", 1), ("Passwright", 1)] {
        let done = set(&caller, source, &format!("brand new {source} 1")).await;
        assert_eq!((done.state, done.errors.len(), done.source_ids.len()), (PasswordChangeState::Finished, 0, members));
    }
    let refused = set(&caller, "CRM", "short1").await;
    assert_eq!(refused.state, PasswordChangeState::Failed);

    let url = program.url.trim_start_matches("http://").to_owned();
    let other = parent.path().join("other");
    let (code, _, error) = run(&["demo", "--dir", other.to_str().unwrap(), "--listen", &url], &[]);
    assert_eq!((code, error.lines().count()), (1, 1), "{error}");
    assert!(error.starts_with(&format!("error: cannot listen on {url}: ")), "{error}");
    let (code, _, error) = run(&["demo", "--dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"], &[]);
    assert!(code == 1 && error.ends_with("another demo runs there\n"), "{error}");

    let (status, took) = program.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "ended after {took:?}");

    let program = start(&dir);
    let second = environment(&dir);
    for name in NAMES.iter().filter(|name| !name.ends_with("_URL")) {
        assert_eq!(first[*name], second[*name], "{name}");
    }
    assert_eq!(first["PASSWRIGHT_DEMO_LDAP_URL"], second["PASSWRIGHT_DEMO_LDAP_URL"], "its port was free");
    assert_eq!(second["SAIL_BASE_URL"], program.url);
    private(&dir);
    for (id, secret) in [
        ("SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"),
        ("PASSWRIGHT_BULK_CLIENT_ID", "PASSWRIGHT_BULK_CLIENT_SECRET"),
        ("PASSWRIGHT_PAT_ID", "PASSWRIGHT_PAT_SECRET"),
        ("PASSWRIGHT_ADMIN_PAT_ID", "PASSWRIGHT_ADMIN_PAT_SECRET"),
    ] {
        let caller = client(&second, id, secret);
        assert_eq!(info(&caller, "My-AD").await.identity_id, abby.identity_id, "{id}");
    }
    let caller = client(&second, "PASSWRIGHT_BULK_CLIENT_ID", "PASSWRIGHT_BULK_CLIENT_SECRET");
    assert_eq!(set(&caller, "CRM", "after the restart 2").await.state, PasswordChangeState::Finished);
    let helpdesk = client(&second, "PASSWRIGHT_HELPDESK_PAT_ID", "PASSWRIGHT_HELPDESK_PAT_SECRET");
    let reset = passwright_client::PasswordDigitTokenReset {
        user_id: "Abby.Smith".to_owned(),
        length: None,
        duration_minutes: None,
    };
    assert_eq!(helpdesk.create_digit_token(&reset).await.unwrap().digit_token.len(), 6);
    assert_eq!(program.terminate().0.code(), Some(0));
}

/// Every folder 0700, every file 0600.
fn private(dir: &Path) {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir), 0o700, "{}", dir.display());
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            private(&path);
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[test]
fn wrong_usage_is_one_clear_line() {
    let parent = tempfile::tempdir().unwrap();
    std::fs::write(parent.path().join("thesis.txt"), "mine").unwrap();
    let dir = parent.path().to_str().unwrap();
    for (arguments, expected) in [
        (["demo", "--listen", "0.0.0.0:0"].as_slice(), "error: --listen 0.0.0.0:0: the demo speaks plain http"),
        (&["demo", "--dir", dir, "--listen", "127.0.0.1:0"], "no folder of a demo; name a new one"),
        (&["demo", "--lisen", "127.0.0.1:0"], "error: unexpected argument '--lisen' found"),
        (&["demo", "--listen", "8080"], "error: invalid value '8080' for '--listen <ADDR:PORT>'"),
    ] {
        let (code, out, error) = run(arguments, &[]);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(error.lines().next().unwrap().contains(expected), "{error:?} lacks {expected:?}");
    }
}
