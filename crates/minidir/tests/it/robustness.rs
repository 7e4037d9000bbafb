//! Bytes that are not LDAP, over TCP and inside TLS. The blobs come from one seed, so a failure comes again.

use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{ABBY, ABBY_PASSWORD, Fixture, PATIENCE, assert_answer, client_config};

/// An anonymous bind with message id 1.
const BIND: [u8; 14] = [0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn blob(&mut self) -> Vec<u8> {
        (0..1 + self.below(300)).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// A bind with a few bytes changed, and sometimes cut.
    fn mutant(&mut self) -> Vec<u8> {
        let mut bytes = BIND.to_vec();
        for _ in 0..1 + self.below(3) {
            let at = self.below(bytes.len());
            bytes[at] = self.next().to_le_bytes()[0];
        }
        bytes.truncate(1 + self.below(bytes.len() * 2).min(bytes.len() - 1));
        bytes
    }
}

async fn tls(fixture: &Fixture) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(fixture.server.addr()).await.unwrap();
    let connector = TlsConnector::from(client_config(&fixture.server.ca_file()));
    connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
}

#[tokio::test]
async fn random_bytes_do_not_end_the_server() {
    let fixture = Fixture::new().await;
    let mut random = Random(1);
    for _ in 0..2000 {
        let mut stream = TcpStream::connect(fixture.server.addr()).await.unwrap();
        // The server may hang up in the middle of the blob.
        let _ = stream.write_all(&random.blob()).await;
    }
    for round in 0..600 {
        let mut stream = tls(&fixture).await;
        let blob = if round % 2 == 0 { random.blob() } else { random.mutant() };
        let _ = stream.write_all(&blob).await;
        let _ = stream.shutdown().await;
        // After the client's end the server must end too, whatever the bytes were.
        let mut rest = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "round {round} hangs: {blob:x?}");
    }
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}

#[tokio::test]
async fn a_broken_message_ends_its_connection_and_no_other() {
    let fixture = Fixture::new().await;
    let mut healthy = fixture.connect().await;
    for broken in [
        b"GET / HTTP/1.1\r\n".as_slice(),
        // One byte above the limit, of which nothing follows.
        &[0x30, 0x83, 0x01, 0x00, 0x00],
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        // A bind whose inner length runs over its end.
        &[0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x7F, 0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00],
    ] {
        let mut stream = tls(&fixture).await;
        stream.write_all(broken).await.unwrap();
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server hangs up").unwrap();
        let oid = b"1.3.6.1.4.1.1466.20036";
        assert!(answer.windows(oid.len()).any(|part| part == oid), "no notice after {broken:x?}");
    }
    assert_answer(&healthy.simple_bind(ABBY, ABBY_PASSWORD).await.unwrap(), 0, "");
}

#[tokio::test]
async fn a_message_may_come_in_pieces() {
    let fixture = Fixture::new().await;
    let mut stream = tls(&fixture).await;
    for byte in BIND {
        stream.write_all(&[byte]).await.unwrap();
        stream.flush().await.unwrap();
    }
    let mut answer = [0; 14];
    timeout(Duration::from_secs(10), stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer[..9], [0x30, 0x0C, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0A, 0x01]);
}
