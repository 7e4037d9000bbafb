//! Writers that set password after password, one account each, and remember what was accepted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use passwright_client::{
    Client, ClientError, PasswordChangeRequest, PasswordInfo, PasswordInfoQueryDto, encrypt_password,
};

/// An accepted change.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) id: String,
    pub(crate) password: String,
}

/// What became of one account's writer, in the order of its requests.
pub(crate) struct Story {
    pub(crate) user: &'static str,
    pub(crate) source: &'static str,
    pub(crate) native_identity: String,
    pub(crate) accepted: Vec<Accepted>,
    /// The request that got no answer: it may or may not have been accepted.
    pub(crate) in_doubt: Option<(PasswordChangeRequest, String)>,
}

/// Asks for what a change needs.
pub(crate) async fn info(client: &Client, user: &str, source: &str) -> PasswordInfo {
    let query = PasswordInfoQueryDto { user_name: Some(user.to_owned()), source_name: Some(source.to_owned()) };
    client.query_password_info(&query).await.unwrap()
}

/// A request to set the first account's password.
pub(crate) fn request(info: &PasswordInfo, password: &str) -> PasswordChangeRequest {
    let encrypted = encrypt_password(info.public_key.as_deref().unwrap(), password).unwrap();
    PasswordChangeRequest {
        identity_id: info.identity_id.clone(),
        encrypted_password: Some(encrypted),
        public_key_id: info.public_key_id.clone(),
        account_id: info.accounts.first().and_then(|account| account.account_id.clone()),
        source_id: info.source_id.clone(),
    }
}

/// Has a change accepted and gives its id.
pub(crate) async fn accept(client: &Client, user: &str, source: &str, password: &str) -> String {
    let request = request(&info(client, user, source).await, password);
    client.set_identity_password(&request).await.unwrap().request_id.unwrap()
}

/// Sets passwords, one after the other, until the service is gone. `name` makes the passwords of this run its own.
pub(crate) async fn write_until_gone(
    client: Arc<Client>,
    (user, source): (&'static str, &'static str),
    name: String,
    accepted_by_all: Arc<AtomicUsize>,
) -> Story {
    let info = info(&client, user, source).await;
    let native_identity = info.accounts[0].account_id.clone().unwrap();
    let mut story = Story { user, source, native_identity, accepted: Vec::new(), in_doubt: None };
    for number in 0_u32.. {
        let password = format!("{name}-{number}-{user}-Aa1");
        let request = request(&info, &password);
        match client.set_identity_password(&request).await {
            Ok(answer) => {
                story.accepted.push(Accepted { id: answer.request_id.unwrap(), password });
                accepted_by_all.fetch_add(1, Ordering::SeqCst);
            }
            Err(ClientError::Transport(_)) => {
                story.in_doubt = Some((request, password));
                break;
            }
            Err(error) => panic!("{user} on {source}: {error}"),
        }
    }
    story
}
