//! Writing a table into docs/benchmarks.md, between its two marks; the rest of the page is written by hand.

use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes between the marks of this name.
pub(crate) fn write(marks: &str, table: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
    let page = std::fs::read_to_string(&path).context("docs/benchmarks.md cannot be read")?;
    let replaced = replace(&page, marks, table).context("docs/benchmarks.md has lost its marks")?;
    std::fs::write(&path, replaced).context("docs/benchmarks.md cannot be written")
}

fn replace(page: &str, marks: &str, table: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- begin: {marks} -->\n"), format!("<!-- end: {marks} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = |text: &str| {
            format!(
                "# Page\n\n<!-- begin: one -->\n{text}<!-- end: one -->\n\n<!-- begin: two -->\nold\n<!-- end: two -->\n"
            )
        };
        assert_eq!(replace(&page("old\n"), "one", "new\n"), Some(page("\nnew\n\n")));
        assert_eq!(replace(&page("old\n"), "three", "new"), None);
    }
}
