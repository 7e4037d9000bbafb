//! Writing the table into docs/benchmarks.md, between its two marks; the rest of the page is written by hand.

use std::path::Path;

use anyhow::{Context as _, Result};

const BEGIN: &str = "<!-- begin: table -->\n";
const END: &str = "<!-- end: table -->";

pub(crate) fn write(table: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
    let page = std::fs::read_to_string(&path).context("docs/benchmarks.md cannot be read")?;
    let replaced = replace(&page, table).context("docs/benchmarks.md has lost its marks")?;
    std::fs::write(&path, replaced).context("docs/benchmarks.md cannot be written")
}

fn replace(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n\n{END}{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = format!("# Page\n\n{BEGIN}old\n{END}\n\nrest\n");
        assert_eq!(replace(&page, "new\n"), Some(format!("# Page\n\n{BEGIN}\nnew\n\n{END}\n\nrest\n")));
        assert_eq!(replace("no marks", "new"), None);
    }
}
