//! The writer of statements. [`Writer`] takes `&'static str` and values, nothing else, so that no text of a caller can
//! become part of a statement.

use passwright_domain::collection::{Collection, Filter, Operator, Sorter, Test, Value};

use super::column::{Column, Form};
use super::run::Listed;
use passwright_domain::canonical::{canonical, folded};

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    Text(String),
    Integer(i64),
    Boolean(bool),
}

/// Which engine runs the statement: PostgreSQL is told to order text by its bytes, as SQLite does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// A statement with its values in order.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Bound>,
}

/// The rows of a page.
pub(super) fn page<R: Listed>(collection: &Collection<R>, engine: Engine) -> Statement {
    let mut writer = Writer::new(R::SELECT, engine);
    writer.condition::<R>(collection.filter.as_ref());
    writer.order::<R>(&collection.sorters);
    writer.put(" LIMIT ");
    writer.bind(Bound::Integer(collection.page.limit));
    writer.put(" OFFSET ");
    writer.bind(Bound::Integer(collection.page.offset));
    writer.statement
}

/// The number of matching rows.
pub(super) fn count<R: Listed>(collection: &Collection<R>, engine: Engine) -> Statement {
    let mut writer = Writer::new(R::COUNT, engine);
    writer.condition::<R>(collection.filter.as_ref());
    writer.statement
}

struct Writer {
    statement: Statement,
    engine: Engine,
}

impl Writer {
    fn new(head: &'static str, engine: Engine) -> Self {
        Self { statement: Statement { sql: head.to_owned(), values: Vec::new() }, engine }
    }

    fn put(&mut self, words: &'static str) {
        self.statement.sql.push_str(words);
    }

    fn bind(&mut self, value: Bound) {
        self.statement.values.push(value);
        let number = self.statement.values.len().to_string();
        self.statement.sql.push('$');
        self.statement.sql.push_str(&number);
    }

    fn condition<R: Listed>(&mut self, filter: Option<&Filter<R::Key>>) {
        if let Some(filter) = filter {
            self.put(" WHERE ");
            self.filter::<R>(filter);
        }
    }

    /// Each part stands in parentheses and is true or false, never null, so `NOT` is its complement.
    fn filter<R: Listed>(&mut self, filter: &Filter<R::Key>) {
        match filter {
            Filter::All(parts) => self.joined::<R>(parts, " AND "),
            Filter::Any(parts) => self.joined::<R>(parts, " OR "),
            Filter::Not(part) => {
                self.put("(NOT ");
                self.filter::<R>(part);
                self.put(")");
            }
            Filter::Field(key, test) => self.test(R::column(*key), test),
        }
    }

    fn joined<R: Listed>(&mut self, parts: &[Filter<R::Key>], with: &'static str) {
        self.put("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.put(with);
            }
            self.filter::<R>(part);
        }
        self.put(")");
    }

    fn test(&mut self, column: Column, test: &Test) {
        match test {
            Test::Null => {
                self.put("(");
                self.column(column);
                self.put(" IS NULL)");
            }
            Test::Compare(Operator::Ne, value) => {
                self.put("(NOT ");
                self.guarded(column, |writer| writer.compare(column, Operator::Eq, value));
                self.put(")");
            }
            Test::Compare(operator, value) => {
                self.guarded(column, |writer| writer.compare(column, *operator, value));
            }
            Test::In(values) => self.guarded(column, |writer| {
                writer.operand(column);
                writer.put(" IN (");
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        writer.put(", ");
                    }
                    writer.value(column, value);
                }
                writer.put(")");
            }),
            Test::ContainsAll(texts) => self.guarded(column, |writer| {
                for (at, text) in texts.iter().enumerate() {
                    if at > 0 {
                        writer.put(" AND ");
                    }
                    writer.like(column, element(text));
                }
            }),
            Test::Present => self.guarded(column, |writer| {
                let empty = match column.form() {
                    Form::Canonical | Form::Lower | Form::Text => "",
                    Form::List => "[]",
                    Form::Boolean | Form::Time => return writer.put("TRUE"),
                };
                writer.column(column);
                writer.put(" <> ");
                writer.bind(Bound::Text(empty.to_owned()));
            }),
        }
    }

    /// False for a row whose column is null.
    fn guarded(&mut self, column: Column, inner: impl FnOnce(&mut Self)) {
        self.put("(");
        if column.is_nullable() {
            self.column(column);
            self.put(" IS NOT NULL AND ");
        }
        inner(self);
        self.put(")");
    }

    fn compare(&mut self, column: Column, operator: Operator, value: &Value) {
        let sign = match (operator, value) {
            (Operator::Co, Value::Text(text)) if column.form() == Form::List => {
                return self.like(column, element(text));
            }
            (Operator::Co, Value::Text(text)) => return self.like(column, format!("%{}%", escaped(&folded(text)))),
            (Operator::Sw, Value::Text(text)) => return self.like(column, format!("{}%", escaped(&folded(text)))),
            (Operator::Gt, _) => " > ",
            (Operator::Ge, _) => " >= ",
            (Operator::Lt, _) => " < ",
            (Operator::Le, _) => " <= ",
            _ => " = ",
        };
        self.operand(column);
        if sign != " = " {
            self.by_bytes(column);
        }
        self.put(sign);
        self.value(column, value);
    }

    fn like(&mut self, column: Column, pattern: String) {
        self.operand(column);
        self.put(" LIKE ");
        let folds = matches!(column.form(), Form::Text | Form::List);
        self.put(if folds { "LOWER(" } else { "" });
        self.bind(Bound::Text(pattern));
        self.put(if folds { ") ESCAPE '!'" } else { " ESCAPE '!'" });
    }

    fn column(&mut self, column: Column) {
        self.put(column.sql(self.engine));
    }

    fn operand(&mut self, column: Column) {
        let folds = matches!(column.form(), Form::Text | Form::List);
        self.put(if folds { "LOWER(" } else { "" });
        self.column(column);
        self.put(if folds { ")" } else { "" });
    }

    fn value(&mut self, column: Column, value: &Value) {
        match value {
            Value::Boolean(value) => self.bind(Bound::Boolean(*value)),
            Value::Integer(value) => self.bind(Bound::Integer(*value)),
            Value::Time(value) => self.bind(Bound::Integer(value.0)),
            Value::Text(text) if column.form() == Form::Canonical => self.bind(Bound::Text(canonical(text))),
            Value::Text(text) if column.form() == Form::Lower => self.bind(Bound::Text(folded(text))),
            Value::Text(text) => {
                self.put("LOWER(");
                self.bind(Bound::Text(text.clone()));
                self.put(")");
            }
        }
    }

    fn by_bytes(&mut self, column: Column) {
        if self.engine == Engine::Postgres && column.form().is_text() {
            self.put(" COLLATE \"C\"");
        }
    }

    /// Nulls last, whatever the direction; the id makes the order total, so that pages do not overlap.
    fn order<R: Listed>(&mut self, sorters: &[Sorter<R::Key>]) {
        let default = [Sorter { key: R::DEFAULT_ORDER, descending: false }];
        let sorters = if sorters.is_empty() { &default[..] } else { sorters };
        self.put(" ORDER BY ");
        for sorter in sorters {
            let column = R::column(sorter.key);
            if column.is_nullable() {
                self.column(column);
                self.put(" IS NULL, ");
            }
            self.operand(column);
            self.by_bytes(column);
            self.put(if sorter.descending { " DESC, " } else { ", " });
        }
        self.column(R::ID);
    }
}

/// A pattern for one element of a JSON list.
fn element(text: &str) -> String {
    let json = serde_json::Value::String(folded(text)).to_string();
    format!("%{}%", escaped(&json))
}

/// Text whose every character stands for itself in a `LIKE … ESCAPE '!'`.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests;
