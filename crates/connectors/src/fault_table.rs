//! Every fault that a source can give and what it means, from the tables beside the connectors. Each row is made by the code
//! that judges the fault at run time, so the reference page `docs/reference/faults.md` says what really happens.

use std::fmt::Write as _;

use crate::{Fault, FaultClass, active_directory, htpasswd, ldap, network, scim, sql, tls};

/// A row of the reference page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub protocol: &'static str,
    /// The fault as the source gives it: a code, a name.
    pub fault: String,
    pub class: FaultClass,
    /// Whether it stops the source until its settings change.
    pub stops_source: bool,
    /// What people are told.
    pub reason: String,
}

impl Listed {
    pub(crate) fn new(protocol: &'static str, fault: impl Into<String>, judged: Fault) -> Self {
        let Fault { class, stops_source, reason, .. } = judged;
        Self { protocol, fault: fault.into(), class, stops_source, reason }
    }
}

/// Every row, by protocol.
#[must_use]
pub fn rows() -> Vec<Listed> {
    [
        network::listed(),
        tls::faults::listed(),
        ldap::faults::listed(),
        ldap::ppolicy::listed(),
        ldap::service_sign_in::listed(),
        active_directory::faults::listed(),
        sql::listed(),
        scim::listed(),
        htpasswd::listed(),
    ]
    .concat()
}

/// The reference page.
#[must_use]
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    let mut protocol = "";
    for row in rows() {
        if row.protocol != protocol {
            protocol = row.protocol;
            // Writing to a String cannot fail.
            let _ = write!(text, "\n## {protocol}\n\n| Fault | Class | What people are told |\n| --- | --- | --- |\n");
        }
        let class = match row.class {
            FaultClass::Transient => "transient",
            FaultClass::Refused => "refused",
            FaultClass::Permanent => "permanent",
            FaultClass::Configuration => "configuration",
        };
        let stops = if row.stops_source { ", stops the source" } else { "" };
        let _ = writeln!(text, "| {} | {class}{stops} | {} |", row.fault, row.reason);
    }
    text
}

const HEAD: &str = "# Faults of sources

Made from the tables of `crates/connectors` by `UPDATE_REFERENCE=1 cargo test -p passwright-connectors --test fault_table`.

| Class | What happens |
| --- | --- |
| transient | tried again after 5 s, then 1, 3, 10, 30 and 90 minutes and every 90 minutes, for 24 hours |
| refused | the source did not take this password; final for the change |
| permanent | this account cannot take a password; final for the change |
| configuration | told to the administrator, and tried again like a transient one |

After several transient or configuration faults in a row (`worker.faults_before_pause`) a source is left alone for a while, up
to `worker.longest_pause_seconds`; then one attempt tries it. What *stops the source* is the refusal of its service account: it
is not repeated, so that the service account is not locked.
";
