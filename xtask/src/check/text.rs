//! Rules on the files themselves: none grows past 800 lines, none names a folder of somebody's machine, none is left
//! unfinished. Only files that git tracks or would track are read.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Verdict;
use crate::shell;
use crate::skip::Skip;

const MAX_LINES: usize = 800;
/// Written or laid out by hand, so a long one is a sign; tables and recorded data are not.
const COUNTED: &[&str] = &["rs", "py", "java", "js", "ts", "css", "html", "sh", "sql", "md"];
/// In pieces, so that this file does not break its own rules.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("unimple", "mented!("),
    concat!("to", "do!("),
];

pub(super) fn check(root: &Path) -> Result<Verdict> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let Ok(listing) = shell::capture(&mut git) else {
        return Ok(Verdict::Skip(Skip::excused("text rules", "not a git checkout, so the tracked files are unknown")));
    };
    let mut faults = Vec::new();
    for name in listing.split('\0').filter(|name| !name.is_empty()) {
        // A file that is listed but gone, or that is not text, has nothing to say here.
        if let Ok(text) = std::fs::read_to_string(root.join(name)) {
            faults.extend(file_faults(name, &text));
        }
    }
    faults.sort();
    faults.dedup();
    Ok(Verdict::Faults(faults))
}

fn file_faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES && name.rsplit_once('.').is_some_and(|(_, extension)| COUNTED.contains(&extension)) {
        faults.push(format!("{name} has {lines} lines, more than {MAX_LINES}: split it"));
    }
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| stands_alone(line, path, is_path_character, |_| false)) {
            faults.push(format!("{name}:{number} names a machine path ({path})"));
        }
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        if let Some(mark) = UNFINISHED
            .iter()
            .find(|mark| stands_alone(line, mark, is_word, |next| !mark.ends_with('(') && is_word(next)))
        {
            faults.push(format!("{name}:{number} is unfinished ({mark})"));
        }
    }
    faults
}

/// True when `needle` occurs with no character before it for which `before` holds and none after it for which `after` does.
fn stands_alone(line: &str, needle: &str, before: impl Fn(char) -> bool, after: impl Fn(char) -> bool) -> bool {
    line.match_indices(needle).any(|(at, _)| {
        let (head, tail) = (&line[..at], &line[at + needle.len()..]);
        !head.chars().next_back().is_some_and(&before) && !tail.chars().next().is_some_and(&after)
    })
}

fn is_path_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '}' | ')' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, fault: Option<&str>) {
        let faults = file_faults("a.rs", text);
        match fault {
            Some(part) => assert!(faults.iter().any(|fault| fault.contains(part)), "{text:?}: {faults:?}"),
            None => assert!(faults.is_empty(), "{text:?}: {faults:?}"),
        }
    }

    #[test]
    fn marks_and_paths() {
        let [unfinished, path] = [UNFINISHED[0], MACHINE_PATHS[0]];
        check(&format!("// {unfinished}: later"), Some("a.rs:1 is unfinished"));
        check(&format!("ok\n    {}\"x\")", UNFINISHED[4]), Some("a.rs:2 is unfinished"));
        check(&format!("let {unfinished}S = 1;"), None);
        check(&format!("see {path}main"), Some("machine path"));
        check(&format!("docs{path}x"), None);
        check("a mastodon", None);
    }

    #[test]
    fn length_counts_for_source_only() {
        let long = "x\n".repeat(MAX_LINES + 1);
        check(&long, Some("801 lines"));
        assert!(file_faults("openapi.json", &long).is_empty());
        check(&"x\n".repeat(MAX_LINES), None);
    }
}
