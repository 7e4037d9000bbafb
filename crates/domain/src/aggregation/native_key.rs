//! One form of a native identity, under which an account is found again however its name is written.

use crate::canonical::folded;

/// The key of a native identity. `named_by_dn`: it is a distinguished name, whose case and whose spaces around separators
/// do not count (RFC 4518; attributes that compare exactly are rare in names and would only make two accounts one that
/// no directory lets stand side by side). Others are compared as they are.
#[must_use]
pub fn native_key(native_identity: &str, named_by_dn: bool) -> String {
    if !named_by_dn {
        return native_identity.to_owned();
    }
    let mut key = String::with_capacity(native_identity.len());
    let mut escaped = false;
    // Spaces are kept back until it is known what follows them.
    let mut spaces = 0;
    let mut after_separator = true;
    for c in folded(native_identity).chars() {
        if c == ' ' && !escaped {
            spaces += 1;
            continue;
        }
        let separates = !escaped && matches!(c, ',' | '=' | '+' | ';');
        if !separates && !after_separator {
            key.extend(std::iter::repeat_n(' ', spaces));
        }
        spaces = 0;
        key.push(if separates && c == ';' { ',' } else { c });
        after_separator = separates;
        escaped = !escaped && c == '\\';
    }
    key
}

#[cfg(test)]
mod tests {
    use super::native_key;

    #[test]
    fn names_that_are_one() {
        let abby = native_key("CN=Abby Smith,OU=Austin,DC=acme", true);
        for same in [
            "cn=abby smith,ou=austin,dc=acme",
            " CN = Abby Smith , OU=Austin,  DC=acme ",
            "CN=ABBY SMITH;OU=Austin;DC=acme",
        ] {
            assert_eq!(native_key(same, true), abby, "{same}");
        }
        for other in [
            "CN=Abby  Smith,OU=Austin,DC=acme",
            "CN=AbbySmith,OU=Austin,DC=acme",
            "CN=Abby Smith,OU=Austin",
            "CN=Abby Smith\\,OU=Austin,DC=acme",
        ] {
            assert_ne!(native_key(other, true), abby, "{other}");
        }
        assert_eq!(native_key("cn=a\\, b", true), native_key("CN=A\\, B", true));
        assert_ne!(native_key("cn=a\\  ,dc=x", true), native_key("cn=a\\,dc=x", true));
        assert_eq!(native_key("Abby ", false), "Abby ");
    }
}
