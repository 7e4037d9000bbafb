//! The one binary: each command is a file in `commands`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

mod certificate;
mod client_session;
mod commands;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod logging;
mod new_password;
mod server;

use std::process::ExitCode;

use clap::Parser;

/// One password change, in every system, with proof.
#[derive(Parser)]
#[command(name = "passwright", version, arg_required_else_help = true, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    Cli::parse().command.run()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
