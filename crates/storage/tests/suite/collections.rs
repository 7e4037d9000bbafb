//! What a filter means in memory is what the database answers, on both engines.

use std::collections::{BTreeMap, BTreeSet};

use passwright_domain::collection::{Collection, Field, Filter, Held, Kind, Operator, Request, Resource, Value};
use passwright_domain::directory::{Feature, Identity, IdentityStatus, Source};
use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::collection::{Column, Listed, list};
use passwright_storage::directory::{identities, sources};
use passwright_storage::{StorageError, Tx, Write};

use super::engines::{Database, on_both_engines};

/// A resource of the test: everything a column can hold.
struct People;
struct Systems;

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

impl Resource for People {
    type Key = Column;
    const FIELDS: &'static [Field<Column>] = &[
        Field { name: "id", key: Column::IdentityId, kind: Kind::Text, operators: TEXT, sortable: true },
        Field { name: "alias", key: Column::IdentityAlias, kind: Kind::Text, operators: TEXT, sortable: true },
        Field { name: "email", key: Column::IdentityEmail, kind: Kind::Text, operators: TEXT, sortable: true },
        Field {
            name: "created",
            key: Column::IdentityCreated,
            kind: Kind::Time,
            operators: &[Operator::Ge, Operator::Lt, Operator::Eq],
            sortable: true,
        },
    ];
    const DEFAULT_ORDER: Column = Column::IdentityAlias;
}

impl Listed for People {
    type Row = (String,);
    const SELECT: &'static str = "SELECT identity.alias FROM identity";
    const COUNT: &'static str = "SELECT COUNT(*) FROM identity";
    const ID: Column = Column::IdentityId;

    fn column(key: Column) -> Column {
        key
    }
}

impl Resource for Systems {
    type Key = Column;
    const FIELDS: &'static [Field<Column>] = &[Field {
        name: "features",
        key: Column::SourceFeatures,
        kind: Kind::List,
        operators: &[Operator::Co, Operator::Ca, Operator::Pr],
        sortable: false,
    }];
    const DEFAULT_ORDER: Column = Column::SourceName;
}

impl Listed for Systems {
    type Row = (String,);
    const SELECT: &'static str = "SELECT source.name FROM source";
    const COUNT: &'static str = "SELECT COUNT(*) FROM source";
    const ID: Column = Column::SourceId;

    fn column(key: Column) -> Column {
        key
    }
}

/// Aliases and mail addresses; their created time is their number in seconds.
const PEOPLE: [(&str, Option<&str>); 8] = [
    ("Abby.Smith", Some("abby@acme.test")),
    ("ÄNNE", Some("Anne@ACME.test")),
    ("bob_100%", None),
    ("bobX100y", Some("")),
    ("Zoë", Some("z!%_\\\"'@acme.test")),
    ("o'hara", Some("ohara@other.test")),
    ("B", Some("b@acme.test")),
    ("a", None),
];

fn people() -> Vec<(Identity, Timestamp)> {
    let identity = |(n, (alias, email)): (u8, (&str, Option<&str>))| {
        let identity = Identity {
            id: IdentityId::from_random([n; 16]),
            alias: alias.to_owned(),
            name: alias.to_owned(),
            email: email.map(str::to_owned),
            status: IdentityStatus::Active,
            levels: BTreeSet::new(),
            attributes: BTreeMap::new(),
        };
        (identity, Timestamp::from_seconds(i64::from(n)))
    };
    (1..).zip(PEOPLE).map(identity).collect()
}

struct Seed;

impl Write for Seed {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for (identity, at) in people() {
            identities::upsert(tx, &identity, at).await?;
        }
        let features: [&[Feature]; 3] = [&[Feature::Password, Feature::Unlock], &[Feature::CurrentPassword], &[]];
        for (n, features) in (1..).zip(features) {
            let source = Source {
                id: SourceId::from_random([n; 16]),
                name: format!("S{n}"),
                description: String::new(),
                features: features.iter().copied().collect(),
                connector: Some("{}".to_owned()),
                sealed_credential: None,
                policy_holders: Vec::new(),
            };
            sources::upsert(tx, &source, Timestamp(1)).await?;
        }
        Ok(())
    }
}

fn request(filters: &str, sorters: &str) -> Request {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Request { filters: given(filters), sorters: given(sorters), count: true, ..Request::default() }
}

async fn names<R: Listed<Row = (String,)>>(database: &Database, request: &Request) -> (Vec<String>, Option<u64>) {
    let collection = Collection::<R>::parse(request).unwrap();
    let mut reader = database.store.read().await.unwrap();
    let (rows, total) = list(&mut reader.tx(), &collection).await.unwrap();
    (rows.into_iter().map(|(name,)| name).collect(), total)
}

fn held(identity: &Identity, created: Timestamp, key: Column) -> Option<Held> {
    let text = |text: &str| Some(Held::Value(Value::Text(text.to_owned())));
    match key {
        Column::IdentityId => text(identity.id.as_str()),
        Column::IdentityAlias => text(&identity.alias),
        Column::IdentityEmail => text(identity.email.as_deref()?),
        Column::IdentityCreated => Some(Held::Value(Value::Time(created))),
        other => panic!("{other:?}"),
    }
}

const PRIMITIVES: [&str; 23] = [
    r#"alias eq "abby.smith""#,
    r#"alias ne "a""#,
    r#"alias eq "änne""#,
    r#"alias sw "bob_""#,
    r#"alias sw "B""#,
    r#"alias co "0%""#,
    r#"alias co "Ë""#,
    r#"alias co "'""#,
    r#"alias gt "b""#,
    r#"alias le "B""#,
    r#"alias in ("A", "b", "nobody")"#,
    r#"alias eq "x' OR '1'='1""#,
    "email isnull",
    "email pr",
    r#"email eq "ANNE@acme.TEST""#,
    r#"email ne "b@acme.test""#,
    r#"email co "!%_\\\"'""#,
    r#"email sw "a""#,
    r#"email lt "b""#,
    r#"id eq "02020202020202020202020202020202""#,
    "created ge 1970-01-01T00:00:05Z",
    "created lt 1970-01-01T00:00:03.000001Z",
    "created eq 1970-01-01T01:00:01+01:00",
];

#[test]
fn filters_mean_the_same_in_memory_and_in_the_database() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        let mut filters: Vec<String> = PRIMITIVES.iter().map(|&text| text.to_owned()).collect();
        for (a, b) in PRIMITIVES.iter().zip(PRIMITIVES.iter().cycle().skip(7)) {
            filters.push(format!("not {a}"));
            filters.push(format!("{a} and {b}"));
            filters.push(format!("not ({a} or not {b}) or {b} and not {a}"));
        }
        for text in &filters {
            let filter: Filter<Column> = passwright_domain::collection::parse_filter::<People>(text).unwrap();
            let mut expected: Vec<String> = people()
                .into_iter()
                .filter(|(identity, at)| filter.matches(&|key| held(identity, *at, key)))
                .map(|(identity, _)| identity.alias)
                .collect();
            let (mut found, total) = names::<People>(&database, &request(text, "")).await;
            assert_eq!(total, Some(found.len() as u64), "{text}");
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{text}");
        }
    });
}

#[test]
fn order_and_pages() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        let order = async |sorters: &str| names::<People>(&database, &request("", sorters)).await.0;
        // By bytes of the canonical form, on both engines.
        let by_alias = ["a", "Abby.Smith", "B", "bob_100%", "bobX100y", "o'hara", "Zoë", "ÄNNE"];
        assert_eq!(order("").await, by_alias);
        assert_eq!(order("alias").await, by_alias);
        assert_eq!(order("-alias").await, by_alias.iter().rev().copied().collect::<Vec<_>>());
        // Nulls last whatever the direction, and in the order of their ids.
        let by_email = order("email").await;
        assert_eq!(by_email[6..], ["bob_100%", "a"]);
        assert_eq!(by_email[0], "bobX100y");
        assert_eq!(order("-email").await[6..], ["bob_100%", "a"]);
        assert_eq!(order("-created").await[0], "a");
        for (limit, offset, wanted) in [(2, 0, &by_alias[..2]), (2, 7, &by_alias[7..]), (0, 0, &[]), (5, 8, &[])] {
            let page = Request { limit: Some(limit), offset: Some(offset), count: true, ..Request::default() };
            let (found, total) = names::<People>(&database, &page).await;
            assert_eq!(
                (found.as_slice(), total),
                (wanted.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>().as_slice(), Some(8))
            );
        }
        assert_eq!(names::<People>(&database, &Request::default()).await.1, None);
    });
}

#[test]
fn lists_of_texts() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        let cases: [(&str, &[&str]); 6] = [
            (r#"features co "PASSWORD""#, &["S1"]),
            (r#"features co "password""#, &["S1"]),
            (r#"features ca ("PASSWORD","UNLOCK")"#, &["S1"]),
            (r#"features ca ("PASSWORD","ENABLE")"#, &[]),
            ("features pr", &["S1", "S2"]),
            (r#"not features co "PASSWORD""#, &["S2", "S3"]),
        ];
        for (filters, expected) in cases {
            assert_eq!(names::<Systems>(&database, &request(filters, "")).await.0, expected, "{filters}");
        }
    });
}
