//! `cargo xtask test`: the steps in order, each run even when an earlier one failed, so one run tells everything.
//!
//! Conformance steps speak to a demo of the binary just built, started on a free port in a folder of its own.

mod cargo_tests;
mod conformance;
mod demo;
mod demo_env;
mod sdks;
mod tally;

use std::path::Path;

use anyhow::{Result, bail};

use crate::check;
use crate::install;
use crate::report::{Outcome, Report};
use crate::simulate;

#[derive(Default)]
pub(crate) struct Options {
    /// Only the steps whose name begins so.
    pub(crate) only: Option<String>,
    pub(crate) skip_install: bool,
    /// The step `openapi-postgres` too.
    pub(crate) postgres: bool,
}

const STEPS: &[&str] = &[
    "check",
    "tests",
    "simulate",
    "doctests",
    "python-1",
    "python-2",
    "typescript",
    "go",
    "wire",
    "java",
    "pages",
    "openapi",
    "openapi-postgres",
];

impl Options {
    fn wants(&self, step: &str) -> bool {
        self.only.as_deref().is_none_or(|only| step.starts_with(only))
    }
}

pub(crate) fn main(root: &Path, options: &Options) -> Result<bool> {
    if !STEPS.iter().any(|step| options.wants(step)) {
        bail!("no step begins with {:?}; there are {}", options.only.as_deref().unwrap_or_default(), STEPS.join(", "));
    }
    let mut report = Report::new();
    if options.wants("tests") {
        let servers: Vec<_> = install::SERVERS.iter().collect();
        let mut skips = install::components(&servers, options.skip_install);
        skips.extend(install::PYTHON_SERVERS.ensure(root, options.skip_install));
        if !skips.is_empty() {
            report.step("install", || Ok(Outcome { skips, ..Outcome::default() }));
        }
    }
    if options.wants("check") {
        report.step("check", || Ok(check::run(root)));
    }
    if options.wants("tests") {
        report.step("tests", || cargo_tests::run(root, &["test", "--workspace", "--all-targets", "--no-fail-fast"]));
    }
    if options.wants("simulate") {
        report.step("simulate", || cargo_tests::count(&mut simulate::every(root)));
    }
    if options.wants("doctests") {
        report.step("doctests", || cargo_tests::run(root, &["test", "--workspace", "--doc", "--no-fail-fast"]));
    }
    conformance::run(root, options, &mut report);
    Ok(report.close())
}
