//! `passwright token`: digit tokens.

use std::process::ExitCode;

use passwright_client::PasswordDigitTokenReset;

use crate::client_session::{ClientOptions, Failure, HELP, Session};

/// `passwright token`.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct TokenCommand {
    #[command(flatten)]
    options: ClientOptions,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a digit token for a user and print its digits
    #[command(after_help = HELP)]
    Digit(Digit),
}

#[derive(clap::Args)]
struct Digit {
    /// The user's login name
    #[arg(long, value_name = "LOGIN")]
    user: String,
    /// Number of digits, 6 to 18; the organisation's default if not given
    #[arg(long, value_name = "DIGITS", value_parser = clap::value_parser!(i64).range(6..=18))]
    length: Option<i64>,
    /// Minutes the token lives; the organisation's default if not given
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(i64).range(1..))]
    minutes: Option<i64>,
}

impl TokenCommand {
    pub(crate) fn run(self) -> ExitCode {
        self.options.run(async |session| match &self.verb {
            Verb::Digit(digit) => digit.run(session).await,
        })
    }
}

impl Digit {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let reset =
            PasswordDigitTokenReset { user_id: self.user.clone(), length: self.length, duration_minutes: self.minutes };
        let token = session.client.create_digit_token(&reset).await?;
        session.print(&token, |token| vec![token.digit_token.clone()]);
        session.note(&format!("request {}", token.request_id));
        Ok(())
    }
}
