//! SIGTERM: what is under way ends in good order, and the next start goes on at once.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use passwright_client::{PasswordChangeState, PathFamily};
use passwright_testkit::{Login, TestServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::PROGRAM;
use crate::directory::{Directory, NAME, dn};
use crate::load::{accept, info, request};
use crate::site::Plan;
use crate::waiting::{PATIENCE, until};

/// What the design allows for an end in good order.
const DRAINED: Duration = Duration::from_secs(10);

/// A bearer token, as clients fetch it.
async fn token(server: &TestServer, (id, secret): (&str, &str)) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let answer = http.post(format!("{}/oauth/token", server.url())).form(&form).send().await.unwrap();
    let json: serde_json::Value = answer.json().await.unwrap();
    json["access_token"].as_str().unwrap().to_owned()
}

/// Reads until the text is there.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        read.extend_from_slice(&buffer[..count]);
        let so_far = String::from_utf8_lossy(&read).into_owned();
        if so_far.contains(text) {
            return so_far;
        }
        assert!(count > 0, "closed before {text:?}: {so_far}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_answered_and_its_change_applied() {
    let mut server = TestServer::demo(PROGRAM).unwrap();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let info = info(&client, "Abby.Smith", "My-AD").await;
    let body = serde_json::to_string(&request(&info, "While-it-ends-1")).unwrap();
    let token = token(&server, server.credentials(Login::BulkClient).unwrap()).await;

    // The server says 100 once it waits for the body: from then on the request is under way.
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST /v2025/set-password HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        server.address(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    read_until(&mut stream, "100 Continue").await;

    let address = server.address().to_owned();
    let started = Instant::now();
    let ending = tokio::task::spawn_blocking(move || {
        let status = server.terminate(DRAINED);
        (server, status)
    });
    until("no new connection is taken", DRAINED, async || {
        let refused = TcpStream::connect(&address).await.is_err_and(|e| e.kind() == ErrorKind::ConnectionRefused);
        refused.then_some(())
    })
    .await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = read_until(&mut stream, "}").await;
    assert!(answer.contains("HTTP/1.1 202"), "{answer}");
    let id = answer.split("\"requestId\":\"").nth(1).and_then(|rest| rest.get(..32)).expect("a request id").to_owned();
    let (mut server, status) = ending.await.unwrap();
    assert_eq!(status.unwrap().code(), Some(0), "{}", server.log());
    assert!(started.elapsed() < DRAINED, "{:?}", started.elapsed());

    server.restart().unwrap();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let status = client.wait_for_password_change(&id, Duration::from_secs(4), |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    let native = info.accounts[0].account_id.as_deref().unwrap();
    assert!(server.directory_accepts(native, "While-it-ends-1").await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_under_way_is_finished_and_the_rest_goes_on_at_the_next_start() {
    const USERS: [&str; 2] = ["Abby.Smith", "Bob.Jones"];
    let directory = Directory::start(&USERS).await;
    let mut plan = Plan::new().source(&directory.source());
    for user in USERS {
        plan = plan.identity(user, &[(NAME, &dn(user))]);
    }
    let mut site = plan.serve();
    let client = site.client();
    // Connections are made and kept, so that only the exchanges of the attempt are slow.
    let first = accept(&client, USERS[0], NAME, "Interim-pass-1").await;
    client.wait_for_password_change(&first, PATIENCE, |_| {}).await.unwrap();

    directory.faults().refuse_connections(true);
    let waits = accept(&client, USERS[1], NAME, "After-restart-1").await;
    until("it is to be tried again", PATIENCE, async || {
        (site.ledger().target_of(&waits).await.state == "retrying").then_some(())
    })
    .await;
    directory.faults().refuse_connections(false);
    directory.faults().delay_answers(Duration::from_millis(500));
    let under_way = accept(&client, USERS[0], NAME, "While-it-ends-1").await;
    until("the attempt is under way", PATIENCE, async || {
        (site.ledger().target_of(&under_way).await.state == "writing").then_some(())
    })
    .await;
    let status = site.server.terminate(DRAINED).unwrap();
    assert_eq!(status.code(), Some(0), "{}", site.server.log());
    assert_eq!(site.ledger().target_of(&under_way).await.state, "proved", "{}", site.server.log());
    assert_eq!(site.ledger().target_of(&waits).await.state, "retrying");

    directory.faults().clear();
    site.server.restart().unwrap();
    let client = site.client();
    // The first retry is due 5 s after the first attempt.
    let status = client.wait_for_password_change(&waits, Duration::from_secs(10), |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(directory.accepts(USERS[1], "After-restart-1").await);
    assert!(directory.accepts(USERS[0], "While-it-ends-1").await);
}
