//! `passwright admin create`: the first administrator, made on the machine of the service.

use std::io::Write as _;
use std::process::ExitCode;

use passwright_app::Service;
use passwright_app::setup::NewAdministrator;
use passwright_storage::Store;
use passwright_vault::secret::Password;

use crate::config::ConfigOption;
use crate::exit::{self, Failure};
use crate::new_password;

/// `passwright admin`.
#[derive(clap::Args)]
pub(crate) struct AdminCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make an identity with the level ORG_ADMIN, asking for its sign-in password
    Create(Create),
}

#[derive(clap::Args)]
struct Create {
    /// The login name
    #[arg(long, value_name = "NAME")]
    alias: String,
    /// The full name; the login name when absent
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    email: Option<String>,
    /// Read the password from stdin, one line, and ask nothing
    #[arg(long, conflicts_with = "no_password")]
    stdin: bool,
    /// Set no sign-in password; needs --token
    #[arg(long, requires = "token")]
    no_password: bool,
    /// Make a personal access token too; id and secret are printed once
    #[arg(long)]
    token: bool,
    /// Although there is an administrator
    #[arg(long)]
    another: bool,
    #[command(flatten)]
    config: ConfigOption,
}

impl AdminCommand {
    pub(crate) fn run(self) -> ExitCode {
        let Verb::Create(create) = self.verb;
        exit::run(create.create())
    }
}

impl Create {
    async fn create(self) -> Result<ExitCode, Failure> {
        crate::server::harden()?;
        let config = self.config.load()?;
        crate::logging::start(config.log());
        let password = match (self.no_password, self.stdin) {
            (true, _) => None,
            (false, true) => Some(new_password::from_reader(std::io::stdin().lock())),
            (false, false) => Some(new_password::from_prompt()),
        };
        let password = password.transpose().map_err(|failure| Failure::Usage(failure.to_string()))?;
        if config.migrates_on_start() {
            Store::migrate(&config.database()).await?;
        }
        let service = Service::open(config.settings()).await?;
        let new = NewAdministrator {
            alias: self.alias.clone(),
            name: self.name,
            email: self.email,
            password: password.map(|text| Password::new(text.as_str().to_owned())),
            token: self.token,
            another: self.another,
        };
        let token = service.create_administrator(new).await.map_err(|error| match error {
            passwright_app::Error::BadRequest { message, .. } => Failure::Usage(message),
            error => error.into(),
        })?;
        let mut out = std::io::stdout();
        let _ = writeln!(out, "administrator {}", self.alias);
        if let Some(token) = token {
            let _ = writeln!(out, "token_id {}\ntoken_secret {}", token.id, token.secret.expose());
        }
        Ok(ExitCode::SUCCESS)
    }
}
