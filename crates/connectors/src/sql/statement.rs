//! Reads a statement template of the administrator and turns its named parameters into `$1`, `$2`, ….
//!
//! Only a small, plain part of SQL passes, so that what is checked here is what every engine reads: one `UPDATE` or
//! `SELECT` with a `WHERE`, no comment, no back-slash or prefix at a literal, no placeholder but the known names. A value
//! never becomes text of a statement.

/// Longest template, in bytes.
const MAX_BYTES: usize = 4_096;

/// What the template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Update,
    Select,
    /// Reads the accounts behind one.
    Accounts,
}

impl Kind {
    fn verb(self) -> &'static str {
        match self {
            Self::Update => "UPDATE",
            Self::Select | Self::Accounts => "SELECT",
        }
    }

    /// What must stand behind the `WHERE`.
    fn limit(self) -> Parameter {
        match self {
            Self::Update | Self::Select => Parameter::Account,
            Self::Accounts => Parameter::After,
        }
    }

    fn needed(self) -> &'static [Parameter] {
        match self {
            Self::Update => &[Parameter::PasswordHash, Parameter::Account],
            Self::Select => &[Parameter::Account],
            Self::Accounts => &[Parameter::After],
        }
    }

    fn knows(self, parameter: Parameter) -> bool {
        match self {
            Self::Update => parameter != Parameter::After,
            Self::Select | Self::Accounts => parameter == self.limit(),
        }
    }
}

/// A value a template may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    PasswordHash,
    Account,
    ChangedAt,
    Unlock,
    MustChange,
    Seq,
    After,
}

impl Parameter {
    const ALL: [Self; 7] =
        [Self::PasswordHash, Self::Account, Self::ChangedAt, Self::Unlock, Self::MustChange, Self::Seq, Self::After];

    fn name(self) -> &'static str {
        match self {
            Self::PasswordHash => ":password_hash",
            Self::Account => ":account",
            Self::ChangedAt => ":changed_at",
            Self::Unlock => ":unlock",
            Self::MustChange => ":must_change",
            Self::Seq => ":seq",
            Self::After => ":after",
        }
    }
}

/// A statement ready to be prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) text: String,
    /// The values in the order of their numbers.
    pub(super) parameters: Vec<Parameter>,
    /// One more value, the last, is the number of rows.
    pub(super) is_paged: bool,
}

/// Why a template is refused. Positions are bytes from its start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("it must begin with {0}")]
    WrongVerb(&'static str),
    #[error("it holds more than one statement")]
    SeveralStatements,
    #[error("comments are not allowed")]
    Comment,
    #[error("the character {0:?} is not allowed outside quotes")]
    Character(char),
    #[error("a quote that opens at byte {0} does not close")]
    OpenQuote(usize),
    #[error("the quoted text at byte {0} holds a back-slash or a NUL, or follows a letter directly")]
    UnclearQuote(usize),
    #[error("a parameter stands inside quotes at byte {0}")]
    QuotedParameter(usize),
    #[error("the parameter {0} is not known here")]
    UnknownParameter(String),
    #[error("the parameter {0} is missing")]
    MissingParameter(&'static str),
    #[error("the parentheses do not match")]
    Parentheses,
    #[error("it needs a WHERE with {0} behind it")]
    NoWhere(&'static str),
    #[error("UPDATE OR is not allowed, because it can delete other rows")]
    ConflictClause,
}

impl Statement {
    pub(super) fn parse(kind: Kind, template: &str) -> Result<Self, StatementError> {
        if template.len() > MAX_BYTES {
            return Err(StatementError::TooLong);
        }
        let mut reader = Reader {
            kind,
            template,
            at: 0,
            text: String::new(),
            parameters: vec![],
            words: 0,
            depth: 0,
            is_limited: None,
        };
        while let Some(next) = reader.peek() {
            reader.read(next)?;
        }
        reader.finish()
    }

    /// The same, ordered by its first column, with the number of rows as one more parameter: whatever the table's order, no
    /// row stands between two pages.
    pub(super) fn paged(self) -> Self {
        let count = self.parameters.len() + 1;
        let text = format!("SELECT * FROM ({}) AS accounts ORDER BY 1 LIMIT ${count}", self.text);
        Self { text, is_paged: true, ..self }
    }
}

struct Reader<'a> {
    kind: Kind,
    template: &'a str,
    at: usize,
    text: String,
    parameters: Vec<Parameter>,
    words: usize,
    depth: usize,
    /// `Some` from the outermost `WHERE` on: whether what limits the statement stood behind it.
    is_limited: Option<bool>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.template.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn read(&mut self, next: char) -> Result<(), StatementError> {
        let rest = self.rest();
        match next {
            ' ' | '\t' | '\n' | '\r' => self.copy(1),
            'a'..='z' | 'A'..='Z' | '_' => return self.word(),
            // The verb comes first, whatever else is wrong.
            _ if self.words == 0 => return Err(self.wrong_verb()),
            '0'..='9' => self.copy(run(rest, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_')),
            '\'' | '"' => return self.quoted(next),
            ':' => return self.parameter(),
            '-' if rest.starts_with("--") => return Err(StatementError::Comment),
            '/' if rest.starts_with("/*") => return Err(StatementError::Comment),
            ';' if rest.chars().skip(1).all(|c| c.is_ascii_whitespace()) => self.at = self.template.len(),
            ';' => return Err(StatementError::SeveralStatements),
            '(' => {
                self.depth += 1;
                self.copy(1);
            }
            ')' => {
                self.depth = self.depth.checked_sub(1).ok_or(StatementError::Parentheses)?;
                self.copy(1);
            }
            ',' | '.' | '=' | '<' | '>' | '!' | '+' | '-' | '*' | '/' | '|' => self.copy(1),
            other => return Err(StatementError::Character(other)),
        }
        Ok(())
    }

    fn copy(&mut self, bytes: usize) {
        self.text.push_str(self.rest().get(..bytes).unwrap_or_default());
        self.at += bytes;
    }

    fn wrong_verb(&self) -> StatementError {
        StatementError::WrongVerb(self.kind.verb())
    }

    fn word(&mut self) -> Result<(), StatementError> {
        let length = run(self.rest(), is_word);
        let word = self.rest().get(..length).unwrap_or_default().to_ascii_uppercase();
        match self.words {
            0 if word != self.kind.verb() => return Err(self.wrong_verb()),
            1 if word == "OR" && self.kind == Kind::Update => return Err(StatementError::ConflictClause),
            _ if word == "WHERE" && self.depth == 0 => self.is_limited = self.is_limited.or(Some(false)),
            _ => {}
        }
        self.words += 1;
        self.copy(length);
        match self.peek() {
            Some('\'' | '"') => Err(StatementError::UnclearQuote(self.at)),
            _ => Ok(()),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<(), StatementError> {
        let start = self.at;
        let inside = self.rest().get(1..).unwrap_or_default();
        // A doubled quote is read as the end of one text and the start of the next: the same bytes.
        let length = inside.find(quote).ok_or(StatementError::OpenQuote(start))?;
        let inside = inside.get(..length).unwrap_or_default();
        if inside.contains(['\\', '\0']) {
            return Err(StatementError::UnclearQuote(start));
        }
        if Parameter::ALL.iter().any(|parameter| inside.contains(parameter.name())) {
            return Err(StatementError::QuotedParameter(start));
        }
        self.copy(length + 2);
        Ok(())
    }

    fn parameter(&mut self) -> Result<(), StatementError> {
        let length = 1 + run(self.rest().get(1..).unwrap_or_default(), is_word);
        let name = self.rest().get(..length).unwrap_or_default();
        let parameter = Parameter::ALL
            .into_iter()
            .find(|parameter| parameter.name() == name)
            .filter(|parameter| self.kind.knows(*parameter))
            .ok_or_else(|| StatementError::UnknownParameter(name.to_owned()))?;
        let number = match self.parameters.iter().position(|known| *known == parameter) {
            Some(index) => index + 1,
            None => {
                self.parameters.push(parameter);
                self.parameters.len()
            }
        };
        if parameter == self.kind.limit() && self.is_limited.is_some() {
            self.is_limited = Some(true);
        }
        self.text.push_str(&format!("${number}"));
        self.at += length;
        Ok(())
    }

    fn finish(self) -> Result<Statement, StatementError> {
        if self.words == 0 {
            return Err(self.wrong_verb());
        }
        if self.depth != 0 {
            return Err(StatementError::Parentheses);
        }
        if let Some(missing) = self.kind.needed().iter().find(|needed| !self.parameters.contains(needed)) {
            return Err(StatementError::MissingParameter(missing.name()));
        }
        if self.is_limited != Some(true) {
            return Err(StatementError::NoWhere(self.kind.limit().name()));
        }
        Ok(Statement { text: self.text, parameters: self.parameters, is_paged: false })
    }
}

/// The bytes of the longest start of `text` that is all `wanted`.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
