//! The measurements behind docs/benchmarks.md, all in one run on one machine, each beside a bare loop that does only the
//! work that cannot be saved. `cargo run --release -p passwright-bench` prints the table and writes it into that page;
//! with `--quick` the windows are short, with `--only` one part is measured, and then the page stays as it is. What answers
//! give away of people is measured apart (`--only enumeration`) and has a table of its own.
//!
//! Not a test: a missed goal is a line in the table. What would make a figure worthless (an answer that is not 202, a
//! change that was not proved, a row that is not there) ends the run with an error.

mod accepts;
mod aggregate;
mod bare_directory;
mod browser;
mod disk;
mod drain;
mod enumeration;
mod fan_out;
mod http_load;
mod isolation;
mod machine;
mod memory;
mod nodes;
mod pace;
mod page;
mod pages;
mod policy;
mod population;
mod process;
mod relay;
mod rsa;
mod server;
mod site;
mod start;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::machine::Machine;
use crate::table::Table;

const USAGE: &str = "usage: passwright-bench [--quick] \
                     [--only rsa|policy|accepts|memory|queue|nodes|fan-out|isolation|aggregate|pages|enumeration]";

type Measure = fn(&Plan, &Path, &mut Table) -> Result<()>;

/// In the order they are measured.
const PARTS: [(&str, Measure); 10] = [
    ("rsa", rsa::measure),
    ("policy", policy::measure),
    ("accepts", accepts::measure),
    ("memory", memory::measure),
    ("queue", drain::measure),
    ("nodes", nodes::measure),
    ("fan-out", fan_out::measure),
    ("isolation", isolation::measure),
    ("aggregate", aggregate::measure),
    ("pages", pages::measure),
];

/// Measured only when asked for, as it takes more than an hour; its table has a place of its own in the page.
const ENUMERATION: (&str, Measure) = ("enumeration", enumeration::measure);

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
    /// Accounts of a directory that is read.
    pub(crate) accounts: usize,
    /// Starts of which the median is told.
    pub(crate) starts: usize,
    /// Names of each kind that are asked for.
    pub(crate) guesses: usize,
}

impl Plan {
    fn full() -> Self {
        Self {
            quick: false,
            window: Duration::from_secs(5),
            identities: 2_000,
            queue: 5_000,
            waiting: 100_000,
            accounts: 100_000,
            starts: 9,
            guesses: 10_000,
        }
    }

    fn quick() -> Self {
        Self {
            quick: true,
            window: Duration::from_secs(1),
            identities: 500,
            queue: 1_000,
            waiting: 10_000,
            accounts: 5_000,
            starts: 3,
            guesses: 200,
        }
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
    let (mut plan, mut only) = (Plan::full(), None);
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--quick" => plan = Plan::quick(),
            "--only" => only = Some(arguments.next().context(USAGE)?),
            _ => bail!("{USAGE}"),
        }
    }
    let parts: Vec<_> = match only {
        None => PARTS.to_vec(),
        Some(only) => PARTS.into_iter().chain([ENUMERATION]).filter(|(name, _)| *name == only).collect(),
    };
    ensure!(!parts.is_empty(), "{USAGE}");
    let program = server::build()?;
    let machine = Machine::look()?;
    let mut table = Table::default();
    for (name, measure) in parts {
        eprintln!("measuring: {name}");
        measure(&plan, &program, &mut table).with_context(|| format!("measuring: {name}"))?;
    }
    println!("{machine}\n\n{table}");
    let marks = match only {
        None => "table",
        Some("enumeration") => "enumeration",
        Some(_) => "",
    };
    if plan.quick || marks.is_empty() {
        eprintln!("not a whole run: docs/benchmarks.md is left as it is");
        return Ok(());
    }
    page::write(marks, &format!("{machine}\n\n{table}"))
}
