//! `passwright held`: the password changes that are held after the service's database was restored.

use std::process::ExitCode;

use passwright_client::{HeldChangesRequest, PasswordChange};
use serde_json::json;

use crate::client_session::{ClientOptions, Failure, HELP, Session};

/// `passwright held`.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct HeldCommand {
    #[command(flatten)]
    options: ClientOptions,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Show the held changes, oldest first
    #[command(after_help = HELP)]
    List,
    /// Let held changes go on where they stood
    ///
    /// What was changed at a system itself since a change was accepted is not overwritten, where the system tells when a
    /// password was changed.
    #[command(after_help = HELP)]
    Release(Which),
    /// Give held changes up
    #[command(after_help = HELP)]
    Cancel(Which),
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Ids of changes, as `list` prints them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Every held change, the oldest thousand at once
    #[arg(long)]
    all: bool,
}

impl HeldCommand {
    pub(crate) fn run(self) -> ExitCode {
        self.options.run(async |session| {
            match &self.verb {
                Verb::List => session.print(&session.client.list_held_changes().await?, |changes| lines(changes)),
                Verb::Release(which) => {
                    let count = session.client.release_held_changes(&which.request()).await?;
                    report(session, "released", count);
                }
                Verb::Cancel(which) => {
                    let count = session.client.cancel_held_changes(&which.request()).await?;
                    report(session, "cancelled", count);
                }
            }
            Ok::<(), Failure>(())
        })
    }
}

impl Which {
    fn request(&self) -> HeldChangesRequest {
        if self.all {
            return HeldChangesRequest { all: Some(true), ..HeldChangesRequest::default() };
        }
        HeldChangesRequest { change_ids: Some(self.ids.clone()), ..HeldChangesRequest::default() }
    }
}

fn report(session: &Session, what: &str, count: u64) {
    session.print(&json!({ "count": count }), |_| vec![format!("{what} {count}")]);
}

fn lines(changes: &[PasswordChange]) -> Vec<String> {
    let line = |change: &PasswordChange| {
        let sources: Vec<_> = change.targets.iter().map(|target| target.source_name.as_str()).collect();
        format!("{} accepted {} for {} on {}", change.id, change.accepted_at, change.identity_id, sources.join(", "))
    };
    changes.iter().map(line).collect()
}
