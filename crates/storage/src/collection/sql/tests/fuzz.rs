//! The filter grammar and what it becomes, under mutated texts: nothing panics, no text of a caller is in a statement, and a
//! filter that is printed and read again is the same.
//!
//! `PASSWRIGHT_FUZZ_EXECUTIONS` sets how many (20,000), `PASSWRIGHT_FUZZ_SEED` which ones (1); `cargo xtask fuzz-filters`
//! sets both.

use passwright_domain::collection::{parse_filter, parse_sorters};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::*;

/// A field of every kind, with every operator that fits it.
struct Every;

const TEXT: &[Operator] = &[
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
];
const ORDERED: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::Gt,
    Operator::Ge,
    Operator::Lt,
    Operator::Le,
    Operator::In,
    Operator::Pr,
    Operator::Isnull,
];

const fn field(name: &'static str, column: Column, kind: Kind, operators: &'static [Operator]) -> Field<Key> {
    Field { name, key: Key(column), kind, operators, sortable: true }
}

impl Resource for Every {
    type Key = Key;
    const FIELDS: &'static [Field<Key>] = &[
        field("email", Column::IdentityEmail, Kind::Text, TEXT),
        field("alias", Column::IdentityAlias, Kind::Text, TEXT),
        field("id", Column::IdentityId, Kind::Text, &[Operator::Eq, Operator::In]),
        field("created", Column::IdentityCreated, Kind::Time, ORDERED),
        field("count", Column::AccountModified, Kind::Integer, ORDERED),
        field(
            "default",
            Column::PasswordPolicyDefault,
            Kind::Boolean,
            &[Operator::Eq, Operator::Ne, Operator::In, Operator::Pr],
        ),
        field(
            "features",
            Column::SourceFeatures,
            Kind::List,
            &[Operator::Co, Operator::Ca, Operator::Pr, Operator::Isnull],
        ),
    ];
    const DEFAULT_ORDER: Key = Key(Column::IdentityName);
}

impl Listed for Every {
    type Row = (String,);
    const SELECT: &'static str = "SELECT id FROM identity";
    const COUNT: &'static str = "SELECT COUNT(*) FROM identity";
    const ID: Column = Column::IdentityId;

    fn column(key: Key) -> Column {
        key.0
    }
}

/// SplitMix64: one seed, the same texts.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"Abby Smith\"",
    "\"5%_!\"",
    "\"\\\\\\\"\"",
    "\"' OR 1=1 --\"",
    "\"$1\"",
    "\"ﬁ\u{130}ß\"",
    "\"[]\"",
    "\"a,b)(\"",
];
const PIECES: &[&str] = &[
    "email",
    "alias",
    "id",
    "created",
    "count",
    "default",
    "features",
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "co",
    "sw",
    "in",
    "ca",
    "pr",
    "isnull",
    "and",
    "or",
    "not",
    "(",
    ")",
    ",",
    "\"",
    "\\",
    "true",
    "false",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "1e9",
    "2026-01-31",
    "2026-01-31T12:00:00Z",
    "9999-12-31T23:59:59.999999-23:59",
    "0000-01-01",
    "$1",
    "'",
    ";",
    "--",
    "/*",
    "NULL",
    "\u{0}",
    "\u{a0}",
    "\u{2028}",
    "İ",
    "é",
    "😀",
    "%",
    "_",
    "!",
    " ",
    "\t",
    "\n",
];

/// A filter that parses.
fn grown(random: &mut Random, depth: usize, text: &mut String) {
    match if depth == 0 { 9 } else { random.below(10) } {
        0..3 => {
            grown(random, depth - 1, text);
            text.push_str(random.of(&[" and ", " or "]));
            grown(random, depth - 1, text);
        }
        3 => {
            text.push_str("not ");
            grown(random, depth - 1, text);
        }
        4 | 5 => {
            text.push('(');
            grown(random, depth - 1, text);
            text.push(')');
        }
        _ => leaf(random, text),
    }
}

fn leaf(random: &mut Random, text: &mut String) {
    let field = &Every::FIELDS[random.below(Every::FIELDS.len())];
    let operator = random.of(field.operators);
    text.push_str(&format!("{} {operator}", field.name));
    let value = |random: &mut Random| match field.kind {
        Kind::Text | Kind::List => random.of(TEXTS),
        Kind::Boolean => random.of(&["true", "false"]),
        Kind::Integer => random.of(&["0", "-1", "42", "9223372036854775807"]),
        Kind::Time => random.of(&[
            "2026-01-31",
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.123456+02:00",
            "1969-12-31T23:59:59.5",
        ]),
    };
    match operator {
        Operator::Pr | Operator::Isnull => {}
        Operator::In | Operator::Ca => {
            let values: Vec<&str> = (0..=random.below(4)).map(|_| value(random)).collect();
            text.push_str(&format!(" ({})", values.join(random.of(&[",", ", ", " , "]))));
        }
        _ => text.push_str(&format!(" {}", value(random))),
    }
}

fn mutated(random: &mut Random, chars: &mut Vec<char>) {
    let (from, to) = (random.below(chars.len() + 1), random.below(chars.len() + 1));
    let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
    match random.below(7) {
        0 => {
            chars.drain(from..to);
        }
        1 => {
            let again = chars[from..to].to_vec();
            chars.splice(to..to, again);
        }
        2 | 3 => {
            let piece = random.of(PIECES).chars();
            chars.splice(from..from, piece);
        }
        4 => {
            let c = char::from_u32(u32::try_from(random.below(0x11_0000)).unwrap()).unwrap_or('\u{fffd}');
            chars.insert(from, c);
        }
        5 if from < chars.len() => chars[from] = random.of(&['(', ')', '"', '\\', ',', ' ', 'a', '0', '-', '\u{0}']),
        6 => {
            let many = random.below(120);
            let piece = random.of(&["(", ")", "not ", "(not ", "\"a\",", " and id eq \"1\""]);
            chars.splice(from..from, piece.repeat(many).chars());
        }
        _ => chars.reverse(),
    }
}

/// With no more parentheses than the meaning needs, so that it is nested no deeper than what was read.
fn printed(filter: &Filter<Key>, text: &mut String) -> Option<()> {
    let grouped = |part: &Filter<Key>, bare: bool, text: &mut String| {
        if bare {
            return printed(part, text);
        }
        text.push('(');
        printed(part, text)?;
        text.push(')');
        Some(())
    };
    match filter {
        Filter::Any(parts) => {
            for (at, part) in parts.iter().enumerate() {
                text.push_str(if at > 0 { " or " } else { "" });
                grouped(part, !matches!(part, Filter::Any(_)), text)?;
            }
        }
        Filter::All(parts) => {
            for (at, part) in parts.iter().enumerate() {
                text.push_str(if at > 0 { " and " } else { "" });
                grouped(part, !matches!(part, Filter::Any(_) | Filter::All(_)), text)?;
            }
        }
        Filter::Not(part) => {
            text.push_str("not ");
            grouped(part, !matches!(**part, Filter::Any(_) | Filter::All(_)), text)?;
        }
        Filter::Field(key, test) => {
            let name = Every::FIELDS.iter().find(|field| field.key == *key)?.name;
            let list = |values: &[Value]| Some(values.iter().map(shown).collect::<Option<Vec<_>>>()?.join(","));
            text.push_str(&match test {
                Test::Compare(operator, value) => format!("{name} {operator} {}", shown(value)?),
                Test::In(values) => format!("{name} in ({})", list(values)?),
                Test::ContainsAll(texts) => {
                    let values: Vec<Value> = texts.iter().cloned().map(Value::Text).collect();
                    format!("{name} ca ({})", list(&values)?)
                }
                Test::Present => format!("{name} pr"),
                Test::Null => format!("{name} isnull"),
            });
        }
    }
    Some(())
}

/// None for a time whose year has not four digits.
fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Value::Boolean(is) => is.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Time(at) => {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000).ok()?.format(&Rfc3339).ok()?
        }
    })
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn mutated_texts() {
    assert_eq!(Every::check(), Vec::<String>::new());
    let executions = from_environment("PASSWRIGHT_FUZZ_EXECUTIONS", 20_000);
    let mut random = Random(from_environment("PASSWRIGHT_FUZZ_SEED", 1));
    let (mut accepted, mut again) = (0_u64, 0_u64);
    for _ in 0..executions {
        let mut text = String::new();
        let depth = random.below(5);
        grown(&mut random, depth, &mut text);
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..random.below(4) {
            mutated(&mut random, &mut chars);
        }
        let text: String = chars.into_iter().collect();
        let _ = parse_sorters::<Every>(&text);
        let Ok(filter) = parse_filter::<Every>(&text) else { continue };
        accepted += 1;
        let mut printed_text = String::new();
        if printed(&filter, &mut printed_text).is_some() {
            assert_eq!(
                parse_filter::<Every>(&printed_text).as_ref(),
                Ok(&filter),
                "{text:?} is printed {printed_text:?}"
            );
            again += 1;
        }
        let sorters = vec![Sorter {
            key: Every::FIELDS[random.below(Every::FIELDS.len())].key,
            descending: random.below(2) == 0,
        }];
        let collection = Collection::<Every> { filter: Some(filter), sorters, ..Collection::whole() };
        for engine in [Engine::Sqlite, Engine::Postgres] {
            check_pieces(&page(&collection, engine), engine).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
        }
    }
    println!("{executions} texts: {accepted} parsed, {again} printed and read again");
    assert!(accepted * 5 > executions && again * 10 > accepted * 9, "{accepted} and {again} of {executions}");
}
