//! With 100,000 changes waiting, what a worker asks all the time goes by an index and reads a handful of rows, on both
//! engines, so that a long queue drains as fast as a short one. `--nocapture` shows the plans.

use passwright_storage::all_statements;
use rusqlite::StatementStatus;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::engines::on_both_engines;

/// Every account waits on one source, the worst case for a claim of that source.
const WAITING: &str = "
    INSERT INTO identity (id, alias, alias_key, name, status, levels, attributes, created_at, modified_at)
        VALUES ('i', 'i', 'i', '', 'ACTIVE', '[]', '{}', 0, 0);
    INSERT INTO source (id, name, name_key, description, features, policy_holders, created_at, modified_at)
        VALUES ('s', 's', 's', '', '[]', '[]', 0, 0);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO account (id, identity_id, source_id, native_identity, name, attributes, created_at, modified_at,
            next_seq, ready_at) SELECT 'a' || i, 'i', 's', 'a' || i, '', '{}', 0, 0, 1, i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO password_change (id, identity_id, named_account_id, actor, tracking_id, accepted_at, state, errors,
            source_ids, payload_kind, epoch, wrapped_key, ciphertext)
            SELECT 'c' || i, 'i', 'a' || i, '', '', i, 'IN_PROGRESS', '[]', '[]', 'direct', 1, 'w', 'c' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO change_target (account_id, seq, change_id, position, state, reason, attempts, due_at, maybe_written)
            SELECT 'a' || i, 1, 'c' || i, 0, 'waiting', '', 0, i, FALSE FROM n;";
/// Later than every row is due.
const NOW: i64 = 200_000;
const LANES: i64 = 10;

/// A statement a worker runs all the time, by engine, with its values as PostgreSQL's `EXECUTE` takes them.
struct Hot {
    module: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    values: [Value; 4],
    /// An index that both plans name.
    index: &'static str,
}

#[derive(Clone, Copy)]
enum Value {
    None,
    Number(i64),
    Text(&'static str),
}

use Value::{None as Absent, Number, Text};

const HOT: [Hot; 3] = [
    Hot {
        module: "changes/claim",
        sqlite: "CLAIM",
        postgres: "CLAIM_SKIP_LOCKED",
        values: [Number(NOW), Number(LANES), Number(NOW + 8), Text("s")],
        index: "account_ready_by_source",
    },
    Hot {
        module: "changes/claim",
        sqlite: "DUE_TARGETS",
        postgres: "DUE_TARGETS",
        values: [Text("a500"), Number(NOW), Absent, Absent],
        index: "change_target_",
    },
    Hot {
        module: "changes/read",
        sqlite: "DUE_SOURCES",
        postgres: "DUE_SOURCES",
        values: [Number(NOW), Absent, Absent, Absent],
        index: "account_ready_by_source",
    },
];

fn text(module: &str, name: &str) -> &'static str {
    let found = all_statements().into_iter().find(|(m, n, _)| *m == module && *n == name);
    found.unwrap_or_else(|| panic!("there is no {module} {name}")).2
}

/// No table of the queue is read from end to end.
#[track_caller]
fn check_plan(engine: &str, hot: &Hot, plan: &str) {
    println!("{engine}, {}, with 100,000 waiting:\n{plan}\n", hot.postgres);
    assert!(plan.contains(hot.index), "{engine}: {} goes by no {}:\n{plan}", hot.postgres, hot.index);
    for table in ["account", "change_target", "password_change", "a", "t", "c", "o"] {
        let whole = [format!("Seq Scan on {table}"), format!("SCAN {table}")];
        let is_whole = |line: &str| {
            let line = line.trim_start_matches([' ', '-', '>']);
            whole.iter().any(|scan| line == scan || line.starts_with(&format!("{scan} ")))
        };
        assert!(!plan.lines().any(is_whole), "{engine}: {} reads all of {table}:\n{plan}", hot.postgres);
    }
}

fn on_sqlite(file: &str) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.execute_batch(&format!("BEGIN; {WAITING} COMMIT")).unwrap();
    for hot in &HOT {
        let sql = text(hot.module, hot.sqlite);
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let (mut plan, mut rows) = (String::new(), explain.raw_query());
        while let Some(row) = rows.next().unwrap() {
            plan += &format!("{}\n", row.get::<_, String>(3).unwrap());
        }
        check_plan("SQLite", hot, plan.trim_end());
        let mut statement = connection.prepare(sql).unwrap();
        for (number, value) in (1..).zip(hot.values) {
            let Some(index) = statement.parameter_index(&format!("${number}")).unwrap() else { continue };
            match value {
                Absent => Ok(()),
                Number(number) => statement.raw_bind_parameter(index, number),
                Text(text) => statement.raw_bind_parameter(index, text),
            }
            .unwrap();
        }
        let mut rows = statement.raw_query();
        let mut found = 0;
        while rows.next().unwrap().is_some() {
            found += 1;
        }
        drop(rows);
        assert!(found > 0, "{} finds nothing", hot.sqlite);
        let steps = statement.get_status(StatementStatus::VmStep);
        // All 100,000 would take more than ten times as many.
        assert!(steps < 20_000, "{}: {steps} steps", hot.sqlite);
    }
}

async fn on_postgres(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(WAITING).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(&mut connection).await.unwrap();
    for hot in &HOT {
        let mut values = Vec::new();
        for value in hot.values {
            match value {
                Absent => {}
                Number(number) => values.push(number.to_string()),
                Text(text) => values.push(format!("'{text}'")),
            }
        }
        let name = hot.postgres.to_lowercase();
        let prepare = format!("PREPARE {name} AS {}", text(hot.module, hot.postgres));
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
        let execute = format!("EXECUTE {name} ({})", values.join(", "));
        // From the sixth run on the server chooses between a plan for these values and one for any.
        for _ in 0..8 {
            let rows = sqlx::raw_sql(AssertSqlSafe(execute.clone())).fetch_all(&mut connection).await.unwrap();
            assert!(!rows.is_empty(), "{} finds nothing", hot.postgres);
        }
        let explain = format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {execute}");
        let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
        let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        check_plan("PostgreSQL", hot, &lines.join("\n"));
        let pages: u64 = lines.iter().find_map(|line| pages(line)).unwrap();
        // The account table alone has more than a thousand.
        assert!(pages < 500, "{}: {pages} pages", hot.postgres);
    }
}

/// The pages of a line `Buffers: shared hit=150 read=3 dirtied=10`; the first such line counts the whole statement.
fn pages(line: &str) -> Option<u64> {
    let counts = line.trim().strip_prefix("Buffers: shared ")?;
    let read = counts.split(' ').filter_map(|count| count.split_once('=')).filter(|(what, _)| *what != "dirtied");
    Some(read.filter_map(|(_, number)| number.parse::<u64>().ok()).sum())
}

#[test]
fn a_claim_reads_no_table_from_end_to_end() {
    on_both_engines(|database| async move {
        match database.options.url.strip_prefix("sqlite://") {
            Some(file) => on_sqlite(file),
            None => on_postgres(&database.options.url).await,
        }
    });
}

#[test]
fn the_pages_of_a_plan_are_counted() {
    assert_eq!(pages("  Buffers: shared hit=150 read=3 dirtied=10"), Some(153));
    assert_eq!(pages("Index Scan using account_pkey on account"), None);
}
