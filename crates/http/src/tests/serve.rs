//! Over sockets: what arrives is what the clients write, byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Fixture, SECRET};

/// Longer than the drain.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn start(fixture: &Fixture) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let service = fixture.service.clone();
    let task = tokio::spawn(async move {
        crate::serve(crate::Front::plain(listener), service, async {
            let _ = stopped.await;
        })
        .await
    });
    Server { address, stop, task }
}

impl Server {
    /// Sends text on a connection of its own; `Connection: close` ends the answer.
    async fn exchange(&self, request: &str) -> String {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, connection.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        timeout(PATIENCE, self.task).await.unwrap().unwrap().unwrap();
    }
}

#[tokio::test]
async fn answers_what_clients_write() {
    let fixture = Fixture::new().await;
    let server = start(&fixture).await;
    let form = format!("client_id={}&client_secret={SECRET}", fixture.client_id);
    let token = server
        .exchange(&format!(
            "POST //oauth/token?grant_type=client_credentials HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ))
        .await;
    assert!(token.starts_with("HTTP/1.1 200 OK\r\n"), "{token}");
    for (request, status) in [
        ("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"),
        ("GET http://a//livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"),
        ("GET /livez HTTP/1.0\r\n\r\n", "200"),
        ("POST /beta/set-password HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer \r\n\r\n", "401"),
        ("POST /beta/set-password HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n", "401"),
        ("POST /oauth/token HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n", "413"),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let answer = server.exchange(request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.{} {status}", u8::from(!request.contains("1.0")))),
            "{request}{answer}"
        );
    }
    server.end().await;
}

#[tokio::test]
async fn the_end_waits_for_what_is_under_way_and_takes_nothing_new() {
    let fixture = Fixture::new().await;
    let server = start(&fixture).await;
    let address = server.address;
    let mut under_way = TcpStream::connect(address).await.unwrap();
    let head = "POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n";
    under_way.write_all(head.as_bytes()).await.unwrap();
    // The interim answer shows that the handler is reading.
    let mut interim = [0; 25];
    timeout(PATIENCE, under_way.read_exact(&mut interim)).await.unwrap().unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    timeout(PATIENCE, idle.read_exact(&mut first)).await.unwrap().unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");

    let Server { stop, task, .. } = server;
    stop.send(()).unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, idle.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
    under_way.write_all(b"grant_type=x").await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, under_way.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("unsupported_grant_type"), "{answer}");
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
}
