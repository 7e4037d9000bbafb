//! Cases of the statement templates: what passes, and every way to bend one.

use super::*;
use Kind::{Accounts, Select, Update};
use Parameter::{Account, After, ChangedAt, MustChange, PasswordHash, Unlock};
use StatementError as E;

const UPDATE: &str = "UPDATE users SET password = :password_hash WHERE login = :account";

#[test]
fn what_passes() {
    let check = |kind, template: &str, text: &str, parameters: &[Parameter]| {
        let expected = Statement { text: text.to_owned(), parameters: parameters.to_vec(), is_paged: false };
        assert_eq!(Statement::parse(kind, template), Ok(expected), "{template}");
    };
    check(Update, UPDATE, "UPDATE users SET password = $1 WHERE login = $2", &[PasswordHash, Account]);
    check(
        Update,
        "  update \"user table\" set\n pw=:password_hash,at=:changed_at/1000000,locked=locked AND NOT :unlock,\
         must=:must_change WHERE a=:account OR (b=:account) ; ",
        "  update \"user table\" set\n pw=$1,at=$2/1000000,locked=locked AND NOT $3,must=$4 WHERE a=$5 OR (b=$5) ",
        &[PasswordHash, ChangedAt, Unlock, MustChange, Account],
    );
    check(
        Update,
        "UPDATE t SET p = '{bcrypt}' || :password_hash, note = 'it''s; -- fine :x é' WHERE id = :account AND n <> -1.5e3",
        "UPDATE t SET p = '{bcrypt}' || $1, note = 'it''s; -- fine :x é' WHERE id = $2 AND n <> -1.5e3",
        &[PasswordHash, Account],
    );
    check(
        Select,
        "SELECT password, locked, changed AS changed_at FROM users WHERE login = :account",
        "SELECT password, locked, changed AS changed_at FROM users WHERE login = $1",
        &[Account],
    );
    check(
        Accounts,
        "SELECT login, mail FROM users WHERE active = 1 AND login > :after",
        "SELECT login, mail FROM users WHERE active = 1 AND login > $1",
        &[After],
    );
}

#[test]
fn what_is_refused() {
    let check = |kind, template: &str, expected: StatementError| {
        assert_eq!(Statement::parse(kind, template), Err(expected), "{template}");
    };
    let unknown = |name: &str| E::UnknownParameter(name.to_owned());
    // Not the one statement it should be.
    check(Update, "", E::WrongVerb("UPDATE"));
    check(Update, " \n", E::WrongVerb("UPDATE"));
    check(Update, ";", E::WrongVerb("UPDATE"));
    check(Update, "DELETE FROM users WHERE p = :password_hash AND login = :account", E::WrongVerb("UPDATE"));
    check(Update, "INSERT INTO users VALUES (:account, :password_hash)", E::WrongVerb("UPDATE"));
    check(Update, "WITH x AS (SELECT 1) UPDATE t SET p = :password_hash WHERE a = :account", E::WrongVerb("UPDATE"));
    check(Update, "SELECT :password_hash FROM t WHERE a = :account", E::WrongVerb("UPDATE"));
    check(Update, "UPDATEX t SET p = :password_hash WHERE a = :account", E::WrongVerb("UPDATE"));
    check(Select, UPDATE, E::WrongVerb("SELECT"));
    check(Select, "PRAGMA table_info(users)", E::WrongVerb("SELECT"));
    check(Select, "ATTACH '/tmp/x' AS x", E::WrongVerb("SELECT"));
    check(Select, "(SELECT p FROM t WHERE a = :account)", E::WrongVerb("SELECT"));
    check(Update, &format!("{UPDATE}; DROP TABLE users"), E::SeveralStatements);
    check(Update, &format!("{UPDATE};;"), E::SeveralStatements);
    check(Update, &format!("{UPDATE}; -- x"), E::SeveralStatements);
    check(Select, &format!("SELECT 1; {UPDATE}"), E::SeveralStatements);
    check(Update, "UPDATE OR REPLACE t SET p = :password_hash WHERE a = :account", E::ConflictClause);
    check(Update, "update or ignore t SET p = :password_hash WHERE a = :account", E::ConflictClause);
    // Comments.
    check(Update, &format!("{UPDATE} -- WHERE"), E::Comment);
    check(Update, &format!("/* x */ {UPDATE}"), E::WrongVerb("UPDATE"));
    check(Update, "UPDATE t SET p = :password_hash /* WHERE */ WHERE a = :account", E::Comment);
    check(Update, "UPDATE t SET p = :password_hash WHERE a = :account #", E::Character('#'));
    // Quotes.
    check(Update, "UPDATE t SET p = ':password_hash' WHERE a = :account", E::QuotedParameter(17));
    check(Update, "UPDATE t SET p = :password_hash WHERE a = \":account\"", E::QuotedParameter(42));
    check(Update, "UPDATE t SET p = 'x WHERE a = :account", E::OpenQuote(17));
    check(Update, "UPDATE t SET p = 'it''s WHERE a = 1", E::OpenQuote(21));
    check(Update, r"UPDATE t SET p = 'a\' || :password_hash WHERE a = :account", E::UnclearQuote(17));
    check(Update, "UPDATE t SET p = 'a\0' || :password_hash WHERE a = :account", E::UnclearQuote(17));
    check(Update, "UPDATE t SET p = E'a' || :password_hash WHERE a = :account", E::UnclearQuote(18));
    check(Update, "UPDATE t SET p = $$a$$ || :password_hash WHERE a = :account", E::Character('$'));
    check(Update, "UPDATE t SET `p` = :password_hash WHERE a = :account", E::Character('`'));
    check(Update, "UPDATE t SET [p] = :password_hash WHERE a = :account", E::Character('['));
    // Placeholders.
    check(Update, "UPDATE t SET p = :password WHERE a = :account", unknown(":password"));
    check(Update, "UPDATE t SET p = :password_hashes WHERE a = :account", unknown(":password_hashes"));
    check(Update, "UPDATE t SET p = :Password_Hash WHERE a = :account", unknown(":Password_Hash"));
    check(Update, "UPDATE t SET p = :password_hash::text WHERE a = :account", unknown(":"));
    check(Update, "UPDATE t SET p = :password_hash WHERE a = : account", unknown(":"));
    check(Update, "UPDATE t SET p = ?1 WHERE a = :account", E::Character('?'));
    check(Update, "UPDATE t SET p = $1 WHERE a = :account", E::Character('$'));
    check(Update, "UPDATE t SET p = @password_hash WHERE a = :account", E::Character('@'));
    check(Update, "UPDATE t SET p = {{password_hash}} WHERE a = :account", E::Character('{'));
    check(Update, "UPDATE t SET p = %s WHERE a = :account", E::Character('%'));
    check(Select, "SELECT p FROM t WHERE a = :account AND p = :password_hash", unknown(":password_hash"));
    check(Select, "SELECT p FROM t WHERE a = :account AND n = :changed_at", unknown(":changed_at"));
    check(Update, "UPDATE t SET p = 'x' WHERE a = :account", E::MissingParameter(":password_hash"));
    check(Update, "UPDATE t SET p = :password_hash WHERE a = 1", E::MissingParameter(":account"));
    check(Select, "SELECT p FROM t", E::MissingParameter(":account"));
    // A change of the whole table.
    check(Update, "UPDATE t SET p = :password_hash, a = :account", E::NoWhere(":account"));
    check(Update, "UPDATE t SET p = :password_hash, a = :account WHERE 1 = 1", E::NoWhere(":account"));
    check(Update, "UPDATE t SET p = (SELECT :password_hash FROM u WHERE a = :account)", E::NoWhere(":account"));
    check(Select, "SELECT :account, p FROM t", E::NoWhere(":account"));
    check(Accounts, "SELECT login FROM users", E::MissingParameter(":after"));
    check(Accounts, "SELECT login, :after FROM users WHERE 1 = 1", E::NoWhere(":after"));
    check(Accounts, "SELECT login FROM users WHERE login > :after OR login = :account", unknown(":account"));
    check(Accounts, "UPDATE users SET a = 1 WHERE login > :after", E::WrongVerb("SELECT"));
    check(Update, "UPDATE t SET p = :password_hash WHERE a = :account AND a > :after", unknown(":after"));
    // The rest.
    check(Update, "UPDATE t SET p = (:password_hash WHERE a = :account", E::Parentheses);
    check(Update, "UPDATE t SET p = :password_hash) WHERE a = :account", E::Parentheses);
    check(Update, "UPDATE t SET p = :password_hash WHERE\0 a = :account", E::Character('\0'));
    check(Update, "UPDATE t SET p = :password_hash WHERE\u{a0}a = :account", E::Character('\u{a0}'));
    check(Update, "UPDATE t SET p = :password_hash WHERE a = :account；DROP TABLE t", E::Character('；'));
    check(Update, &format!("{UPDATE}{}", " ".repeat(4_096)), E::TooLong);
}

/// Whatever the bytes, reading ends without a panic, and what passes holds no foreign placeholder.
#[test]
fn no_mutation_of_a_template_slips_through() {
    let pieces = ["'", "\"", ";", "--", "/*", "$1", ":account", "?", "\\", "é", "\0", "WHERE", "(", " ", "::", "''"];
    for at in (0..=UPDATE.len()).filter(|at| UPDATE.is_char_boundary(*at)) {
        for piece in pieces {
            for end in [at, (at + 1).min(UPDATE.len())] {
                let mutated = format!("{}{piece}{}", &UPDATE[..at], &UPDATE[end..]);
                if let Ok(statement) = Statement::parse(Update, &mutated) {
                    let unquoted: String = statement.text.split('\'').step_by(2).collect();
                    assert!(!unquoted.contains([';', '?', '\\', '\0', ':']), "{mutated}");
                    assert!(!unquoted.contains("--") && !unquoted.contains("/*"), "{mutated}");
                    assert!(statement.parameters.len() <= 2 && !statement.text.contains("$3"), "{mutated}");
                }
            }
        }
    }
}
