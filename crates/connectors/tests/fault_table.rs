//! The fault table and its reference page. The page is the expectation: what it says of each fault was read by a person,
//! and each row of it is made by the code that judges that fault at run time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::collections::BTreeSet;

use passwright_connectors::FaultClass;
use passwright_connectors::fault_table::{page, rows};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/faults.md");

#[test]
fn the_reference_page_says_what_happens() {
    let page = page();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap();
    for (made, stands) in page.lines().zip(written.lines()) {
        assert_eq!(made, stands, "docs/reference/faults.md is stale; its first lines say how to make it");
    }
    assert_eq!(page.len(), written.len(), "docs/reference/faults.md is stale; its first lines say how to make it");
}

#[test]
fn every_fault_stands_once_with_a_plain_sentence() {
    let rows = rows();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let mut seen = BTreeSet::new();
    for row in &rows {
        assert!(seen.insert((row.protocol, row.fault.clone())), "{row:?} stands twice");
        assert!(row.reason.starts_with(|c: char| c.is_ascii_lowercase()), "{row:?}");
        assert!(row.reason.is_ascii() && !row.reason.ends_with('.') && !row.reason.contains('|'), "{row:?}");
        assert!(!["LDAP", "SQL", "HTTP", "SCIM"].iter().any(|word| row.reason.contains(word)), "{row:?}");
        assert!(!row.stops_source || row.class == FaultClass::Configuration, "{row:?}");
    }
}

/// Where a wrong class does harm: a final answer must come from the source, and a fault of the way there is never final.
#[test]
fn nothing_unknown_is_final() {
    for row in rows() {
        if row.fault.starts_with("any other") && row.protocol != "TLS" || row.protocol == "Network" {
            assert!(matches!(row.class, FaultClass::Transient | FaultClass::Configuration), "{row:?}");
        }
        if row.protocol == "TLS" {
            assert_eq!(row.class, FaultClass::Configuration, "{row:?}");
        }
    }
}
