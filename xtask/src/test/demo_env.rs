//! The demo's `demo.env`: lines `export NAME='value'` for a POSIX shell, read without one.

use anyhow::{Context, Result, bail};

/// # Errors
/// Names the line that is not of the form; never its value, which may be a secret.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
        let (name, quoted) = parts.with_context(|| format!("demo.env line {number} is not `export NAME='value'`"))?;
        let value = unquote(quoted).with_context(|| format!("demo.env line {number} is not quoted"))?;
        variables.push((name.to_owned(), value));
    }
    if variables.is_empty() {
        bail!("demo.env is empty");
    }
    Ok(variables)
}

/// Single quotes only; a quote inside is written `'\''`.
fn unquote(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let value = inner.replace(r"'\''", "\u{0}");
    (!value.contains('\'')).then(|| value.replace('\u{0}', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_lines() {
        let text = "# made by the demo\nexport A='x y'\n\nexport B='it'\\''s=1'\nexport C=''\n";
        let pairs = parse(text).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("A", "x y"), ("B", "it's=1"), ("C", "")]);
    }

    #[test]
    fn anything_else_is_refused_without_its_value() {
        for text in ["A='geheim'", "export A=geheim", "export A='ge'heim'", ""] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(!error.contains("heim"), "{error}");
        }
    }
}
