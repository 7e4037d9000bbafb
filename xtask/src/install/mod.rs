//! Brings what the tests need onto the machine where that is possible: Debian packages as root, Python and npm packages
//! in their own folders below `conformance/`, Go modules in Go's own cache. What is there is left alone; what cannot be had is named and skipped.

mod apt;
mod go;
mod npm;
mod python;

use std::path::Path;

use crate::shell;
use crate::skip::Skip;

pub(crate) use python::interpreter;

/// A program the tests start, and the Debian packages that bring it.
pub(crate) struct Component {
    pub(crate) name: &'static str,
    programs: &'static [&'static str],
    packages: &'static [&'static str],
}

pub(crate) const LDAP_UTILS: Component =
    Component { name: "ldap-utils", programs: &["ldapwhoami"], packages: &["ldap-utils"] };
pub(crate) const JAVA: Component =
    Component { name: "java", programs: &["javac", "java"], packages: &["default-jdk-headless"] };
pub(crate) const PYTHON: Component = Component { name: "python3", programs: &["python3"], packages: &["python3"] };
pub(crate) const NODE: Component = Component { name: "node", programs: &["node", "npm"], packages: &["nodejs", "npm"] };
pub(crate) const CHROMIUM: Component =
    Component { name: "chromium", programs: &["chromium"], packages: &["chromium", "fonts-dejavu-core"] };
pub(crate) const GO: Component = Component { name: "go", programs: &["go"], packages: &["golang-go"] };

pub(crate) const POSTGRESQL: Component = Component {
    name: "postgresql",
    programs: &["initdb", "postgres"],
    packages: &["postgresql", "postgresql-contrib"],
};

pub(crate) const SLAPD: Component =
    Component { name: "slapd", programs: &["slapd"], packages: &["slapd", "slapd-contrib"] };

/// What `cargo test` starts for itself, on free ports in folders of its own.
pub(crate) const SERVERS: &[Component] = &[
    SLAPD,
    LDAP_UTILS,
    Component {
        name: "samba",
        programs: &["samba", "samba-tool"],
        packages: &[
            "samba",
            "samba-ad-dc",
            "samba-ad-provision",
            "samba-dsdb-modules",
            "samba-vfs-modules",
            "winbind",
            "ldb-tools",
            "python3-samba",
            "python3-setproctitle",
        ],
    },
    Component { name: "kerberos", programs: &["kinit"], packages: &["krb5-user"] },
    POSTGRESQL,
    Component { name: "faketime", programs: &["faketime"], packages: &["faketime"] },
];

impl Component {
    pub(crate) fn is_there(&self) -> bool {
        self.programs.iter().all(|program| shell::find(program).is_some())
    }
}

/// Installs the Debian packages of those that are missing; returns the ones still missing afterwards.
pub(crate) fn components(needed: &[&Component], skip_install: bool) -> Vec<Skip> {
    let missing: Vec<&&Component> = needed.iter().filter(|component| !component.is_there()).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let packages: Vec<&str> = missing.iter().flat_map(|component| component.packages).copied().collect();
    let reason = if skip_install {
        "not installed, and --skip-install was given".to_owned()
    } else {
        match apt::install(&packages) {
            Ok(()) => "the packages are installed, but its programs are not found".to_owned(),
            Err(error) => format!("not installed: {error:#}"),
        }
    };
    let still = missing.into_iter().filter(|component| !component.is_there());
    still.map(|component| Skip::missing(component.name, reason.clone())).collect()
}

/// The Python environment with the mail and SCIM servers that tests start.
pub(crate) const PYTHON_SERVERS: Packages = Packages::Python(3);

/// A language's packages that a conformance program needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packages {
    /// Those of the Python environment of this number (its requirements are a file beside it).
    Python(u8),
    /// Those of this folder below `conformance/`.
    Npm(&'static str),
    Go,
}

impl Packages {
    /// Makes sure of them.
    pub(crate) fn ensure(self, root: &Path, skip_install: bool) -> Option<Skip> {
        let (name, done) = match self {
            Self::Python(number) => {
                (format!("python environment {number}"), python::ensure(root, number, skip_install))
            }
            Self::Npm(folder) => (format!("npm packages of {folder}"), npm::ensure(root, folder, skip_install)),
            Self::Go => ("go modules".to_owned(), go::ensure(root, skip_install)),
        };
        done.err().map(|error| Skip::missing(&name, format!("{error:#}")))
    }
}
