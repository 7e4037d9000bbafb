//! What was not tested and why. A test that cannot run because a component is missing writes one line
//! `SKIP <component>: <reason>` to the file named in `PASSWRIGHT_SKIP_LOG` (or to its output) and returns.
//!
//! Invariant: every skip is counted and named; with `CI=true` a missing component is a failure.

use std::collections::BTreeMap;

/// The environment variable that carries the path of the log.
pub(crate) const LOG: &str = "PASSWRIGHT_SKIP_LOG";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Skip {
    pub(crate) component: String,
    pub(crate) reason: String,
    /// True where nothing is missing on this machine (a test marked `#[ignore]`, an advisory database out of reach).
    pub(crate) excused: bool,
}

impl Skip {
    /// A component that should have been there.
    pub(crate) fn missing(component: &str, reason: impl Into<String>) -> Self {
        Self { component: component.to_owned(), reason: reason.into(), excused: false }
    }

    /// Something left out on purpose.
    pub(crate) fn excused(component: &str, reason: impl Into<String>) -> Self {
        Self { component: component.to_owned(), reason: reason.into(), excused: true }
    }

    fn parse(line: &str) -> Option<Self> {
        let (component, reason) = line.trim().strip_prefix("SKIP ")?.split_once(':')?;
        Some(Self::missing(component.trim(), reason.trim()))
    }
}

impl std::fmt::Display for Skip {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SKIP {}: {}", self.component, self.reason)
    }
}

/// Skips from the log and from the output. A test may write to both, so the larger count of a line holds.
pub(crate) fn collect(log: &str, output: &[String]) -> Vec<Skip> {
    let mut logged = count(log.lines());
    for (skip, times) in count(output.iter().map(String::as_str)) {
        let known = logged.entry(skip).or_default();
        *known = times.max(*known);
    }
    logged.into_iter().flat_map(|(skip, times)| std::iter::repeat_n(skip, times)).collect()
}

/// Each distinct skip with the number of times it happened.
pub(crate) fn distinct(skips: &[Skip]) -> BTreeMap<&Skip, usize> {
    let mut all = BTreeMap::new();
    for skip in skips {
        *all.entry(skip).or_default() += 1;
    }
    all
}

fn count<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<Skip, usize> {
    let mut all = BTreeMap::new();
    for skip in lines.filter_map(Skip::parse) {
        *all.entry(skip).or_default() += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_and_output_are_merged_without_counting_twice() {
        let log = "SKIP slapd: not installed\nSKIP slapd: not installed\nnoise\n";
        let output = ["SKIP slapd: not installed".to_owned(), "SKIP samba: needs root".to_owned()];
        let skips = collect(log, &output);
        let names: Vec<_> = skips.iter().map(|skip| skip.component.as_str()).collect();
        assert_eq!(names, ["samba", "slapd", "slapd"]);
        assert_eq!(distinct(&skips).values().copied().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn only_whole_lines_of_the_form_count() {
        for line in ["SKIPPED slapd: x", "we SKIP slapd: x", "SKIP slapd", ""] {
            assert!(Skip::parse(line).is_none(), "{line}");
        }
        assert_eq!(Skip::parse("  SKIP a b: c: d").unwrap(), Skip::missing("a b", "c: d"));
    }
}
