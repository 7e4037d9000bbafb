//! Reading counts out of what test programs print: libtest's `test result:` lines and the closing line of our own
//! conformance programs, `N passed, N failed`.

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

/// The sum of all `test result:` lines, and the names of the tests marked `#[ignore]`.
pub(super) fn libtest(lines: &[String]) -> (Tally, Vec<String>) {
    let mut tally = Tally::default();
    let mut ignored = Vec::new();
    for line in lines {
        if let Some(result) = line.strip_prefix("test result: ") {
            tally.passed += before(result, "passed").unwrap_or_default();
            tally.failed += before(result, "failed").unwrap_or_default();
        } else if let Some(name) = line.strip_prefix("test ").and_then(|test| test.split_once(" ... ignored")) {
            ignored.push(name.0.to_owned());
        }
    }
    (tally, ignored)
}

/// The closing line of a conformance program; none when it did not get that far.
pub(super) fn closing(lines: &[String]) -> Option<Tally> {
    let line = lines.iter().rev().find(|line| !line.trim().is_empty())?;
    Some(Tally { passed: before(line, "passed")?, failed: before(line, "failed")? })
}

/// The number right before a word.
fn before(line: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches([',', ';', '.'])).collect();
    let at = words.iter().position(|candidate| *candidate == word)?;
    words.get(at.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn libtest_results_are_summed() {
        let output = "running 3 tests\ntest a ... ok\ntest b::c ... ignored, needs a network\ntest d ... FAILED\n\
            test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 1.23s\n";
        let (tally, ignored) = libtest(&lines(output));
        assert_eq!(tally, Tally { passed: 41, failed: 1 });
        assert_eq!(ignored, ["b::c"]);
    }

    #[test]
    fn only_a_last_line_closes() {
        assert_eq!(closing(&lines("ok beta set\n4 passed, 1 failed\n\n")), Some(Tally { passed: 4, failed: 1 }));
        assert_eq!(closing(&lines("4 passed, 1 failed\nTraceback")), None);
        assert_eq!(closing(&lines("passed, failed")), None);
        assert_eq!(closing(&[]), None);
    }
}
