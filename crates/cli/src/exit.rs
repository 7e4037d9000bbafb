//! How the server commands end: one clear line on stderr, and an exit code.

use std::io::Write as _;
use std::process::ExitCode;

use crate::config::ConfigFault;

/// Why a server command ended. The message never holds a secret.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, the settings or a document are wrong: exit code 2.
    Usage(String),
    /// Something outside is in the way: exit code 1.
    Run(String),
}

impl Failure {
    /// An outside fault, with its causes on one line.
    pub(crate) fn run(what: &str, error: &dyn std::error::Error) -> Self {
        let mut line = if what.is_empty() { error.to_string() } else { format!("{what}: {error}") };
        let mut cause = error.source();
        while let Some(deeper) = cause {
            let text = deeper.to_string();
            if !line.ends_with(&text) {
                line = format!("{line}: {text}");
            }
            cause = deeper.source();
        }
        Self::Run(line)
    }
}

impl From<ConfigFault> for Failure {
    fn from(fault: ConfigFault) -> Self {
        Self::Usage(fault.to_string())
    }
}

impl From<passwright_app::Error> for Failure {
    fn from(error: passwright_app::Error) -> Self {
        // Its cause is for the log, and here the operator reads the log.
        match error {
            passwright_app::Error::Unavailable { cause, .. } => Self::Run(cause),
            passwright_app::Error::Internal(cause) => Self::Run(cause),
            other => Self::Run(other.to_string()),
        }
    }
}

impl From<passwright_storage::StorageError> for Failure {
    fn from(error: passwright_storage::StorageError) -> Self {
        Self::run("database", &error)
    }
}

/// Runs a command on a runtime of its own, to its exit code.
pub(crate) fn run(command: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(command);
            // Work on blocking threads (a hash under way) is not waited for.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::run("cannot start the runtime", &error)),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let (line, code) = match failure {
                Failure::Usage(line) => (line, 2),
                Failure::Run(line) => (line, 1),
            };
            let _ = writeln!(std::io::stderr(), "error: {}", line.replace(['\n', '\r'], " "));
            ExitCode::from(code)
        }
    }
}
