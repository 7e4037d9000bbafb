//! A source that shows a wrong certificate gets no byte of a password, and the log says what is wrong with it.

use passwright_client::PasswordChangeState;
use passwright_testkit::Ca;
use passwright_testkit::ca::Flaw;

use crate::directory::{NAME, SERVICE_PASSWORD, directory_source, dn};
use crate::load::accept;
use crate::site::{Plan, Site};
use crate::tls_recorder::TlsRecorder;
use crate::waiting::{PATIENCE, until};

const USER: &str = "Abby.Smith";
const NEW: &str = "Never-leaves-1";

/// The service with a source at this recorder, trusting this authority, and a change for it that waits.
struct Fixture {
    recorder: TlsRecorder,
    site: Site,
}

impl Fixture {
    fn new(trusted: &Ca, shown_by: &Ca, names: &[&str], flaw: Flaw) -> Self {
        let recorder = TlsRecorder::start(&shown_by.flawed(names, flaw).unwrap());
        let plan = Plan::new();
        let ca_file = plan.path("ca.pem");
        std::fs::write(&ca_file, trusted.pem()).unwrap();
        let source = directory_source(&format!("ldaps://localhost:{}", recorder.port), &ca_file);
        let site = plan.source(&source).identity(USER, &[(NAME, &dn(USER))]).serve();
        Self { recorder, site }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn check(shown_by: Option<&Ca>, names: &[&str], flaw: Flaw, sentence: &str, detail: &str) {
    let trusted = Ca::new().unwrap();
    let fixture = Fixture::new(&trusted, shown_by.unwrap_or(&trusted), names, flaw);
    let client = fixture.site.client();
    let id = accept(&client, USER, NAME, NEW).await;
    until("an attempt failed", PATIENCE, async || {
        (fixture.site.ledger().target_of(&id).await.state == "retrying").then_some(())
    })
    .await;
    let status = client.get_identity_password_change_status(&id).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::InProgress, "{status:?}");
    let log = fixture.site.server.log();
    let line = log.lines().find(|line| line.contains("an attempt did not succeed")).expect("the log tells the attempt");
    assert!(line.contains(sentence) && line.contains(detail) && line.contains(&id), "{line}");
    let recorded = until("the recorder saw the end", PATIENCE, async || {
        let recorded = fixture.recorder.recorded.lock().unwrap();
        (recorded.handshake_errors.len() == recorded.connections).then(|| (recorded.connections, recorded.raw.clone()))
    })
    .await;
    assert!(recorded.0 > 0, "the source was never asked");
    let decrypted = fixture.recorder.recorded.lock().unwrap().decrypted.clone();
    assert!(decrypted.is_empty(), "{} bytes came through", decrypted.len());
    for secret in [NEW, SERVICE_PASSWORD] {
        assert!(!holds(&recorded.1, secret), "a password crossed in clear");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_certificate_gets_no_password_and_is_named_in_the_log() {
    let other = Ca::new().unwrap();
    tokio::join!(
        check(Some(&other), &["localhost"], Flaw::None, "comes from an unknown authority", "UnknownIssuer"),
        check(None, &["dc1.example.org"], Flaw::None, "is for another host name", "dc1.example.org"),
        check(None, &["localhost"], Flaw::Expired, "has expired", "expired"),
    );
}

/// The recorder does see what a trusted source is sent, so that seeing nothing means something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_source_is_sent_the_sign_in_of_the_service() {
    let trusted = Ca::new().unwrap();
    let fixture = Fixture::new(&trusted, &trusted, &["localhost"], Flaw::None);
    accept(&fixture.site.client(), USER, NAME, NEW).await;
    until("the service signs in", PATIENCE, async || {
        let recorded = fixture.recorder.recorded.lock().unwrap();
        holds(&recorded.decrypted, SERVICE_PASSWORD).then_some(())
    })
    .await;
    let recorded = fixture.recorder.recorded.lock().unwrap();
    assert!(recorded.raw.len() > 100 && !holds(&recorded.raw, SERVICE_PASSWORD), "{} bytes", recorded.raw.len());
}
