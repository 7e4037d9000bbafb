//! The connection to the mail server, up to the point where it is encrypted.
//!
//! STARTTLS is spoken here and not by `lettre`: what a server (or somebody in between) sends after its answer and before the
//! handshake must not be taken for what it says inside, and the certificate is judged as for every other system.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::MailTls;
use crate::tls::faults;
use crate::{Fault, FaultClass};

const LONGEST_CONNECT: Duration = Duration::from_secs(10);
/// The longest answer before the handshake, in bytes.
const LONGEST_ANSWER: usize = 8192;

/// Opens a connection and greets the server.
pub(super) async fn open(
    host: &str,
    port: u16,
    mode: MailTls,
    tls: &Arc<ClientConfig>,
    hello: &str,
) -> Result<AsyncSmtpConnection, Fault> {
    let away = |detail: String| Fault::new(FaultClass::Transient, "the mail server cannot be reached", detail);
    let connecting = tokio::time::timeout(LONGEST_CONNECT, TcpStream::connect((host, port)));
    let mut tcp = match connecting.await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(error)) => return Err(away(format!("{host}:{port}: {error}"))),
        Err(_) => return Err(away(format!("{host}:{port}: no connection in 10 s"))),
    };
    let client = ClientId::Domain(hello.to_owned());
    let greeted: Box<dyn AsyncTokioStream> = match mode {
        MailTls::Plain => {
            let peer = tcp.peer_addr().map_err(|e| away(e.to_string()))?;
            if !peer.ip().to_canonical().is_loopback() {
                let detail = format!("{peer} is not this machine");
                return Err(Fault::new(FaultClass::Configuration, "mail leaves this machine encrypted only", detail));
            }
            Box::new(tcp)
        }
        MailTls::Implicit => Box::new(Encrypted { ahead: b"", tls: handshake(host, tcp, tls).await? }),
        MailTls::StartTls => {
            start_tls(&mut tcp, hello).await?;
            // There is no second greeting, and the dialogue that begins inside wants one.
            Box::new(Encrypted { ahead: b"220 encrypted\r\n", tls: handshake(host, tcp, tls).await? })
        }
    };
    AsyncSmtpConnection::connect_with_transport(greeted, &client).await.map_err(|error| {
        Fault::new(FaultClass::Transient, "the mail server does not answer as a mail server", told(&error))
    })
}

async fn handshake(host: &str, tcp: TcpStream, tls: &Arc<ClientConfig>) -> Result<TlsStream<TcpStream>, Fault> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        Fault::new(FaultClass::Configuration, "the name of the mail server cannot stand in a certificate", host)
    })?;
    TlsConnector::from(tls.clone()).connect(name, tcp).await.map_err(|error| {
        faults::from_io(&error).unwrap_or_else(|| {
            Fault::new(FaultClass::Transient, "the encrypted connection to the mail server failed", error.to_string())
        })
    })
}

/// Greeting, `EHLO`, `STARTTLS`, each answered alone.
async fn start_tls(tcp: &mut TcpStream, hello: &str) -> Result<(), Fault> {
    let broken =
        |detail: String| Fault::new(FaultClass::Transient, "the mail server does not answer as a mail server", detail);
    answer(tcp, "220").await.map_err(broken)?;
    tcp.write_all(format!("EHLO {hello}\r\n").as_bytes()).await.map_err(|e| broken(e.to_string()))?;
    let offers = answer(tcp, "250").await.map_err(broken)?;
    let offered =
        offers.lines().filter_map(|line| line.get(4..)).any(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS"));
    if !offered {
        let reason = "the mail server does not offer encryption (STARTTLS)";
        return Err(Fault::new(FaultClass::Configuration, reason, "its answer to EHLO lacks STARTTLS"));
    }
    tcp.write_all(b"STARTTLS\r\n").await.map_err(|e| broken(e.to_string()))?;
    answer(tcp, "220").await.map_err(broken)?;
    Ok(())
}

/// Reads one whole answer with this status and not a byte more; what follows it is an attack and ends the connection.
async fn answer(tcp: &mut TcpStream, status: &str) -> Result<String, String> {
    let mut text = Vec::new();
    loop {
        let mut chunk = [0; 1024];
        let read = tcp.read(&mut chunk).await.map_err(|e| e.to_string())?;
        if read == 0 {
            return Err("the connection ended".to_owned());
        }
        text.extend(chunk.iter().take(read));
        if text.len() > LONGEST_ANSWER {
            return Err("an answer is too long".to_owned());
        }
        let said = String::from_utf8_lossy(&text);
        // Lines of one answer have a dash behind the status, but for the last.
        let mut end = 0;
        let last = said.split_inclusive('\n').find(|line| {
            end += line.len();
            line.ends_with('\n') && line.as_bytes().get(3) != Some(&b'-')
        });
        let Some(last) = last else { continue };
        if end < said.len() {
            return Err("the server said more than it was asked".to_owned());
        }
        if !last.starts_with(status) {
            return Err(last.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect());
        }
        return Ok(said.into_owned());
    }
}

/// A TLS stream, with bytes that are read before its own.
struct Encrypted {
    ahead: &'static [u8],
    tls: TlsStream<TcpStream>,
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tls.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.tls).poll_read(context, into);
        }
        let (now, later) = self.ahead.split_at(self.ahead.len().min(into.remaining()));
        into.put_slice(now);
        self.ahead = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tls).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_shutdown(context)
    }
}

/// The error with its causes, as one line.
pub(super) fn told(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.trim().to_owned()
}
