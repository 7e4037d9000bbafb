//! Certificates and names are checked; an own certificate authority can be added.

use std::path::Path;
use std::sync::Arc;

use passwright_client::{Client, PasswordInfoQueryDto};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::responder::{ok, script, serve};

/// A server with a certificate for `name` alone, its authority written to `authority`. Gives the port.
async fn start(name: &str, authority: &Path) -> u16 {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(authority, certificate.pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // Ends with the test's runtime.
    tokio::spawn(async move {
        let script = script([ok("{}")]);
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, &script).await;
            }
        }
    });
    port
}

async fn ask(port: u16, authority: Option<&Path>) -> Result<(), String> {
    let mut builder = Client::builder().base_url(format!("https://127.0.0.1:{port}")).access_token("t");
    if let Some(file) = authority {
        builder = builder.root_certificate_file(file);
    }
    let client = builder.build().map_err(|error| error.to_string())?;
    client.query_password_info(&PasswordInfoQueryDto::default()).await.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn an_own_authority_is_trusted_only_when_given() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    let port = start("127.0.0.1", &authority).await;
    let refused = ask(port, None).await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
    assert_eq!(ask(port, Some(&authority)).await, Ok(()));
}

#[tokio::test]
async fn the_name_must_match() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    let port = start("other.example", &authority).await;
    let refused = ask(port, Some(&authority)).await.unwrap_err();
    assert!(refused.contains("other.example"), "{refused}");
}
