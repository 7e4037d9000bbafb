//! The tests: many seeds, one seed twice, and the planted defects.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::core::Stats;
use crate::run::{Ran, run};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn report(seed: u64, ran: &Ran) -> String {
    let what = ran.violation.as_deref().unwrap_or("no invariant is broken");
    format!("{}\n\nseed {seed}: {what}\nrepeat: cargo xtask simulate --seed {seed}", ran.log.join("\n"))
}

#[test]
fn every_seed_keeps_the_promises() {
    let first = number("PASSWRIGHT_SIMULATION_SEED").unwrap_or(0);
    let count = number("PASSWRIGHT_SIMULATION_SEEDS").unwrap_or(300);
    if count == 1 {
        let ran = run(first, None, true);
        eprintln!("{}", report(first, &ran));
        assert!(ran.violation.is_none(), "{}", ran.violation.unwrap());
        return;
    }
    let next = AtomicU64::new(first);
    let stop = AtomicBool::new(false);
    let total = Mutex::new((Stats::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let ran = run(seed, None, false);
                    let mut total = total.lock().unwrap();
                    total.0.add(&ran.stats);
                    if let Some(what) = ran.violation {
                        total.1.push((seed, what));
                        stop.store(number("PASSWRIGHT_SIMULATION_ALL").is_none(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let (stats, mut failed) = total.into_inner().unwrap();
    eprintln!("{count} seeds from {first}: {stats:?}");
    failed.sort();
    for (seed, what) in &failed {
        eprintln!("seed {seed}: {what}");
    }
    if let Some((seed, _)) = failed.first() {
        panic!("{}", report(*seed, &run(*seed, None, true)));
    }
}
