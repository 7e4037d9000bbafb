//! Files of accounts (RFC 4180): somebody else's list, such as the export of a personnel system. The first line names the
//! columns. Such a file is read as a stream; a damaged line ends the reading and is named, so that nothing is taken for gone
//! because of it.

mod columns;
mod reader;
mod source;

pub use reader::CsvAccounts;
pub use source::{CsvConfig, CsvFile};
