//! `docs/reference/coverage.md` lists the operations there are, family by family. Set `PASSWRIGHT_WRITE_DOCS` to write its
//! table anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use passwright_app::ApiVersion;

use crate::router::routes;
use crate::routes::{Access, Route};

const BEGIN: &str = "<!-- operations: written by the test `coverage` of passwright-http -->\n";
const END: &str = "<!-- end of operations -->\n";

/// The families in the order of the columns.
const COLUMNS: [ApiVersion; 6] =
    [ApiVersion::Beta, ApiVersion::V3, ApiVersion::V2024, ApiVersion::V2025, ApiVersion::V2026, ApiVersion::Root];

/// The path as it is in every family: `/set-password` for `/beta/set-password` and `/set-password/v1`.
fn plain(route: &Route, version: ApiVersion) -> String {
    let mut segments: Vec<&str> = route.template.split('/').skip(1).collect();
    segments.remove(usize::from(version == ApiVersion::Root));
    format!("/{}", segments.join("/"))
}

fn table() -> String {
    let mut rows: BTreeMap<(String, String), [bool; 6]> = BTreeMap::new();
    let routes = routes();
    for route in routes.table() {
        let Access::Token(version) = route.access else { continue };
        let Some(column) = COLUMNS.iter().position(|known| *known == version) else { continue };
        let row = rows.entry((plain(route, version), route.method.to_string())).or_default();
        row[column] = true;
    }
    let mut text =
        "| operation | beta | v3 | v2024 | v2025 | v2026 | root |\n| --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for ((path, method), families) in rows {
        let marks = families.map(|there| if there { "yes" } else { "-" }).join(" | ");
        text.push_str(&format!("| `{method} {path}` | {marks} |\n"));
    }
    text
}

#[test]
fn the_page_lists_what_there_is() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/coverage.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (head, rest) = text.split_once(BEGIN).expect("the page has the beginning of the table");
    let (listed, tail) = rest.split_once(END).expect("the page has the end of the table");
    let table = table();
    if std::env::var_os("PASSWRIGHT_WRITE_DOCS").is_some() {
        std::fs::write(&page, format!("{head}{BEGIN}{table}{END}{tail}")).unwrap();
        return;
    }
    assert_eq!(listed, table, "docs/reference/coverage.md is not current; PASSWRIGHT_WRITE_DOCS=1 writes it");
}
