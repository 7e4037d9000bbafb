//! `serve` with a certificate of its own.

use std::time::{Duration, Instant};

use passwright_client::{Client, ClientError};
use passwright_testkit::ca::Ca;

use crate::program::{Program, run};

fn settings(folder: &std::path::Path, port: u16) -> String {
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://localhost:{port}\"\n\
         certificate_file = \"{}\"\ncertificate_key_file = \"{}\"\n\
         [database]\nurl = \"sqlite://{}\"\n[keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n",
        at("server.pem"),
        at("server.key"),
        at("db.sqlite3"),
        at("root.key"),
        at("epoch.key")
    );
    let config = at("passwright.toml");
    std::fs::write(&config, text).unwrap();
    config
}

/// Whether a client that trusts this authority alone reaches the service.
async fn is_reached(port: u16, authority: &Ca) -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority.pem()).unwrap();
    let client = Client::builder()
        .base_url(format!("https://localhost:{port}"))
        .root_certificate_file(file.path())
        .credentials("nobody", "wrong".to_owned())
        .build()
        .unwrap();
    match client.get_password_change("x").await {
        // The service answered, through TLS that was checked.
        Err(ClientError::Authentication(_)) => true,
        Err(ClientError::Transport(_)) => false,
        other => panic!("{other:?}"),
    }
}

async fn until_reached(port: u16, authority: &Ca) {
    let until = Instant::now() + Duration::from_secs(30);
    while !is_reached(port, authority).await {
        assert!(Instant::now() < until, "the new certificate is not taken up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_change_while_serving() {
    let folder = tempfile::tempdir().unwrap();
    let first = Ca::new().unwrap();
    first.write_server_files(folder.path(), &["localhost"]).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = settings(folder.path(), port);
    let program = Program::start(&["serve", "--config", &config]);
    assert!(is_reached(port, &first).await);

    // A pair that cannot serve changes nothing, asked for or not.
    let key = folder.path().join("server.key");
    std::fs::write(&key, "nonsense").unwrap();
    program.hang_up();
    let second = Ca::new().unwrap();
    assert!(is_reached(port, &first).await);
    second.write_server_files(folder.path(), &["localhost"]).unwrap();
    program.hang_up();
    until_reached(port, &second).await;
    assert!(!is_reached(port, &first).await);
    // Without a signal the change is seen too.
    let third = Ca::new().unwrap();
    third.write_server_files(folder.path(), &["localhost"]).unwrap();
    until_reached(port, &third).await;
    assert_eq!(program.terminate().0.code(), Some(0));
}

#[test]
fn what_cannot_serve_is_told_before_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = settings(folder.path(), 0);
    for command in ["check-config", "serve"] {
        let (code, _, error) = run(&[command, "--config", &config], &[]);
        assert_eq!(code, 2, "{error}");
        assert!(error.starts_with("error: server.certificate_file: cannot read "), "{error}");
    }
    Ca::new().unwrap().write_server_files(folder.path(), &["localhost"]).unwrap();
    assert_eq!(run(&["check-config", "--config", &config], &[]).0, 0);
    assert!(!folder.path().join("root.key").exists(), "nothing was made");
}
