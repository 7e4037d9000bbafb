//! A restored database sends nothing by itself: the real service on a copy of its own database.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use passwright_client::{ClientError, HeldChangesRequest, PasswordChangeState, PathFamily};
use passwright_testkit::{Login, TestServer};

use crate::support::targets::{ABBY_LOGIN, System, table_hash};
use crate::support::{ABBY_ALIAS, accept, demo, end_of, info, request_for, until};

const DATABASE: &str = "passwright.sqlite3";

/// Copies the database of a stopped service with its journal; what was there before is gone.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let file = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        let _ = std::fs::remove_file(file(to));
        if file(from).exists() {
            std::fs::copy(file(from), file(to)).unwrap();
        }
    }
}

fn held(server: &TestServer, login: Login, arguments: &[&str]) -> Output {
    let (id, secret) = server.credentials(login).unwrap();
    Command::new(env!("CARGO_BIN_EXE_passwright"))
        .arg("held")
        .args(arguments)
        .env("SAIL_BASE_URL", server.url())
        .env("SAIL_CLIENT_ID", id)
        .env("SAIL_CLIENT_SECRET", secret)
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_restored_database_waits_for_an_administrator() {
    let mut server = demo();
    let (reports, away) = (server.file("reports.sqlite3"), server.file("reports.away"));
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    // Two changes wait for a system that is away.
    std::fs::rename(&reports, &away).unwrap();
    let mut waiting = Vec::new();
    for password in ["Before-Backup-1", "Before-Backup-2"] {
        waiting.push(accept(&client, &request_for(&info(&client, ABBY_ALIAS, Some("Reports")).await, password)).await);
    }
    assert!(server.terminate(Duration::from_secs(20)).unwrap().success());
    let (database, backup) = (server.file(DATABASE), server.file("backup.sqlite3"));
    copy(&database, &backup);
    server.restart().unwrap();
    std::fs::rename(&away, &reports).unwrap();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let newer =
        accept(&client, &request_for(&info(&client, ABBY_ALIAS, Some("Reports")).await, "After-Backup-3")).await;
    assert_eq!(end_of(&client, &newer).await.state, PasswordChangeState::Finished);
    // The mark moves while something is done.
    let mark = server.file("epoch.key.mark");
    let count = || std::fs::read_to_string(&mark).unwrap();
    let at_first = count();
    until("the mark has moved", async || (count() != at_first).then_some(())).await;

    // Yesterday's backup.
    assert!(server.terminate(Duration::from_secs(20)).unwrap().success());
    copy(&backup, &database);
    let before = table_hash(&reports, ABBY_LOGIN).await;
    server.restart().unwrap();
    assert!(server.log().contains("the database is an older copy"), "{}", server.log());
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let admin = server.client(Login::Admin, PathFamily::V2025).unwrap();
    let ids = async || admin.list_held_changes().await.unwrap().into_iter().map(|change| change.id).collect::<Vec<_>>();
    assert_eq!(ids().await, waiting, "oldest first");
    let shown = client.get_password_change(&waiting[0]).await.unwrap();
    assert_eq!(shown.state, PasswordChangeState::InProgress);
    assert!(shown.held_at.is_some() && shown.summary[0].contains("waits for an administrator"), "{shown:?}");
    // Another change is carried out meanwhile; the held ones are not.
    let other = accept(&client, &request_for(&info(&client, ABBY_ALIAS, Some("Intranet")).await, "While-Held-4")).await;
    assert_eq!(end_of(&client, &other).await.state, PasswordChangeState::Finished);
    assert_eq!(table_hash(&reports, ABBY_LOGIN).await, before, "not written");
    assert!(System::Reports.accepts(&server, "After-Backup-3").await);

    // Only an administrator sees and decides.
    let everything = HeldChangesRequest { all: Some(true), ..HeldChangesRequest::default() };
    for login in [Login::Abby, Login::Helpdesk, Login::BulkClient] {
        let refused = server.client(login, PathFamily::V2025).unwrap();
        for answer in [refused.release_held_changes(&everything).await, refused.cancel_held_changes(&everything).await]
        {
            assert_eq!(answer.unwrap_err().api().map(|error| error.status), Some(403), "{login:?}");
        }
        assert!(matches!(refused.list_held_changes().await, Err(ClientError::Api(error)) if error.status == 403));
    }
    let nothing = admin.release_held_changes(&HeldChangesRequest::default()).await.unwrap_err();
    assert_eq!(nothing.api().map(|error| error.status), Some(400));
    let output = held(&server, Login::Abby, &["release", "--all"]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let output = held(&server, Login::Admin, &["list"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains(&waiting[0]) && text.contains("Reports"), "{output:?}");
    let output = held(&server, Login::Admin, &["cancel", &waiting[0]]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "cancelled 1", "{output:?}");
    let status = end_of(&client, &waiting[0]).await;
    assert_eq!(status.state, PasswordChangeState::Failed);
    assert!(status.errors[0].ends_with("cancelled by an administrator after the database was restored"), "{status:?}");
    assert_eq!(table_hash(&reports, ABBY_LOGIN).await, before, "still not written");

    // The administrator lets the other one go, although it is older than what is there. The table tells when a password
    // was changed, on this machine's own clock; it was within the five minutes that two clocks may differ.
    let output = held(&server, Login::Admin, &["release", &waiting[1]]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "released 1", "{output:?}");
    assert_eq!(end_of(&client, &waiting[1]).await.state, PasswordChangeState::Finished);
    assert!(System::Reports.accepts(&server, "Before-Backup-2").await);
    assert!(ids().await.is_empty());
    // A start on the database as it is now holds nothing again.
    server.restart().unwrap();
    assert!(!server.log().contains("the database is an older copy"));
}
