//! crypt(3) of the system, reached through Python, as a judge that shares no code with ours.

#![allow(dead_code, reason = "each test binary uses the part it needs")]

use std::io::Write as _;
use std::process::{Command, Stdio};

const PROGRAM: &str = "
import sys, warnings
warnings.simplefilter('ignore')
try:
    import crypt
except ImportError:
    sys.exit(3)
stored, password = sys.stdin.buffer.read().decode().split('\\n', 1)
computed = crypt.crypt(password, stored)
sys.exit(4 if computed is None else 0 if computed == stored else 1)
";

/// Whether crypt(3) accepts the password for the hash; `None`, said on stderr, where it cannot be asked.
pub(crate) fn crypt_accepts(hash: &str, password: &str) -> Option<bool> {
    let child = Command::new("python3").args(["-c", PROGRAM]).stdin(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            eprintln!("SKIP python3: cannot be started ({error})");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(format!("{hash}\n{password}").as_bytes()).unwrap();
    match child.wait().unwrap().code() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        Some(3) => {
            eprintln!("SKIP python3: it has no crypt module");
            None
        }
        Some(4) => {
            eprintln!("SKIP python3: its crypt does not know this scheme");
            None
        }
        other => panic!("python3 ended with {other:?}"),
    }
}
