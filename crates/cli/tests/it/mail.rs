//! Mail to the person whose password was changed, through a real mail server.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use passwright_client::{Client, PathFamily};
use passwright_testkit::{MailMode, MailServer, ReceivedMail, TestServer};

use crate::support::{accept, end_of, info, request_for, until};

pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
const CLIENT_ID: &str = "2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55";
const PROGRAM: &str = env!("CARGO_BIN_EXE_passwright");
const PASSWORD: &str = "Mail-Tells-Me-1";
pub(crate) const PUBLIC_URL: &str = "https://passwords.acme.test";

/// `serve` with one source, three people and this mail server.
fn serve(mail: &MailServer) -> (TestServer, Client) {
    let (server, address) = serve_with(mail, "");
    let client = Client::builder()
        .base_url(format!("http://{address}"))
        .path_family(PathFamily::V2025)
        .credentials(CLIENT_ID, SECRET.to_owned())
        .build()
        .unwrap();
    (server, client)
}

/// The same with more tables of the set-up document; gives where it listens.
pub(crate) fn serve_with(mail: &MailServer, tables: &str) -> (TestServer, String) {
    let folder = tempfile::Builder::new().prefix("passwright-mail-").tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let config = folder.path().join("passwright.toml");
    let settings = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{PUBLIC_URL}\"\n\
         [database]\nurl = \"sqlite://{}\"\n[keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n\
         [mail]\nhost = \"localhost\"\nport = {}\nca_file = \"{}\"\nfrom = \"Passwords <passwords@acme.test>\"\n\
         user = \"mailer\"\npassword_file = \"{}\"\n",
        path("db.sqlite3"),
        path("root.key"),
        path("epoch.key"),
        mail.port(),
        mail.ca_file().display(),
        path("mail.secret"),
    );
    std::fs::write(&config, settings).unwrap();
    std::fs::write(path("mail.secret"), "mail-secret\n").unwrap();
    std::fs::write(path("client.secret"), format!("{SECRET}\n")).unwrap();
    std::fs::write(path("users"), "abby:$2y$05$x\nben:$2y$05$x\neve:$2y$05$x\n").unwrap();
    let mut document = format!(
        "[[password_policy]]\nname = \"Default\"\ndefault = true\nminLength = 8\n\
         [[source]]\nname = \"Intranet\"\nconnector = {{ kind = \"htpasswd\", path = \"{}\" }}\n\
         [[api_client]]\nname = \"tests\"\nid = \"{CLIENT_ID}\"\nsecret_file = \"client.secret\"\n",
        path("users")
    );
    for (alias, name, email) in [
        ("abby", "Abby <b>Smith</b>", "email = \"abby@acme.test\"\n"),
        ("ben", "Ben", "email = \"bounce@acme.test\"\n"),
        ("eve", "Eve", ""),
    ] {
        document.push_str(&format!(
            "[[identity]]\nalias = \"{alias}\"\nname = \"{name}\"\n{email}\
             [[identity.account]]\nsource = \"Intranet\"\nnative_identity = \"{alias}\"\n"
        ));
    }
    document.push_str(tables);
    let setup = path("setup.toml");
    std::fs::write(&setup, document).unwrap();
    let config_text = config.display().to_string();
    for arguments in [&["migrate"][..], &["apply", &setup], &["doctor"]] {
        let output = Command::new(PROGRAM).args(arguments).args(["--config", &config_text]).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(arguments != ["doctor"] || said.ends_with("ok    mail server\n"), "{said}");
    }
    let server = TestServer::serve(PROGRAM, folder, config).unwrap();
    (server, format!("127.0.0.1:{port}"))
}

async fn set(client: &Client, alias: &str, password: &str) {
    let id = accept(client, &request_for(&info(client, alias, Some("Intranet")).await, password)).await;
    end_of(client, &id).await;
}

pub(crate) async fn mails(server: &MailServer, count: usize) -> Vec<ReceivedMail> {
    until(&format!("{count} mails arrive"), async || Some(server.mails().unwrap()).filter(|all| all.len() >= count))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_change_is_mailed_to_the_person() {
    let Some(mail) = MailServer::require(MailMode::StartTls, Some(("mailer", "mail-secret"))) else { return };
    let (server, client) = serve(&mail);
    set(&client, "abby", PASSWORD).await;
    let got = mails(&mail, 1).await.remove(0);
    assert!(got.encrypted);
    assert_eq!((got.from.as_str(), got.to.as_slice()), ("passwords@acme.test", &["abby@acme.test".to_owned()][..]));
    assert_eq!(got.subject.as_deref(), Some("Your password was changed"));
    let (text, html) = (got.text.unwrap(), got.html.unwrap());
    assert!(
        text.starts_with("Hello Abby <b>Smith</b>,") && text.contains("works at:\r\n  - Intranet")
            || text.contains("works at:\n  - Intranet"),
        "{text}"
    );
    assert!(html.contains("Hello Abby &#60;b&#62;Smith&#60;/b&#62;,") && html.contains("<li>Intranet</li>"), "{html}");
    for body in [&text, &html] {
        assert!(body.contains(PUBLIC_URL) && !body.contains("127.0.0.1") && !body.contains(PASSWORD), "{body}");
    }

    // A refusal says why; a person without an address is not written to; a bounce is recorded and goes nowhere else.
    set(&client, "eve", PASSWORD).await;
    set(&client, "ben", PASSWORD).await;
    set(&client, "abby", "short").await;
    let all = mails(&mail, 2).await;
    assert_eq!(all[1].subject.as_deref(), Some("Your password was not changed"));
    let text = all[1].text.clone().unwrap();
    assert!(text.contains("Why:") && text.contains("8 characters") && !text.contains("short,"), "{text}");
    assert!(all.iter().all(|mail| mail.to == ["abby@acme.test"]), "{all:?}");
    until("the bounce is told", async || server.log().contains("550").then_some(())).await;
    for secret in ["mail-secret", PASSWORD, SECRET] {
        assert!(!server.log().contains(secret), "{secret}");
    }
}
