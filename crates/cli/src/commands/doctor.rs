//! `passwright doctor`: asks every source and the mail server, and says exactly what is wrong. Changes nothing at any source.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use passwright_app::Service;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

/// For one source; its own limits are below it.
const PATIENCE: Duration = Duration::from_secs(20);

/// `passwright doctor`.
#[derive(clap::Args)]
#[command(after_help = "Exit codes: 0 all sources and the mail server answer; 1 one does not, or the database does not; 2 wrong usage or settings.")]
pub(crate) struct DoctorCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl DoctorCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(self.examine())
    }

    async fn examine(self) -> Result<ExitCode, Failure> {
        let config = self.config.load()?;
        super::require_files(&config)?;
        let service = Service::open(config.settings()).await?;
        let health = service.health().await?;
        let mut out = std::io::stdout();
        let _ = writeln!(out, "ok    database: {}, durability {} ({})", health.engine, health.durability, health.detail);
        let catalog = service.catalog().await?;
        let mut sources: Vec<_> = catalog.sources().collect();
        sources.sort_by(|a, b| a.source.name.cmp(&b.source.name));
        let mut all_answer = true;
        for source in sources {
            let name = &source.source.name;
            let verdict = tokio::time::timeout(PATIENCE, source.test()).await;
            let line = match verdict {
                Ok(None) => format!("ok    source \"{name}\": built in"),
                Ok(Some(Ok(()))) => {
                    let fencing = source.fencing().await.map_or("not known", |fencing| fencing.as_str());
                    format!("ok    source \"{name}\": fencing {fencing}")
                }
                Ok(Some(Err(fault))) => format!("fault source \"{name}\": {} ({})", fault.reason, fault.detail),
                Err(_) => format!("fault source \"{name}\": no answer in {} seconds", PATIENCE.as_secs()),
            };
            all_answer &= line.starts_with("ok");
            let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = writeln!(out, "{line}");
        }
        if let Some(verdict) = service.test_mail().await {
            let line = match verdict {
                Ok(()) => "ok    mail server".to_owned(),
                Err(fault) => format!("fault mail server: {} ({})", fault.reason, fault.detail),
            };
            all_answer &= line.starts_with("ok");
            let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let _ = writeln!(out, "{line}");
        }
        Ok(if all_answer { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
