//! The table: one line per figure, with what it stands beside and whether its goal is met.

use std::fmt;

const HEAD: [&str; 5] = ["what", "measured", "beside", "goal", ""];

/// Lines in the order they were measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 5]>);

impl Table {
    /// A figure without a goal.
    pub(crate) fn figure(&mut self, what: impl Into<String>, measured: impl Into<String>, beside: impl Into<String>) {
        self.add([what.into(), measured.into(), beside.into(), String::new(), String::new()]);
    }

    /// A figure with a goal.
    pub(crate) fn judged(
        &mut self,
        what: impl Into<String>,
        measured: impl Into<String>,
        beside: impl Into<String>,
        goal: impl Into<String>,
        met: bool,
    ) {
        let verdict = if met { "met" } else { "**missed**" };
        self.add([what.into(), measured.into(), beside.into(), goal.into(), verdict.to_owned()]);
    }

    /// Shown at once too: a run that breaks off has told what it knew.
    fn add(&mut self, line: [String; 5]) {
        eprintln!("  {}", line.join(" | ").trim_end_matches([' ', '|']));
        self.0.push(line);
    }
}

impl fmt::Display for Table {
    /// Aligned, and Markdown at once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = HEAD.map(|name| name.chars().count());
        for line in &self.0 {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut write_line = |cells: [&str; 5]| {
            for (cell, width) in cells.into_iter().zip(widths) {
                write!(f, "| {cell:width$} ")?;
            }
            writeln!(f, "|")
        };
        write_line(HEAD)?;
        let rules = widths.map(|width| "-".repeat(width.max(3)));
        write_line(rules.each_ref().map(String::as_str))?;
        for line in &self.0 {
            write_line(line.each_ref().map(String::as_str))?;
        }
        Ok(())
    }
}

/// `12,345/s`
pub(crate) fn per_second(rate: f64) -> String {
    let whole = format!("{rate:.0}");
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + "/s"
}

/// `64 %`
pub(crate) fn percent(ratio: f64) -> String {
    format!("{:.0} %", ratio * 100.0)
}
