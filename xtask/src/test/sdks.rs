//! `docs/reference/sdks.md`: which SDK drove which operation in which family, out of the lines `ok FAMILY OPERATION` and
//! `ok CLIENT FAMILY OPERATION` of the conformance programs. `PASSWRIGHT_WRITE_DOCS` writes it anew.
//!
//! Only the columns of programs that ran whole are compared, so a machine without an SDK says nothing about it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use crate::report::Outcome;

const PAGE: &str = "docs/reference/sdks.md";
const BEGIN: &str = "<!-- operations: written by `cargo xtask test` -->\n";
const END: &str = "<!-- end of operations -->\n";
const FAMILIES: [&str; 6] = ["beta", "v3", "v2024", "v2025", "v2026", "root"];

/// Heading of a column, the step that fills it, and the client its lines begin with, where a step speaks as several.
const COLUMNS: [(&str, &str, Option<&str>); 6] = [
    ("Python 1", "python-1", None),
    ("Python 2", "python-2", None),
    ("TypeScript", "typescript", None),
    ("Go", "go", None),
    ("PowerShell (requests)", "wire", Some("powershell")),
    ("`sail api` (requests)", "wire", Some("cli")),
];

/// Families by operation, for one column.
type Driven = BTreeMap<String, BTreeSet<usize>>;

/// Compares the page with what ran, or writes it: each step with the lines it printed.
pub(super) fn check(root: &Path, ran: &[(&str, Vec<String>)]) -> Result<Outcome> {
    settle(root, ran, std::env::var_os("PASSWRIGHT_WRITE_DOCS").is_some())
}

fn settle(root: &Path, ran: &[(&str, Vec<String>)], write: bool) -> Result<Outcome> {
    let path = root.join(PAGE);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (head, rest) = text.split_once(BEGIN).context("the page has no table")?;
    let (kept, tail) = rest.split_once(END).context("the table has no end")?;
    let mut columns = read(kept);
    for (at, (_, step, client)) in COLUMNS.iter().enumerate() {
        if let Some((_, lines)) = ran.iter().find(|(name, _)| name == step) {
            columns[at] = driven(lines, *client);
        }
    }
    let table = written(&columns);
    if write {
        std::fs::write(&path, format!("{head}{BEGIN}{table}{END}{tail}"))?;
    } else if kept != table {
        println!("FAILED {PAGE} is not current; PASSWRIGHT_WRITE_DOCS=1 cargo xtask test writes it");
        return Ok(Outcome { failed: 1, ..Outcome::default() });
    }
    println!("ok {PAGE}");
    Ok(Outcome { passed: 1, ..Outcome::default() })
}

fn driven(lines: &[String], client: Option<&str>) -> Driven {
    let mut all = Driven::new();
    for line in lines {
        let Some(said) = line.strip_prefix("ok ") else { continue };
        let said = match client {
            None => Some(said),
            Some(client) => said.strip_prefix(client).and_then(|rest| rest.strip_prefix(' ')),
        };
        let Some((family, operation)) = said.and_then(|said| said.split_once(' ')) else { continue };
        // A check that is no operation, such as "the repeat is the same change", is more than one word.
        if let Some(family) = FAMILIES.iter().position(|known| *known == family)
            && !operation.contains(' ')
        {
            all.entry(operation.to_owned()).or_default().insert(family);
        }
    }
    all
}

fn written(columns: &[Driven; COLUMNS.len()]) -> String {
    let operations: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    let mut text = format!("| operation | {} |\n", COLUMNS.map(|(heading, ..)| heading).join(" | "));
    text += &format!("| --- {}|\n", "| --- ".repeat(COLUMNS.len()));
    for operation in operations {
        let cell = |column: &Driven| match column.get(operation) {
            None => "-".to_owned(),
            Some(families) => families.iter().map(|at| FAMILIES[*at]).collect::<Vec<_>>().join(" "),
        };
        text += &format!("| `{operation}` | {} |\n", columns.each_ref().map(cell).join(" | "));
    }
    text
}

fn read(table: &str) -> [Driven; COLUMNS.len()] {
    let mut columns: [Driven; COLUMNS.len()] = Default::default();
    for line in table.lines().skip(2) {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let operation = cells.next().unwrap_or_default().trim_matches('`').to_owned();
        for (column, cell) in columns.iter_mut().zip(cells) {
            let families: BTreeSet<usize> =
                cell.split(' ').filter_map(|name| FAMILIES.iter().position(|known| *known == name)).collect();
            if !families.is_empty() {
                column.insert(operation.clone(), families);
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_become_a_table_and_the_table_reads_back() {
        let mut columns: [Driven; COLUMNS.len()] = Default::default();
        columns[0] = driven(
            &lines("ok v3 set-password\nok beta set-password\nok v3 sign-in at the directory\nFAILED v3 x"),
            None,
        );
        columns[4] =
            driven(&lines("ok powershell root token\nok cli root token\nok powershell root a b"), Some("powershell"));
        let table = written(&columns);
        assert!(table.contains("| `set-password` | beta v3 | - | - | - | - | - |\n"), "{table}");
        assert!(table.contains("| `token` | - | - | - | - | root | - |\n"), "{table}");
        assert_eq!(read(&table), columns);
    }

    #[test]
    fn only_what_ran_is_compared() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join(PAGE);
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        let mut columns: [Driven; COLUMNS.len()] = Default::default();
        columns[1] = driven(&lines("ok root set-password"), None);
        std::fs::write(&page, format!("# SDKs\n{BEGIN}{}{END}", written(&columns))).unwrap();
        let check = |ran: &[(&str, Vec<String>)]| settle(folder.path(), ran, false).unwrap().failed;
        assert_eq!(check(&[]), 0);
        assert_eq!(check(&[("python-2", lines("ok root set-password"))]), 0);
        assert_eq!(check(&[("python-2", lines("ok root token"))]), 1);
        assert_eq!(check(&[("go", lines("ok v3 token"))]), 1);
        let ran = [("go", lines("ok v3 token"))];
        assert_eq!(settle(folder.path(), &ran, true).unwrap().failed, 0);
        assert_eq!(check(&ran), 0, "it was written");
    }
}
