//! The statements hold nothing but known words: whatever a filter says, its values are bound.

mod fuzz;

use passwright_domain::collection::{Field, Kind, Request, Resource};
use passwright_domain::timestamp::Timestamp;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key(Column);

struct Any;

impl Resource for Any {
    type Key = Key;
    const FIELDS: &'static [Field<Key>] = &[Field {
        name: "email",
        key: Key(Column::IdentityEmail),
        kind: Kind::Text,
        operators: &[Operator::Eq, Operator::Ne, Operator::Co, Operator::Sw, Operator::Gt, Operator::Pr],
        sortable: true,
    }];
    const DEFAULT_ORDER: Key = Key(Column::IdentityName);
}

impl Listed for Any {
    type Row = (String,);
    const SELECT: &'static str = "SELECT id FROM identity";
    const COUNT: &'static str = "SELECT COUNT(*) FROM identity";
    const ID: Column = Column::IdentityId;

    fn column(key: Key) -> Column {
        key.0
    }
}

#[test]
fn texts() {
    let check = |filters: &str, engine, expected: &str, values: &[Bound]| {
        let request = Request { filters: Some(filters.to_owned()), limit: Some(2), ..Request::default() };
        let statement = page(&Collection::<Any>::parse(&request).unwrap(), engine);
        let (head, tail) = ("SELECT id FROM identity WHERE ", statement.values.len());
        let (limit, offset) = (tail - 1, tail);
        let order = if engine == Engine::Postgres { " COLLATE \"C\"" } else { "" };
        let end = format!(" ORDER BY LOWER(identity.name){order}, identity.id LIMIT ${limit} OFFSET ${offset}");
        assert_eq!(statement.sql, format!("{head}{expected}{end}"), "{filters}");
        assert_eq!(&statement.values[..tail - 2], values, "{filters}");
        assert_eq!(statement.values[tail - 2..], [Bound::Integer(2), Bound::Integer(0)]);
    };
    let text = |text: &str| Bound::Text(text.to_owned());
    let guard = "identity.email IS NOT NULL AND LOWER(identity.email)";
    check(r#"email eq "A""#, Engine::Sqlite, &format!("({guard} = LOWER($1))"), &[text("A")]);
    check(r#"email ne "a""#, Engine::Sqlite, &format!("(NOT ({guard} = LOWER($1)))"), &[text("a")]);
    check(
        r#"email co "5%_!" and not email pr"#,
        Engine::Sqlite,
        &format!(
            "(({guard} LIKE LOWER($1) ESCAPE '!') AND (NOT (identity.email IS NOT NULL AND identity.email <> $2)))"
        ),
        &[text("%5!%!_!!%"), text("")],
    );
    check(r#"email gt "a""#, Engine::Postgres, &format!("({guard} COLLATE \"C\" > LOWER($1))"), &[text("a")]);
}

const WORDS: &[&str] = &[
    "SELECT", "id", "FROM", "identity", "COUNT", "WHERE", "AND", "OR", "NOT", "IS", "NULL", "IN", "LIKE", "LOWER",
    "ESCAPE", "COLLATE", "\"C\"", "'!'", "TRUE", "ORDER", "BY", "DESC", "LIMIT", "OFFSET",
];

/// Every piece of the text is a known word, a column, a sign or `$n`, and each `$n` comes once, in order.
fn check_pieces(statement: &Statement, engine: Engine) -> Result<(), TestCaseError> {
    // The longest first: one column may stand inside the expression of another.
    let mut columns: Vec<_> = Column::ALL.iter().map(|column| column.sql(engine)).collect();
    columns.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let sql = columns.into_iter().fold(statement.sql.clone(), |sql, column| sql.replace(column, " @ "));
    let spaced = sql.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    let mut next = 1;
    for piece in spaced.split_whitespace() {
        if let Some(number) = piece.strip_prefix('$') {
            prop_assert_eq!(number.parse::<usize>(), Ok(next), "{}", statement.sql);
            next += 1;
            continue;
        }
        let known =
            WORDS.contains(&piece) || ["@", "(", ")", ",", "*", "=", "<>", "<", "<=", ">", ">="].contains(&piece);
        prop_assert!(known, "{piece} in {}", statement.sql);
    }
    prop_assert_eq!(next - 1, statement.values.len());
    Ok(())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,20}".prop_map(Value::Text),
        prop::sample::select(vec!["' OR 1=1 --", "$1", "\"; DROP TABLE identity", "%", "!", "\\", "identity.id"])
            .prop_map(|text| Value::Text(text.to_owned())),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        any::<i64>().prop_map(|micros| Value::Time(Timestamp(micros))),
    ]
}

fn filters() -> impl Strategy<Value = Filter<Key>> {
    let key = || prop::sample::select(Column::ALL).prop_map(Key);
    let operator = prop::sample::select(&Operator::ALL[..8]);
    let test = prop_oneof![
        (operator, value()).prop_map(|(operator, value)| Test::Compare(operator, value)),
        prop::collection::vec(value(), 1..4).prop_map(Test::In),
        prop::collection::vec(".{0,20}", 1..4).prop_map(Test::ContainsAll),
        Just(Test::Present),
        Just(Test::Null),
    ];
    let leaf = (key(), test).prop_map(|(key, test)| Filter::Field(key, test));
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
    fn no_value_is_in_the_text(filter in filters(), descending: bool, column in prop::sample::select(Column::ALL)) {
        let sorters = vec![Sorter { key: Key(column), descending }];
        let collection = Collection::<Any> { filter: Some(filter), sorters, ..Collection::whole() };
        for engine in [Engine::Sqlite, Engine::Postgres] {
            check_pieces(&page(&collection, engine), engine)?;
            check_pieces(&count(&collection, engine), engine)?;
        }
    }
}
