//! `passwright token` and `passwright password` as a user runs them, against scripted answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const ID: &str = "089899f13a8f4da7824996191587bab9";
const TOKEN: &str = r#"{"access_token":"a.b.c","token_type":"bearer","expires_in":749}"#;

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
    /// Request line and body of each request.
    asked: Vec<(String, String)>,
}

/// Runs the binary with these arguments and input; its requests are answered in turn, the token first.
fn run(arguments: &[&str], input: &str, answers: Vec<(u16, String)>) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    // Ends with the test process; it waits for requests that may not come.
    std::thread::spawn(move || {
        for (status, body) in std::iter::once((200, TOKEN.to_owned())).chain(answers) {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                if head.is_empty() {
                    head = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
                }
            }
            let mut sent = vec![0; length];
            stream.read_exact(&mut sent).unwrap();
            kept.lock().unwrap().push((head, String::from_utf8(sent).unwrap()));
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_passwright"))
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("SAIL_BASE_URL", format!("http://127.0.0.1:{port}"))
        .env("SAIL_CLIENT_ID", "the-id")
        .env("SAIL_CLIENT_SECRET", "the-secret")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses early does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let asked = asked.lock().unwrap().clone();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        asked,
    }
}

fn key_pair() -> (Pkcs1PrivateDecryptingKey, String) {
    let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
    let public = STANDARD.encode(der.as_ref());
    (Pkcs1PrivateDecryptingKey::new(private).unwrap(), public)
}

fn info(public_key: &str) -> String {
    json!({
        "identityId": "2c91", "sourceId": "2c92", "publicKeyId": "S2V5", "publicKey": public_key,
        "accounts": [{ "accountId": "CN=Abby,DC=acme", "accountName": "Abby" }], "policies": ["passwordMinLength is 8"],
    })
    .to_string()
}

fn state(state: &str, errors: &[&str]) -> String {
    json!({ "requestId": ID, "state": state, "errors": errors, "sourceIds": ["2c92"] }).to_string()
}

const SET: [&str; 7] = ["password", "set", "--user", "Abby.Smith", "--source", "My-AD", "--stdin"];

#[test]
fn token_digit() {
    let digits = r#"{"digitToken":"09087713","requestId":"e1267ecd-fcd9-4c73-9c55-12555efad136"}"#;
    let arguments = ["token", "digit", "--user", "Abby.Smith", "--length", "8", "--minutes", "5", "--api", "beta"];
    let found = run(&arguments, "", vec![(200, digits.into())]);
    assert_eq!((found.code, found.stdout.as_str()), (0, "09087713\n"), "{}", found.stderr);
    assert_eq!(found.stderr, "request e1267ecd-fcd9-4c73-9c55-12555efad136\n");
    let (line, body) = &found.asked[1];
    assert_eq!(line, "POST /beta/generate-password-reset-token/digit");
    assert_eq!(body, r#"{"userId":"Abby.Smith","length":8,"durationMinutes":5}"#);

    let found = run(&["token", "digit", "--json", "--user", "Abby.Smith"], "", vec![(200, digits.into())]);
    assert_eq!((found.stdout.trim_end(), found.stderr.as_str()), (digits, ""));
}

#[test]
fn password_info() {
    let arguments = ["password", "info", "--user", "Abby.Smith", "--source", "My-AD", "--api", "v1"];
    let found = run(&arguments, "", vec![(200, info("MIIB"))]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert_eq!(
        found.stdout,
        "identity  2c91\nsource    2c92\nkey       S2V5\naccount   CN=Abby,DC=acme (Abby)\nrule      passwordMinLength is 8\n"
    );
    assert_eq!(found.asked[1].0, "POST /query-password-info/v1");
}

#[test]
fn password_set_sends_the_password_encrypted_and_waits() {
    let (private, public) = key_pair();
    let answers = vec![
        (200, info(&public)),
        (202, json!({ "requestId": ID, "state": "IN_PROGRESS" }).to_string()),
        (200, state("IN_PROGRESS", &[])),
        (200, state("FINISHED", &[])),
    ];
    let found = run(&SET, "Correct Horse 9\n", answers);
    assert_eq!(
        (found.code, found.stdout.as_str()),
        (0, &*format!("FINISHED {ID}\nsource    2c92\n")),
        "{}",
        found.stderr
    );
    assert_eq!(found.stderr, format!("accepted as {ID}\nin progress\nfinished: every system has the new password\n"));
    let lines: Vec<&str> = found.asked.iter().map(|(line, _)| line.as_str()).collect();
    let status = format!("GET /v2025/password-change-status/{ID}");
    let wanted = ["POST /oauth/token", "POST /v2025/query-password-info", "POST /v2025/set-password", &status, &status];
    assert_eq!(lines, wanted);

    let sent: Value = serde_json::from_str(&found.asked[2].1).unwrap();
    assert_eq!(sent["accountId"], "CN=Abby,DC=acme");
    assert_eq!(
        (&sent["identityId"], &sent["sourceId"], &sent["publicKeyId"]),
        (&json!("2c91"), &json!("2c92"), &json!("S2V5"))
    );
    let ciphertext = STANDARD.decode(sent["encryptedPassword"].as_str().unwrap()).unwrap();
    let mut buffer = vec![0; private.min_output_size()];
    assert_eq!(private.decrypt(&ciphertext, &mut buffer).unwrap(), b"Correct Horse 9");
}

#[test]
fn password_set_tells_why_it_failed() {
    let (_, public) = key_pair();
    let accepted = || (202, json!({ "requestId": ID, "state": "IN_PROGRESS" }).to_string());
    let answers = vec![(200, info(&public)), accepted(), (200, state("FAILED", &["too short", "no digit"]))];
    let found = run(&SET, "x\n", answers);
    assert_eq!(found.code, 1);
    assert_eq!(found.stdout, format!("FAILED {ID}\nsource    2c92\nreason    too short\nreason    no digit\n"));
    assert!(found.stderr.ends_with("error: the password was not changed everywhere\n"), "{}", found.stderr);

    let waiting = [&SET[..], &["--timeout", "0"]].concat();
    let found = run(&waiting, "x\n", vec![(200, info(&public)), accepted(), (200, state("IN_PROGRESS", &[]))]);
    assert_eq!(found.code, 6);
    assert!(found.stderr.contains(&format!("passwright password status --wait {ID}\n")), "{}", found.stderr);
}

#[test]
fn password_status() {
    let found = run(&["password", "status", ID], "", vec![(200, state("IN_PROGRESS", &[]))]);
    assert_eq!((found.code, found.stdout), (0, format!("IN_PROGRESS {ID}\nsource    2c92\n")));
    let found = run(&["password", "status", ID, "--json"], "", vec![(200, state("FAILED", &["no"]))]);
    assert_eq!(found.code, 1);
    let printed: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((&printed["state"], &printed["errors"]), (&json!("FAILED"), &json!(["no"])));
}

#[test]
fn refusals() {
    let refused = json!({
        "detailCode": "400.1.404 Referenced object not found", "trackingId": "b21b",
        "messages": [{ "text": "generic" }], "causes": [{ "text": "no such source" }],
    });
    let info = ["password", "info", "--user", "Abby.Smith", "--source", "None"];
    let found = run(&info, "", vec![(400, refused.to_string())]);
    assert_eq!((found.code, found.stdout.as_str()), (4, ""));
    assert_eq!(
        found.stderr,
        "error: no such source (status 400, detailCode \"400.1.404 Referenced object not found\", trackingId b21b)\n"
    );
    let found = run(&[&info[..], &["--json"]].concat(), "", vec![(400, refused.to_string())]);
    let printed: Value = serde_json::from_str(&found.stderr).unwrap();
    assert_eq!((&printed["status"], &printed["causes"]), (&json!(400), &json!(["no such source"])));

    // Credentials of the environment belong to its base URL.
    let found = run(&[&info[..], &["--base-url", "https://other.example"]].concat(), "", vec![]);
    assert_eq!(found.code, 3, "{}", found.stderr);
    assert!(found.asked.is_empty());

    let found = run(&["token", "digit", "--user", "Abby.Smith", "--api", "v3"], "", vec![]);
    assert_eq!((found.code, found.stderr.as_str()), (2, "error: create_digit_token does not exist in v3\n"));
}

#[test]
fn a_password_is_never_an_argument() {
    for arguments in [&["--password", "Hunter2"][..], &["Hunter2"]] {
        let found = run(&[&SET[..6], arguments].concat(), "", vec![]);
        assert_eq!(found.code, 2, "{}", found.stderr);
        assert!(found.asked.is_empty());
    }
}
