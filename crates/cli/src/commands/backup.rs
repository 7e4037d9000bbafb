//! `passwright backup`: database and key files into a folder, while the service runs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use passwright_app::backup::{BackupFault, make_backup};

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

/// `passwright backup`.
#[derive(clap::Args)]
pub(crate) struct BackupCommand {
    /// The folder, new or empty
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Leave the keys of waiting passwords out: whoever takes the backup can open none of them, and after a restore the
    /// changes that waited fail
    #[arg(long)]
    without_epoch_keys: bool,
    #[command(flatten)]
    config: ConfigOption,
}

impl BackupCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(async move {
            crate::server::harden()?;
            let config = self.config.load()?;
            let made = make_backup(&config.settings(), &self.to, !self.without_epoch_keys).await.map_err(failure)?;
            let mut out = std::io::stdout();
            for (name, bytes) in &made.files {
                let _ = writeln!(out, "{name} {bytes}");
            }
            if !made.with_database {
                let _ = writeln!(std::io::stderr(), "the database is PostgreSQL's: copy it with pg_dump, after this");
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// A folder that will not do is the caller's; the rest lies outside.
pub(super) fn failure(fault: BackupFault) -> Failure {
    match fault {
        BackupFault::NotEmpty { .. } | BackupFault::Exists { .. } | BackupFault::Engine { .. } => {
            Failure::Usage(fault.to_string())
        }
        fault => Failure::run("", &fault),
    }
}
