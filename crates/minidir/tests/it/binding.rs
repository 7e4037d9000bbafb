use ldap3::exop::{WhoAmI, WhoAmIResp};
use ldap3::{Ldap, Scope};

use crate::support::{
    ABBY, ABBY_PASSWORD, BASE, BOB, BOB_PASSWORD, Fixture, SERVICE, SERVICE_PASSWORD, assert_answer, connect, replace,
};

async fn whoami(ldap: &mut Ldap) -> String {
    let (answer, _) = ldap.extended(WhoAmI).await.unwrap().success().unwrap();
    // An empty value is absent for this client.
    if answer.val.is_none() { String::new() } else { answer.parse::<WhoAmIResp>().authzid }
}

#[tokio::test]
async fn every_form_of_the_name_signs_in_as_the_stored_name() {
    let fixture = Fixture::new().await;
    let lower = ABBY.to_lowercase();
    for name in [ABBY, lower.as_str(), "Abby.Smith@seri.acme.com", "abby.smith", "SERI\\Abby.Smith"] {
        let mut ldap = fixture.bound(name, ABBY_PASSWORD).await;
        assert_eq!(whoami(&mut ldap).await, format!("dn:{ABBY}"), "{name}");
    }
    assert_eq!(whoami(&mut fixture.service().await).await, format!("dn:{SERVICE}"));
    assert_eq!(whoami(&mut fixture.connect().await).await, "");
}

#[tokio::test]
async fn wrong_and_unknown_answer_alike_and_leave_the_connection_anonymous() {
    let fixture = Fixture::new().await;
    let nobody = format!("CN=Nobody,{BASE}");
    for (name, password) in
        [(ABBY, "wrong"), (nobody.as_str(), ABBY_PASSWORD), ("nobody@seri.acme.com", "x"), (SERVICE, "wrong")]
    {
        let mut ldap = fixture.bound(BOB, BOB_PASSWORD).await;
        let result = ldap.simple_bind(name, password).await.unwrap();
        let text = "80090308: LdapErr: DSID-0C090400, comment: AcceptSecurityContext error, data 52e, v4563";
        assert_eq!((result.rc, result.text.as_str()), (49, text), "{name}");
        assert_eq!(whoami(&mut ldap).await, "", "{name}");
    }
}

#[tokio::test]
async fn a_bind_without_a_password_is_no_sign_in() {
    let fixture = Fixture::new().await;
    assert_answer(&fixture.bind(ABBY, "").await, 53, "00000057");
    assert_answer(&fixture.bind(SERVICE, "").await, 53, "00000057");
    assert_answer(&fixture.bind("", "").await, 0, "");
}

#[tokio::test]
async fn the_state_of_the_account_shows_only_with_the_right_password() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    for (attribute, value, restore, data) in [
        ("userAccountControl", "514", "512", "data 533"),
        ("accountExpires", "1", "0", "data 701"),
        ("pwdLastSet", "0", "-1", "data 773"),
    ] {
        service.modify(ABBY, vec![replace(attribute, value)]).await.unwrap().success().unwrap();
        assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 49, data);
        assert_answer(&fixture.bind(ABBY, "wrong").await, 49, "data 52e");
        service.modify(ABBY, vec![replace(attribute, restore)]).await.unwrap().success().unwrap();
        assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    }
}

#[tokio::test]
async fn a_locked_account_is_freed_by_lockout_time_and_not_by_a_reset() {
    let fixture = Fixture::with(|settings| settings.policy.lockout_threshold = 3).await;
    for _ in 0..2 {
        assert_answer(&fixture.bind(ABBY, "wrong").await, 49, "data 52e");
    }
    assert_eq!(fixture.number(ABBY, "badPwdCount").await, 2);
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    assert_eq!(fixture.number(ABBY, "badPwdCount").await, 0, "a sign-in starts the count anew");
    for _ in 0..3 {
        assert_answer(&fixture.bind(ABBY, "wrong").await, 49, "data 52e");
    }
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 49, "data 775");
    assert_eq!(fixture.number(ABBY, "msDS-User-Account-Control-Computed").await, 16);
    assert_ne!(fixture.number(ABBY, "lockoutTime").await, 0);
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 49, "data 775");
    fixture.service().await.modify(ABBY, vec![replace("lockoutTime", "0")]).await.unwrap().success().unwrap();
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
    assert_eq!(fixture.number(ABBY, "msDS-User-Account-Control-Computed").await, 0);
}

#[tokio::test]
async fn without_a_threshold_nothing_locks() {
    let fixture = Fixture::new().await;
    for _ in 0..12 {
        assert_answer(&fixture.bind(ABBY, "wrong").await, 49, "data 52e");
    }
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn a_client_that_trusts_another_authority_does_not_connect() {
    let (fixture, other) = (Fixture::new().await, Fixture::new().await);
    let error = connect(&fixture.server, &other.server.ca_file()).await.expect_err("the certificate must be refused");
    // The two authorities carry one name, so the client sees a signature that does not fit.
    assert!(format!("{error:?}").contains("InvalidCertificate(BadSignature)"), "{error:?}");
    // The same client is well with its own authority, so it was the certificate.
    let mut ldap = other.connect().await;
    assert_answer(&ldap.simple_bind(SERVICE, SERVICE_PASSWORD).await.unwrap(), 0, "");
}

#[tokio::test]
async fn answers_to_outstanding_requests_come_in_order() {
    let fixture = Fixture::new().await;
    let mut ldap = fixture.connect().await;
    let (mut first, mut second) = (ldap.clone(), ldap.clone());
    let (bound, found, who) = tokio::join!(
        biased;
        ldap.simple_bind(SERVICE, SERVICE_PASSWORD),
        first.search(ABBY, Scope::Base, "(objectClass=*)", ["cn"]),
        whoami(&mut second),
    );
    assert_eq!(bound.unwrap().rc, 0);
    assert_eq!(found.unwrap().success().unwrap().0.len(), 1, "the search came after the bind");
    assert_eq!(who, format!("dn:{SERVICE}"));
}
