//! The filter grammar: `not` binds closest, then `and`, then `or`; parentheses; operators in lower case.

use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::lexer::{Token, tokens};
use super::{CollectionFault, Field, Filter, Kind, Operator, Resource, Test, Value};
use crate::timestamp::Timestamp;

/// The longest filter, in bytes.
pub const MAX_TEXT: usize = 8192;
/// Deepest nesting of parentheses and `not`.
pub const MAX_DEPTH: usize = 32;
/// Most values in a whole filter; each becomes a bound parameter.
pub const MAX_VALUES: usize = 500;

/// Parses a filter against the fields that `R` declares.
///
/// # Errors
/// [`CollectionFault`], naming the field, operator or place.
pub fn parse_filter<R: Resource>(text: &str) -> Result<Filter<R::Key>, CollectionFault> {
    if text.len() > MAX_TEXT {
        return Err(CollectionFault::OutOfBounds(format!("filters has more than {MAX_TEXT} bytes")));
    }
    let mut parser =
        Parser::<R> { tokens: tokens(text)?.into_iter().peekable(), values: 0, resource: Default::default() };
    let filter = parser.any(0)?;
    match parser.tokens.next() {
        None => Ok(filter),
        Some(token) => Err(illegal(format!("{} stands where \"and\", \"or\" or the end is expected", shown(&token)))),
    }
}

struct Parser<R: Resource> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    values: usize,
    resource: std::marker::PhantomData<fn() -> R>,
}

impl<R: Resource> Parser<R> {
    fn any(&mut self, depth: usize) -> Result<Filter<R::Key>, CollectionFault> {
        let mut parts = vec![self.all(depth)?];
        while self.next_is_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(alone_or(parts, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter<R::Key>, CollectionFault> {
        let mut parts = vec![self.one(depth)?];
        while self.next_is_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(alone_or(parts, Filter::All))
    }

    fn one(&mut self, depth: usize) -> Result<Filter<R::Key>, CollectionFault> {
        if depth > MAX_DEPTH {
            return Err(CollectionFault::OutOfBounds(format!("filters is nested deeper than {MAX_DEPTH}")));
        }
        match self.tokens.next() {
            Some(Token::Open) => {
                let inner = self.any(depth + 1)?;
                self.expect(&Token::Close, "\")\"")?;
                Ok(inner)
            }
            Some(Token::Word(word)) if word == "not" => Ok(Filter::Not(Box::new(self.one(depth + 1)?))),
            Some(Token::Word(name)) => self.primitive(&name),
            Some(token) => Err(illegal(format!("{} stands where a field is expected", shown(&token)))),
            None => Err(illegal("it ends where a field is expected")),
        }
    }

    fn primitive(&mut self, name: &str) -> Result<Filter<R::Key>, CollectionFault> {
        let field = R::FIELDS.iter().find(|field| field.name == name && !field.operators.is_empty());
        let field = field.ok_or_else(|| illegal(format!("the field {} cannot be filtered by", short(name))))?;
        let operator = match self.tokens.next() {
            Some(Token::Word(word)) => Operator::ALL
                .into_iter()
                .find(|operator| operator.as_str() == word && field.operators.contains(operator))
                .ok_or_else(|| illegal(format!("the operator {} cannot be used with {name}", short(&word))))?,
            _ => return Err(illegal(format!("an operator is expected after {name}"))),
        };
        let test = match operator {
            Operator::Pr => Test::Present,
            Operator::Isnull => Test::Null,
            Operator::In => Test::In(self.list(field, operator)?),
            Operator::Ca => {
                let texts = self.list(field, operator)?.into_iter().filter_map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                });
                Test::ContainsAll(texts.collect())
            }
            _ => Test::Compare(operator, self.value(field, operator)?),
        };
        Ok(Filter::Field(field.key, test))
    }

    fn list(&mut self, field: &Field<R::Key>, operator: Operator) -> Result<Vec<Value>, CollectionFault> {
        let place = format!("a list in parentheses after {} {operator}", field.name);
        self.expect(&Token::Open, &place)?;
        let mut values = vec![self.value(field, operator)?];
        loop {
            match self.tokens.next() {
                Some(Token::Comma) => values.push(self.value(field, operator)?),
                Some(Token::Close) => return Ok(values),
                _ => return Err(illegal(format!("{place} is not closed"))),
            }
        }
    }

    fn value(&mut self, field: &Field<R::Key>, operator: Operator) -> Result<Value, CollectionFault> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(CollectionFault::OutOfBounds(format!("filters has more than {MAX_VALUES} values")));
        }
        let wanted = match field.kind {
            Kind::Text | Kind::List => "a text in double quotes",
            Kind::Boolean => "true or false",
            Kind::Integer => "a whole number",
            Kind::Time => "a date-time such as 2026-01-31T12:00:00Z",
        };
        let value = match (self.tokens.next(), field.kind) {
            (Some(Token::Quoted(text)), Kind::Text | Kind::List) => Some(Value::Text(text)),
            (Some(Token::Word(text) | Token::Quoted(text)), Kind::Boolean) => text.parse().ok().map(Value::Boolean),
            (Some(Token::Word(text)), Kind::Integer) => text.parse().ok().map(Value::Integer),
            (Some(Token::Word(text) | Token::Quoted(text)), Kind::Time) => time(&text).map(Value::Time),
            _ => None,
        };
        value.ok_or_else(|| illegal(format!("{wanted} is expected after {} {operator}", field.name)))
    }

    fn next_is_word(&mut self, wanted: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(word) if word == wanted)).is_some()
    }

    fn expect(&mut self, wanted: &Token, place: &str) -> Result<(), CollectionFault> {
        match self.tokens.next() {
            Some(token) if token == *wanted => Ok(()),
            _ => Err(illegal(format!("{place} is expected"))),
        }
    }
}

fn alone_or<K>(mut parts: Vec<Filter<K>>, join: impl Fn(Vec<Filter<K>>) -> Filter<K>) -> Filter<K> {
    match (parts.pop(), parts.is_empty()) {
        (Some(alone), true) => alone,
        (last, _) => join(parts.into_iter().chain(last).collect()),
    }
}

/// ISO 8601 in full, without an offset (then UTC), or a date alone (then its first instant).
fn time(text: &str) -> Option<Timestamp> {
    let utc = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).ok().map(Timestamp);
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(text, &Iso8601::PARSING)) {
        return utc(at);
    }
    if let Ok(at) = PrimitiveDateTime::parse(text, &Iso8601::PARSING) {
        return utc(at.assume_utc());
    }
    let date = Date::parse(text, &Iso8601::PARSING).ok()?;
    utc(PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc())
}

fn shown(token: &Token) -> String {
    match token {
        Token::Open => "\"(\"".to_owned(),
        Token::Close => "\")\"".to_owned(),
        Token::Comma => "\",\"".to_owned(),
        Token::Quoted(text) | Token::Word(text) => short(text),
    }
}

/// A name of the caller's in a message: short and without control characters.
pub(super) fn short(name: &str) -> String {
    let text: String = name.chars().take(40).map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("\"{text}\"")
}

fn illegal(message: impl std::fmt::Display) -> CollectionFault {
    CollectionFault::Illegal(format!("filters: {message}"))
}

#[cfg(test)]
mod tests;
