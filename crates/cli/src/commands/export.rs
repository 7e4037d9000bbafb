//! `passwright export`: the set-up document of what there is.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use passwright_app::Service;
use passwright_app::setup::{DICTIONARY_FILE, ExportOptions};

use crate::config::ConfigOption;
use crate::exit::{self, Failure};

const DOCUMENT_FILE: &str = "setup.toml";

/// `passwright export`.
#[derive(clap::Args)]
pub(crate) struct ExportCommand {
    /// Where setup.toml is written, and words.txt with a dictionary; nothing there is overwritten
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    config: ConfigOption,
    /// Identities, their accounts and personal access tokens too
    #[arg(long)]
    identities: bool,
    /// Secrets of clients and tokens as SHA-256, instead of files to be brought
    #[arg(long)]
    secret_digests: bool,
}

impl ExportCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(self.export())
    }

    async fn export(self) -> Result<ExitCode, Failure> {
        crate::server::harden()?;
        let config = self.config.load()?;
        super::require_files(&config)?;
        crate::logging::start(config.log());
        let service = Service::open(config.settings()).await?;
        let options = ExportOptions { identities: self.identities, secret_digests: self.secret_digests };
        let export = service.export(options).await?;
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| Failure::Usage(format!("cannot make {}: {error}", self.folder.display())))?;
        let mut out = std::io::stdout();
        for (name, text) in [(DOCUMENT_FILE, Some(&export.document)), (DICTIONARY_FILE, export.dictionary.as_ref())] {
            if let Some(text) = text {
                let path = self.folder.join(name);
                write_new(&path, text)?;
                let _ = writeln!(out, "wrote {}", path.display());
            }
        }
        if !export.secret_files.is_empty() {
            let files = export.secret_files.join(", ");
            let _ = writeln!(out, "before it is applied, put these secrets beside it: {files}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Readable by its owner alone: names and addresses of people may be in it.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::Usage(format!("cannot write {}: {error}", path.display())))
}
