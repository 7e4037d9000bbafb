//! The measurements behind docs/benchmarks.md, all in one run on one machine, each beside a bare loop that does only the
//! work that cannot be saved. `cargo run --release -p passwright-bench` prints the table and writes it into that page;
//! with `--quick` the windows are short and the page stays as it is.
//!
//! Not a test: a missed goal is a line in the table. What would make a figure worthless (an answer that is not 202, a
//! change that was not proved, a row that is not there) ends the run with an error.

mod accepts;
mod bare_directory;
mod disk;
mod drain;
mod http_load;
mod machine;
mod memory;
mod page;
mod policy;
mod population;
mod process;
mod rsa;
mod server;
mod site;
mod start;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::machine::Machine;
use crate::table::Table;

const USAGE: &str = "usage: passwright-bench [--quick]";

/// How much is measured.
pub(crate) struct Plan {
    pub(crate) quick: bool,
    /// How long each rate is measured.
    pub(crate) window: Duration,
    /// Identities that accepts are spread over.
    pub(crate) identities: usize,
    /// Changes in a queue that is drained.
    pub(crate) queue: usize,
    /// Changes that wait while memory is looked at.
    pub(crate) waiting: usize,
    /// Starts of which the median is told.
    pub(crate) starts: usize,
}

impl Plan {
    fn full() -> Self {
        Self {
            quick: false,
            window: Duration::from_secs(5),
            identities: 2_000,
            queue: 5_000,
            waiting: 100_000,
            starts: 9,
        }
    }

    fn quick() -> Self {
        Self { quick: true, window: Duration::from_secs(1), identities: 500, queue: 1_000, waiting: 10_000, starts: 3 }
    }
}

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let plan = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Plan::full(),
        ["--quick"] => Plan::quick(),
        _ => bail!("{USAGE}"),
    };
    let program = server::build()?;
    let machine = Machine::look()?;
    let mut table = Table::default();
    told("rsa", || rsa::measure(&plan, &mut table))?;
    told("policy", || policy::measure(&plan, &mut table))?;
    let site = told("accepts", || accepts::measure(&plan, &program, &mut table))?;
    told("start", || start::measure(&plan, &program, &site, &mut table))?;
    told("memory", || memory::measure(&plan, &program, &mut table))?;
    told("queue", || drain::measure(&plan, &mut table))?;
    println!("{machine}\n\n{table}");
    if plan.quick {
        eprintln!("short windows: docs/benchmarks.md is left as it is");
        return Ok(());
    }
    page::write(&format!("{machine}\n\n{table}"))
}

fn told<T>(what: &str, measure: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("measuring: {what}");
    measure()
}
