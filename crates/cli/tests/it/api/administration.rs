//! The client's methods for administrators, in every family that has them, against the real program.

use passwright_client::{
    AccessType, AccountToggleRequest, AccountUnlockRequest, CheckStatus, Client, ClientError, ClientType,
    CreateOauthClientRequest, CreatePersonalAccessTokenRequest, GrantType, ListQuery, PasswordOrgConfig,
    PasswordPolicy, PasswordSyncGroup, PathFamily, Source, replace,
};
use passwright_testkit::{Login, TestServer};

use crate::support::{ABBY_ALIAS, demo};

fn admin(server: &TestServer, family: PathFamily) -> Client {
    server.client(Login::Admin, family).unwrap()
}

/// The status of a refusal by the server.
#[track_caller]
fn status<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> u16 {
    outcome.unwrap_err().api().unwrap().status
}

#[track_caller]
fn not_in_family<T: std::fmt::Debug>(outcome: &Result<T, ClientError>) {
    assert!(matches!(outcome, Err(ClientError::NotInFamily { .. })), "{outcome:?}");
}

#[tokio::test]
async fn policies_and_groups() {
    let server = demo();
    for family in PathFamily::ALL {
        let client = admin(&server, family);
        let wanted = PasswordPolicy { name: format!("P {family}"), min_length: Some(9), ..PasswordPolicy::default() };
        let policy = client.create_password_policy(&wanted).await.unwrap();
        let id = policy.id.clone().unwrap();
        assert_eq!((policy.min_length, policy.max_length), (Some(9), Some(0)));
        assert_eq!(client.get_password_policy(&id).await.unwrap(), policy);
        // What was read may be sent back with a change, fields of no name here included.
        let changed = PasswordPolicy { min_length: Some(10), ..policy.clone() };
        assert_eq!(client.set_password_policy(&id, &changed).await.unwrap().min_length, Some(10));
        let query = ListQuery { limit: Some(1), ..ListQuery::filtered(format!("name eq \"P {family}\"")) };
        let listed = client.list_password_policies(&query).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.id.as_deref().unwrap()).collect::<Vec<_>>(), [id.as_str()]);

        let reports = client.list_sources(&ListQuery::filtered("name eq \"Reports\"")).await.unwrap().pop().unwrap();
        let group = PasswordSyncGroup {
            name: Some(format!("G {family}")),
            password_policy_id: Some(id.clone()),
            source_ids: vec![reports.id.clone().unwrap()],
            ..PasswordSyncGroup::default()
        };
        let made = client.create_password_group(&group).await.unwrap();
        let group_id = made.id.clone().unwrap();
        assert_eq!(client.get_password_group(&group_id).await.unwrap(), made);
        let renamed = PasswordSyncGroup { name: Some(format!("H {family}")), ..made };
        assert_eq!(client.update_password_group(&group_id, &renamed).await.unwrap().name, renamed.name);
        let sorted = ListQuery { sorters: Some("-name".to_owned()), ..ListQuery::default() };
        assert_eq!(client.list_password_groups(&sorted).await.unwrap().len(), 2);
        assert_eq!(status(client.delete_password_policy(&id).await), 400, "it is in use");
        client.delete_password_group(&group_id).await.unwrap();
        assert_eq!(status(client.get_password_group(&group_id).await), 404);
        // The source keeps the policy of the group that is gone.
        let steps = [replace("/description", "without a group").unwrap()];
        let source = client.patch_source(&reports.id.unwrap(), &steps).await.unwrap();
        assert_eq!(source.description.as_deref(), Some("without a group"));
    }
    assert_eq!(
        status(admin(&server, PathFamily::V3).list_password_policies(&ListQuery::filtered("x eq 1")).await),
        400
    );
}

#[tokio::test]
async fn sources() {
    let server = demo();
    let client = admin(&server, PathFamily::V2025);
    let ad = client.list_sources(&ListQuery::filtered("name eq \"My-AD\"")).await.unwrap().pop().unwrap();
    assert!(!format!("{ad:?}").contains("connector"), "what may hold a credential is not shown");
    let ad_id = ad.id.clone().unwrap();
    assert_eq!(client.get_source(&ad_id).await.unwrap(), ad);
    let checked = client.check_source(&ad_id).await.unwrap();
    assert_eq!((checked.id.as_str(), checked.status), (ad_id.as_str(), CheckStatus::Success), "{:?}", checked.details);
    not_in_family(&admin(&server, PathFamily::V3).check_source(&ad_id).await);

    let olga = client.list_identities(&ListQuery::filtered("alias eq \"Olga.Admin\"")).await.unwrap().pop().unwrap();
    let connected = ad.connector_attributes.clone().unwrap();
    let attributes = connected.into_iter().chain([("password".to_owned(), "Service-pass-1".into())]).collect();
    let wanted = Source {
        name: "Another directory".to_owned(),
        owner: Some(passwright_client::Reference::new("IDENTITY", olga.id, olga.name)),
        connector: ad.connector.clone(),
        connector_attributes: Some(attributes),
        ..Source::default()
    };
    let made = match client.create_source(&wanted).await {
        Ok(made) => made,
        Err(error) => panic!("{error}"),
    };
    let shown = made.connector_attributes.clone().unwrap();
    assert!(!shown.contains_key("password"), "{shown:?}");
    let id = made.id.unwrap();
    client.delete_source(&id).await.unwrap();
    assert_eq!(status(client.get_source(&id).await), 404);
}

#[tokio::test]
async fn accounts_and_identities() {
    let server = demo();
    for family in PathFamily::ALL {
        let client = admin(&server, family);
        let of_abby = ListQuery::filtered("identity.name eq \"Abby Smith\"");
        let accounts = client.list_accounts(&of_abby).await.unwrap();
        assert_eq!(accounts.len(), 5);
        let account = accounts.iter().find(|account| account.source_name == "My-AD").unwrap();
        assert_eq!(&client.get_account(&account.id).await.unwrap(), account);
        let identity = account.identity_id.clone().unwrap();
        let steps = [replace("/identityId", &identity).unwrap()];
        assert_eq!(client.update_account(&account.id, &steps).await.unwrap().id.len(), 32);
        let toggle = AccountToggleRequest::default();
        client.disable_account(&account.id, &toggle).await.unwrap();
        assert!(client.get_account(&account.id).await.unwrap().disabled);
        client.enable_account(&account.id, &toggle).await.unwrap();
        client.unlock_account(&account.id, &AccountUnlockRequest::default()).await.unwrap();
        client.reload_account(&account.id).await.unwrap();
        assert!(!client.get_account(&account.id).await.unwrap().disabled);

        let abby = ListQuery::filtered(format!("alias eq \"{ABBY_ALIAS}\""));
        if family.has_identities() {
            assert_eq!(client.list_identities(&abby).await.unwrap()[0].id, identity);
            assert_eq!(client.get_identity(&identity).await.unwrap().alias, ABBY_ALIAS);
        } else {
            not_in_family(&client.list_identities(&abby).await);
        }
        if family.has_public_identities() {
            assert_eq!(client.list_public_identities(&abby).await.unwrap()[0].id, identity);
            let steps = [replace("/capabilities", ["HELPDESK"]).unwrap()];
            let given = client.patch_auth_user(&identity, &steps).await.unwrap();
            assert_eq!(given.capabilities, Some(vec!["HELPDESK".to_owned()]));
            assert_eq!(client.get_auth_user(&identity).await.unwrap(), given);
            client.patch_auth_user(&identity, &[replace("/capabilities", [(); 0]).unwrap()]).await.unwrap();
        } else {
            not_in_family(&client.get_auth_user(&identity).await);
        }
    }
}

#[tokio::test]
async fn settings() {
    let server = demo();
    for family in PathFamily::ALL {
        let client = admin(&server, family);
        let wanted = PasswordOrgConfig { digit_token_length: Some(9), ..PasswordOrgConfig::default() };
        let saved = client.put_password_org_config(&wanted).await.unwrap();
        assert_eq!((saved.digit_token_length, saved.digit_token_enabled), (Some(9), Some(true)));
        assert_eq!(client.get_password_org_config().await.unwrap(), saved);
        if !family.has_auth_org() {
            not_in_family(&client.get_lockout_config().await);
            continue;
        }
        let lockout = client.patch_lockout_config(&[replace("/maximumAttempts", 6).unwrap()]).await.unwrap();
        assert_eq!((lockout.maximum_attempts, client.get_lockout_config().await.unwrap()), (6, lockout));
        let session = client.patch_session_config(&[replace("/rememberMe", true).unwrap()]).await.unwrap();
        assert_eq!((session.remember_me, client.get_session_config().await.unwrap()), (true, session));
        let network = client.patch_network_config(&[replace("/range", ["10.0.0.0/8"]).unwrap()]).await.unwrap();
        assert_eq!(client.get_network_config().await.unwrap(), network);
        assert_eq!(status(client.patch_lockout_config(&[replace("/maximumAttempts", 0).unwrap()]).await), 400);
    }
}

#[tokio::test]
async fn clients_and_tokens() {
    let server = demo();
    for family in PathFamily::ALL {
        let client = admin(&server, family);
        let wanted = CreateOauthClientRequest {
            name: format!("C {family}"),
            description: Some("d".to_owned()),
            business_name: None,
            homepage_url: None,
            access_token_validity_seconds: 600,
            refresh_token_validity_seconds: None,
            redirect_uris: None,
            grant_types: vec![GrantType::ClientCredentials],
            access_type: AccessType::Offline,
            client_type: Some(ClientType::Confidential),
            enabled: true,
            strong_auth_supported: None,
            claims_supported: None,
            scope: Some(vec!["idn:password-info:read".to_owned()]),
        };
        let made = client.create_oauth_client(&wanted).await.unwrap();
        let secret = made.secret.clone().unwrap();
        assert!(!format!("{made:?}").contains(&secret));
        // The secret works: the new client signs in with it and may do what its scope says, and no more.
        let own = server.client_builder(family).credentials(made.id.as_str(), secret.as_str()).build().unwrap();
        assert_eq!(status(own.list_password_policies(&ListQuery::default()).await), 403);
        let changed = client.patch_oauth_client(&made.id, &[replace("/enabled", false).unwrap()]).await.unwrap();
        assert_eq!(client.get_oauth_client(&made.id).await.unwrap(), changed);
        assert_eq!(status(own.list_password_policies(&ListQuery::default()).await), 401);
        assert!(client.list_oauth_clients().await.unwrap().iter().any(|one| one.id == made.id));
        client.delete_oauth_client(&made.id).await.unwrap();
        assert_eq!(status(client.get_oauth_client(&made.id).await), 404);

        let wanted = CreatePersonalAccessTokenRequest {
            name: format!("T {family}"),
            scope: None,
            access_token_validity_seconds: Some(600),
            expiration_date: None,
            user_aware_token_never_expires: Some(true),
        };
        let made = client.create_personal_access_token(&wanted).await.unwrap();
        assert_eq!(made.secret.len(), 64);
        let steps = [replace("/name", format!("U {family}")).unwrap()];
        assert_eq!(client.patch_personal_access_token(&made.id, &steps).await.unwrap().name, format!("U {family}"));
        for owner in [Some("me"), None] {
            let listed = client.list_personal_access_tokens(owner).await.unwrap();
            assert!(listed.iter().any(|one| one.id == made.id), "{owner:?}");
        }
        client.delete_personal_access_token(&made.id).await.unwrap();
        assert!(client.list_personal_access_tokens(Some("me")).await.unwrap().iter().all(|one| one.id != made.id));
    }
}

/// An id goes into the path: what is none is refused before anything is sent.
#[tokio::test]
async fn no_id_leaves_the_path() {
    let server = demo();
    let client = admin(&server, PathFamily::V2025);
    for id in ["", "..", "a/b", "a?b", "a#b", "%2e%2e", "ä"] {
        assert!(matches!(client.get_source(id).await, Err(ClientError::InvalidRequestId)), "{id}");
        assert!(matches!(client.delete_password_policy(id).await, Err(ClientError::InvalidRequestId)), "{id}");
    }
}
