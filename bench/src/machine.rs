//! The machine a run was made on, and how busy it was with other things.

use std::fmt;
use std::fs::read_to_string;

use anyhow::Result;

/// What is known of the machine. The kind of disk is not: a virtual disk says nothing of what lies below it.
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_gib: u64,
    kernel: String,
    /// Runnable processes, mean of one minute, before the first measurement.
    load: String,
}

impl Machine {
    pub(crate) fn look() -> Result<Self> {
        let processors = read_to_string("/proc/cpuinfo")?;
        let memory = read_to_string("/proc/meminfo")?;
        let value = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let kib = value(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        Ok(Self {
            processor: value(&processors, "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: kib.unwrap_or(0).div_ceil(1 << 20),
            kernel: read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            load: read_to_string("/proc/loadavg")?.split(' ').next().unwrap_or_default().to_owned(),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, memory_gib, kernel, load } = self;
        write!(
            f,
            "Machine: {processor}, {cores} cores, {memory_gib} GiB, Linux {kernel}, kind of disk unknown. \
             Load average at the start: {load}."
        )
    }
}
