//! The commands. A new one is a file with a clap type that has `fn run(self) -> ExitCode`, and one line below.

use std::process::ExitCode;

macro_rules! commands {
    ($($(#[$meta:meta])* $name:ident($module:ident::$type:ident) $(if $feature:literal)?;)*) => {
        $($(#[cfg(feature = $feature)])? pub(crate) mod $module;)*

        /// Every command.
        #[derive(clap::Subcommand)]
        pub(crate) enum Command {
            $($(#[$meta])* $(#[cfg(feature = $feature)])? $name($module::$type),)*
        }

        impl Command {
            /// Runs the command.
            pub(crate) fn run(self) -> ExitCode {
                match self {
                    $($(#[cfg(feature = $feature)])? Self::$name(command) => command.run(),)*
                }
            }
        }
    };
}

commands! {
    /// Try it out: the service with systems of its own, in one folder, without any set-up.
    Demo(demo::DemoCommand) if "demo";
    /// Run the service.
    Serve(serve::ServeCommand);
    /// Carry out password changes in a process of its own (PostgreSQL only).
    Worker(worker::WorkerCommand);
    /// Bring the database's tables up to this version.
    Migrate(migrate::MigrateCommand);
    /// Make the directory as a set-up document says.
    Apply(apply::ApplyCommand);
    /// Write the set-up document of what there is.
    Export(export::ExportCommand);
    /// Administrators: make the first one.
    Admin(admin::AdminCommand);
    /// Copy database and key files into a folder; the service may run meanwhile.
    Backup(backup::BackupCommand);
    /// Put a backup where the settings say, into an empty place; what was open in it waits for an administrator.
    Restore(restore::RestoreCommand);
    /// Go on after every copy of the epoch key file was lost: changes that wait under its keys fail. Stop all nodes first.
    AdoptEpochKeys(adopt_epoch_keys::AdoptEpochKeysCommand);
    /// Show the settings in force, or what is wrong with them.
    CheckConfig(check_config::CheckConfigCommand);
    /// Ask every source and say exactly what is wrong; changes nothing there.
    Doctor(doctor::DoctorCommand);
    /// Digit tokens: the codes a help desk reads to a user.
    Token(token::TokenCommand);
    /// Password changes that are held after the database was restored.
    Held(held::HeldCommand);
    /// Sources: read their accounts.
    Source(source::SourceCommand);
    /// Passwords of accounts: rules, change, state of a change.
    Password(password::PasswordCommand);
}

/// Fails when a key file is missing: these commands set nothing up, so a missing file is a wrong path.
fn require_files(config: &crate::config::Config) -> Result<(), crate::exit::Failure> {
    match config.key_files().into_iter().find(|file| !file.exists()) {
        Some(missing) => Err(crate::exit::Failure::Usage(format!("{} does not exist", missing.display()))),
        None => Ok(()),
    }
}
