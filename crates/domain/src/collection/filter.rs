use super::Operator;
use crate::canonical::folded;
use crate::timestamp::Timestamp;

/// A value to compare with; text as the caller wrote it, without quotes and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Boolean(bool),
    Integer(i64),
    Time(Timestamp),
}

/// What one field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `Operator` is one of `eq` to `sw`.
    Compare(Operator, Value),
    /// Any of them; never empty.
    In(Vec<Value>),
    /// All of them; never empty.
    ContainsAll(Vec<String>),
    Present,
    Null,
}

/// A parsed filter over the fields `K`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter<K> {
    /// Never empty.
    All(Vec<Filter<K>>),
    /// Never empty.
    Any(Vec<Filter<K>>),
    Not(Box<Filter<K>>),
    Field(K, Test),
}

impl<K: Copy> Filter<K> {
    /// `key eq text`, for a condition that the program itself adds.
    pub fn is(key: K, text: impl Into<String>) -> Self {
        Self::Field(key, Test::Compare(Operator::Eq, Value::Text(text.into())))
    }

    /// Decides over a row in memory; the meaning the database's answer is checked against. `None` is null.
    pub fn matches(&self, value: &impl Fn(K) -> Option<Held>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(value)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(value)),
            Self::Not(part) => !part.matches(value),
            Self::Field(key, test) => test.holds(value(*key).as_ref()),
        }
    }
}

/// What a field of a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    Value(Value),
    List(Vec<String>),
}

impl Test {
    fn holds(&self, held: Option<&Held>) -> bool {
        match (self, held) {
            (Self::Null, held) => held.is_none(),
            // Null differs from every value and lies in no order with it.
            (Self::Compare(Operator::Ne, _), None) => true,
            (_, None) => false,
            (Self::Present, Some(Held::Value(Value::Text(text)))) => !text.is_empty(),
            (Self::Present, Some(Held::List(list))) => !list.is_empty(),
            (Self::Present, Some(_)) => true,
            (Self::Compare(operator, wanted), Some(Held::Value(value))) => compare(*operator, value, wanted),
            (Self::Compare(Operator::Co, Value::Text(wanted)), Some(Held::List(list))) => has(list, wanted),
            (Self::In(wanted), Some(Held::Value(value))) => {
                wanted.iter().any(|wanted| compare(Operator::Eq, value, wanted))
            }
            (Self::ContainsAll(wanted), Some(Held::List(list))) => wanted.iter().all(|wanted| has(list, wanted)),
            _ => false,
        }
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|element| folded(element) == folded(wanted))
}

fn compare(operator: Operator, value: &Value, wanted: &Value) -> bool {
    let ordering = match (value, wanted) {
        (Value::Text(value), Value::Text(wanted)) => {
            let (value, wanted) = (folded(value), folded(wanted));
            match operator {
                Operator::Co => return value.contains(&wanted),
                Operator::Sw => return value.starts_with(&wanted),
                _ => value.cmp(&wanted),
            }
        }
        (Value::Boolean(value), Value::Boolean(wanted)) => value.cmp(wanted),
        (Value::Integer(value), Value::Integer(wanted)) => value.cmp(wanted),
        (Value::Time(value), Value::Time(wanted)) => value.cmp(wanted),
        _ => return operator == Operator::Ne,
    };
    match operator {
        Operator::Eq => ordering.is_eq(),
        Operator::Ne => ordering.is_ne(),
        Operator::Gt => ordering.is_gt(),
        Operator::Ge => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Le => ordering.is_le(),
        Operator::Co | Operator::Sw | Operator::In | Operator::Ca | Operator::Pr | Operator::Isnull => false,
    }
}
