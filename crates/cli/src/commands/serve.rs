//! `passwright serve`: the service.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use passwright_app::Service;
use passwright_http::Front;
use passwright_storage::Store;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};
use crate::server::{self, Parts};

/// `passwright serve`.
#[derive(clap::Args)]
pub(crate) struct ServeCommand {
    #[command(flatten)]
    config: ConfigOption,
}

impl ServeCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(self.serve())
    }

    async fn serve(self) -> Result<ExitCode, Failure> {
        server::harden()?;
        let config = self.config.load()?;
        crate::logging::start(config.log());
        let certificate = config.certificate()?.map(Arc::new);
        let front = Front {
            listener: server::bind(config.listen()).await?,
            certificate: certificate.clone(),
            proxies: config.proxies(),
        };
        if config.migrates_on_start() {
            Store::migrate(&config.database()).await?;
        }
        let service = Service::open(config.settings()).await?;
        let url = service.settings().public_url.clone();
        if let Some(certificate) = &certificate
            && !certificate.names(config.public_host())
        {
            let host = config.public_host();
            tracing::warn!(host, "the certificate does not name the host of server.public_url: clients will refuse it");
        }
        crate::certificate::keep(certificate)?;
        let parts = Parts { front: Some(front), works: config.works(), retention: config.retention() };
        server::run(service, parts, || {
            // For a supervisor that waits for this line; one that has gone away is no fault.
            let _ = writeln!(std::io::stdout(), "ready {url}");
            let _ = std::io::stdout().flush();
        })
        .await?;
        Ok(ExitCode::SUCCESS)
    }
}
