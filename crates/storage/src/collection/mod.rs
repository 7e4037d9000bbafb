//! Lists with a caller's filter, order and page. The statement is a constant head, to which [`sql`] appends conditions:
//! column names from one closed enum, fixed words and `$n`. What a caller wrote reaches the database as a bound value
//! alone; the writer has no way to append other text.
//!
//! Text is compared without regard to case. Names have a canonical form of their own (`…_key`), which covers all of
//! Unicode; for other text the database folds, which SQLite does for ASCII and PostgreSQL by its locale.

mod column;
mod run;
mod sql;

pub use column::Column;
pub use run::{Listed, list};
