use std::io::Read;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::columns::Columns;
use crate::aggregate::{PER_PAGE, ReadAccount};
use crate::{Fault, FaultClass};

/// The accounts of a file, in UTF-8 with or without a byte order mark, read as they are asked for.
pub struct CsvAccounts {
    reader: Reader<Box<dyn Read + Send>>,
    columns: Columns,
    line: StringRecord,
}

impl std::fmt::Debug for CsvAccounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvAccounts").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl CsvAccounts {
    /// Reads the first line. `key` is the column of the native identity, otherwise the first one; `name` that of the display
    /// name.
    ///
    /// # Errors
    /// `Configuration`, with the column or line that is wrong.
    pub fn new(file: Box<dyn Read + Send>, key: Option<&str>, name: Option<&str>) -> Result<Self, Fault> {
        let mut reader = ReaderBuilder::new().from_reader(file);
        let header = reader.headers().map_err(|error| unreadable(&error))?;
        let columns = Columns::read(header, key, name).map_err(|why| wrong(1, &why))?;
        Ok(Self { reader, columns, line: StringRecord::new() })
    }

    /// The next accounts; none behind the last. It blocks.
    ///
    /// # Errors
    /// `Configuration`, with the line that is wrong; `Transient` when the file cannot be read on.
    pub fn page(&mut self) -> Result<Vec<ReadAccount>, Fault> {
        let mut accounts = Vec::new();
        while accounts.len() < PER_PAGE {
            if !self.reader.read_record(&mut self.line).map_err(|error| unreadable(&error))? {
                break;
            }
            let line = self.line.position().map_or(0, csv::Position::line);
            accounts.push(self.columns.account(&self.line).map_err(|why| wrong(line, &why))?);
        }
        Ok(accounts)
    }
}

fn wrong(line: u64, why: &str) -> Fault {
    Fault::new(FaultClass::Configuration, format!("line {line} of the file is wrong: {why}"), "csv: line")
}

/// The text of a line is never repeated: it is personal data.
fn unreadable(error: &csv::Error) -> Fault {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        ErrorKind::Utf8 { .. } => wrong(line, "it is not in UTF-8"),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            wrong(line, &format!("it has {len} fields and not {expected_len}"))
        }
        ErrorKind::Io(error) => {
            Fault::new(FaultClass::Transient, "the file of accounts cannot be read", format!("csv: {error}"))
        }
        _ => wrong(line, "it is no line of a CSV file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &[u8], key: Option<&str>) -> Result<CsvAccounts, Fault> {
        CsvAccounts::new(Box::new(std::io::Cursor::new(text.to_vec())), key, None)
    }

    fn all(text: &[u8], key: Option<&str>) -> Result<Vec<ReadAccount>, Fault> {
        let mut file = open(text, key)?;
        let mut all = Vec::new();
        loop {
            let page = file.page()?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    #[test]
    fn fields_of_every_form() {
        let text = "\u{feff}id,displayName,note,password,IIQDisabled,locked\r\n\
                    1,\"Smith, Abby\",\"a \"\"b\"\"\nc\",secret,true,0\r\n\
                    2, Zo\u{eb} ,,x,,\r\n\r\n3,,,x,No,YES";
        let accounts = all(text.as_bytes(), None).unwrap();
        assert_eq!(accounts.len(), 3);
        let abby = &accounts[0];
        assert_eq!((abby.native_identity.as_str(), abby.name.as_str()), ("1", "Smith, Abby"));
        assert_eq!((abby.disabled, abby.locked), (Some(true), Some(false)));
        assert_eq!(abby.attributes["note"], ["a \"b\"\nc"]);
        assert!(!abby.attributes.contains_key("password") && !abby.attributes.contains_key("locked"));
        assert_eq!((accounts[1].name.as_str(), accounts[1].disabled), ("Zo\u{eb}", None));
        assert_eq!(
            (accounts[2].name.as_str(), accounts[2].disabled, accounts[2].locked),
            ("3", Some(false), Some(true))
        );
    }

    #[test]
    fn the_column_of_the_native_identity() {
        let text = b"mail,ID\na@x,7\n";
        assert_eq!(all(text, None).unwrap()[0].native_identity, "a@x");
        assert_eq!(all(text, Some("id")).unwrap()[0].native_identity, "7");
        assert!(open(text, Some("uid")).unwrap_err().reason.contains("\"uid\" is missing"));
    }

    #[test]
    fn faults_name_their_line_and_no_value() {
        for (text, said) in [
            (b"id,a\n1,Hush\n2\n".as_slice(), "line 3 of the file is wrong: it has 1 fields and not 2"),
            (b"id,a\n,Hush\n", "line 2 of the file is wrong: the account has no native identity"),
            (b"id,a\n1,\xffHush\n", "line 2 of the file is wrong: it is not in UTF-8"),
            (b"id,locked\n1,Hush\n", "line 2 of the file is wrong: a state is neither true nor false"),
            (b"id,Id\n", "the column \"Id\" is there twice"),
            (b"id,,a\n", "column 2 has no name"),
        ] {
            let fault = all(text, None).unwrap_err();
            assert!(fault.reason.contains(said), "{fault}");
            assert!(!format!("{fault:?}").contains("Hush"), "{fault:?}");
            assert_eq!(fault.class, FaultClass::Configuration);
        }
        assert!(all(b"id,a\n", None).unwrap().is_empty());
        // Not even columns: nothing that could be taken for an empty list.
        assert!(open(b"", None).is_err());
    }

    #[test]
    fn a_long_file_comes_in_pages() {
        let mut text = "id\n".to_owned();
        (0..1_201).for_each(|number| text.push_str(&format!("{number}\n")));
        let mut file = open(text.as_bytes(), None).unwrap();
        let sizes: Vec<_> = (0..4).map(|_| file.page().unwrap().len()).collect();
        assert_eq!(sizes, [500, 500, 201, 0]);
    }
}
