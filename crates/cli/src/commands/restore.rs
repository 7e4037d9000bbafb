//! `passwright restore`: a backup into an empty place.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use passwright_app::backup::restore_backup;

use super::backup::failure;
use crate::config::ConfigOption;
use crate::exit;

/// `passwright restore`.
#[derive(clap::Args)]
pub(crate) struct RestoreCommand {
    /// The backup's folder
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    config: ConfigOption,
}

impl RestoreCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(async move {
            crate::server::harden()?;
            let config = self.config.load()?;
            let restored = restore_backup(&config.settings(), &self.from).await.map_err(failure)?;
            let mut out = std::io::stdout();
            for (name, bytes) in &restored.files {
                let _ = writeln!(out, "{name} {bytes}");
            }
            let mut error = std::io::stderr();
            if !restored.with_database {
                let _ = writeln!(error, "the database is PostgreSQL's: restore it with pg_restore before the first start");
            }
            if !restored.with_epoch_keys {
                let _ = writeln!(error, "the backup has no epoch keys: run `passwright adopt-epoch-keys` before the first start");
            }
            let _ = writeln!(error, "password changes that were open are held at the start: see `passwright held list`");
            Ok(ExitCode::SUCCESS)
        })
    }
}
