//! What a node needs of the others: the same two key files, and the keys another one made a moment ago.

use std::path::Path;
use std::process::{Command, Output};

use passwright_client::PasswordChangeState;
use passwright_testkit::{Launch, Postgres, require};

use crate::PROGRAM;
use crate::directory::{Directory, NAME, dn};
use crate::load::{accept, info, request};
use crate::site::{Cluster, KEY_FILES, Plan, Role};
use crate::waiting::PATIENCE;

const USER: &str = "Abby.Smith";

struct Fixture {
    // Before the servers it uses: it ends first.
    cluster: Cluster,
    postgres: Postgres,
    directory: Directory,
}

impl Fixture {
    async fn new() -> Option<Self> {
        require("postgresql", Postgres::missing())?;
        let directory = Directory::start(&[USER]).await;
        let postgres = Postgres::start().unwrap();
        let plan = Plan::new().database(postgres.fresh_database().unwrap()).source(&directory.source());
        let plan = plan.identity(USER, &[(NAME, &dn(USER))]);
        let cluster = plan.nodes([Role::ServesOnly, Role::Serves].map(|role| (role, Launch::default())));
        Some(Self { cluster, postgres, directory })
    }
}

/// A key made by one node is accepted and opened by the other at once, not at its next look a minute later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_rsa_key_is_known_to_every_node() {
    let Some(mut fixture) = Fixture::new().await else { return };
    fixture.postgres.psql("test0", "DELETE FROM rsa_key").unwrap();
    fixture.cluster.nodes[0].restart(PATIENCE).await;
    let clients = fixture.cluster.clients();
    let (new, old) = (info(&clients[0], USER, NAME).await, info(&clients[1], USER, NAME).await);
    assert_ne!(new.public_key, old.public_key, "the other node has not looked yet");
    // The worker meets a key it does not know.
    let id = accept(&clients[0], USER, NAME, "Sealed-elsewhere-1").await;
    let status = clients[0].wait_for_password_change(&id, PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(fixture.directory.accepts(USER, "Sealed-elsewhere-1").await);

    fixture.postgres.psql("test0", "DELETE FROM rsa_key").unwrap();
    fixture.cluster.nodes[0].restart(PATIENCE).await;
    let clients = fixture.cluster.clients();
    // And so does the request path.
    let newest = info(&clients[0], USER, NAME).await;
    let answer = clients[1].set_identity_password(&request(&newest, "Known-at-once-1")).await.unwrap();
    let status = clients[1].wait_for_password_change(&answer.request_id.unwrap(), PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(fixture.directory.accepts(USER, "Known-at-once-1").await);
}

/// Starts a node that cannot start.
fn refused(command: &str, config: &Path) -> String {
    let Output { status, stderr, .. } = Command::new(PROGRAM).args([command, "--config"]).arg(config).output().unwrap();
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_other_epoch_keys_does_not_start() {
    let Some(mut fixture) = Fixture::new().await else { return };
    let [first, second] = &mut fixture.cluster.nodes[..] else { panic!("two nodes") };
    let file = second.config.with_file_name(KEY_FILES[1]);
    let copy = std::fs::read(&file).unwrap();
    second.server.stop();

    // The file is missing: the others' keys are needed, so none is made.
    std::fs::remove_file(&file).unwrap();
    let why = refused("serve", &second.config);
    assert!(why.contains("epoch.key is missing: copy the file from a node of this database"), "{why}");
    assert!(!file.exists());
    // It is of another installation.
    let stranger = Plan::new();
    stranger.set_up();
    let other = stranger.path(KEY_FILES[1]);
    std::fs::copy(&other, &file).unwrap();
    for command in ["serve", "worker"] {
        let why = refused(command, &second.config);
        assert!(why.contains("does not hold the keys of this database"), "{command}: {why}");
    }
    // With the copy it starts.
    std::fs::write(&file, &copy).unwrap();
    second.restart(PATIENCE).await;

    // Every copy is lost: said so by an operator, the stranger's keys are taken.
    first.server.stop();
    second.server.stop();
    for node in [&*first, &*second] {
        std::fs::copy(&other, node.config.with_file_name(KEY_FILES[1])).unwrap();
    }
    let adopted = Command::new(PROGRAM).args(["adopt-epoch-keys", "--config"]).arg(&first.config).output().unwrap();
    assert!(adopted.status.success(), "{adopted:?}");
    for node in [&mut *first, &mut *second] {
        node.restart(PATIENCE).await;
    }
    let clients = fixture.cluster.clients();
    let id = accept(&clients[0], USER, NAME, "With-new-keys-1").await;
    let status = clients[0].wait_for_password_change(&id, PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
}
