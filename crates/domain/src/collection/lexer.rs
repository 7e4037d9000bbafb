use super::CollectionFault;

/// A piece of a filter's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    /// The text between double quotes, escapes resolved.
    Quoted(String),
    /// A run of other characters: a name, an operator, a number, a date-time.
    Word(String),
}

/// Cuts the text into tokens, in one pass.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, CollectionFault> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '"' => Token::Quoted(quoted(&mut rest)?),
            first => {
                let mut word = String::from(first);
                while let Some(c) = rest.next_if(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '"')) {
                    word.push(c);
                }
                Token::Word(word)
            }
        };
        tokens.push(token);
    }
    Ok(tokens)
}

fn quoted(rest: &mut impl Iterator<Item = char>) -> Result<String, CollectionFault> {
    let mut text = String::new();
    loop {
        match rest.next() {
            Some('"') => return Ok(text),
            Some('\\') => match rest.next() {
                Some(c @ ('"' | '\\')) => text.push(c),
                _ => return Err(illegal("a backslash must stand before a double quote or a backslash")),
            },
            // PostgreSQL holds no such character, so nothing can equal it.
            Some('\0') => return Err(illegal("a value holds the character U+0000")),
            Some(c) => text.push(c),
            None => return Err(illegal("a double quote is not closed")),
        }
    }
}

fn illegal(message: &str) -> CollectionFault {
    CollectionFault::Illegal(format!("filters: {message}"))
}
