//! No password leaves before the server has proved its name: bad certificates, stripped StartTLS, plain servers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod ldap_wire;

use contract::assert_fault;
use ldap_wire::{Manner, Recorder};
use passwright_connectors::active_directory::ActiveDirectoryConfig;
use passwright_connectors::ldap::LdapConfig;
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, SetPassword, Written,
};
use passwright_testkit::Ca;
use passwright_testkit::ca::Flaw;

const ACCOUNT: AccountRef<'static> = AccountRef { native_identity: "cn=abby,dc=acme", name: "abby" };
const SERVICE_PASSWORD: &str = "Canary-Service-1";
const NEW_PASSWORD: &str = "Canary-Fresh-1";

/// The faults of every verb against this server, for both kinds; none of them may have shown a password.
async fn faults(ca: &Ca, manner: Manner, start_tls: bool) -> Vec<Fault> {
    let recorder = Recorder::start(manner).await;
    let dir = tempfile::tempdir().unwrap();
    let ca_file = dir.path().join("ca.pem");
    std::fs::write(&ca_file, ca.pem()).unwrap();
    let url = format!("{}://localhost:{}", if start_tls { "ldap" } else { "ldaps" }, recorder.port);
    let ca_file = Some(ca_file);
    let (connect_timeout_ms, operation_timeout_ms) = (400, 300);
    let ldap = LdapConfig {
        start_tls,
        ca_file: ca_file.clone(),
        connect_timeout_ms,
        operation_timeout_ms,
        ..LdapConfig::new(&url, "cn=svc,dc=acme")
    };
    let active_directory = ActiveDirectoryConfig {
        start_tls,
        ca_file,
        connect_timeout_ms,
        operation_timeout_ms,
        ..ActiveDirectoryConfig::new(&url, "svc@acme.com")
    };
    let mut faults = Vec::new();
    for config in [ConnectorConfig::Ldap(ldap), ConnectorConfig::ActiveDirectory(active_directory)] {
        let connector = Connector::new(&config, Some(Credential::new(SERVICE_PASSWORD.to_owned()))).unwrap();
        faults.push(connector.test().await.unwrap_err());
        faults.push(connector.set_password(ACCOUNT, NEW_PASSWORD, SetPassword::default()).await.unwrap_err());
        faults.push(connector.prove(ACCOUNT, NEW_PASSWORD).await.unwrap_err());
    }
    let seen = String::from_utf8_lossy(&recorder.seen().await).into_owned();
    assert!(!seen.contains("Canary") && !seen.contains("C\0a\0n\0a\0r\0y"), "a password left: {seen:?}");
    faults
}

#[tokio::test]
async fn the_recorder_sees_what_a_trusted_server_would_see() {
    let ca = Ca::new().unwrap();
    let recorder = Recorder::start(Manner::Tls(ca.server(&["localhost"]).unwrap())).await;
    let dir = tempfile::tempdir().unwrap();
    let ca_file = dir.path().join("ca.pem");
    std::fs::write(&ca_file, ca.pem()).unwrap();
    let url = format!("ldaps://localhost:{}", recorder.port);
    let config = LdapConfig { ca_file: Some(ca_file), operation_timeout_ms: 300, ..LdapConfig::new(url, "cn=svc") };
    let connector =
        Connector::new(&ConnectorConfig::Ldap(config), Some(Credential::new(SERVICE_PASSWORD.to_owned()))).unwrap();
    assert_fault(&connector.test().await.unwrap_err(), FaultClass::Transient, Written::No);
    drop(connector);
    assert!(String::from_utf8_lossy(&recorder.seen().await).contains("Canary-Service-1"), "the recorder works");
}

#[tokio::test]
async fn a_bad_certificate_is_named_and_sees_no_password() {
    let ca = Ca::new().unwrap();
    let stranger = Ca::new().unwrap();
    let farm = [
        (stranger.server(&["localhost"]).unwrap(), "unknown authority", "UnknownIssuer"),
        (ca.flawed(&["localhost"], Flaw::SelfSigned).unwrap(), "certificate", "invalid peer certificate"),
        (ca.server(&["other.acme.com"]).unwrap(), "another host name", "other.acme.com"),
        (ca.server(&["127.0.0.1"]).unwrap(), "another host name", "localhost"),
        (ca.flawed(&["localhost"], Flaw::Expired).unwrap(), "expired", "expired"),
        (ca.flawed(&["localhost"], Flaw::NotYetValid).unwrap(), "not valid yet", "not valid yet"),
        (ca.flawed(&["localhost"], Flaw::WrongPurpose).unwrap(), "not meant for a server", "certificate"),
    ];
    for (identity, reason, detail) in farm {
        for start_tls in [false, true] {
            let copy = passwright_testkit::ca::ServerIdentity {
                certificate: identity.certificate.clone(),
                key: identity.key.clone(),
            };
            let manner = if start_tls { Manner::StartTls(copy) } else { Manner::Tls(copy) };
            for fault in faults(&ca, manner, start_tls).await {
                assert_fault(&fault, FaultClass::Configuration, Written::No);
                assert!(fault.reason.contains(reason), "{reason}: {fault}");
                assert!(fault.detail.to_lowercase().contains(&detail.to_lowercase()), "{detail}: {fault}");
            }
        }
    }
}

#[tokio::test]
async fn a_stripped_starttls_sees_no_password() {
    let ca = Ca::new().unwrap();
    // protocolError, unavailable, a success without TLS behind it, an answer to another message, and nonsense.
    let refusals: [(&[u8], FaultClass); 5] = [
        (&[0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 2, 4, 0, 4, 0], FaultClass::Configuration),
        (&[0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 52, 4, 0, 4, 0], FaultClass::Configuration),
        (b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00I am not TLS at all, sorry", FaultClass::Transient),
        (&[0x30, 12, 2, 1, 9, 0x78, 7, 10, 1, 0, 4, 0, 4, 0], FaultClass::Transient),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", FaultClass::Transient),
    ];
    for (answer, class) in refusals {
        for fault in faults(&ca, Manner::StartTlsAnswer(answer), true).await {
            assert_fault(&fault, class, Written::No);
        }
    }
}

#[tokio::test]
async fn a_server_without_tls_sees_no_password() {
    let ca = Ca::new().unwrap();
    for answer in
        [b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"]
    {
        for fault in faults(&ca, Manner::Plain(answer), false).await {
            assert_fault(&fault, FaultClass::Configuration, Written::No);
        }
    }
}

#[tokio::test]
async fn a_malformed_answer_costs_the_connection_and_not_the_caller() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let ca = Ca::new().unwrap();
    let identity = ca.server(&["localhost"]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let files = ca.write_server_files(dir.path(), &["localhost"]).unwrap();
    let answers: [&[u8]; 6] = [
        // A text that is not UTF-8, a result without parts, a search entry for a bind, no message id, endless length, nothing.
        &[0x30, 14, 2, 1, 1, 0x61, 9, 10, 1, 49, 4, 0, 4, 2, 0xff, 0xfe],
        &[0x30, 5, 2, 1, 1, 0x61, 0],
        &[0x30, 9, 2, 1, 1, 0x64, 4, 4, 0, 0x30, 0],
        &[0x30, 0],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1],
        &[],
    ];
    for answer in answers {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ldaps://localhost:{}", listener.local_addr().unwrap().port());
        let acceptor = ldap_wire::acceptor(&identity);
        let server = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut stream = acceptor.accept(client).await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        });
        let config = LdapConfig {
            ca_file: Some(files.ca.clone()),
            operation_timeout_ms: 500,
            ..LdapConfig::new(url, "cn=svc,dc=acme")
        };
        let connector =
            Connector::new(&ConnectorConfig::Ldap(config), Some(Credential::new(SERVICE_PASSWORD.to_owned()))).unwrap();
        for fault in [
            connector.test().await.unwrap_err(),
            connector.set_password(ACCOUNT, NEW_PASSWORD, SetPassword::default()).await.unwrap_err(),
            connector.prove(ACCOUNT, NEW_PASSWORD).await.unwrap_err(),
        ] {
            assert_eq!(fault.class, FaultClass::Transient, "{answer:?}: {fault}");
        }
        server.abort();
    }
}
