//! `passwright check-config`: the settings in force, or the exact fault.

use std::io::Write as _;
use std::process::ExitCode;

use crate::config::ConfigOption;
use crate::exit;

/// `passwright check-config`.
#[derive(clap::Args)]
pub(crate) struct CheckConfigCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl CheckConfigCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(async move {
            let config = self.config.load()?;
            config.certificate()?;
            let _ = write!(std::io::stdout(), "{}", config.show());
            Ok(ExitCode::SUCCESS)
        })
    }
}
