//! The project's own tasks: `cargo xtask check` (what the compiler cannot say about the repository), `cargo xtask test`
//! (everything, with what it needs installed where possible), `cargo xtask simulate` (the engine under many seeds) and
//! `cargo xtask contract` (our OpenAPI document against the vendor's).
//!
//! Not for building releases, and not a place for logic the product needs. Check and test close with one line
//! `N passed, N failed, N skipped`; nothing is left out silently.

mod check;
mod contract;
mod fuzz_filters;
mod install;
mod report;
mod shell;
mod simulate;
mod skip;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask check
       cargo xtask test [--only NAME] [--skip-install] [--postgres]
       cargo xtask simulate [--seeds N] [--seed S]
       cargo xtask fuzz-filters [--executions N] [--seed S]
       cargo xtask contract [--spec FILE]...

check   formatting, lints, crate arrows, licences, bans, sources, lock file, text rules
test    installs what is missing where it can, then check, all tests, 10,000 seeds and the conformance runs
        --only NAME      only the steps whose name begins with NAME:
                         check, tests, simulate, doctests, python-1, python-2, typescript, go, wire, java, pages, openapi
        --skip-install   install nothing; what is missing is skipped and named
        --postgres       the step openapi-postgres too: openapi against the service on PostgreSQL
simulate  runs the engine under N seeds (10,000) from S on; with --seed alone, that one, with its event log
fuzz-filters  feeds N mutated filters (1,000,000) to the parser and the writer of statements
contract  compares docs/api/openapi.json with vendor documents: those named, or all in PASSWRIGHT_VENDOR_SPECS

environment: CI=true makes a missing component a failure";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Vec<String>) -> Result<bool> {
    let mut arguments = arguments.into_iter();
    let task = arguments.next().unwrap_or_default();
    if matches!(task.as_str(), "" | "-h" | "--help" | "help") {
        println!("{USAGE}");
        return Ok(true);
    }
    if task == "simulate" {
        return simulate::main(&workspace::root()?, arguments);
    }
    if task == "fuzz-filters" {
        return fuzz_filters::main(&workspace::root()?, arguments);
    }
    if task == "contract" {
        return contract::main(&workspace::root()?, arguments);
    }
    let mut options = test::Options::default();
    while let Some(argument) = arguments.next() {
        match (task.as_str(), argument.as_str()) {
            (_, "-h" | "--help") => {
                println!("{USAGE}");
                return Ok(true);
            }
            ("test", "--only") => options.only = Some(arguments.next().unwrap_or_default()),
            ("test", "--skip-install") => options.skip_install = true,
            ("test", "--postgres") => options.postgres = true,
            _ => bail!("unknown argument {argument:?} for {task:?}\n\n{USAGE}"),
        }
    }
    let root = workspace::root()?;
    match task.as_str() {
        "check" => check::main(&root),
        "test" => test::main(&root, &options),
        _ => bail!("unknown task {task:?}\n\n{USAGE}"),
    }
}
