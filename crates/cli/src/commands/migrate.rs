//! `passwright migrate`: brings the database's tables up to this version.

use std::process::ExitCode;

use passwright_storage::Store;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

/// `passwright migrate`.
#[derive(clap::Args)]
pub(crate) struct MigrateCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl MigrateCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(async move {
            let config = self.config.load()?;
            Store::migrate(&config.database()).await.map_err(Failure::from)?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
