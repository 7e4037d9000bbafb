//! Writers that set password after password, one account each, and remember what was accepted.

use std::sync::Arc;

use passwright_client::{Client, PasswordChangeRequest, PasswordInfo, PasswordInfoQueryDto, encrypt_password};

use crate::front::Front;

/// An account to write to: whose, and on which source.
pub(crate) type Account = (&'static str, &'static str);

/// An accepted change.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) id: String,
    pub(crate) password: String,
}

/// What became of one account's writer, in the order of its requests.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) user: &'static str,
    pub(crate) source: &'static str,
    pub(crate) native_identity: String,
    pub(crate) accepted: Vec<Accepted>,
}

/// Asks for what a change needs.
pub(crate) async fn info(client: &Client, user: &str, source: &str) -> PasswordInfo {
    client.query_password_info(&query(user, source)).await.unwrap()
}

pub(crate) fn query(user: &str, source: &str) -> PasswordInfoQueryDto {
    PasswordInfoQueryDto { user_name: Some(user.to_owned()), source_name: Some(source.to_owned()) }
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

/// One account's writer, which sends its next request when the one before was accepted.
pub(crate) struct Writer {
    front: Arc<Front>,
    /// Which node it asks first.
    door: usize,
    info: PasswordInfo,
    story: Story,
}

impl Writer {
    pub(crate) async fn new(front: &Arc<Front>, door: usize, (user, source): Account) -> Self {
        let info = front.info(door, user, source).await;
        let native_identity = info.accounts[0].account_id.clone().unwrap();
        let story = Story { user, source, native_identity, accepted: Vec::new() };
        Self { front: front.clone(), door, info, story }
    }

    /// Has the next password accepted, however often that takes; gives the change's id.
    pub(crate) async fn write_next(&mut self) -> String {
        let password = format!("Load-{}-{}-Aa1", self.story.accepted.len(), self.story.user);
        let id = self.front.accept(self.door, request(&self.info, &password)).await;
        self.story.accepted.push(Accepted { id: id.clone(), password });
        id
    }

    pub(crate) fn finish(self) -> Story {
        self.story
    }
}

/// Starts a writer for each account. Each waits for a permit of the front before a request, and ends when the front is
/// closed.
pub(crate) fn start_writers(front: &Arc<Front>, accounts: &[Account]) -> Vec<tokio::task::JoinHandle<Story>> {
    let start = |(door, account): (usize, &Account)| {
        let (front, account) = (front.clone(), *account);
        tokio::spawn(async move {
            let mut writer = Writer::new(&front, door, account).await;
            while front.permit().await {
                writer.write_next().await;
            }
            writer.finish()
        })
    };
    accounts.iter().enumerate().map(start).collect()
}

/// Closes the front and gives what the writers have to tell.
pub(crate) async fn stop_writers(front: &Front, writers: Vec<tokio::task::JoinHandle<Story>>) -> Vec<Story> {
    front.close();
    let mut stories = Vec::new();
    for writer in writers {
        stories.push(writer.await.unwrap());
    }
    stories
}
