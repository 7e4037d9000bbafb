//! `passwright password`: what a password must be, a new one, and what became of a change.

use std::process::ExitCode;
use std::time::Duration;

use passwright_client::{
    ClientError, PasswordChangeState, PasswordInfo, PasswordInfoQueryDto, PasswordStatus, encrypt_password,
};

use crate::client_session::{ClientOptions, Failure, HELP, Session};
use crate::new_password;

/// `passwright password`.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct PasswordCommand {
    #[command(flatten)]
    options: ClientOptions,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Show a user's accounts on a source and the rules for their password
    #[command(after_help = HELP)]
    Info(Place),
    /// Set a new password and wait until every system has it
    ///
    /// The password is asked for twice, hidden, or read from stdin with --stdin. It cannot be given as an argument.
    #[command(after_help = HELP)]
    Set(Set),
    /// Show what became of a password change
    #[command(after_help = HELP)]
    Status(Status),
}

#[derive(clap::Args)]
struct Place {
    /// The user's login name
    #[arg(long, value_name = "LOGIN")]
    user: String,
    /// The source's display name
    #[arg(long, value_name = "NAME")]
    source: String,
}

#[derive(clap::Args)]
struct Set {
    #[command(flatten)]
    place: Place,
    /// The account: its native id or its name; needed when the user has several on the source
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Read the new password from stdin, one line
    #[arg(long)]
    stdin: bool,
    /// The longest to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

#[derive(clap::Args)]
struct Status {
    /// The request id that `set` printed
    id: String,
    /// Wait until the change is done
    #[arg(long)]
    wait: bool,
    /// The longest to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, requires = "wait")]
    timeout: u64,
}

impl PasswordCommand {
    pub(crate) fn run(self) -> ExitCode {
        self.options.run(async |session| match &self.verb {
            Verb::Info(place) => {
                session.print(&place.query(session).await?, info_lines);
                Ok(())
            }
            Verb::Set(set) => set.run(session).await,
            Verb::Status(status) if status.wait => wait(session, &status.id, status.timeout).await,
            Verb::Status(status) => {
                let found = session.client.get_identity_password_change_status(&status.id).await;
                report(session, found?)
            }
        })
    }
}

impl Place {
    async fn query(&self, session: &Session) -> Result<PasswordInfo, Failure> {
        let query = PasswordInfoQueryDto::new(&self.user, &self.source);
        Ok(session.client.query_password_info(&query).await?)
    }
}

impl Set {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let info = self.place.query(session).await?;
        let account = choose_account(&info, self.account.as_deref())?;
        let Some(key) = info.public_key.as_deref() else {
            return Err(Failure::Input("the server gave no public key for this user and source".to_owned()));
        };
        let password = if self.stdin {
            new_password::from_reader(std::io::stdin())?
        } else {
            info.policies.iter().for_each(|rule| session.note(&format!("rule: {rule}")));
            new_password::from_prompt()?
        };
        let encrypted = encrypt_password(key, &password).map_err(ClientError::from)?;
        drop(password);
        let change = session.client.set_identity_password(&info.change_request(account, encrypted)).await?;
        let Some(id) = change.request_id else {
            let status = PasswordStatus {
                request_id: None,
                state: change.state,
                errors: Vec::new(),
                source_ids: info.source_id.into_iter().collect(),
            };
            return report(session, status);
        };
        session.note(&format!("accepted as {id}"));
        wait(session, &id, self.timeout).await
    }
}

/// The native id of the account that is meant; `None` when the only account was given without one.
fn choose_account<'a>(info: &'a PasswordInfo, wanted: Option<&str>) -> Result<Option<&'a str>, Failure> {
    let known = || {
        let names = info.accounts.iter().filter_map(|account| account.account_id.as_deref());
        names.collect::<Vec<_>>().join("; ")
    };
    let Some(wanted) = wanted else {
        return match info.accounts.as_slice() {
            [] => Err(Failure::Input("the user has no account on this source".to_owned())),
            [only] => Ok(only.account_id.as_deref()),
            _ => Err(Failure::Input(format!("the user has several accounts, choose one with --account: {}", known()))),
        };
    };
    let by_id = info.accounts.iter().find(|account| account.account_id.as_deref() == Some(wanted));
    let mut by_name = info.accounts.iter().filter(|account| account.account_name.as_deref() == Some(wanted));
    let found = match (by_id, by_name.next(), by_name.next()) {
        (Some(account), _, _) | (None, Some(account), None) => Ok(account),
        (None, None, _) => Err(format!("the user has no account {wanted:?} on this source, only: {}", known())),
        (None, Some(_), Some(_)) => Err(format!("several accounts have the name {wanted:?}: {}", known())),
    };
    Ok(found.map_err(Failure::Input)?.account_id.as_deref())
}

async fn wait(session: &Session, id: &str, timeout: u64) -> Result<(), Failure> {
    let mut told = None;
    let tell = |status: &PasswordStatus| {
        if told != Some(status.state) {
            told = Some(status.state);
            session.note(state_words(status.state));
        }
    };
    match session.client.wait_for_password_change(id, Duration::from_secs(timeout), tell).await {
        Ok(status) => report(session, status),
        Err(error) => {
            if let ClientError::StillInProgress(status) = &error {
                session.print(status.as_ref(), status_lines);
                session.note(&format!("ask again with: passwright password status --wait {id}"));
            }
            Err(error.into())
        }
    }
}

fn report(session: &Session, status: PasswordStatus) -> Result<(), Failure> {
    session.print(&status, status_lines);
    if status.state == PasswordChangeState::Failed {
        return Err(Failure::Change(Box::new(status)));
    }
    Ok(())
}

fn state_words(state: PasswordChangeState) -> &'static str {
    match state {
        PasswordChangeState::InProgress => "in progress",
        PasswordChangeState::Finished => "finished: every system has the new password",
        PasswordChangeState::Failed => "failed",
    }
}

fn info_lines(info: &PasswordInfo) -> Vec<String> {
    let fields = [("identity", &info.identity_id), ("source", &info.source_id), ("key", &info.public_key_id)];
    let mut lines: Vec<String> =
        fields.iter().filter_map(|(name, value)| Some(format!("{name:<9} {}", value.as_ref()?))).collect();
    for account in &info.accounts {
        let id = account.account_id.as_deref().unwrap_or_default();
        lines.push(match account.account_name.as_deref() {
            Some(name) if name != id => format!("account   {id} ({name})"),
            _ => format!("account   {id}"),
        });
    }
    lines.extend(info.policies.iter().map(|rule| format!("rule      {rule}")));
    lines
}

fn status_lines(status: &PasswordStatus) -> Vec<String> {
    let mut lines = vec![match &status.request_id {
        Some(id) => format!("{} {id}", status.state),
        None => status.state.to_string(),
    }];
    lines.extend(status.source_ids.iter().map(|id| format!("source    {id}")));
    lines.extend(status.errors.iter().map(|reason| format!("reason    {reason}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use passwright_client::PasswordInfoAccount;

    fn info(accounts: &[(&str, &str)]) -> PasswordInfo {
        let account = |&(id, name): &(&str, &str)| PasswordInfoAccount {
            account_id: Some(id.to_owned()),
            account_name: Some(name.to_owned()),
        };
        PasswordInfo { accounts: accounts.iter().map(account).collect(), ..PasswordInfo::default() }
    }

    #[test]
    fn accounts_are_chosen_or_asked_for() {
        let one = info(&[("CN=Abby", "Abby")]);
        let two = info(&[("CN=Abby", "Abby"), ("CN=Abby Admin", "Admin")]);
        let same = info(&[("CN=A", "Abby"), ("CN=B", "Abby"), ("Abby", "x")]);
        let cases: [(&PasswordInfo, Option<&str>, Result<&str, &str>); 9] = [
            (&one, None, Ok("CN=Abby")),
            (&one, Some("Abby"), Ok("CN=Abby")),
            (&one, Some("abby"), Err("the user has no account \"abby\" on this source, only: CN=Abby")),
            (&two, None, Err("the user has several accounts, choose one with --account: CN=Abby; CN=Abby Admin")),
            (&two, Some("CN=Abby Admin"), Ok("CN=Abby Admin")),
            (&two, Some("Admin"), Ok("CN=Abby Admin")),
            (&same, Some("Abby"), Ok("Abby")),
            (
                &info(&[("CN=A", "N"), ("CN=B", "N")]),
                Some("N"),
                Err("several accounts have the name \"N\": CN=A; CN=B"),
            ),
            (&info(&[]), None, Err("the user has no account on this source")),
        ];
        for (info, wanted, expected) in cases {
            let found = choose_account(info, wanted).map(Option::unwrap).map_err(|failure| failure.to_string());
            assert_eq!(found.as_ref().map(|id| *id).map_err(String::as_str), expected);
        }
    }

    #[test]
    fn lines_for_people() {
        let mut found = info(&[("CN=Abby", "Abby"), ("abby", "abby")]);
        found.identity_id = Some("2c91".into());
        found.policies = vec!["passwordMinLength is 8".into()];
        assert_eq!(
            info_lines(&found),
            ["identity  2c91", "account   CN=Abby (Abby)", "account   abby", "rule      passwordMinLength is 8"]
        );
        let status = PasswordStatus {
            request_id: Some("0898".into()),
            state: PasswordChangeState::Failed,
            errors: vec!["The password change payload is invalid".into()],
            source_ids: vec!["2c92".into()],
        };
        assert_eq!(
            status_lines(&status),
            ["FAILED 0898", "source    2c92", "reason    The password change payload is invalid"]
        );
    }
}
