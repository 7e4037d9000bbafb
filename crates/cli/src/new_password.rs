//! Takes a new password in: from a hidden prompt, twice, or from stdin. Never from the command line or the environment,
//! which other processes can read.

use std::io::Read;

use zeroize::Zeroizing;

use crate::client_session::Failure;

/// The most that is read from stdin, in bytes. RSA takes far less.
const LONGEST_INPUT: u64 = 4096;

/// Asks for the password twice on the terminal, without showing it.
pub(crate) fn from_prompt() -> Result<Zeroizing<String>, Failure> {
    let ask = |prompt: &str| {
        let answer = rpassword::prompt_password(prompt).map_err(|error| {
            Failure::Input(format!("cannot ask for the password ({error}); give it on stdin with --stdin"))
        })?;
        Ok::<_, Failure>(Zeroizing::new(answer))
    };
    let first = ask("New password: ")?;
    if first.is_empty() {
        return Err(Failure::Input("the password is empty".to_owned()));
    }
    let second = ask("Again: ")?;
    if *first != *second {
        return Err(Failure::Input("the two passwords differ".to_owned()));
    }
    Ok(first)
}

/// Reads one line. A line break at its end is not part of the password; anything after it is a mistake.
pub(crate) fn from_reader(input: impl Read) -> Result<Zeroizing<String>, Failure> {
    let refuse = |reason: &str| Err(Failure::Input(reason.to_owned()));
    // Room for all that is read, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_INPUT as usize + 1));
    if let Err(error) = input.take(LONGEST_INPUT + 1).read_to_end(&mut bytes) {
        return Err(Failure::Input(format!("cannot read stdin: {error}")));
    }
    if bytes.len() as u64 > LONGEST_INPUT {
        return refuse("stdin holds more than a password");
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return refuse("the password on stdin is not UTF-8") };
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return refuse("the password is empty");
    }
    if line.contains(['\n', '\r']) {
        return refuse("stdin holds more than one line");
    }
    Ok(Zeroizing::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        let cases: [(&[u8], Result<&str, &str>); 10] = [
            (b"Correct Horse 9", Ok("Correct Horse 9")),
            (b" spaces stay \n", Ok(" spaces stay ")),
            (b"Passw0rd\r\n", Ok("Passw0rd")),
            ("pässwörd\n".as_bytes(), Ok("pässwörd")),
            (b"", Err("the password is empty")),
            (b"\n", Err("the password is empty")),
            (b"\r\n", Err("the password is empty")),
            (b"one\ntwo\n", Err("stdin holds more than one line")),
            (b"one\n\n", Err("stdin holds more than one line")),
            (b"\xff\n", Err("the password on stdin is not UTF-8")),
        ];
        for (input, wanted) in cases {
            let found = from_reader(input).map_err(|failure| failure.to_string());
            assert_eq!(found.as_ref().map(|text| text.as_str()).map_err(String::as_str), wanted);
        }
        let long = from_reader([b'x'; 5000].as_slice()).map_err(|failure| failure.to_string());
        assert_eq!(long.err().as_deref(), Some("stdin holds more than a password"));
    }
}
