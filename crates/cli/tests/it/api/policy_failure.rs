//! A password against the policy is accepted like any other and fails afterwards, with every broken rule as a sentence.
//! It takes no older change's place.

use passwright_client::PathFamily;
use passwright_connectors::hash::verify;
use passwright_testkit::Login;

use crate::support::fixture::{ALL, Fixture};
use crate::support::targets::System;
use crate::support::{ABBY_ALIAS, accept, demo, end_of, info, request_for, set, shared};

#[tokio::test]
async fn every_broken_rule_is_told() {
    const SHORT: &str = "The password must have at least 8 characters.";
    const LETTER: &str = "The password must contain at least 1 letter.";
    const DIGIT: &str = "The password must contain at least 1 digit.";
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::Beta);
    let user = fixture.identity(&[]).await;
    assert_eq!(set(&client, &user.alias, None, "Kept-Password-1").await.state.as_str(), "FINISHED");
    let cases: [(&str, &[&str]); 7] = [
        ("-", &[SHORT, LETTER, DIGIT]),
        ("aB3", &[SHORT]),
        ("Abcdefg", &[SHORT, DIGIT]),
        ("Abcdefgh", &[DIGIT]),
        ("12345678", &[LETTER]),
        ("--------", &[LETTER, DIGIT]),
        // Seven characters in fourteen bytes.
        ("ÄÖÜäöü1", &[SHORT]),
    ];
    let mut sent = Vec::new();
    for (password, broken) in cases {
        let request = request_for(&info(&client, &user.alias, None).await, password);
        sent.push((password, broken, accept(&client, &request).await));
    }
    for (password, broken, id) in sent {
        let end = end_of(&client, &id).await;
        assert_eq!((end.state.as_str(), end.errors.as_slice()), ("FAILED", &*own(broken)), "{password}");
        assert_eq!(end.source_ids.len(), 1, "{password}");
    }
    assert!(verify(&fixture.sign_in_hash(&user.id).await.unwrap(), "Kept-Password-1").unwrap());
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The older change waits because its system cannot be reached; the newer one fails; the older one goes on.
#[tokio::test]
async fn an_older_change_goes_on() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::Root).unwrap();
    let (file, away) = (server.file("intranet.htpasswd"), server.file("intranet.away"));
    std::fs::rename(&file, &away).unwrap();
    let question = info(&client, ABBY_ALIAS, Some("Intranet")).await;
    let older = accept(&client, &request_for(&question, "Older-Password-1")).await;
    let newer = accept(&client, &request_for(&question, "short")).await;
    let end = end_of(&client, &newer).await;
    assert_eq!(end.state.as_str(), "FAILED");
    assert_eq!(end.errors.len(), 2, "{end:?}");
    let waiting = client.get_identity_password_change_status(&older).await.unwrap();
    assert_eq!((waiting.state.as_str(), waiting.errors.len()), ("IN_PROGRESS", 0), "{waiting:?}");
    std::fs::rename(&away, &file).unwrap();
    let end = end_of(&client, &older).await;
    assert_eq!((end.state.as_str(), end.errors.len()), ("FINISHED", 0), "{end:?}");
    assert!(System::Intranet.accepts(&server, "Older-Password-1").await);
}
