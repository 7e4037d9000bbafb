//! `cargo xtask contract`: our OpenAPI document (`docs/api/openapi.json`) against the vendor's, operation by operation. Those
//! files are not part of this project: they are read where somebody has them.
//!
//! A difference is accepted by a row of `accepted.toml`, with its reason; another one is a failure. Operations that are not
//! here are listed and counted, not failed: `docs/reference/coverage.md` says why there are such.

mod accepted;
mod compare;
mod facts;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::accepted::Row;
use self::compare::{Difference, ONLY_HERE};
use self::facts::Facts;
use crate::check::Verdict;
use crate::skip::Skip;

const OURS: &str = "docs/api/openapi.json";
/// A folder with the vendor's files.
const FOLDER: &str = "PASSWRIGHT_VENDOR_SPECS";
const BESIDE: &str = "../shared/openapi";
const FAMILIES: [&str; 6] = ["beta", "v3", "v2024", "v2025", "v2026", "root"];

/// What one vendor document says beside ours.
struct Compared {
    family: &'static str,
    operations: usize,
    agree: usize,
    differences: Vec<Difference>,
    /// Theirs that are not here.
    absent: Vec<String>,
}

/// Compares with the files named by `--spec`, or with all there are; true when no difference is unexplained.
///
/// # Errors
/// When an argument is wrong, or a document cannot be read.
pub(crate) fn main(root: &Path, arguments: impl IntoIterator<Item = String>) -> Result<bool> {
    let mut arguments = arguments.into_iter();
    let mut specs = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument != "--spec" {
            bail!("unknown argument {argument:?} for \"contract\"");
        }
        specs.push(PathBuf::from(arguments.next().context("--spec needs a file")?));
    }
    if specs.is_empty() {
        specs = there(root);
    }
    if specs.is_empty() {
        bail!("no vendor document: name one with --spec FILE, or a folder with {FOLDER}");
    }
    let rows = accepted::rows()?;
    let all = compared(root, &specs)?;
    all.iter().for_each(|compared| show(compared, &rows));
    let faults = faults(&all, &rows);
    faults.iter().for_each(|fault| println!("FAILED {fault}"));
    println!("{} documents compared, {} unexplained differences", all.len(), faults.len());
    Ok(faults.is_empty())
}

/// The same as a check, where the files are at hand.
///
/// # Errors
/// When a document cannot be read.
pub(crate) fn check(root: &Path) -> Result<Verdict> {
    let specs = there(root);
    if specs.is_empty() {
        let reason = format!("no vendor documents; {FOLDER} names a folder with them");
        return Ok(Verdict::Skip(Skip::excused("contract", reason)));
    }
    Ok(Verdict::Faults(faults(&compared(root, &specs)?, &accepted::rows()?)))
}

fn there(root: &Path) -> Vec<PathBuf> {
    let folder = std::env::var_os(FOLDER).map_or_else(|| root.join(BESIDE), PathBuf::from);
    let files = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    files.sort();
    files
}

fn compared(root: &Path, specs: &[PathBuf]) -> Result<Vec<Compared>> {
    let path = root.join(OURS);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let ours = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    let ours = facts::operations(&ours);
    specs.iter().map(|spec| document(&ours, spec)).collect()
}

fn document(ours: &BTreeMap<String, Facts>, spec: &Path) -> Result<Compared> {
    let theirs = yaml::read(spec)?;
    let family = family(&theirs).with_context(|| format!("{} names no known path family", spec.display()))?;
    let ours = of_family(ours, family);
    let theirs = facts::operations(&theirs);
    let mut compared = Compared { family, operations: 0, agree: 0, differences: Vec::new(), absent: Vec::new() };
    for (name, here) in &ours {
        if let Some(there) = theirs.get(name) {
            let (differences, agree) = compare::compare(family, name, here, there);
            compared.operations += 1;
            compared.agree += agree;
            compared.differences.extend(differences);
        } else {
            compared.differences.push(Difference {
                family: family.to_owned(),
                operation: name.clone(),
                place: "operation".to_owned(),
                what: ONLY_HERE,
                detail: String::new(),
            });
        }
    }
    compared.absent = theirs.into_keys().filter(|name| !ours.contains_key(name)).collect();
    Ok(compared)
}

/// The last part of the servers' addresses; the newest form has none.
fn family(document: &Value) -> Option<&'static str> {
    let url = document["servers"][0]["url"].as_str()?;
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split_once('/').map_or("", |(_, path)| path);
    if path.is_empty() { Some("root") } else { FAMILIES.into_iter().find(|family| *family == path) }
}

/// Our operations of a family, by the names they have in the vendor's document of it.
fn of_family<'a>(ours: &'a BTreeMap<String, Facts>, family: &str) -> BTreeMap<String, &'a Facts> {
    let name = |full: &str| -> Option<String> {
        let (method, path) = full.split_once(" /")?;
        if family != "root" {
            return Some(format!("{method} /{}", path.strip_prefix(family)?.strip_prefix('/')?));
        }
        // `/sources/v1/{}`; our own paths begin with `api`.
        let version = path.split('/').nth(1)?;
        let versioned = version.strip_prefix('v').is_some_and(|number| number.parse::<u8>().is_ok());
        (versioned && !path.starts_with("api/")).then(|| full.to_owned())
    };
    ours.iter().filter_map(|(full, facts)| Some((name(full)?, facts))).collect()
}

fn faults(all: &[Compared], rows: &[Row]) -> Vec<String> {
    let differences = || all.iter().flat_map(|compared| &compared.differences);
    let mut faults: Vec<String> =
        differences().filter(|one| !rows.iter().any(|row| row.accepts(one))).map(told).collect();
    let seen: BTreeSet<&str> = all.iter().map(|compared| compared.family).collect();
    if seen.len() == FAMILIES.len() {
        let stale = rows.iter().filter(|row| !differences().any(|one| row.accepts(one)));
        faults.extend(stale.map(|row| format!("accepted.toml has a row that nothing needs: {}", row.reason)));
    }
    faults
        .extend(all.iter().filter(|one| one.operations == 0).map(|one| format!("{}: nothing to compare", one.family)));
    faults
}

fn told(difference: &Difference) -> String {
    let Difference { family, operation, place, what, detail } = difference;
    let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
    format!("{family} {operation}: {place}: {what}{detail}")
}

fn show(compared: &Compared, rows: &[Row]) {
    let Compared { family, operations, agree, differences, absent } = compared;
    println!("\n=== {family}: {operations} operations, {agree} places agree, {} differ ===", differences.len());
    for row in rows {
        let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for one in differences.iter().filter(|one| row.accepts(one)) {
            *places.entry((&one.place, one.what)).or_default() += 1;
        }
        if !places.is_empty() {
            println!("accepted: {}", row.reason);
            places.iter().for_each(|((place, what), times)| println!("  {times:>3}x {place}: {what}"));
        }
    }
    println!("{} operations are not here: {}", absent.len(), absent.join(", "));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_names_its_family() {
        let with = |url: &str| json!({"servers": [{"url": url}]});
        assert_eq!(family(&with("https://{tenant}.api.example/v2025")), Some("v2025"));
        assert_eq!(family(&with("https://{tenant}.api.example")), Some("root"));
        assert_eq!(family(&with("https://{tenant}.api.example/v9")), None);
    }

    #[test]
    fn our_paths_as_the_vendor_names_them() {
        let ours = [
            "POST /beta/set-password",
            "POST /set-password/v1",
            "GET /identities/v2",
            "GET /api/v1/webhooks",
            "GET /livez",
        ];
        let ours = ours.map(|name| (name.to_owned(), Facts::new())).into_iter().collect();
        let names = |family| of_family(&ours, family).into_keys().collect::<Vec<_>>();
        assert_eq!(names("beta"), ["POST /set-password"]);
        assert_eq!(names("root"), ["GET /identities/v2", "POST /set-password/v1"]);
        assert!(names("v3").is_empty());
    }

    #[test]
    fn an_unexplained_difference_and_a_stale_row_are_faults() {
        let compared = |family, what| Compared {
            family,
            operations: 1,
            agree: 0,
            differences: vec![Difference {
                family: family.to_owned(),
                operation: "GET /nowhere".to_owned(),
                place: "nothing".to_owned(),
                what,
                detail: String::new(),
            }],
            absent: Vec::new(),
        };
        let rows = accepted::rows().unwrap();
        assert_eq!(faults(&[compared("v3", "type")], &rows).len(), 1);
        let all: Vec<_> = FAMILIES.into_iter().map(|family| compared(family, "type")).collect();
        assert!(faults(&all, &rows).len() > FAMILIES.len(), "no row is needed, so each is told");
    }
}
