//! A backup taken while the service works, and what it is good for elsewhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use passwright_client::{Client, HeldChangesRequest, PasswordChangeState, PathFamily};
use passwright_testkit::{Login, TestServer};

use crate::program::{Program, run};
use crate::support::targets::{ABBY_LOGIN, System, table_hash};
use crate::support::{ABBY_ALIAS, accept, demo, end_of, info, request_for};

/// Settings of an installation whose files lie in `folder`.
fn settings(folder: &Path, file: &Path, port: u16) -> String {
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         [database]\nurl = \"sqlite://{}\"\n[keys]\nroot_key_file = \"{}\"\nepoch_key_file = \"{}\"\n",
        at("passwright.sqlite3"),
        at("root.key"),
        at("epoch.key")
    );
    std::fs::write(file, text).unwrap();
    file.display().to_string()
}

fn client(server: &TestServer, url: &str, login: Login) -> Client {
    let (id, secret) = server.credentials(login).unwrap();
    Client::builder()
        .base_url(url.to_owned())
        .path_family(PathFamily::V2025)
        .credentials(id, secret.to_owned())
        .build()
        .unwrap()
}

fn private_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_answers_the_same_and_sends_nothing() {
    let mut server = demo();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let original = settings(&server.data(), &at("original.toml"), 0);
    let bulk = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let first = accept(&bulk, &request_for(&info(&bulk, ABBY_ALIAS, Some("Intranet")).await, "Before-Backup-0")).await;
    let ended = end_of(&bulk, &first).await;
    assert_eq!(ended.state, PasswordChangeState::Finished);
    // Two changes wait for a system that is away.
    let (reports, away) = (server.file("reports.sqlite3"), server.file("reports.away"));
    std::fs::rename(&reports, &away).unwrap();
    let mut waiting = Vec::new();
    for password in ["Before-Backup-1", "Before-Backup-2"] {
        waiting.push(accept(&bulk, &request_for(&info(&bulk, ABBY_ALIAS, Some("Reports")).await, password)).await);
    }

    // The load: changes of the Intranet account, one after the other.
    let stop = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn({
        let (stop, bulk) = (stop.clone(), server.client(Login::BulkClient, PathFamily::V2025).unwrap());
        async move {
            let mut accepted = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                let password = format!("Under-Load-{accepted}");
                accept(&bulk, &request_for(&info(&bulk, ABBY_ALIAS, Some("Intranet")).await, &password)).await;
                accepted += 1;
            }
            accepted
        }
    });
    let backup = at("backup");
    let (to, config) = (backup.display().to_string(), original.clone());
    let made = tokio::task::spawn_blocking(move || run(&["backup", "--to", &to, "--config", &config], &[]));
    let (code, out, error) = made.await.unwrap();
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("database.sqlite3 ") && out.contains("root.key "), "{out}");
    stop.store(true, Ordering::Relaxed);
    assert!(load.await.unwrap() > 0, "there was a load");
    assert_eq!(private_files(&backup), ["database.sqlite3", "epoch.key", "manifest.json", "root.key"]);
    let (code, _, error) = run(&["backup", "--to", backup.to_str().unwrap(), "--config", &original], &[]);
    assert_eq!((code, error.contains("is not empty")), (2, true), "{error}");
    assert!(server.terminate(Duration::from_secs(20)).unwrap().success());

    // Elsewhere; the systems are the same ones, and the one that was away is back.
    std::fs::rename(&away, &reports).unwrap();
    let before = (table_hash(&reports, ABBY_LOGIN).await, std::fs::read(server.file("intranet.htpasswd")).unwrap());
    let elsewhere = at("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let restored = settings(&elsewhere, &at("restored.toml"), port);
    let restore = |from: &Path| run(&["restore", "--from", from.to_str().unwrap(), "--config", &restored], &[]);
    refuses_what_is_damaged(&backup, &at("damaged"), &elsewhere, &restore);
    let (code, _, error) = restore(&backup);
    assert_eq!(code, 0, "{error}");
    let (code, _, error) = restore(&backup);
    assert_eq!((code, error.contains("into an empty place only")), (2, true), "{error}");

    let program = Program::start(&["serve", "--config", &restored]);
    let bulk = client(&server, &program.url, Login::BulkClient);
    assert_eq!(end_of(&bulk, &first).await, ended, "the same answer");
    assert_eq!(info(&bulk, ABBY_ALIAS, Some("Reports")).await.accounts.len(), 1);
    let admin = client(&server, &program.url, Login::Admin);
    let held: Vec<_> = admin.list_held_changes().await.unwrap().into_iter().map(|change| change.id).collect();
    assert!(waiting.iter().all(|id| held.contains(id)), "{held:?}");
    let sent =
        async || (table_hash(&reports, ABBY_LOGIN).await, std::fs::read(server.file("intranet.htpasswd")).unwrap());
    assert_eq!(sent().await, before, "nothing was sent again");
    // A new change is carried out, so the worker has been through the queue, and past the held ones.
    let newer = accept(&bulk, &request_for(&info(&bulk, ABBY_ALIAS, Some("Intranet")).await, "After-Restore-3")).await;
    assert_eq!(end_of(&bulk, &newer).await.state, PasswordChangeState::Finished);
    assert_eq!(sent().await.0, before.0, "and still nothing of what waited");

    let release = HeldChangesRequest { change_ids: Some(vec![waiting[1].clone()]), ..HeldChangesRequest::default() };
    assert_eq!(admin.release_held_changes(&release).await.unwrap(), 1);
    assert_eq!(end_of(&bulk, &waiting[1]).await.state, PasswordChangeState::Finished);
    assert!(System::Reports.accepts(&server, "Before-Backup-2").await, "the restored keys open what waited");
    assert_eq!(program.terminate().0.code(), Some(0));
}

/// A file of a backup, what is done to it, and what is said then.
type Damage = (&'static str, fn(&Path), &'static str);

/// Every fault leaves the place as empty as it was.
fn refuses_what_is_damaged(
    backup: &Path,
    damaged: &Path,
    elsewhere: &Path,
    restore: &dyn Fn(&Path) -> (i32, String, String),
) {
    let spoil: [Damage; 4] = [
        ("manifest.json", |file| std::fs::remove_file(file).unwrap(), "manifest.json: "),
        ("manifest.json", |file| std::fs::write(file, "{}").unwrap(), "is not the manifest of a backup"),
        ("root.key", |file| std::fs::write(file, "another").unwrap(), "root.key is not what the manifest says"),
        (
            "database.sqlite3",
            |file| {
                let mut bytes = std::fs::read(file).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(file, bytes).unwrap();
            },
            "database.sqlite3 is not what the manifest says",
        ),
    ];
    for (name, spoil, expected) in spoil {
        std::fs::create_dir(damaged).unwrap();
        for file in private_files(backup) {
            std::fs::copy(backup.join(&file), damaged.join(&file)).unwrap();
        }
        spoil(&damaged.join(name));
        let (code, _, error) = restore(damaged);
        assert!(code != 0 && error.contains(expected), "{error:?} lacks {expected:?}");
        assert!(private_files(elsewhere).is_empty(), "{expected}");
        std::fs::remove_dir_all(damaged).unwrap();
    }
}

#[test]
fn a_backup_may_leave_the_epoch_keys_out() {
    let folder = tempfile::tempdir().unwrap();
    let (data, elsewhere): (PathBuf, PathBuf) = (folder.path().join("data"), folder.path().join("elsewhere"));
    std::fs::create_dir(&data).unwrap();
    std::fs::create_dir(&elsewhere).unwrap();
    let config = settings(&data, &folder.path().join("a.toml"), 0);
    let restored = settings(&elsewhere, &folder.path().join("b.toml"), 0);
    let backup = folder.path().join("backup");
    let to = backup.to_str().unwrap();
    let (code, _, error) = run(&["backup", "--to", to, "--config", &config], &[]);
    assert_eq!(code, 1, "nothing is there yet: {error}");
    assert!(!data.join("root.key").exists());
    std::fs::remove_dir_all(&backup).unwrap();

    let admin = ["admin", "create", "--alias", "root", "--token", "--no-password", "--config", &config];
    let (code, _, error) = run(&admin, &[]);
    assert_eq!(code, 0, "{error}");
    let (code, _, error) = run(&["backup", "--to", to, "--without-epoch-keys", "--config", &config], &[]);
    assert_eq!(code, 0, "{error}");
    assert_eq!(private_files(&backup), ["database.sqlite3", "manifest.json", "root.key"]);
    let (code, _, error) = run(&["restore", "--from", to, "--config", &restored], &[]);
    assert!(code == 0 && error.contains("adopt-epoch-keys"), "{error}");
    let (code, _, error) = run(&["adopt-epoch-keys", "--config", &restored], &[]);
    assert_eq!(code, 0, "{error}");
}
