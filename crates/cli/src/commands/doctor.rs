//! `passwright doctor`: asks every source and the mail server, and says exactly what is wrong. Changes nothing at any source.
//! A source that refused its service account is not asked again, so that this command may run as often as one likes.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use passwright_app::passwords::rfc3339;
use passwright_app::{Service, Stopped};

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
    /// Try a source once that is stopped because its service account was refused; on success it goes on
    #[arg(long, value_name = "SOURCE")]
    resume: Option<String>,
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
        if let Some(name) = &self.resume {
            return resume(&service, name).await;
        }
        let catalog = service.catalog().await?;
        let mut sources: Vec<_> = catalog.sources().collect();
        sources.sort_by(|a, b| a.source.name.cmp(&b.source.name));
        let mut all_answer = true;
        for source in sources {
            let name = &source.source.name;
            let verdict = tokio::time::timeout(PATIENCE, service.test_source(source)).await;
            let line = match (&source.stopped, verdict) {
                (Some(stopped), _) => stopped_line(name, stopped),
                (None, Ok(None)) => format!("ok    source \"{name}\": built in"),
                (None, Ok(Some(Ok(())))) => {
                    let fencing = source.fencing().await.map_or("not known", |fencing| fencing.as_str());
                    format!("ok    source \"{name}\": fencing {fencing}")
                }
                (None, Ok(Some(Err(fault)))) => format!("fault source \"{name}\": {} ({})", fault.reason, fault.detail),
                (None, Err(_)) => format!("fault source \"{name}\": no answer in {} seconds", PATIENCE.as_secs()),
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

fn stopped_line(name: &str, stopped: &Stopped) -> String {
    let (since, probe) = (rfc3339(stopped.since), rfc3339(stopped.probe_at));
    format!(
        "fault source \"{name}\": stopped since {since}: {} ({}); tried once at {probe}, or now by --resume \"{name}\", or \
         at once with other settings",
        stopped.reason, stopped.detail
    )
}

async fn resume(service: &Service, name: &str) -> Result<ExitCode, Failure> {
    let (line, code) = match service.resume_source(name).await {
        Ok(Ok(())) => (format!("ok    source \"{name}\" goes on"), 0),
        Ok(Err(fault)) => (format!("fault source \"{name}\": {} ({})", fault.reason, fault.detail), 1),
        Err(passwright_app::Error::NotFound) => (format!("fault source \"{name}\": there is none, or it is not stopped"), 1),
        Err(other) => return Err(other.into()),
    };
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(ExitCode::from(code))
}
