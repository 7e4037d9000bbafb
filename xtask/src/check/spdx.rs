//! Is a licence expression satisfied by a list of allowed ids? Grammar: SPDX 2.3 annex D (`AND` binds tighter than `OR`,
//! `WITH` names an exception), and the older `A/B` for `A OR B`.

use anyhow::{Result, bail};

/// # Errors
/// When the expression does not parse; an unreadable licence is not an allowed one.
pub(super) fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut parser = Parser { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let verdict = parser.any()?;
    if parser.at != parser.words.len() {
        bail!("cannot read the licence {expression:?}");
    }
    Ok(verdict)
}

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<bool> {
        let mut verdict = self.all()?;
        while self.take("OR") {
            verdict |= self.all()?;
        }
        Ok(verdict)
    }

    fn all(&mut self) -> Result<bool> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Ok(verdict)
    }

    fn one(&mut self) -> Result<bool> {
        if self.take("(") {
            let verdict = self.any()?;
            if !self.take(")") {
                bail!("a licence expression lacks a closing bracket");
            }
            return Ok(verdict);
        }
        let id = self.word()?;
        if self.take("WITH") {
            let exception = self.word()?;
            // An exception only gives more rights, so the plain licence covers it too.
            return Ok((self.allowed)(&format!("{id} WITH {exception}")) || (self.allowed)(id));
        }
        Ok((self.allowed)(id))
    }

    fn word(&mut self) -> Result<&'a str> {
        match self.words.get(self.at) {
            Some(word) if !["AND", "OR", "WITH", "(", ")"].contains(word) => {
                self.at += 1;
                Ok(word)
            }
            other => bail!("a licence expression has {other:?} where an id is expected"),
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expected: Option<bool>) {
        let allowed = |id: &str| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&id);
        assert_eq!(satisfied(expression, &allowed).ok(), expected, "{expression}");
    }

    #[test]
    fn expressions() {
        check("MIT", Some(true));
        check("GPL-3.0-only", Some(false));
        check("MIT/GPL-2.0", Some(true));
        check("(MIT OR GPL-2.0) AND Unicode-3.0", Some(true));
        check("MIT OR GPL-2.0 AND GPL-3.0", Some(true));
        check("(MIT OR GPL-2.0) AND GPL-3.0", Some(false));
        check("MIT AND (GPL-2.0 OR GPL-3.0)", Some(false));
        check("Apache-2.0 WITH LLVM-exception", Some(true));
        check("GPL-2.0 WITH Classpath-exception-2.0", Some(false));
        for broken in ["", "MIT OR", "(MIT", "MIT GPL", "OR MIT", "MIT)"] {
            check(broken, None);
        }
    }
}
