//! `passwright worker`: carries out password changes, and serves nothing.

use std::process::ExitCode;

use passwright_app::Service;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};
use crate::server::{self, Parts};

/// `passwright worker`.
#[derive(clap::Args)]
pub(crate) struct WorkerCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl WorkerCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(self.work())
    }

    async fn work(self) -> Result<ExitCode, Failure> {
        server::harden()?;
        let config = self.config.load()?;
        if config.is_single_process() {
            let why = "database.url: SQLite belongs to one process; `serve` does the work there, or use PostgreSQL";
            return Err(Failure::Usage(why.to_owned()));
        }
        crate::logging::start(config.log());
        super::require_files(&config)?;
        let service = Service::open(config.settings()).await?;
        let parts = Parts { front: None, works: true, retention: config.retention() };
        server::run(service, parts, || tracing::info!("working")).await?;
        Ok(ExitCode::SUCCESS)
    }
}
