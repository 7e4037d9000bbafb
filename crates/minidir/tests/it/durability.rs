use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use passwright_minidir::start;

use crate::support::{ABBY, ABBY_PASSWORD, BOB, BOB_PASSWORD, Fixture, assert_answer, replace, reset, settings};

fn log(fixture: &Fixture) -> PathBuf {
    fixture.dir.path().join("my-ad/directory.log")
}

#[tokio::test]
async fn a_restart_keeps_passwords_states_and_certificates() {
    let fixture = Fixture::new().await;
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    fixture.service().await.modify(BOB, vec![replace("pwdLastSet", "0")]).await.unwrap().success().unwrap();
    let (ca, set) = (fs::read(fixture.server.ca_file()).unwrap(), fixture.number(ABBY, "pwdLastSet").await);
    let fixture = fixture.restart().await;
    assert_eq!(fs::read(fixture.server.ca_file()).unwrap(), ca);
    assert_eq!(fixture.number(ABBY, "pwdLastSet").await, set);
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 49, "data 52e");
    assert_answer(&fixture.bind(BOB, BOB_PASSWORD).await, 49, "data 773");
}

#[tokio::test]
async fn an_answered_write_is_in_the_file_and_a_torn_tail_is_cut() {
    let fixture = Fixture::new().await;
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    let answered = fs::read(log(&fixture)).unwrap();
    assert_answer(&fixture.reset(ABBY, "Third-pass-3").await, 0, "");
    let newer = fs::read(log(&fixture)).unwrap();
    assert!(newer.len() > answered.len() && newer.starts_with(&answered), "each answer follows its record");
    let Fixture { dir, server } = fixture;
    server.stop().await;
    // What a crash in the middle of the last record leaves behind.
    fs::write(dir.path().join("my-ad/directory.log"), &newer[..newer.len() - 9]).unwrap();
    let fixture = Fixture { server: start(settings(dir.path())).await.unwrap(), dir };
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Third-pass-3").await, 49, "data 52e");
    assert_answer(&fixture.reset(ABBY, "Fourth-pass-4").await, 0, "");
    let fixture = fixture.restart().await;
    assert_answer(&fixture.bind(ABBY, "Fourth-pass-4").await, 0, "");
}

#[tokio::test]
async fn damage_before_good_records_refuses_the_start() {
    let fixture = Fixture::new().await;
    // A second line: damage in the last one counts as torn.
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    let Fixture { dir, server } = fixture;
    server.stop().await;
    let path = dir.path().join("my-ad/directory.log");
    let mut bytes = fs::read(&path).unwrap();
    bytes[30] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = start(settings(dir.path())).await.err().expect("damaged data must not be served");
    assert!(format!("{error:#}").contains("line 1 is damaged"), "{error:#}");
}

#[tokio::test]
async fn a_folder_serves_one_directory_at_a_time() {
    let Fixture { dir, server } = Fixture::new().await;
    let error = start(settings(dir.path())).await.err().expect("the folder is in use");
    assert!(format!("{error:#}").contains("in use"), "{error:#}");
    // Dropping frees it as stopping does.
    drop(server);
    start(settings(dir.path())).await.unwrap();
}

#[tokio::test]
async fn the_disk_holds_no_password_and_only_the_owner_reads_it() {
    let fixture = Fixture::new().await;
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    let folder = fixture.dir.path().join("my-ad");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        let bytes = fs::read(entry.path()).unwrap();
        for password in [ABBY_PASSWORD, "Second-pass-2"] {
            let utf16: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for needle in [password.as_bytes(), &utf16] {
                assert!(!bytes.windows(needle.len()).any(|part| part == needle), "{:?}", entry.path());
            }
        }
    }
}

#[tokio::test]
async fn a_write_that_cannot_be_synced_is_not_answered_with_success() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    // Closing the data under a running server stands for a disk that fails.
    let Fixture { dir, server } = fixture;
    let path = dir.path().join("my-ad/directory.log");
    let before = fs::read(&path).unwrap();
    server.close_data();
    let result = reset(&mut service, ABBY, "Second-pass-2").await;
    assert_answer(&result, 52, "0000200F");
    assert_eq!(fs::read(&path).unwrap(), before);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"torn").unwrap();
    drop(server);
    let fixture = Fixture { server: start(settings(dir.path())).await.unwrap(), dir };
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_writes_all_survive() {
    let fixture = Fixture::new().await;
    let rounds = futures_util::future::join_all((0..16).map(|n| {
        let fixture = &fixture;
        async move {
            let mut service = fixture.service().await;
            let dn = if n % 2 == 0 { ABBY } else { BOB };
            for round in 0..8 {
                assert_answer(&reset(&mut service, dn, &format!("Pass-{n}-{round}-x")).await, 0, "");
            }
        }
    }));
    rounds.await;
    assert_answer(&fixture.reset(ABBY, "Last-pass-1").await, 0, "");
    assert_answer(&fixture.reset(BOB, "Last-pass-2").await, 0, "");
    let fixture = fixture.restart().await;
    assert_answer(&fixture.bind(ABBY, "Last-pass-1").await, 0, "");
    assert_answer(&fixture.bind(BOB, "Last-pass-2").await, 0, "");
}
