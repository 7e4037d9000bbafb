//! Mail over SMTP, encrypted: by TLS from the first byte, or by STARTTLS, which then is required. Without encryption only
//! to this machine.
//!
//! Invariants: a recipient, a sender and a subject are typed before they become a header, so none can hold a line break; the
//! password and the mail are sent only inside TLS whose certificate and name were verified.

mod connection;
mod message;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use rustls::ClientConfig;

use crate::tls::{Roots, client_config};
use crate::{Credential, Fault, FaultClass};

/// Answers for good that speak of who sends and how, not of the mail: RFC 4954 section 6 and RFC 3207 section 4.
const SET_UP: [u16; 4] = [530, 534, 535, 538];

/// For the whole of a mail.
pub const LONGEST: Duration = Duration::from_secs(60);

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// TLS after `STARTTLS`; a server that does not offer it is refused. Usually port 587.
    StartTls,
    /// TLS from the first byte. Usually port 465.
    Implicit,
    /// None; only for a server on this machine.
    Plain,
}

/// Which mail server, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// The authorities of the server's certificate; absent: those of the operating system.
    pub ca_file: Option<PathBuf>,
    /// The sender: `passwords@example.com` or `Passwords <passwords@example.com>`.
    pub from: String,
    /// Who signs in; absent: nobody does.
    pub user: Option<String>,
    /// The name this machine greets with.
    pub hello: String,
}

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// An address alone.
    pub to: String,
    /// Names the mail: the same again is the same mail. ASCII letters, digits, `_`.
    pub id: String,
    pub date: SystemTime,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailFault {
    /// Try again: the server is not there, busy, or not set up rightly.
    Later { status: Option<u16>, detail: String },
    /// The server will never take this mail, or the address is none.
    Bounced { status: Option<u16>, detail: String },
}

/// Sends mail.
pub struct Mailer {
    host: String,
    port: u16,
    mode: MailTls,
    tls: Arc<ClientConfig>,
    from: Mailbox,
    credentials: Option<Credentials>,
    hello: String,
}

impl Mailer {
    /// Opens no connection.
    ///
    /// # Errors
    /// `FaultClass::Configuration` for a sender that is no address, a user without a password, a certificate file that does
    /// not read.
    pub fn new(config: &MailConfig, password: Option<Credential>) -> Result<Self, Fault> {
        let wrong = |reason: &str, detail: &str| Fault::new(FaultClass::Configuration, reason, detail);
        let from = message::mailbox(&config.from).ok_or_else(|| wrong("the sender is not an address", "mail.from"))?;
        let credentials = match (&config.user, password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.expose().to_owned())),
            (None, None) => None,
            (Some(_), None) => return Err(wrong("the mail user has no password", "mail.password_file")),
            (None, Some(_)) => return Err(wrong("the mail password has no user", "mail.user")),
        };
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            mode: config.tls,
            tls: client_config(Roots::file_or_native(config.ca_file.as_deref()))?,
            from,
            credentials,
            hello: config.hello.clone(),
        })
    }

    /// Sends a mail once.
    ///
    /// # Errors
    /// Whether to try again, and why. Only what the server says of this mail itself can bounce it: a refused sign-in, a
    /// missing STARTTLS or a wrong certificate is a matter of the set-up, and the mail waits.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailFault> {
        let (envelope, content) = message::build(&self.from, mail)
            .map_err(|detail| MailFault::Bounced { status: None, detail: detail.to_owned() })?;
        let sent = async {
            let mut connection = self.connect().await.map_err(|fault| MailFault::Later {
                status: None,
                detail: format!("{} ({})", fault.reason, fault.detail),
            })?;
            let sent = connection.send(&envelope, &content).await;
            // The mail is with the server or not, whatever comes of the farewell.
            let _ = tokio::time::timeout(Duration::from_secs(2), connection.quit()).await;
            sent.map(|_| ()).map_err(|error| {
                let status = error.status().map(u16::from);
                let detail = connection::told(&error);
                let of_set_up = status.is_some_and(|status| SET_UP.contains(&status));
                if (error.is_permanent() && !of_set_up) || error.is_client() {
                    MailFault::Bounced { status, detail }
                } else {
                    MailFault::Later { status, detail }
                }
            })
        };
        let late = || MailFault::Later { status: None, detail: format!("no answer in {} seconds", LONGEST.as_secs()) };
        tokio::time::timeout(LONGEST, sent).await.unwrap_or_else(|_| Err(late()))
    }

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// The exact fault.
    pub async fn test(&self) -> Result<(), Fault> {
        let test = async {
            let mut connection = self.connect().await?;
            let _ = connection.quit().await;
            Ok(())
        };
        let late = Fault::new(FaultClass::Transient, "the mail server did not answer in time", "no answer in 60 s");
        tokio::time::timeout(LONGEST, test).await.unwrap_or(Err(late))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let mut connection = connection::open(&self.host, self.port, self.mode, &self.tls, &self.hello).await?;
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await.map_err(|error| {
                let reason = "the mail server refused the sign-in";
                Fault::new(FaultClass::Configuration, reason, connection::told(&error))
            })?;
        }
        Ok(connection)
    }
}
