//! HTTP/1.1 byte for byte: request targets and headers that a well-behaved client would correct before it sends them.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::Answer;

/// A kept connection, opened anew when the server closed it.
pub(crate) struct RawConnection {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

impl RawConnection {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Sends one request: what stands between method and version is sent as it is.
    pub(crate) async fn ask(&mut self, method: &str, target: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let host = &self.address;
        let head = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n");
        self.send(method, &(head + body)).await
    }

    async fn send(&mut self, method: &str, text: &str) -> Answer {
        if let Some(mut stream) = self.stream.take()
            && stream.write_all(text.as_bytes()).await.is_ok()
            && let Some((answer, open)) = read(&mut stream, method).await
        {
            self.stream = Some(stream).filter(|_| open);
            return answer;
        }
        let mut stream = BufReader::new(TcpStream::connect(&self.address).await.unwrap());
        stream.write_all(text.as_bytes()).await.unwrap();
        let (answer, open) = read(&mut stream, method).await.unwrap_or_else(|| panic!("no answer to {text}"));
        self.stream = Some(stream).filter(|_| open);
        answer
    }
}

/// One answer, and whether the connection stays; `None` when it was closed before the first byte.
async fn read(stream: &mut BufReader<TcpStream>, method: &str) -> Option<(Answer, bool)> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{line}"));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, text: String::new() };
    assert_eq!(answer.header("transfer-encoding"), None, "{answer:?}");
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    if method != "HEAD" {
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        answer.text = String::from_utf8(body).unwrap();
    }
    let open = answer.header("connection") != Some("close");
    Some((answer, open))
}
