//! Errors of names and sockets as faults: a table, not code.

use std::io;

use crate::fault_table::Listed;
use crate::{Fault, FaultClass};

use FaultClass::{Configuration, Transient};
use io::ErrorKind;

const LOST: &str = "the connection to the source was lost";
const NO_WAY: &str = "no way leads to the source at present";

/// Kind of error, class, and the sentence for a person.
const TABLE: [(ErrorKind, FaultClass, &str); 12] = [
    (ErrorKind::ConnectionRefused, Transient, "nothing answers at the address of the source"),
    (ErrorKind::ConnectionReset, Transient, LOST),
    (ErrorKind::ConnectionAborted, Transient, LOST),
    (ErrorKind::BrokenPipe, Transient, LOST),
    (ErrorKind::NotConnected, Transient, LOST),
    (ErrorKind::UnexpectedEof, Transient, LOST),
    (ErrorKind::TimedOut, Transient, "the source did not answer in time"),
    (ErrorKind::HostUnreachable, Transient, NO_WAY),
    (ErrorKind::NetworkUnreachable, Transient, NO_WAY),
    (ErrorKind::NetworkDown, Transient, NO_WAY),
    (ErrorKind::AddrNotAvailable, Transient, "this machine has no connection to spare for the source"),
    (ErrorKind::PermissionDenied, Configuration, "this machine does not let the service connect to the source"),
];

/// The fault of a socket's error. A kind that the table does not know is retried.
pub(crate) fn from_io(error: &io::Error) -> Fault {
    let (class, sentence) = TABLE
        .iter()
        .find(|row| row.0 == error.kind())
        .map_or((Transient, "the source cannot be reached"), |row| (row.1, row.2));
    Fault::new(class, sentence, error.to_string())
}

/// The fault of a name that leads to no address. Retried: a name service that is away says the same.
pub(crate) fn unresolved(host: &str, error: &dyn std::fmt::Display) -> Fault {
    Fault::new(Transient, "the host name of the source cannot be resolved", format!("{host}: {error}"))
}

/// Each row as it is judged, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let listed = |kind: ErrorKind, name: String| Listed::new("Network", name, from_io(&kind.into()));
    let known = TABLE.iter().map(|(kind, ..)| listed(*kind, format!("{kind:?}")));
    let others = [
        listed(ErrorKind::Other, "any other error".to_owned()),
        Listed::new("Network", "the host name has no address", unresolved("", &"")),
    ];
    known.chain(others).collect()
}
