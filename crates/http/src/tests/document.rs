//! `docs/api/openapi.json` is the document that a server gives at `/openapi.json`. Set `PASSWRIGHT_WRITE_DOCS` to write it anew.

use std::path::PathBuf;

use serde_json::Value;

use crate::openapi::tree;
use crate::router::routes;

/// One line for each operation and each schema, so that a change shows as the lines it changes.
fn laid_out(value: &Value, depth: usize) -> String {
    let Some(entries) = value.as_object().filter(|entries| depth > 0 && !entries.is_empty()) else {
        return value.to_string();
    };
    let entries: Vec<String> = entries
        .iter()
        .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), laid_out(value, depth - 1)))
        .collect();
    format!("{{\n{}\n}}", entries.join(",\n"))
}

#[test]
fn the_kept_document_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let current = laid_out(&tree(routes().table(), "https://passwords.example"), 3) + "\n";
    if std::env::var_os("PASSWRIGHT_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, current).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == current, "docs/api/openapi.json is not current; PASSWRIGHT_WRITE_DOCS=1 writes it");
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap()["openapi"], "3.1.0");
}
