//! A row and the values of a statement as any engine has them.

use zeroize::Zeroizing;

/// A value that a statement is given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument<'a> {
    Text(&'a str),
    Number(i64),
    Flag(bool),
}

/// A value that a statement gave.
pub(super) enum Value {
    Null,
    Text(Zeroizing<String>),
    Bytes(Zeroizing<Vec<u8>>),
    Number(i64),
    Flag(bool),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// Of a type, by its name, that is not read; a `CAST` to text would be.
    Other(String),
}

/// The columns in their order.
pub(super) struct Row(pub(super) Vec<(String, Value)>);

/// The value is of a kind that does not fit its place.
#[derive(Debug)]
pub(super) struct Unfit(pub(super) String);

impl Row {
    fn get(&self, column: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == column).map(|(_, value)| value)
    }

    /// The whole number in a column, a flag as 0 or 1, a time in microseconds since 1970 UTC; `None` when it is NULL or there is no such column.
    pub(super) fn number(&self, column: &str) -> Result<Option<i64>, Unfit> {
        match self.get(column) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number) | Value::Time(number)) => Ok(Some(*number)),
            Some(Value::Flag(flag)) => Ok(Some(i64::from(*flag))),
            Some(Value::Text(_) | Value::Bytes(_)) => Err(Unfit(format!("{column} is no number"))),
            Some(Value::Other(kind)) => Err(Unfit(format!("{column} is of the type {kind}"))),
        }
    }

    /// Whether the number in a column is another than 0.
    pub(super) fn flag(&self, column: &str) -> Result<Option<bool>, Unfit> {
        Ok(self.number(column)?.map(|number| number != 0))
    }

    /// The stored hash in the first column; `None` when there is none.
    pub(super) fn hash(&self) -> Result<Option<Zeroizing<String>>, Unfit> {
        let unfit = |why: &str| Err(Unfit(format!("the first column {why}")));
        match self.0.first().map(|(_, value)| value) {
            None => unfit("is missing"),
            Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(Zeroizing::new(text.to_owned())).filter(|text| !text.is_empty())),
                Err(_) => unfit("holds bytes that are no text"),
            },
            Some(Value::Number(_) | Value::Flag(_) | Value::Time(_) | Value::Other(_)) => unfit("is no text"),
        }
    }
}

impl Value {
    /// As text, a number in decimal; `None` when it is NULL or bytes that are no text.
    pub(super) fn text(&self) -> Result<Option<String>, &str> {
        Ok(match self {
            Self::Null => None,
            Self::Text(text) => Some(text.to_string()),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Number(number) | Self::Time(number) => Some(number.to_string()),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Other(kind) => return Err(kind),
        })
    }
}
