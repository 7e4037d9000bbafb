//! The programs under `conformance/`, each given nothing but the demo's own variables: the official Python SDK in both of
//! its majors, the official TypeScript and Go SDKs, the requests other clients send replayed byte for byte, and Java's cipher; and a browser with
//! the pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::demo::{self, Demo};
use super::{Options, sdks, tally};
use crate::install::{self, CHROMIUM, Component, GO, JAVA, LDAP_UTILS, NODE, POSTGRESQL, PYTHON, Packages, SLAPD};
use crate::report::{Outcome, Report};
use crate::shell;
use crate::skip::{self, Skip};

/// The variable with the program that was built.
const PROGRAM: &str = "CONFORMANCE_PROGRAM";
/// The variable with the folder of the programs that run beside it: a real OpenLDAP, stand-ins for Duo and Okta.
const EXAMPLES: &str = "CONFORMANCE_EXAMPLES";
/// Where the pages' suite puts a picture of every page and state.
const SCREENSHOTS: &str = "PASSWRIGHT_SCREENSHOTS";

struct Suite {
    step: &'static str,
    /// Below `conformance/`.
    script: &'static str,
    /// None means the system's python3 with its standard library.
    packages: Option<Packages>,
    /// Further packages, for programs that the script starts.
    beside: Option<Packages>,
    needs: &'static [&'static Component],
    /// Starts programs of the test kit.
    with_examples: bool,
    /// Runs only when it is asked for.
    asked_for: bool,
}

const SUITE: Suite =
    Suite { step: "", script: "", packages: None, beside: None, needs: &[], with_examples: false, asked_for: false };

const SUITES: &[Suite] = &[
    Suite {
        step: "python-1",
        script: "python/beta_v3_v2024_v2025.py",
        packages: Some(Packages::Python(1)),
        needs: &[&PYTHON, &LDAP_UTILS],
        ..SUITE
    },
    Suite {
        step: "python-2",
        script: "python/root.py",
        packages: Some(Packages::Python(2)),
        needs: &[&PYTHON, &LDAP_UTILS],
        ..SUITE
    },
    Suite {
        step: "typescript",
        script: "typescript/change.mjs",
        packages: Some(Packages::Npm("typescript")),
        needs: &[&NODE, &LDAP_UTILS],
        ..SUITE
    },
    Suite { step: "go", script: "go/main.go", packages: Some(Packages::Go), needs: &[&GO, &LDAP_UTILS], ..SUITE },
    Suite { step: "wire", script: "wire/replay.py", needs: &[&PYTHON], ..SUITE },
    Suite { step: "java", script: "java/run.py", needs: &[&PYTHON, &LDAP_UTILS, &JAVA], ..SUITE },
    Suite {
        step: "pages",
        script: "pages/run.mjs",
        packages: Some(Packages::Npm("pages")),
        // Its mail server.
        beside: Some(Packages::Python(3)),
        needs: &[&NODE, &CHROMIUM, &PYTHON, &SLAPD, &LDAP_UTILS],
        with_examples: true,
        ..SUITE
    },
    // The last: made-up values change what the others rely on.
    Suite {
        step: "openapi",
        script: "openapi/run.py",
        packages: Some(Packages::Python(4)),
        needs: &[&PYTHON],
        ..SUITE
    },
    // With a database and a service of its own.
    Suite {
        step: "openapi-postgres",
        script: "openapi/postgres.py",
        packages: Some(Packages::Python(4)),
        needs: &[&PYTHON, &POSTGRESQL],
        asked_for: true,
        ..SUITE
    },
];

/// Runs the wanted suites against one demo, which is started for the first that can run.
pub(super) fn run(root: &Path, options: &Options, report: &mut Report) {
    let mut demo: Option<Result<Demo>> = None;
    let mut whole = Vec::new();
    let asked = |suite: &Suite| options.postgres || options.only.as_deref() == Some(suite.step);
    let wanted = |suite: &&Suite| options.wants(suite.step) && (!suite.asked_for || asked(suite));
    for suite in SUITES.iter().filter(wanted) {
        report.step(suite.step, || {
            if let Some(skip) = missing(root, suite, options.skip_install) {
                println!("{skip}");
                return Ok(Outcome::skipped(skip));
            }
            let demo = demo.get_or_insert_with(|| demo::build(root).and_then(|program| Demo::start(&program)));
            match demo {
                Ok(demo) => {
                    let (outcome, lines) = suite.run(root, demo)?;
                    if outcome.failed == 0 && outcome.skips.is_empty() {
                        whole.push((suite.step, lines));
                    }
                    Ok(outcome)
                }
                Err(error) => anyhow::bail!("no demo to speak to: {error:#}"),
            }
        });
    }
    if !whole.is_empty() {
        report.step("sdks", || sdks::check(root, &whole));
    }
}

fn missing(root: &Path, suite: &Suite, skip_install: bool) -> Option<Skip> {
    let absent = install::components(suite.needs, skip_install);
    let mut packages = [suite.packages, suite.beside].into_iter().flatten();
    let lacking = || packages.find_map(|packages| packages.ensure(root, skip_install));
    absent.into_iter().next().or_else(lacking)
}

impl Suite {
    fn run(&self, root: &Path, demo: &Demo) -> Result<(Outcome, Vec<String>)> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let log = folder.path().join("skips");
        let mut command = self.command(root);
        command.current_dir(folder.path());
        for (name, _) in std::env::vars_os() {
            // Only the demo's own settings may decide what is spoken to.
            if name.to_str().is_some_and(|name| name.starts_with("SAIL_") || name.starts_with("PASSWRIGHT_")) {
                command.env_remove(name);
            }
        }
        command.envs(demo.variables.iter().map(|(name, value)| (name, value))).env(skip::LOG, &log);
        command.env(PROGRAM, &demo.program);
        if self.with_examples {
            command.env(EXAMPLES, demo.program.with_file_name("examples"));
        }
        command.env(SCREENSHOTS, root.join("screenshots"));
        let ran = shell::stream(&mut command)?;
        let logged = std::fs::read_to_string(&log).unwrap_or_default();
        let outcome = outcome(&ran, &logged);
        if outcome.failed > 0 {
            println!("--- the demo's log, last lines ---\n{}", demo.log());
        }
        Ok((outcome, ran.lines))
    }

    fn command(&self, root: &Path) -> Command {
        let script = root.join("conformance").join(self.script);
        let python = |interpreter: PathBuf| {
            let mut command = Command::new(interpreter);
            command.arg("-u").arg(&script);
            command
        };
        match self.packages {
            None => python(shell::find("python3").unwrap_or_else(|| PathBuf::from("python3"))),
            Some(Packages::Python(number)) => python(install::interpreter(root, number)),
            Some(Packages::Npm(_)) => {
                let mut command = Command::new("node");
                command.arg(&script);
                command
            }
            Some(Packages::Go) => {
                let mut command = Command::new("go");
                command.arg("-C").arg(script.with_file_name("")).args(["run", "."]);
                command
            }
        }
    }
}

fn outcome(ran: &shell::Ran, logged: &str) -> Outcome {
    let skips = skip::collect(logged, &ran.lines);
    match tally::closing(&ran.lines) {
        Some(tally) if ran.success => Outcome { passed: tally.passed, failed: tally.failed, skips },
        Some(tally) => Outcome { passed: tally.passed, failed: tally.failed.max(1), skips },
        None => Outcome { passed: 0, failed: 1, skips },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_close_has_failed() {
        let ran = |success, text: &str| shell::Ran { success, lines: text.lines().map(str::to_owned).collect() };
        let good = outcome(&ran(true, "ok beta set-password\n1 passed, 0 failed"), "");
        assert_eq!((good.passed, good.failed), (1, 0));
        assert_eq!(outcome(&ran(true, "ok beta set-password"), "").failed, 1);
        assert_eq!(outcome(&ran(false, "1 passed, 0 failed"), "").failed, 1);
    }

    #[test]
    fn every_suite_is_a_step_and_lies_in_the_repository() {
        let root = crate::workspace::root().unwrap();
        for suite in SUITES {
            assert!(super::super::STEPS.contains(&suite.step), "{}", suite.step);
            assert!(root.join("conformance").join(suite.script).is_file(), "{}", suite.script);
        }
    }
}
