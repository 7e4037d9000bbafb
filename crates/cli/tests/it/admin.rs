//! The first administrator, from nothing to a call.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use passwright_client::{Client, ClientError};

use crate::program::Program;

fn settings(folder: &Path, port: u16) -> String {
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         [database]\nurl = \"sqlite://{}\"\n[keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n",
        at("db.sqlite3"),
        at("root.key"),
        at("epoch.key")
    );
    let config = at("passwright.toml");
    std::fs::write(&config, text).unwrap();
    config
}

fn create(config: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_passwright"))
        .args(["admin", "create", "--config", config])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that ended before it read is seen by its output.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = settings(folder.path(), port);
    let (code, out, error) = said(&create(&config, &["--alias", "root", "--stdin"], "short\n"));
    assert_eq!((code, out.as_str()), (Some(2), ""), "{error}");
    assert!(error.contains("12 to 256 characters"), "{error}");
    let (code, out, error) = said(&create(&config, &["--alias", "root", "--no-password"], ""));
    assert_eq!((code, out.as_str()), (Some(2), ""), "{error}");

    let password = "Correct-Horse-Battery-9";
    let arguments = ["--alias", "Root.Admin", "--email", "root@acme.test", "--stdin", "--token"];
    let (code, out, error) = said(&create(&config, &arguments, &format!("{password}\n")));
    assert_eq!(code, Some(0), "{error}");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], "administrator Root.Admin");
    let id = lines[1].strip_prefix("token_id ").unwrap();
    let secret = lines[2].strip_prefix("token_secret ").unwrap();
    assert!(!error.contains(password) && !error.contains(secret) && secret.len() == 64);

    // A second one only when it is meant, and never over somebody else.
    let (code, _, error) = said(&create(&config, &["--alias", "second", "--token", "--no-password"], ""));
    assert_eq!(code, Some(1));
    assert!(error.contains("there is an administrator already"), "{error}");
    let (code, _, error) =
        said(&create(&config, &["--alias", "ROOT.ADMIN", "--token", "--no-password", "--another"], ""));
    assert_eq!(code, Some(1));
    assert!(error.contains("an identity \"ROOT.ADMIN\" exists"), "{error}");
    let (code, out, error) =
        said(&create(&config, &["--alias", "second", "--token", "--no-password", "--another"], ""));
    assert_eq!((code, out.lines().count()), (Some(0), 3), "{error}");

    let program = Program::start(&["serve", "--config", &config]);
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .credentials(id, secret.to_owned())
        .build()
        .unwrap();
    // Only an ORG_ADMIN is told that there is no such change of somebody else's.
    let missing = client.get_password_change("0123456789abcdef0123456789abcdef").await;
    assert!(matches!(missing, Err(ClientError::Api(error)) if error.status == 404));
    let token = reqwest::Client::new()
        .post(format!("http://127.0.0.1:{port}/oauth/token"))
        .form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)])
        .send()
        .await
        .unwrap()
        .json::<serde_json::Value>()
        .await
        .unwrap();
    assert_eq!(token["user_name"], "Root.Admin");
    let clients = reqwest::Client::new()
        .get(format!("http://127.0.0.1:{port}/v2025/oauth-clients"))
        .bearer_auth(token["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(clients.status(), 200, "an administrator's operation");
    drop(program);
}
