//! What the kernel counts for a process.

use std::fs::read_to_string;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The kernel counts in hundredths of a second for user space, whatever its own clock (`man 5 proc`, USER_HZ).
const TICK: Duration = Duration::from_millis(10);

/// Processor time a process has used since it began, all threads together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuTime {
    pub(crate) user: Duration,
    pub(crate) system: Duration,
}

impl CpuTime {
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let text = read_to_string(format!("/proc/{pid}/stat"))?;
        // The program's name is in brackets and may hold anything.
        let (_, fields) = text.rsplit_once(')').context("no name in /proc/PID/stat")?;
        let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<u32>);
        let mut next = || ticks.next().context("/proc/PID/stat is short")?.context("no number in /proc/PID/stat");
        Ok(Self { user: TICK * next()?, system: TICK * next()? })
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self { user: self.user.saturating_sub(earlier.user), system: self.system.saturating_sub(earlier.system) }
    }

    pub(crate) fn total(self) -> Duration {
        self.user + self.system
    }
}

/// Resident memory in bytes: now, and the most there ever was.
pub(crate) fn resident(pid: u32) -> Result<(u64, u64)> {
    let text = read_to_string(format!("/proc/{pid}/status"))?;
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    Ok((value("VmRSS:").context("no VmRSS")?, value("VmHWM:").context("no VmHWM")?))
}
