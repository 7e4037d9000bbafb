//! Sources as the administrators' API lists them, and their schemas, on both engines.

use passwright_domain::collection::{Collection, Kind, Operator, Request, Resource};
use passwright_domain::directory::{Feature, Source, SourceSchema, Sources};
use passwright_domain::ids::SourceSchemaId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::sources::{Health, Stored};
use passwright_storage::directory::{identities, source_schemas, sources};
use passwright_storage::{StorageError, Tx, Write};

use super::engines::{Database, on_both_engines};
use super::fixture::{identity, source};

fn connected(n: u8, kind: &str) -> Source {
    Source { connector: Some(format!(r#"{{"kind":"{kind}","url":"x"}}"#)), ..source(n) }
}

struct Seed;

impl Write for Seed {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        identities::upsert(tx, &identity(), Timestamp(1)).await?;
        let all = [
            Source { connector: None, ..source(1) },
            connected(2, "ldap"),
            Source { features: [Feature::Password, Feature::Unlock].into(), ..connected(3, "sql") },
        ];
        for (at, source) in (1..).zip(&all) {
            sources::upsert(tx, source, Timestamp::from_seconds(at)).await?;
        }
        sources::set_owner(tx, &source(2).id, Some(&identity().id)).await?;
        let health = Health { healthy: true, status: "SOURCE_STATE_HEALTHY".into(), checked_at: Some(Timestamp(7)) };
        sources::set_health(tx, &source(3).id, &health).await?;
        // Neither is lost when the source is written again.
        sources::upsert(tx, &all[2], Timestamp::from_seconds(9)).await
    }
}

async fn found(database: &Database, filters: &str, sorters: &str) -> (Vec<Stored>, Option<u64>) {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let request = Request { filters: text(filters), sorters: text(sorters), count: true, ..Request::default() };
    let collection = Collection::<Sources>::parse(&request).unwrap_or_else(|e| panic!("{filters} {sorters}: {e}"));
    let mut reader = database.store.read().await.unwrap();
    sources::page(&mut reader.tx(), &collection).await.unwrap_or_else(|e| panic!("{filters} {sorters}: {e}"))
}

#[test]
fn filters_and_orders() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        let owner = identity().id;
        // Rows: the filter, the order, the sources.
        let cases: [(String, &str, &[u8]); 14] = [
            (String::new(), "", &[1, 2, 3]),
            (String::new(), "-created", &[3, 2, 1]),
            (String::new(), "-modified", &[3, 2, 1]),
            (String::new(), "type", &[1, 2, 3]),
            (String::new(), "owner.name", &[2, 1, 3]),
            (r#"type eq "ldap""#.into(), "", &[2]),
            (r#"connectorName sw "L""#.into(), "", &[2]),
            (format!(r#"owner.id eq "{owner}""#), "", &[2]),
            ("owner.id isnull".into(), "", &[1, 3]),
            (r#"features ca ("PASSWORD", "UNLOCK")"#.into(), "", &[3]),
            (r#"status eq "SOURCE_STATE_HEALTHY""#.into(), "", &[3]),
            ("authoritative eq true".into(), "", &[]),
            (r#"connectionType eq "direct" and name co "2""#.into(), "", &[2]),
            ("created gt 1970-01-01T00:00:01Z".into(), "", &[2, 3]),
        ];
        for (filter, sorters, wanted) in cases {
            let (rows, total) = found(&database, &filter, sorters).await;
            let wanted: Vec<_> = wanted.iter().map(|n| source(*n).id).collect();
            assert_eq!(rows.iter().map(|row| row.source.id.clone()).collect::<Vec<_>>(), wanted, "{filter} {sorters}");
            assert_eq!(total, Some(wanted.len() as u64), "{filter}");
        }
        let (rows, _) = found(&database, "", "").await;
        assert_eq!(rows[1].owner, Some((owner, identity().name)));
        assert_eq!((rows[2].health.healthy, rows[2].health.checked_at), (true, Some(Timestamp(7))));
        assert_eq!(rows[0].health.status, "SOURCE_STATE_UNCHECKED_SOURCE");
        let times = (Timestamp::from_seconds(3), Timestamp::from_seconds(9));
        assert_eq!((rows[2].created_at, rows[2].modified_at), times);
    });
}

/// What is declared is a statement that both engines take.
#[test]
fn every_declared_comparison_runs() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        for field in Sources::FIELDS {
            let value = match field.kind {
                Kind::Text | Kind::List => "\"x\"",
                Kind::Boolean => "true",
                Kind::Integer => "1",
                Kind::Time => "2026-01-31T12:00:00Z",
            };
            for operator in field.operators {
                let name = field.name;
                let filter = match operator {
                    Operator::Pr | Operator::Isnull => format!("{name} {operator}"),
                    Operator::In | Operator::Ca => format!("{name} {operator} ({value}, {value})"),
                    _ => format!("{name} {operator} {value}"),
                };
                found(&database, &filter, "").await;
                found(&database, &format!("not {filter}"), "").await;
            }
            if field.sortable {
                found(&database, "", field.name).await;
                found(&database, "", &format!("-{}", field.name)).await;
            }
        }
    });
}

struct Reconnect;

impl Write for Reconnect {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let changed = Source { sealed_credential: Some("other".into()), ..connected(3, "sql") };
        sources::upsert(tx, &changed, Timestamp::from_seconds(10)).await
    }
}

#[test]
fn another_connection_is_unchecked() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        database.store.write(Reconnect).await.unwrap();
        let mut reader = database.store.read().await.unwrap();
        let stored = sources::lookup(&mut reader.tx(), &source(3).id).await.unwrap().unwrap();
        let unchecked = Health { healthy: false, status: "SOURCE_STATE_UNCHECKED_SOURCE".into(), checked_at: None };
        assert_eq!(stored.health, unchecked);
    });
}

struct PutSchema(u8, &'static str);

fn schema(name: &str) -> SourceSchema {
    SourceSchema { name: Some(name.to_owned()), identity_attribute: Some("dn".to_owned()), ..SourceSchema::default() }
}

impl Write for PutSchema {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let id = SourceSchemaId::from_random([self.0; 16]);
        source_schemas::upsert(tx, &id, &source(2).id, &schema(self.1), Timestamp(i64::from(self.0))).await
    }
}

struct DeleteAll;

impl Write for DeleteAll {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let id = SourceSchemaId::from_random([1; 16]);
        assert!(!source_schemas::delete(tx, &source(3).id, &id).await?, "of another source");
        assert!(source_schemas::delete(tx, &source(2).id, &id).await?);
        assert_eq!(sources::uses(tx, &source(2).id).await?, (0, 0));
        assert!(sources::delete(tx, &source(2).id).await?);
        assert!(!sources::delete(tx, &source(2).id).await?);
        assert!(source_schemas::names(tx).await?.is_empty(), "they go with their source");
        Ok(())
    }
}

#[test]
fn schemas() {
    on_both_engines(|database| async move {
        database.store.write(Seed).await.unwrap();
        database.store.write(PutSchema(1, "account")).await.unwrap();
        database.store.write(PutSchema(2, "group")).await.unwrap();
        let twin = database.store.write(PutSchema(3, "account")).await;
        assert!(matches!(twin, Err(StorageError::Conflict(_))));
        let mut reader = database.store.read().await.unwrap();
        let stored = source_schemas::of_source(&mut reader.tx(), &source(2).id).await.unwrap();
        assert_eq!(
            stored.iter().map(|stored| stored.schema.clone()).collect::<Vec<_>>(),
            ["account", "group"].map(schema)
        );
        assert_eq!(source_schemas::names(&mut reader.tx()).await.unwrap().len(), 2);
        drop(reader);
        database.store.write(DeleteAll).await.unwrap();
    });
}
