use super::*;
use crate::collection::{Collection, Request, parse_sorters};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    Count,
    Active,
    Created,
    Features,
}

struct Things;

impl Resource for Things {
    type Key = Key;
    const FIELDS: &'static [Field<Key>] = &[
        Field {
            name: "name",
            key: Key::Name,
            kind: Kind::Text,
            operators: &[
                Operator::Eq,
                Operator::Ne,
                Operator::Gt,
                Operator::Ge,
                Operator::Lt,
                Operator::Le,
                Operator::Co,
                Operator::Sw,
                Operator::In,
                Operator::Pr,
                Operator::Isnull,
            ],
            sortable: true,
        },
        Field {
            name: "count",
            key: Key::Count,
            kind: Kind::Integer,
            operators: &[Operator::Eq, Operator::Lt],
            sortable: false,
        },
        Field { name: "active", key: Key::Active, kind: Kind::Boolean, operators: &[Operator::Eq], sortable: false },
        Field {
            name: "owner.created",
            key: Key::Created,
            kind: Kind::Time,
            operators: &[Operator::Ge, Operator::Lt],
            sortable: true,
        },
        Field {
            name: "features",
            key: Key::Features,
            kind: Kind::List,
            operators: &[Operator::Co, Operator::Ca],
            sortable: false,
        },
    ];
    const DEFAULT_ORDER: Key = Key::Name;
}

/// The structure, as text.
fn plain(filter: &Filter<Key>) -> String {
    let joined = |parts: &[Filter<Key>], with: &str| {
        let parts: Vec<String> = parts.iter().map(plain).collect();
        format!("[{}]", parts.join(with))
    };
    match filter {
        Filter::All(parts) => joined(parts, " & "),
        Filter::Any(parts) => joined(parts, " | "),
        Filter::Not(part) => format!("!{}", plain(part)),
        Filter::Field(key, Test::Compare(operator, Value::Text(text))) => format!("{key:?} {operator} <{text}>"),
        Filter::Field(key, Test::Compare(operator, Value::Integer(n))) => format!("{key:?} {operator} {n}"),
        Filter::Field(key, Test::Compare(operator, Value::Boolean(b))) => format!("{key:?} {operator} {b}"),
        Filter::Field(key, Test::Compare(operator, Value::Time(t))) => format!("{key:?} {operator} @{}", t.0),
        Filter::Field(key, Test::In(values)) => format!("{key:?} in {}", values.len()),
        Filter::Field(key, Test::ContainsAll(values)) => format!("{key:?} ca {}", values.join("+")),
        Filter::Field(key, Test::Present) => format!("{key:?} pr"),
        Filter::Field(key, Test::Null) => format!("{key:?} null"),
    }
}

#[test]
fn what_parses() {
    assert_eq!(Things::check(), Vec::<String>::new());
    let cases = [
        (r#"name eq "a""#, "Name eq <a>"),
        (r#"name sw"a""#, "Name sw <a>"),
        (r#"  name   co  "a b" "#, "Name co <a b>"),
        (r#"name eq "a\"b\\c""#, r#"Name eq <a"b\c>"#),
        (r#"name eq """#, "Name eq <>"),
        (r#"name eq "x' or 1=1 --""#, "Name eq <x' or 1=1 -->"),
        (r#"name eq "not (a) and""#, "Name eq <not (a) and>"),
        (r#"name in ("a","b" , "c")"#, "Name in 3"),
        (r#"name in("a")"#, "Name in 1"),
        (r#"features ca ("PASSWORD","UNLOCK")"#, "Features ca PASSWORD+UNLOCK"),
        (r#"features co "PASSWORD""#, "Features co <PASSWORD>"),
        ("name pr", "Name pr"),
        ("name isnull", "Name null"),
        ("count lt -5", "Count lt -5"),
        ("active eq true", "Active eq true"),
        (r#"active eq "false""#, "Active eq false"),
        ("owner.created ge 1970-01-01T00:00:01Z", "Created ge @1000000"),
        ("owner.created ge 1970-01-01T00:00:01.5Z", "Created ge @1500000"),
        ("owner.created ge 1970-01-01T01:00:01+01:00", "Created ge @1000000"),
        (r#"owner.created lt "1970-01-02""#, "Created lt @86400000000"),
        ("owner.created ge 1970-01-01T00:00:01", "Created ge @1000000"),
        // not, then and, then or.
        (r#"name eq "a" or name eq "b" and not name eq "c""#, "[Name eq <a> | [Name eq <b> & !Name eq <c>]]"),
        (r#"(name eq "a" or name eq "b") and active eq true"#, "[[Name eq <a> | Name eq <b>] & Active eq true]"),
        (r#"not (name eq "a" or name pr)"#, "![Name eq <a> | Name pr]"),
        (r#"not not name pr"#, "!!Name pr"),
        ("((((name pr))))", "Name pr"),
    ];
    for (text, expected) in cases {
        let parsed = parse_filter::<Things>(text).map(|filter| plain(&filter));
        assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_does_not() {
    let cases = [
        ("", "filters: it ends where a field is expected"),
        ("name", "filters: an operator is expected after name"),
        ("name eq", "filters: a text in double quotes is expected after name eq"),
        ("name eq a", "filters: a text in double quotes is expected after name eq"),
        (r#"name EQ "a""#, r#"filters: the operator "EQ" cannot be used with name"#),
        (r#"name like "a""#, r#"filters: the operator "like" cannot be used with name"#),
        ("count gt 1", r#"filters: the operator "gt" cannot be used with count"#),
        ("count eq 1.5", "filters: a whole number is expected after count eq"),
        (r#"count eq "1""#, "filters: a whole number is expected after count eq"),
        ("active eq yes", "filters: true or false is expected after active eq"),
        (
            "owner.created ge yesterday",
            "filters: a date-time such as 2026-01-31T12:00:00Z is expected after owner.created ge",
        ),
        (r#"Name eq "a""#, r#"filters: the field "Name" cannot be filtered by"#),
        (r#"name_key eq "a""#, r#"filters: the field "name_key" cannot be filtered by"#),
        (r#""name" eq "a""#, r#"filters: "name" stands where a field is expected"#),
        (r#"name eq "a"#, "filters: a double quote is not closed"),
        (r#"name eq "a\n""#, "filters: a backslash must stand before a double quote or a backslash"),
        (r#"name eq "a" name pr"#, r#"filters: "name" stands where "and", "or" or the end is expected"#),
        (r#"(name eq "a""#, r#"filters: ")" is expected"#),
        (r#"name eq "a")"#, r#"filters: ")" stands where "and", "or" or the end is expected"#),
        (r#"name in "a""#, "filters: a list in parentheses after name in is expected"),
        ("name in ()", "filters: a text in double quotes is expected after name in"),
        (r#"name in ("a""#, "filters: a list in parentheses after name in is not closed"),
        (r#"name in ("a",)"#, "filters: a text in double quotes is expected after name in"),
        (r#"name eq "a" and"#, "filters: it ends where a field is expected"),
        (r#"and name pr"#, r#"filters: the field "and" cannot be filtered by"#),
        ("not", "filters: it ends where a field is expected"),
        ("name pr; drop table identity", r#"filters: the operator "pr;" cannot be used with name"#),
    ];
    for (text, expected) in cases {
        let fault = parse_filter::<Things>(text).map(|filter| plain(&filter)).unwrap_err();
        assert_eq!(fault.to_string(), expected, "{text}");
    }
}

#[test]
fn bounds() {
    let nested = |depth: usize| format!("{}name pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse_filter::<Things>(&nested(MAX_DEPTH)).is_ok());
    assert!(matches!(parse_filter::<Things>(&nested(MAX_DEPTH + 1)), Err(CollectionFault::OutOfBounds(_))));
    assert!(parse_filter::<Things>(&"not ".repeat(2000)).is_err());
    let list = |n: usize| format!("name in ({})", vec![r#""a""#; n].join(","));
    assert!(parse_filter::<Things>(&list(MAX_VALUES)).is_ok());
    assert!(matches!(parse_filter::<Things>(&list(MAX_VALUES + 1)), Err(CollectionFault::OutOfBounds(_))));
    let long = format!(r#"name eq "{}""#, "x".repeat(MAX_TEXT));
    assert!(matches!(parse_filter::<Things>(&long), Err(CollectionFault::OutOfBounds(_))));
}

#[test]
fn sorters_and_pages() {
    let sorters = |text| parse_sorters::<Things>(text).map(|all| all.iter().map(|s| (s.key, s.descending)).collect());
    assert_eq!(sorters("name"), Ok(vec![(Key::Name, false)]));
    assert_eq!(sorters("-owner.created, name"), Ok(vec![(Key::Created, true), (Key::Name, false)]));
    for wrong in ["", "count", "name,", "--name", "name desc", "name;x"] {
        assert!(sorters(wrong).is_err(), "{wrong}");
    }
    let page = |limit, offset| {
        let request = Request { limit, offset, ..Request::default() };
        Collection::<Things>::parse(&request).map(|c| (c.page.limit, c.page.offset))
    };
    assert_eq!(page(None, None), Ok((250, 0)));
    assert_eq!(page(Some(0), Some(7)), Ok((0, 7)));
    assert_eq!(page(Some(250), None), Ok((250, 0)));
    assert!(page(Some(251), None).is_err());
    assert!(page(None, Some(u64::MAX)).is_err());
}
