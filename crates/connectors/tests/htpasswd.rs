//! The `htpasswd` connector on real files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::{Account, Subject, assert_fault, assert_silent};
use passwright_connectors::htpasswd::{Htpasswd, HtpasswdConfig};
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, Proof, SetPassword, Written,
};

mod contract;
mod python;

/// `First-Corn-1` at bcrypt's cost 8.
const FIRST: &str = "First-Corn-1";

fn first_hash() -> String {
    bcrypt::hash_with_result(FIRST, 8).unwrap().format_for_version(bcrypt::Version::TwoY)
}

fn connector(path: &Path) -> Htpasswd {
    Htpasswd::new(&HtpasswdConfig { path: path.to_owned(), cost: 8 }, None).unwrap()
}

fn account(user: &str) -> AccountRef<'_> {
    AccountRef { native_identity: user, name: user }
}

async fn set(connector: &Htpasswd, user: &str, new: &str) -> Result<(), Fault> {
    connector.set_password(account(user), new, SetPassword::default()).await
}

struct Source {
    connector: Connector,
    next: AtomicUsize,
    _folder: tempfile::TempDir,
}

impl Subject for Source {
    fn connector(&self) -> &Connector {
        &self.connector
    }

    fn account(&self) -> Account {
        let user = format!("user{}", self.next.fetch_add(1, Ordering::Relaxed));
        Account { native_identity: user.clone(), name: user, password: FIRST.to_owned() }
    }

    fn missing(&self) -> Account {
        Account { native_identity: "nobody".to_owned(), name: "nobody".to_owned(), password: FIRST.to_owned() }
    }

    fn refused(&self) -> Option<&str> {
        Some("Seventy-three-bytes-are-one-more-than-bcrypt-reads-0123456789-0123456789-")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intranet.htpasswd");
    let hash = first_hash();
    let lines: String = (0..contract::ACCOUNTS).map(|number| format!("user{number}:{hash}\n")).collect();
    fs::write(&path, lines).unwrap();
    let connector = Connector::new(&ConnectorConfig::Htpasswd(HtpasswdConfig { path, cost: 8 }), None).unwrap();
    let source = Source { connector, next: AtomicUsize::new(0), _folder: folder };
    assert_eq!(source.refused().map(str::len), Some(73));
    contract::run(&source).await;
}

#[tokio::test]
async fn no_other_byte_of_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let before = b"# people of the wiki\r\nbob:$apr1$x$y\r\n\r\nabby:".to_vec();
    let after = b":Abby Smith\r\n  odd line without colon\n\xff\xfe:{SHA}x\nzoe:plain".to_vec();
    fs::write(&path, [before.as_slice(), first_hash().as_bytes(), &after].concat()).unwrap();
    let connector = connector(&path);
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    let text = fs::read(&path).unwrap();
    let hash = text.strip_prefix(before.as_slice()).unwrap().strip_suffix(after.as_slice()).unwrap();
    let hash = std::str::from_utf8(hash).unwrap();
    assert!(hash.starts_with("$2y$08$") && hash.len() == 60, "{hash}");
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
    assert_eq!(connector.prove(account("abby"), FIRST).await.unwrap(), Proof::Rejected);
    let state = connector.check(account("abby")).await.unwrap();
    assert_eq!((state.max_password_bytes, state.password_changed_at), (Some(72), None));
}

#[tokio::test]
async fn a_user_on_two_lines_gets_the_password_on_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    fs::write(&path, format!("abby:{0}\nabby:{0}\n", first_hash())).unwrap();
    let connector = connector(&path);
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
    let text = fs::read_to_string(&path).unwrap();
    let (first, second) = text.trim_end().split_once('\n').unwrap();
    assert_eq!(first, second);
    fs::write(&path, format!("{first}\nabby:{}\n", first_hash())).unwrap();
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Rejected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_changes_of_different_users_all_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let hash = first_hash();
    let lines: String = (0..20).map(|number| format!("user{number}:{hash}\n")).collect();
    fs::write(&path, format!("# start\n{lines}# end\n")).unwrap();
    // Half of them through a second connector, which has only the file lock in common with the first.
    let connectors = [Arc::new(connector(&path)), Arc::new(connector(&path))];
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let connector = connectors[number % 2].clone();
            tokio::spawn(async move {
                set(&connector, &format!("user{number}"), &format!("Fresh-Corn-{number}")).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for number in 0..20 {
        let user = format!("user{number}");
        let proof = connectors[0].prove(account(&user), &format!("Fresh-Corn-{number}")).await.unwrap();
        assert_eq!(proof, Proof::Proved, "{user}");
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# start\nuser0:") && text.ends_with("# end\n") && text.lines().count() == 22);
    assert_eq!(names(folder.path()), ["users", "users.lock"], "no temporary file stays");
}

#[tokio::test]
async fn mode_owner_and_links_stay() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    let real = folder.path().join("real/users");
    fs::write(&real, format!("abby:{}\n", first_hash())).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    // Only the superuser can give a file away; others test with their own ids.
    let _ = std::os::unix::fs::chown(&real, Some(4711), Some(4712));
    let before = fs::metadata(&real).unwrap();
    let link = folder.path().join("users");
    symlink("real/users", &link).unwrap();
    set(&connector(&link), "abby", "Fresh-Corn-1").await.unwrap();
    let after = fs::metadata(&real).unwrap();
    assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
    assert_ne!(after.ino(), before.ino(), "replaced, not overwritten");
    assert_eq!(fs::read_link(&link).unwrap(), PathBuf::from("real/users"));
    assert_eq!(names(folder.path()), ["real", "users"]);
    assert_eq!(names(&folder.path().join("real")), ["users", "users.lock"]);
    assert_eq!(connector(&link).prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn what_cannot_be_written_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let text = format!("abby:{}\n#eve:{0}\nold:$apr1$x$y\nempty:\n", first_hash());
    fs::write(&path, &text).unwrap();
    let connector = connector(&path);
    for user in ["ABBY", "abb", "abby ", "abby:x", "abby\n", "\nabby", "abby\0", "", "#eve", "a:b\nc"] {
        let fault = set(&connector, user, "Fresh-Corn-1").await.unwrap_err();
        assert_fault(&fault, FaultClass::Permanent, Written::No);
        assert_silent(&fault, "Fresh-Corn-1");
        assert_eq!(connector.check(account(user)).await.unwrap_err().class, FaultClass::Permanent, "{user:?}");
    }
    for new in ["", "a\0b", "a\nb", "a\rb", "a\tb", "a\x7fb", &"x".repeat(73), &"é".repeat(37)] {
        let fault = set(&connector, "abby", new).await.unwrap_err();
        assert_fault(&fault, FaultClass::Refused, Written::No);
        assert_silent(&fault, new);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(names(folder.path()), ["users", "users.lock"]);
    let fault = connector.prove(account("old"), "x").await.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
    assert_eq!(connector.prove(account("empty"), "x").await.unwrap(), Proof::Rejected);
}

#[tokio::test]
async fn a_missing_file_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("users");
    let connector = connector(&missing);
    let all = [
        connector.test().await,
        connector.check(account("abby")).await.map(drop),
        set(&connector, "abby", "Fresh-Corn-1").await,
        connector.prove(account("abby"), "x").await.map(drop),
    ];
    for fault in all.into_iter().map(Result::unwrap_err) {
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert!(fault.reason.contains("does not exist"), "{fault}");
    }
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_folder_or_a_pipe_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o600), 0).unwrap();
    for path in [folder.path(), &pipe] {
        let fault = connector(path).check(account("abby")).await.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
    }
}

/// A folder that takes no new file, also for the superuser: the lock's name is taken by a link that leads nowhere.
#[tokio::test]
async fn a_lock_that_cannot_be_made_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let text = format!("abby:{}\n", first_hash());
    fs::write(&path, &text).unwrap();
    symlink("/nowhere/at/all", folder.path().join("users.lock")).unwrap();
    let fault = set(&connector(&path), "abby", "Fresh-Corn-1").await.unwrap_err();
    assert_eq!((fault.class, fault.written), (FaultClass::Transient, Written::No), "{fault}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_held_lock_is_waited_for_and_then_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let text = format!("abby:{}\n", first_hash());
    fs::write(&path, &text).unwrap();
    let held = fs::File::create(folder.path().join("users.lock")).unwrap();
    held.lock().unwrap();
    let fault = set(&connector(&path), "abby", "Fresh-Corn-1").await.unwrap_err();
    assert_fault(&fault, FaultClass::Transient, Written::No);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    held.unlock().unwrap();
    set(&connector(&path), "abby", "Fresh-Corn-1").await.unwrap();
}

#[test]
fn settings() {
    let check = |json: &str, works: bool| {
        let built = serde_json::from_str::<HtpasswdConfig>(json).ok().map(|config| Htpasswd::new(&config, None));
        assert_eq!(built.is_some_and(|result| result.is_ok()), works, "{json}");
    };
    check(r#"{"path":"/srv/users"}"#, true);
    check(r#"{"path":"/srv/users","cost":12}"#, true);
    check(r#"{"path":"/srv/users","cost":7}"#, false);
    check(r#"{"path":"/srv/users","cost":31}"#, false);
    check(r#"{"path":"users"}"#, false);
    check(r#"{"path":"/"}"#, false);
    check(r#"{"path":"/srv/users","create":true}"#, false);
    check("{}", false);
    let config: HtpasswdConfig = serde_json::from_str(r#"{"path":"/srv/users"}"#).unwrap();
    assert_eq!(config.cost, 10);
    let fault = Htpasswd::new(&config, Some(Credential::new("secret".to_owned()))).err().unwrap();
    assert!(fault.class == FaultClass::Configuration && !fault.to_string().contains("secret"));
}

/// An implementation that shares no code with ours reads the line as we wrote it.
#[tokio::test]
async fn crypt_of_the_system_accepts_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    fs::write(&path, format!("abby:{}\n", first_hash())).unwrap();
    let connector = connector(&path);
    for new in ["Fresh-Corn-1", "pass wörd 😀 $x:y", &"é".repeat(36)] {
        set(&connector, "abby", new).await.unwrap();
        let text = fs::read_to_string(&path).unwrap();
        // crypt(3) knows the marker 2b everywhere; the computation is the same.
        let hash = text.trim_end().strip_prefix("abby:$2y$").map(|rest| format!("$2b${rest}")).unwrap();
        if let Some(accepted) = python::crypt_accepts(&hash, new) {
            assert!(accepted, "{hash}");
            assert_eq!(python::crypt_accepts(&hash, "Other-Corn-1"), Some(false));
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
