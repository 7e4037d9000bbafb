//! `passwright adopt-epoch-keys`: goes on after every copy of the epoch key file was lost.

use std::process::ExitCode;

use passwright_app::{Clock as _, SystemClock, adopt_epoch_keys};

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

/// `passwright adopt-epoch-keys`.
#[derive(clap::Args)]
pub(crate) struct AdoptEpochKeysCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl AdoptEpochKeysCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(async move {
            crate::server::harden()?;
            let config = self.config.load()?;
            adopt_epoch_keys(&config.settings(), SystemClock.now()).await.map_err(Failure::from)?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
