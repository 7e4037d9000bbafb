//! What the client commands share: options, set-up, output, exit codes.
//!
//! Results go to stdout, everything else to stderr. No password, secret or token is ever printed, a digit token apart.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use passwright_client::{Aggregation, Client, ClientError, Configuration, PasswordStatus, PathFamily};
use serde_json::{Value, json};

/// For `after_help` of every client command.
pub(crate) const HELP: &str = "\
The server and the credentials are found as the official SDKs find them: SAIL_BASE_URL, SAIL_CLIENT_ID and
SAIL_CLIENT_SECRET, else ./config.json, else ~/.sailpoint/config.yaml.

Exit codes: 0 done; 1 it was carried out and failed; 2 wrong usage or input; 3 not set up, or the credentials were refused;
4 the server refused; 5 the server was not reached or cannot answer now; 6 still in progress when the time was over.";

/// Options of every client command.
#[derive(clap::Args)]
pub(crate) struct ClientOptions {
    /// Print the result as JSON, and errors too
    #[arg(long, global = true)]
    json: bool,
    /// The family of paths to use
    #[arg(long, global = true, value_name = "FAMILY", default_value = "v2025", value_parser = families())]
    api: PathFamily,
    /// The service's URL, without a path family
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,
    /// PEM file of an own certificate authority, trusted besides those of the system
    #[arg(long, global = true, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Allow http:// to hosts other than this machine
    #[arg(long, global = true)]
    allow_plain_http: bool,
}

fn families() -> impl TypedValueParser<Value = PathFamily> {
    PossibleValuesParser::new(PathFamily::ALL.map(PathFamily::as_str)).try_map(|text| text.parse::<PathFamily>())
}

/// Why a client command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// The call failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The change was carried out and failed. Printed as a result, not as an error.
    #[error("the password was not changed everywhere")]
    Change(Box<PasswordStatus>),
    /// The accounts of a source were not read to the end, or not taken for gone.
    #[error("{}", .0.reason.as_deref().unwrap_or("the accounts were not read"))]
    Aggregation(Box<Aggregation>),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Change(_) | Self::Aggregation(_) => 1,
            Self::Input(_) => 2,
            Self::Client(error) => match error {
                ClientError::Encrypt(_) | ClientError::InvalidRequestId | ClientError::NotInFamily { .. } => 2,
                ClientError::Configuration(_) => 3,
                ClientError::StillInProgress(_) => 6,
                error if error.is_transient() => 5,
                ClientError::Authentication(_) => 3,
                ClientError::Api(error) if error.status == 401 => 3,
                ClientError::Api(_) => 4,
                _ => 5,
            },
        }
    }

    /// The message with its causes, on one line.
    fn line(&self) -> String {
        let mut line = self.to_string();
        // The client's own messages hold the cause already, files and TLS apart.
        if let Self::Client(ClientError::Configuration(error)) = self {
            let mut cause = std::error::Error::source(error);
            while let Some(deeper) = cause {
                line = format!("{line}: {deeper}");
                cause = deeper.source();
            }
        }
        printable(&line)
    }

    fn as_json(&self) -> Value {
        let mut object = json!({ "error": self.line() });
        if let Self::Client(error) = self
            && let Some(api) = error.api()
        {
            object["status"] = json!(api.status);
            object["detailCode"] = json!(api.detail_code);
            object["trackingId"] = json!(api.tracking_id);
            object["messages"] = json!(api.messages);
            object["causes"] = json!(api.causes);
            object["retryAfterSeconds"] = json!(api.retry_after.map(|wait| wait.as_secs()));
        }
        object
    }
}

/// A client and the way its results are printed.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) json: bool,
}

impl Session {
    /// Prints a result: its JSON, or the lines made of it.
    pub(crate) fn print<T: serde::Serialize>(&self, result: &T, lines: impl FnOnce(&T) -> Vec<String>) {
        let text = if self.json {
            serde_json::to_string(result).unwrap_or_default()
        } else {
            lines(result).iter().map(|line| printable(line)).collect::<Vec<_>>().join("\n")
        };
        // A reader that has gone away must not turn a done change into a failed command.
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Tells a person what is going on.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{}", printable(text));
        }
    }
}

/// The text without control characters, which a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl ClientOptions {
    fn open(&self) -> Result<Session, Failure> {
        let configuration = Configuration::load(self.base_url.as_deref()).map_err(ClientError::from)?;
        let mut builder = Client::builder()
            .configuration(configuration)
            .path_family(self.api)
            .allow_plain_http(self.allow_plain_http);
        if let Some(file) = &self.ca_file {
            builder = builder.root_certificate_file(file);
        }
        Ok(Session { client: builder.build()?, json: self.json })
    }

    /// Runs a command to its exit code.
    pub(crate) fn run(&self, command: impl AsyncFnOnce(&Session) -> Result<(), Failure>) -> ExitCode {
        let outcome = self.open().and_then(|session| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Failure::Input(format!("cannot start the runtime: {error}")))?;
            runtime.block_on(command(&session))
        });
        let Err(failure) = outcome else { return ExitCode::SUCCESS };
        let line = if self.json { failure.as_json().to_string() } else { format!("error: {}", failure.line()) };
        let _ = writeln!(std::io::stderr(), "{line}");
        ExitCode::from(failure.exit_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passwright_client::{ApiError, EncryptError};

    fn api(status: u16) -> ApiError {
        ApiError { status, causes: vec!["because\u{1b}[2J".into()], ..ApiError::default() }
    }

    #[test]
    fn exit_codes() {
        let cases: [(Failure, u8); 9] = [
            (Failure::Input("x".into()), 2),
            (ClientError::Encrypt(EncryptError::Empty).into(), 2),
            (ClientError::Authentication(api(401).into()).into(), 3),
            (ClientError::Authentication(api(503).into()).into(), 5),
            (ClientError::Api(api(401).into()).into(), 3),
            (ClientError::Api(api(400).into()).into(), 4),
            (ClientError::Api(api(404).into()).into(), 4),
            (ClientError::Api(api(429).into()).into(), 5),
            (ClientError::AnswerTooLong { limit: 1 }.into(), 5),
        ];
        for (failure, code) in cases {
            assert_eq!(failure.exit_code(), code, "{failure}");
        }
    }

    #[test]
    fn errors_as_a_line_and_as_json() {
        let error = ApiError {
            detail_code: Some("400.1 Bad Request Content".into()),
            tracking_id: Some("b21b".into()),
            ..api(400)
        };
        let failure = Failure::from(ClientError::Api(error.into()));
        assert_eq!(
            failure.line(),
            r#"because [2J (status 400, detailCode "400.1 Bad Request Content", trackingId b21b)"#
        );
        let json = failure.as_json();
        assert_eq!((&json["status"], &json["trackingId"]), (&json!(400), &json!("b21b")));
        assert_eq!(Failure::Input("the \"x\"".into()).as_json(), json!({ "error": "the \"x\"" }));
    }
}
