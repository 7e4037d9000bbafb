//! Mail against a real mail server, and against ones that misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use passwright_connectors::notify::mail::{Mail, MailConfig, MailFault, MailTls, Mailer};
use passwright_connectors::{Credential, Fault, FaultClass};
use passwright_testkit::{Ca, MailMode, MailServer};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

fn config(port: u16, tls: MailTls, ca_file: Option<PathBuf>) -> MailConfig {
    MailConfig {
        host: "localhost".into(),
        port,
        tls,
        ca_file,
        from: "Passwörter <passwords@acme.test>".into(),
        user: None,
        hello: "passwords.acme.test".into(),
    }
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.into(),
        id: "089899f13a8f4da7824996191587bab9_ended".into(),
        date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        subject: "Ihr Paßwort wurde geändert".into(),
        text: "Grüße, Abby.\n.\nEin Punkt steht oben allein.\n".into(),
        html: "<p>Grüße, <b>Abby</b></p>".into(),
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_and_encrypted() {
    for (mode, tls) in [(MailMode::StartTls, MailTls::StartTls), (MailMode::Implicit, MailTls::Implicit)] {
        let Some(server) = MailServer::require(mode, Some(("mailer", "mail-secret"))) else { return };
        let mut config = config(server.port(), tls, Some(server.ca_file()));
        config.user = Some("mailer".into());
        let mailer = Mailer::new(&config, Some(Credential::new("mail-secret".into()))).unwrap();
        mailer.test().await.unwrap();
        mailer.send(&mail("abby@acme.test")).await.unwrap();
        let mails = server.mails().unwrap();
        let [got] = &mails[..] else { panic!("{mails:?}") };
        assert!(got.encrypted, "{mode:?}");
        assert_eq!(got.user.as_deref(), Some("bWFpbGVy"));
        assert_eq!((got.from.as_str(), got.to.as_slice()), ("passwords@acme.test", &["abby@acme.test".to_owned()][..]));
        assert_eq!(got.subject.as_deref(), Some("Ihr Paßwort wurde geändert"));
        assert_eq!(got.text.as_deref().unwrap().replace("\r\n", "\n"), mail("").text);
        assert_eq!(got.html.as_deref().unwrap().trim_end(), mail("").html);
        let header = |wanted: &str| {
            let mut values = got.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            let value = values.next().map(|(_, value)| value.as_str());
            assert!(values.next().is_none(), "{wanted} once");
            value
        };
        assert_eq!(header("From"), Some("Passwörter <passwords@acme.test>"));
        assert_eq!(header("To"), Some("abby@acme.test"));
        assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(header("Message-ID"), Some("<089899f13a8f4da7824996191587bab9_ended@acme.test>"));
        assert!(header("Date").unwrap().contains("14 Nov 2023 22:13:20"), "{got:?}");
        assert_eq!(header("Bcc"), None);
    }
}

#[tokio::test]
async fn refusals_for_now_and_for_good() {
    let Some(mut server) = MailServer::require(MailMode::StartTls, None) else { return };
    let mailer = Mailer::new(&config(server.port(), MailTls::StartTls, Some(server.ca_file())), None).unwrap();
    let bounced = mailer.send(&mail("bounce@acme.test")).await.unwrap_err();
    assert!(matches!(&bounced, MailFault::Bounced { status: Some(550), .. }), "{bounced:?}");
    let later = mailer.send(&mail("later@acme.test")).await.unwrap_err();
    assert!(matches!(&later, MailFault::Later { status: Some(451), .. }), "{later:?}");
    for hostile in ["a@acme.test>\r\nRCPT TO:<evil@x.test", "a@acme.test\r\nDATA\r\n", "a@acme.test, evil@x.test"] {
        let refused = mailer.send(&mail(hostile)).await.unwrap_err();
        assert!(matches!(&refused, MailFault::Bounced { status: None, .. }), "{refused:?}");
    }
    assert_eq!(server.mails().unwrap(), []);
    server.stop();
    let away = mailer.send(&mail("abby@acme.test")).await.unwrap_err();
    assert!(matches!(&away, MailFault::Later { status: None, .. }), "{away:?}");
    server.restart().unwrap();
    mailer.send(&mail("abby@acme.test")).await.unwrap();
    assert_eq!(server.mails().unwrap().len(), 1);
}

/// A wrong set-up is told exactly and bounces no mail.
#[tokio::test]
async fn a_wrong_set_up_keeps_the_mail() {
    let Some(server) = MailServer::require(MailMode::StartTls, Some(("mailer", "mail-secret"))) else { return };
    let Some(plain) = MailServer::require(MailMode::Plain, None) else { return };
    let other = tempfile::tempdir().unwrap();
    Ca::new().unwrap().write_server_files(other.path(), &["localhost"]).unwrap();
    let foreign = other.path().join("ca.pem");
    let as_mailer = |port, tls, ca: PathBuf| MailConfig { user: Some("mailer".into()), ..config(port, tls, Some(ca)) };
    let misnamed =
        MailConfig { host: "127.0.0.1".into(), ..config(server.port(), MailTls::StartTls, Some(server.ca_file())) };
    let rows: [(MailConfig, Option<&str>, &str); 6] = [
        (as_mailer(server.port(), MailTls::StartTls, server.ca_file()), Some("wrong"), "refused the sign-in"),
        (config(server.port(), MailTls::StartTls, Some(foreign)), None, "unknown authority"),
        (misnamed, None, "another host name"),
        (config(plain.port(), MailTls::StartTls, Some(plain.ca_file())), None, "does not offer encryption (STARTTLS)"),
        (config(plain.port(), MailTls::Implicit, Some(plain.ca_file())), None, "does not speak TLS"),
        (config(server.port(), MailTls::Plain, Some(server.ca_file())), None, ""),
    ];
    for (row, (config, password, wanted)) in rows.into_iter().enumerate() {
        let mailer = Mailer::new(&config, password.map(|text| Credential::new(text.to_owned()))).unwrap();
        match mailer.send(&mail("abby@acme.test")).await.unwrap_err() {
            MailFault::Later { detail, .. } if !wanted.is_empty() => {
                assert!(detail.contains(wanted), "row {row}: {detail}");
                let Fault { class, reason, .. } = mailer.test().await.unwrap_err();
                assert!(reason.contains(wanted), "row {row}: {reason}");
                assert_eq!(class, FaultClass::Configuration, "row {row}");
            }
            // The server itself demands STARTTLS, at the first command that matters.
            MailFault::Later { status: Some(530), .. } if wanted.is_empty() => {}
            other => panic!("row {row}: {other:?}"),
        }
    }
    assert_eq!((server.mails().unwrap(), plain.mails().unwrap()), (vec![], vec![]), "nothing leaves");

    let mailer = Mailer::new(&config(plain.port(), MailTls::Plain, None), None);
    mailer.unwrap().send(&mail("abby@acme.test")).await.unwrap();
    assert!(!plain.mails().unwrap()[0].encrypted, "to this machine alone");
}

#[test]
fn a_sender_and_a_login_must_be_whole() {
    let with = |from: &str, user: Option<&str>, password: Option<&str>| {
        let config = MailConfig { from: from.into(), user: user.map(Into::into), ..config(1, MailTls::StartTls, None) };
        Mailer::new(&config, password.map(|text| Credential::new(text.into())))
            .map(|_| ())
            .map_err(|fault| fault.reason)
    };
    assert!(with("nobody", None, None).unwrap_err().contains("sender"));
    assert!(with("a@b.test\r\nBcc: x@y.test", None, None).unwrap_err().contains("sender"));
    assert!(with("a@b.test", Some("u"), None).unwrap_err().contains("no password"));
    assert!(with("a@b.test", None, Some("p")).unwrap_err().contains("no user"));
}

/// What is said between the answer to STARTTLS and the handshake is nobody's answer inside.
#[tokio::test]
async fn answers_injected_before_the_handshake_end_the_connection() {
    let files = tempfile::tempdir().unwrap();
    Ca::new().unwrap().write_server_files(files.path(), &["localhost"]).unwrap();
    for injected in
        ["220 go ahead\r\n250 evil\r\n", "220-go\r\n220 ahead\r\n235 come in\r\n250 OK\r\n", "220 go ahead\r\n220"]
    {
        let (address, asked) = injecting_server(files.path().to_owned(), injected).await;
        let config = MailConfig {
            user: Some("mailer".into()),
            ..config(address.port(), MailTls::StartTls, Some(files.path().join("ca.pem")))
        };
        let mailer = Mailer::new(&config, Some(Credential::new("mail-secret".into()))).unwrap();
        let refused = tokio::time::timeout(Duration::from_secs(10), mailer.send(&mail("abby@acme.test"))).await;
        let refused = refused.expect("it does not wait for more").unwrap_err();
        assert!(matches!(&refused, MailFault::Later { .. }), "{injected:?}: {refused:?}");
        assert!(!asked.await.unwrap().contains("AUTH"), "{injected:?}: nothing was told");
    }
}

/// Answers `STARTTLS` with this, then would do the handshake; gives everything it was told inside.
async fn injecting_server(files: PathBuf, said: &'static str) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let certificate = CertificateDer::from_pem_file(files.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(files.join("server.key")).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 mail.test\r\n").await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(b"250-mail.test\r\n250 STARTTLS\r\n").await.unwrap();
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let Ok(mut inside) = tokio_rustls::TlsAcceptor::from(Arc::new(tls)).accept(stream.into_inner()).await else {
            return String::new();
        };
        let mut told = String::new();
        let _ = tokio::time::timeout(Duration::from_secs(2), inside.read_to_string(&mut told)).await;
        told
    });
    (address, task)
}
