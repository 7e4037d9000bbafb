//! Search filters (RFC 4511 section 4.5.1.7) against an entry.
//!
//! What cannot be compared does not match. "Undefined" is taken for "false" within, so `(!(x=1))` holds for an entry without `x`,
//! which is what Active Directory answers too.

use ldap3_proto::proto::{LdapFilter, LdapMatchingRuleAssertion, LdapSubstringFilter};

use crate::dn::Dn;
use crate::entry::Entry;

/// All bits of the asserted number are set.
const BIT_AND: &str = "1.2.840.113556.1.4.803";
/// Any bit of the asserted number is set.
const BIT_OR: &str = "1.2.840.113556.1.4.804";

/// True when the entry fits. Recursion is bounded by the codec's depth limit.
pub(crate) fn matches(filter: &LdapFilter, entry: &Entry) -> bool {
    let any = |name: &str, test: &dyn Fn(&[u8]) -> bool| entry.values(name).iter().any(|value| test(value));
    match filter {
        LdapFilter::And(parts) => parts.iter().all(|part| matches(part, entry)),
        LdapFilter::Or(parts) => parts.iter().any(|part| matches(part, entry)),
        LdapFilter::Not(part) => !matches(part, entry),
        LdapFilter::Present(name) => !entry.values(name).is_empty(),
        LdapFilter::Equality(name, asserted) | LdapFilter::Approx(name, asserted) => {
            any(name, &|value| equal(name, value, asserted))
        }
        LdapFilter::Substring(name, parts) => any(name, &|value| text(value).is_some_and(|text| within(&text, parts))),
        LdapFilter::GreaterOrEqual(name, asserted) => any(name, &|value| ordered(value, asserted, i64::ge)),
        LdapFilter::LessOrEqual(name, asserted) => any(name, &|value| ordered(value, asserted, i64::le)),
        LdapFilter::Extensible(rule) => extensible(rule, entry),
    }
}

fn equal(name: &str, value: &[u8], asserted: &str) -> bool {
    let Some(value) = text(value) else { return false };
    let asserted = asserted.to_lowercase();
    if value == asserted {
        return true;
    }
    if name.eq_ignore_ascii_case("objectCategory") {
        // The class's own name stands for the long name in the schema.
        return value.split_once(',').is_some_and(|(first, _)| first == format!("cn={asserted}"));
    }
    let is_name = name.eq_ignore_ascii_case("distinguishedName");
    is_name && Dn::parse(&asserted).is_some_and(|asserted| Dn::parse(&value) == Some(asserted))
}

fn within(value: &str, parts: &LdapSubstringFilter) -> bool {
    let mut rest = value;
    if let Some(initial) = &parts.initial {
        let Some(after) = rest.strip_prefix(initial.to_lowercase().as_str()) else { return false };
        rest = after;
    }
    if let Some(last) = &parts.final_ {
        let Some(before) = rest.strip_suffix(last.to_lowercase().as_str()) else { return false };
        rest = before;
    }
    parts.any.iter().all(|part| match rest.split_once(part.to_lowercase().as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

fn ordered(value: &[u8], asserted: &str, holds: fn(&i64, &i64) -> bool) -> bool {
    let asserted = asserted.parse::<i64>();
    number(value).zip(asserted.ok()).is_some_and(|(value, asserted)| holds(&value, &asserted))
}

fn extensible(rule: &LdapMatchingRuleAssertion, entry: &Entry) -> bool {
    let (Some(name), Ok(bits)) = (rule.type_.as_deref(), rule.match_value.parse::<i64>()) else { return false };
    let holds = |value: i64| match rule.matching_rule.as_deref() {
        Some(BIT_AND) => value & bits == bits,
        Some(BIT_OR) => value & bits != 0,
        _ => false,
    };
    entry.values(name).iter().filter_map(|value| number(value)).any(holds)
}

fn text(value: &[u8]) -> Option<String> {
    std::str::from_utf8(value).ok().map(str::to_lowercase)
}

fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use ldap3_proto::parse_ldap_filter_str;

    use super::*;
    use crate::entry::Attribute;

    fn check(filter: &str, expected: bool) {
        let attribute = |name, values: &[&str]| Attribute {
            name,
            values: values.iter().map(|value| value.as_bytes().to_vec()).collect(),
            constructed: false,
        };
        let entry = Entry {
            dn: "CN=Abby Smith,DC=acme".to_owned(),
            attributes: vec![
                attribute("objectClass", &["top", "user"]),
                attribute("cn", &["Abby Smith"]),
                attribute("distinguishedName", &["CN=Abby Smith,DC=acme"]),
                attribute("objectCategory", &["CN=Person,CN=Schema,CN=Configuration,DC=acme"]),
                attribute("userAccountControl", &["514"]),
            ],
        };
        // This reader of filter texts wants quotes around values with spaces; they are not part of the value.
        let parsed = parse_ldap_filter_str(filter).unwrap();
        assert_eq!(matches(&parsed, &entry), expected, "{filter}");
    }

    #[test]
    fn each_kind_of_filter() {
        check(r#"(cn="abby SMITH")"#, true);
        check("(CN=abby)", false);
        check("(cn=*)", true);
        check("(mail=*)", false);
        check(r#"(&(objectClass=user)(cn="Abby Smith"))"#, true);
        check("(&(objectClass=user)(cn=x))", false);
        check("(|(cn=x)(objectClass=top))", true);
        check("(!(mail=x))", true);
        check("(cn=ab*bb*th)", false);
        check(r#"(cn="ab*y s*th")"#, true);
        check("(cn=*smith)", true);
        check("(cn=abby*smith*h)", false);
        check("(objectCategory=person)", true);
        check("(objectCategory=group)", false);
        check(r#"(distinguishedName="cn=abby smith , dc=ACME")"#, true);
        check("(userAccountControl>=514)", true);
        check("(userAccountControl<=513)", false);
        check("(userAccountControl:1.2.840.113556.1.4.803:=514)", true);
        check("(userAccountControl:1.2.840.113556.1.4.803:=3)", false);
        check("(userAccountControl:1.2.840.113556.1.4.804:=3)", true);
        check("(cn:1.2.3:=2)", false);
        check("(unicodePwd=*)", false);
    }
}
