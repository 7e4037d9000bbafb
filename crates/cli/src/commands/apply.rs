//! `passwright apply`: makes the directory as a set-up document says.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use passwright_app::setup::{Setup, SetupDocument, SetupError};
use passwright_app::Service;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

/// `passwright apply`.
#[derive(clap::Args)]
pub(crate) struct ApplyCommand {
    /// The set-up document; see docs/setup.md
    #[arg(value_name = "FILE.toml")]
    document: PathBuf,
    #[command(flatten)]
    config: ConfigOption,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
}

impl ApplyCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(self.apply())
    }

    async fn apply(self) -> Result<ExitCode, Failure> {
        crate::server::harden()?;
        let config = self.config.load()?;
        crate::logging::start(config.log());
        let setup = read(&self.document)?;
        let service = Service::open(config.settings()).await?;
        let plan = service.apply(setup, self.dry_run).await.map_err(|e| in_document(&self.document, e))?;
        let mut out = std::io::stdout();
        let _ = write!(out, "{plan}");
        let (created, changed) = plan.counts();
        let tense = if self.dry_run { " (dry run: nothing was written)" } else { "" };
        let _ = writeln!(out, "{created} created, {changed} changed{tense}");
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads and checks a document; the paths in it start at its folder.
pub(crate) fn read(path: &Path) -> Result<Setup, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    SetupDocument::parse(&text)
        .and_then(|document| Setup::resolve(document, folder, &|name| std::env::var(name).ok()))
        .map_err(|error| in_document(path, error))
}

/// The error with the document's name in front, where the document is at fault.
pub(crate) fn in_document(path: &Path, error: SetupError) -> Failure {
    match error {
        SetupError::Service(error) => error.into(),
        error => Failure::Usage(format!("{}: {error}", path.display())),
    }
}
