//! Answers requests from a script, one after the other, and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use passwright_client::{Client, ClientBuilder};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    /// Header lines, names in lower case.
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A status with header lines and body, as text.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

pub(crate) fn ok(body: &str) -> String {
    answer(200, "", body)
}

pub(crate) fn token(token: &str) -> String {
    ok(&format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":749}}"#))
}

#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<String>>,
    asked: Mutex<Vec<Asked>>,
}

/// Ends with its owner.
pub(crate) struct Responder {
    script: Arc<Script>,
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Responder {
    /// Answers with these texts in turn; a request beyond them is answered 418.
    pub(crate) async fn start<const N: usize>(answers: [String; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Arc::new(Script { answers: Mutex::new(answers.into()), asked: Mutex::default() });
        let shared = Arc::clone(&script);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &shared).await;
            }
        });
        Self { script, port, task }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().base_url(format!("http://127.0.0.1:{}/", self.port)).credentials("the-id", "the-secret")
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

/// Reads one request, answers it, closes.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, script: &Script) {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let line = head.remove(0).trim_end_matches(" HTTP/1.1").to_owned();
    let headers = head.iter().filter_map(|line| line.split_once(": "));
    let headers: Vec<String> = headers.map(|(name, value)| format!("{}: {value}", name.to_lowercase())).collect();
    let mut asked = Asked { line, headers, body: String::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    asked.body = String::from_utf8(body).unwrap();
    script.asked.lock().unwrap().push(asked);
    let answer = script.answers.lock().unwrap().pop_front().unwrap_or_else(|| answer(418, "", "{}"));
    // The client may have hung up on purpose.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The script alone, for a responder behind TLS.
pub(crate) fn script<const N: usize>(answers: [String; N]) -> Arc<Script> {
    Arc::new(Script { answers: Mutex::new(answers.into()), asked: Mutex::default() })
}
