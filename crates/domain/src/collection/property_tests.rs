//! Arbitrary text never panics the parser; what is printed parses back to the same.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key;

struct Things;

impl Resource for Things {
    type Key = Key;
    const FIELDS: &'static [Field<Key>] = &[Field {
        name: "name",
        key: Key,
        kind: Kind::Text,
        operators: &[Operator::Eq, Operator::Sw, Operator::In, Operator::Pr],
        sortable: true,
    }];
    const DEFAULT_ORDER: Key = Key;
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn printed(filter: &Filter<Key>) -> String {
    let joined = |parts: &[Filter<Key>], with: &str| {
        let parts: Vec<String> = parts.iter().map(printed).collect();
        format!("({})", parts.join(with))
    };
    match filter {
        Filter::All(parts) => joined(parts, " and "),
        Filter::Any(parts) => joined(parts, " or "),
        Filter::Not(part) => format!("not {}", printed(part)),
        Filter::Field(_, Test::Compare(operator, Value::Text(text))) => format!("name {operator} {}", quoted(text)),
        Filter::Field(_, Test::In(values)) => {
            let texts = values.iter().map(|value| match value {
                Value::Text(text) => quoted(text),
                other => panic!("{other:?}"),
            });
            format!("name in ({})", texts.collect::<Vec<_>>().join(","))
        }
        Filter::Field(_, _) => "name pr".to_owned(),
    }
}

fn filters() -> impl Strategy<Value = Filter<Key>> {
    let text = "[^\0]{0,12}";
    let leaf = prop_oneof![
        text.prop_map(|t| Filter::Field(Key, Test::Compare(Operator::Eq, Value::Text(t)))),
        text.prop_map(|t| Filter::Field(Key, Test::Compare(Operator::Sw, Value::Text(t)))),
        prop::collection::vec(text.prop_map(Value::Text), 1..4).prop_map(|all| Filter::Field(Key, Test::In(all))),
        Just(Filter::Field(Key, Test::Present)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn arbitrary_text(text in ".{0,80}") {
        let _ = parse_filter::<Things>(&text);
        let _ = parse_sorters::<Things>(&text);
    }

    #[test]
    fn arbitrary_tokens(parts in prop::collection::vec(prop::sample::select(vec![
        "name", "eq", "in", "pr", "not", "and", "or", "(", ")", ",", "\"a\"", "\"", "\\", "x", "1",
    ]), 0..40)) {
        let _ = parse_filter::<Things>(&parts.join(" "));
    }

    #[test]
    fn printing_and_parsing(filter in filters()) {
        prop_assert_eq!(parse_filter::<Things>(&printed(&filter)), Ok(filter));
    }
}
