//! `passwright demo`: everything in one folder, on this machine alone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::{demo, exit};

/// `passwright demo`.
#[derive(clap::Args)]
#[command(after_help = "\
The folder holds everything: run the command again with the same folder and it goes on where it was; delete the folder
and nothing is left. With `. DIR/demo.env` a shell, every official SDK and the client commands find the demo.")]
pub(crate) struct DemoCommand {
    /// The folder; made when absent
    #[arg(long, value_name = "DIR", default_value = "passwright-demo")]
    dir: PathBuf,
    /// Address and port of this machine to serve on, plain http; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Port of a mail server on this machine that catches mails; without it none are sent, and no code or link is mailed
    #[arg(long, value_name = "PORT")]
    mail_port: Option<u16>,
}

impl DemoCommand {
    pub(crate) fn run(self) -> ExitCode {
        exit::run(demo::run(self.dir, self.listen, self.mail_port))
    }
}
