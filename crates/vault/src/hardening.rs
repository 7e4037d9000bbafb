//! Keeps this process's memory out of core files and away from other processes of the same user.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Sets the core file limit to zero, for good, and on Linux the process to "not dumpable", which also stops another
/// process of the same user from attaching to it or reading its memory. Call it first in `main`, before a secret is
/// read. A child process that is started with `exec` keeps the limit but is dumpable again.
///
/// # Errors
/// The operating system's error; the caller should refuse to go on.
pub fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
