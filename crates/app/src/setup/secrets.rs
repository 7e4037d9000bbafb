//! Reading what a document only names: secrets in files or environment variables, and the dictionary.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use passwright_vault::secret::Password;
use zeroize::Zeroizing;

/// More than the largest dictionary: 2,500 lines of 128 characters, and comments.
const MAX_BYTES: u64 = 4 << 20;

/// Where a document's files and variables are.
pub(super) struct Secrets<'a> {
    pub(super) folder: &'a Path,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Secrets<'_> {
    /// The file's text; relative paths start at the document's folder.
    pub(super) fn file(&self, path: &Path) -> Result<Zeroizing<String>, String> {
        let path = self.folder.join(path);
        let fault = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
        let mut text = Zeroizing::new(String::with_capacity(4096));
        File::open(&path).map_err(fault)?.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(fault)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(format!("{} holds more than {MAX_BYTES} bytes", path.display()));
        }
        Ok(text)
    }

    /// A file with a secret on one line; a line break at its end is not part of it.
    pub(super) fn secret_file(&self, path: &Path) -> Result<Password, String> {
        let text = self.file(path)?;
        let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        if line.is_empty() || line.contains(['\n', '\r', '\0']) {
            return Err(format!("{} does not hold exactly one line", self.folder.join(path).display()));
        }
        Ok(Password::new(line.to_owned()))
    }

    /// An environment variable with a secret.
    pub(super) fn variable(&self, name: &str) -> Result<Password, String> {
        let value = (self.environment)(name).filter(|value| !value.is_empty());
        value.map(Password::new).ok_or_else(|| format!("the environment variable {name} is not set"))
    }
}
