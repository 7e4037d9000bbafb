//! `set-password`: every public fault is 400 with the field named, and nothing is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passwright_client::{PasswordInfo, PathFamily, encrypt_password};
use serde_json::{Value, json};

use crate::support::crafted::PublicKey;
use crate::support::fixture::{ALL, Fixture};
use crate::support::{ABBY_ALIAS, Answer, Caller, SET, info, shared, until};

fn body(info: &PasswordInfo, password: &str) -> Value {
    json!({
        "identityId": info.identity_id,
        "encryptedPassword": encrypt_password(info.public_key.as_deref().unwrap(), password).unwrap(),
        "publicKeyId": info.public_key_id,
        "accountId": info.accounts[0].account_id,
        "sourceId": info.source_id,
    })
}

fn with(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

#[track_caller]
fn refused(answer: &Answer, cause: &str, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    answer.check_error_form();
    assert_eq!(answer.cause(), cause, "{what}");
}

#[tokio::test]
async fn public_faults() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let own = info(&client, &user.alias, None).await;
    let key = PublicKey::read(own.public_key.as_deref().unwrap());
    let whole = body(&own, "Never-Accepted-1");
    let ciphertext = STANDARD.decode(whole["encryptedPassword"].as_str().unwrap()).unwrap();
    let intranet = fixture.source("Intranet").await;
    let abby = info(&client, ABBY_ALIAS, Some("Intranet")).await;

    let not_key = "publicKeyId is not a current key of this identity";
    let not_ciphertext = "encryptedPassword is not a ciphertext of the key publicKeyId names";
    let not_base64 = "encryptedPassword is not base64";
    let not_account = "accountId does not name an account of the identity on the source";
    let not_identity = "identityId does not name an identity";
    let not_source = "sourceId does not name a source";
    let unknown = "089899f13a8f4da7824996191587bab9";
    let encoded = |bytes: &[u8]| STANDARD.encode(bytes);
    let cases: Vec<(&str, Value, &str)> = vec![
        ("identityId", Value::Null, "identityId is required"),
        ("identityId", "".into(), "identityId is required"),
        ("identityId", unknown.into(), not_identity),
        ("identityId", user.alias.as_str().into(), not_identity),
        ("identityId", user.id.as_str().to_uppercase().into(), not_identity),
        ("identityId", format!("{} ", user.id).into(), not_identity),
        ("publicKeyId", Value::Null, "publicKeyId is required"),
        ("publicKeyId", "".into(), "publicKeyId is required"),
        ("publicKeyId", "x".into(), not_key),
        ("publicKeyId", unknown.into(), not_key),
        ("publicKeyId", encoded(b"ad664812-f644-41a1-ac29-8cf357cee696").into(), not_key),
        ("publicKeyId", abby.public_key_id.clone().into(), not_key),
        ("publicKeyId", format!("{}\n", own.public_key_id.clone().unwrap()).into(), not_key),
        ("encryptedPassword", Value::Null, "encryptedPassword is required"),
        ("encryptedPassword", "".into(), "encryptedPassword is required"),
        ("encryptedPassword", "Never-Accepted-1".into(), not_base64),
        ("encryptedPassword", encoded(&ciphertext).trim_end_matches('=').into(), not_base64),
        ("encryptedPassword", format!("{}!", encoded(&ciphertext)).into(), not_base64),
        ("encryptedPassword", encoded(&ciphertext).replace('/', "_").replace('+', "-").into(), ""),
        ("encryptedPassword", " \n".into(), not_ciphertext),
        ("encryptedPassword", encoded(&ciphertext[1..]).into(), not_ciphertext),
        ("encryptedPassword", encoded(&[&[0], ciphertext.as_slice()].concat()).into(), not_ciphertext),
        ("encryptedPassword", encoded(&key.modulus_plus(0)).into(), not_ciphertext),
        ("encryptedPassword", encoded(&key.modulus_plus(1)).into(), not_ciphertext),
        ("encryptedPassword", encoded(&[0xff; 256]).into(), not_ciphertext),
        ("accountId", "CN=Nobody".into(), not_account),
        ("accountId", abby.accounts[0].account_id.clone().into(), not_account),
        ("sourceId", unknown.into(), not_source),
        ("sourceId", "My-AD".into(), not_source),
        ("sourceId", intranet.id.as_str().into(), not_account),
        ("sourceId", Value::Null, "sourceId is required with accountId"),
    ];
    for (field, value, cause) in cases {
        let wanted = if cause.is_empty() { not_base64 } else { cause };
        let changed = with(whole.clone(), field, value);
        if cause.is_empty() && changed["encryptedPassword"] == whole["encryptedPassword"] {
            continue; // One in 20,000 ciphertexts has neither character.
        }
        refused(&caller.post_json(SET, &changed).await, wanted, &changed.to_string());
    }
    let elsewhere = with(with(whole.clone(), "sourceId", intranet.id.as_str()), "accountId", Value::Null);
    refused(&caller.post_json(SET, &elsewhere).await, "the identity has no account on the source", "no account");
    assert_eq!(fixture.changes_of(&user.id).await, [""; 0], "nothing was accepted");
}

#[tokio::test]
async fn a_source_without_the_feature_password() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let source = fixture.source_without_password("Intranet").await;
    fixture.account(&user, &source.id, &user.alias).await;
    let own = info(&client, &user.alias, None).await;
    let body = with(with(body(&own, "Never-Accepted-1"), "sourceId", source.id.as_str()), "accountId", &*user.alias);
    let cause = until("the catalog knows the source", async || {
        let answer = caller.post_json(SET, &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        Some(answer.cause()).filter(|cause| cause != "sourceId does not name a source")
    });
    assert_eq!(cause.await, "the source does not have the feature PASSWORD");
    assert_eq!(fixture.changes_of(&user.id).await, [""; 0]);
}

/// The source alone names the account when there is one; with two, the caller must choose.
#[tokio::test]
async fn the_source_alone() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let own = info(&client, &user.alias, None).await;
    let one = with(body(&own, "Source-Alone-1"), "accountId", Value::Null);
    assert_eq!(caller.post_json(SET, &one).await.status, 202);
    let intranet = fixture.source("Intranet").await;
    for name in ["first", "second"] {
        fixture.account(&user, &intranet.id, &format!("{}-{name}", user.alias)).await;
    }
    let listed = info(&client, &user.alias, Some("Intranet")).await;
    assert_eq!(listed.accounts.len(), 2);
    let two = with(body(&listed, "Source-Alone-1"), "accountId", Value::Null);
    let cause = "accountId is required: the identity has several accounts on the source";
    refused(&caller.post_json(SET, &two).await, cause, "two accounts");
}

/// `openssl base64` wraps its lines; other tools use other line ends.
#[tokio::test]
async fn base64_with_white_space() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let own = info(&client, &user.alias, None).await;
    for (number, separator) in ["\n", "\r\n", " ", "\t"].into_iter().enumerate() {
        let body = body(&own, &format!("Wrapped-Lines-{number}"));
        let text = body["encryptedPassword"].as_str().unwrap();
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let wrapped = lines.join(separator) + separator;
        let answer = caller.post_json(SET, &with(body.clone(), "encryptedPassword", wrapped)).await;
        assert_eq!(answer.status, 202, "{separator:?}: {}", answer.text);
        let id = answer.json()["requestId"].as_str().unwrap().to_owned();
        let end = crate::support::end_of(&client, &id).await;
        assert_eq!((end.state.as_str(), end.errors), ("FINISHED", vec![]), "{separator:?}");
    }
}

/// Every number below the modulus is a ciphertext; what opens from it is nobody's password.
#[tokio::test]
async fn the_least_and_the_greatest_ciphertext() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let own = info(&client, &user.alias, None).await;
    let key = PublicKey::read(own.public_key.as_deref().unwrap());
    let one = [vec![0; key.length - 1], vec![1]].concat();
    for ciphertext in [vec![0; key.length], one, key.greatest()] {
        let body = with(body(&own, "x"), "encryptedPassword", STANDARD.encode(&ciphertext));
        let answer = caller.post_json(SET, &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let end = crate::support::end_of(&client, answer.json()["requestId"].as_str().unwrap()).await;
        assert_eq!(end.state.as_str(), "FAILED", "{end:?}");
    }
}

/// R9: a handle is bound to its identity. Many identities, every handle tried with another's.
#[tokio::test]
async fn handles_do_not_serve_other_identities() {
    const IDENTITIES: usize = 15;
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let mut all = Vec::new();
    for _ in 0..IDENTITIES {
        let identity = fixture.identity(&[]).await;
        all.push((info(&client, &identity.alias, None).await, identity));
    }
    let mut handles: Vec<_> = all.iter().map(|(info, _)| info.public_key_id.clone()).collect();
    handles.sort();
    handles.dedup();
    assert_eq!(handles.len(), IDENTITIES, "every identity has a handle of its own");
    let mut tried = 0;
    for (own, _) in &all {
        let whole = body(own, "Never-Accepted-1");
        for (other, _) in all.iter().filter(|(other, _)| other.identity_id != own.identity_id) {
            let changed = with(whole.clone(), "publicKeyId", other.public_key_id.clone());
            let answer = caller.post_json(SET, &changed).await;
            refused(&answer, "publicKeyId is not a current key of this identity", "another's handle");
            tried += 1;
        }
    }
    assert!(tried >= 200, "{tried}");
    for (_, identity) in &all {
        assert_eq!(fixture.changes_of(&identity.id).await, [""; 0]);
    }
}

/// A caller who follows the answers learns nothing of a key: the same answer whatever else is wrong.
#[tokio::test]
async fn faults_of_the_key_come_before_faults_of_the_ciphertext() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller: Caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    for ciphertext in [STANDARD.encode([0; 256]), STANDARD.encode([0xff; 256]), STANDARD.encode([1; 3])] {
        let body = json!({ "identityId": user.id, "encryptedPassword": ciphertext, "publicKeyId": "eA==" });
        let answer = caller.post_json(SET, &body).await;
        refused(&answer, "publicKeyId is not a current key of this identity", &ciphertext);
    }
}
