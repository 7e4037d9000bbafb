//! Which crate may see which. `ARROWS` is the picture in ARCHITECTURE.md as a table; a crate without a row is a fault, so
//! a new one has to say where it stands.
//!
//! Normal and build dependencies obey the rows. A test may see more (it puts parts together), but the demo directory stays
//! with the program and the test kit, and the test kit is never part of a product.

use crate::workspace::{Kind, Package, Workspace};

const CLI: &str = "passwright";
const TESTKIT: &str = "passwright-testkit";
const MINIDIR: &str = "passwright-minidir";

/// A crate, the own crates it may need, and the foreign ones it must not.
struct Row {
    name: &'static str,
    sees: &'static [&'static str],
    never: &'static [&'static str],
}

const PRODUCT: &[&str] = &[
    "passwright-wire",
    "passwright-domain",
    "passwright-vault",
    "passwright-storage",
    "passwright-connectors",
    "passwright-app",
    "passwright-http",
    "passwright-client",
    MINIDIR,
];
const IO: &[&str] = &["tokio", "sqlx", "axum", "hyper", "hyper-util", "reqwest"];
const WEB: &[&str] = &["axum", "hyper", "hyper-util"];

const ARROWS: &[Row] = &[
    Row { name: "passwright-wire", sees: &[], never: IO },
    Row { name: "passwright-domain", sees: &["passwright-wire"], never: IO },
    Row { name: "passwright-vault", sees: &["passwright-domain"], never: WEB },
    Row { name: "passwright-storage", sees: &["passwright-domain"], never: WEB },
    Row { name: "passwright-connectors", sees: &["passwright-domain"], never: WEB },
    Row {
        name: "passwright-app",
        sees: &["passwright-domain", "passwright-vault", "passwright-storage", "passwright-connectors"],
        never: WEB,
    },
    Row { name: "passwright-http", sees: &["passwright-app", "passwright-wire"], never: &["sqlx"] },
    Row { name: "passwright-client", sees: &["passwright-wire"], never: WEB },
    Row { name: MINIDIR, sees: &[], never: WEB },
    Row { name: CLI, sees: PRODUCT, never: &[] },
    Row { name: TESTKIT, sees: PRODUCT, never: &[] },
    Row { name: "passwright-bench", sees: PRODUCT, never: &[] },
    Row { name: "xtask", sees: &[], never: WEB },
];

/// Foreign crates that only some may name: SQL is storage's (and the SQL targets'), raw FFI is vault's.
const ONLY: &[(&str, &[&str])] = &[
    ("sqlx", &["passwright-storage", "passwright-connectors", CLI, TESTKIT, "passwright-bench"]),
    ("aws-lc-sys", &["passwright-vault"]),
];

pub(super) fn faults(workspace: &Workspace) -> Vec<String> {
    let members = workspace.members();
    let own: Vec<&str> = members.iter().map(|package| package.name()).collect();
    members.iter().flat_map(|package| package_faults(*package, &own)).collect()
}

fn package_faults(package: Package<'_>, own: &[&str]) -> Vec<String> {
    let name = package.name();
    let Some(row) = ARROWS.iter().find(|row| row.name == name) else {
        return vec![format!("{name} has no row in the table of arrows (xtask/src/check/arrows.rs)")];
    };
    let mut faults = Vec::new();
    for (needed, kind) in package.dependencies() {
        let is_test = kind == Kind::Dev;
        let allowed = if own.contains(&needed) {
            match needed {
                // The bench is no product: it measures against the test kit's real servers.
                TESTKIT => is_test || name == "passwright-bench",
                MINIDIR => row.sees.contains(&MINIDIR) && (name != "passwright-bench" || is_test),
                _ => is_test || row.sees.contains(&needed),
            }
        } else {
            let reserved = ONLY.iter().find(|(what, _)| *what == needed);
            is_test || (!row.never.contains(&needed) && reserved.is_none_or(|(_, who)| who.contains(&name)))
        };
        if !allowed {
            faults.push(format!("{name} must not depend on {needed}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, needed: &str, kind: Option<&str>, allowed: bool) {
        let own = ["passwright", "passwright-wire", "passwright-testkit", "passwright-minidir", "passwright-storage"];
        let mut packages: Vec<_> = own.iter().map(|own| json!({"id": own, "name": own, "dependencies": []})).collect();
        packages.retain(|package| package["name"] != name);
        packages.push(json!({"id": name, "name": name, "dependencies": [{"name": needed, "kind": kind}]}));
        let members: Vec<_> = packages.iter().map(|package| package["id"].clone()).collect();
        let workspace = Workspace::from_json(json!({"packages": packages, "workspace_members": members}));
        assert_eq!(faults(&workspace).is_empty(), allowed, "{name} -> {needed} ({kind:?})");
    }

    #[test]
    fn arrows_hold() {
        check("passwright-http", "passwright-app", None, true);
        check("passwright-http", "passwright-storage", None, false);
        check("passwright-http", "passwright-storage", Some("dev"), true);
        check("passwright-client", "passwright-wire", None, true);
        check("passwright-vault", "passwright-wire", None, false);
        check("passwright-app", "passwright-testkit", None, false);
        check("passwright-app", "passwright-testkit", Some("dev"), true);
        check("passwright-connectors", "passwright-minidir", Some("dev"), false);
        check("passwright", "passwright-minidir", None, true);
        check("passwright-new", "serde", None, false);
    }

    #[test]
    fn foreign_crates_stay_where_they_belong() {
        for needed in ["tokio", "sqlx", "axum", "reqwest"] {
            check("passwright-domain", needed, None, false);
        }
        check("passwright-app", "axum", None, false);
        check("passwright-app", "tokio", None, true);
        check("passwright-app", "sqlx", None, false);
        check("passwright-http", "sqlx", Some("build"), false);
        check("passwright-connectors", "sqlx", None, true);
        check("passwright-vault", "aws-lc-sys", None, true);
        check("passwright-client", "aws-lc-sys", None, false);
        check("passwright", "sqlx", None, true);
    }
}
