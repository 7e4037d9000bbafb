//! `passwright source`: reading the accounts of a source.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use passwright_client::{Aggregation, LoadAccountsRequest};

use crate::client_session::{ClientOptions, Failure, HELP, Session};

/// Between two looks at how far it is.
const PAUSE: Duration = Duration::from_millis(250);
/// Between two lines about it.
const LINES: u32 = 8;

/// `passwright source`.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct SourceCommand {
    #[command(flatten)]
    options: ClientOptions,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Read all accounts of a source and wait until it is done
    ///
    /// New accounts are added, changed ones changed; those that are gone at the source are removed here when all others were
    /// read. When more than the source's removal limit is gone (10 percent), nothing is removed and the command fails: look
    /// at the source, and run it again with --confirm-removals if it is right.
    #[command(after_help = HELP)]
    Aggregate(Aggregate),
}

#[derive(clap::Args)]
struct Aggregate {
    /// The source's display name
    name: String,
    /// Read the accounts of this CSV file instead; its first line names the columns
    #[arg(long, value_name = "CSV")]
    file: Option<PathBuf>,
    /// Consider every account anew, changed or not
    #[arg(long)]
    reprocess: bool,
    /// Remove what is gone, however much it is
    #[arg(long)]
    confirm_removals: bool,
}

impl SourceCommand {
    pub(crate) fn run(self) -> ExitCode {
        self.options.run(async |session| match &self.verb {
            Verb::Aggregate(aggregate) => aggregate.run(session).await,
        })
    }
}

impl Aggregate {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let file = self.file.as_ref().map(|path| {
            std::fs::read(path).map_err(|error| Failure::Input(format!("cannot read {}: {error}", path.display())))
        });
        let request = LoadAccountsRequest {
            file: file.transpose()?,
            disable_optimization: self.reprocess,
            confirm_removals: self.confirm_removals,
        };
        let source = session.client.find_source(&self.name).await?;
        let source = source.ok_or_else(|| Failure::Input(format!("there is no source {:?}", self.name)))?;
        let task = session.client.load_accounts(&source.id, &request).await?.task;
        let mut looks = 0_u32;
        let ended = loop {
            let now = session.client.get_aggregation(&task.id).await?;
            if now.state != "RUNNING" {
                break now;
            }
            if looks % LINES == LINES - 1 {
                session.note(&format!("{} accounts read, {} known", now.read, now.known));
            }
            looks = looks.wrapping_add(1);
            tokio::time::sleep(PAUSE).await;
        };
        session.print(&ended, lines);
        if ended.state == "COMPLETED" { Ok(()) } else { Err(Failure::Aggregation(Box::new(ended))) }
    }
}

fn lines(ended: &Aggregation) -> Vec<String> {
    let Aggregation { source_name, read, created, changed, removed, uncorrelated, .. } = ended;
    let gone = if ended.state == "HELD" { "gone and kept" } else { "removed" };
    let mut lines = vec![
        format!("{source_name}: {read} accounts read, {created} new, {changed} changed, {removed} {gone}"),
        format!("{uncorrelated} of them belong to nobody"),
    ];
    if ended.identities_created + ended.identities_changed > 0 {
        let (new, changed) = (ended.identities_created, ended.identities_changed);
        lines.push(format!("identities: {new} new, {changed} changed"));
    }
    lines
}
