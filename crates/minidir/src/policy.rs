//! The rules a new password must meet, apart from history, which needs the hashes.

use crate::settings::PasswordPolicy;

/// A rule that a password broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    TooShort,
    NotComplex,
    InHistory,
}

impl Broken {
    /// One code for all; only the text differs.
    pub(crate) fn message(self, policy: &PasswordPolicy) -> String {
        let why = match self {
            Self::TooShort => {
                format!(
                    "the password is too short. It should be equal to or longer than {} characters!",
                    policy.min_length
                )
            }
            Self::NotComplex => "the password does not meet the complexity criteria!".to_owned(),
            Self::InHistory => "the password was already used (in history)!".to_owned(),
        };
        format!("0000052D: Constraint violation - check_password_restrictions: {why}")
    }
}

/// Checks length and complexity.
pub(crate) fn check(password: &str, account: &str, policy: &PasswordPolicy) -> Result<(), Broken> {
    if password.encode_utf16().count() < policy.min_length {
        return Err(Broken::TooShort);
    }
    if policy.complexity && (kinds(password) < 3 || holds_name(password, account)) {
        return Err(Broken::NotComplex);
    }
    Ok(())
}

/// How many of upper case, lower case, digits and the rest occur; letters without case count with the rest.
fn kinds(password: &str) -> usize {
    let is_other = |c: char| !c.is_uppercase() && !c.is_lowercase() && !c.is_ascii_digit();
    [
        password.contains(char::is_uppercase),
        password.contains(char::is_lowercase),
        password.contains(|c: char| c.is_ascii_digit()),
        password.contains(is_other),
    ]
    .into_iter()
    .filter(|found| *found)
    .count()
}

/// Names of one or two characters are not looked for: they occur by chance.
fn holds_name(password: &str, account: &str) -> bool {
    account.chars().count() > 2 && password.to_lowercase().contains(&account.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(password: &str, expected: Result<(), Broken>) {
        assert_eq!(check(password, "Abby", &PasswordPolicy::default()), expected, "{password}");
    }

    #[test]
    fn length_then_complexity() {
        case("Aa1!56", Err(Broken::TooShort));
        case("Aa1!567", Ok(()));
        case("aaaaaaa1", Err(Broken::NotComplex));
        case("aaaaaaa1!", Ok(()));
        case("Aaaaaaa!", Ok(()));
        case("Élan vital", Ok(()));
        case("xaBBy1!xx", Err(Broken::NotComplex));
        assert_eq!(check("Abc1234", "Ab", &PasswordPolicy::default()), Ok(()));
    }

    #[test]
    fn complexity_can_be_off() {
        let policy = PasswordPolicy { complexity: false, ..PasswordPolicy::default() };
        assert_eq!(check("abbyabby", "abby", &policy), Ok(()));
    }
}
