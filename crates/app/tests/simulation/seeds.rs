//! The tests: many seeds, one seed twice, and the planted defects.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::bugs::Bug;
use crate::core::Stats;
use crate::run::{Ran, run};

/// A long run says now and then how far it is.
const SEEDS_PER_LINE: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn report(seed: u64, ran: &Ran) -> String {
    let what = ran.violation.as_deref().unwrap_or("no invariant is broken");
    format!("{}\n\nseed {seed}: {what}\nrepeat: cargo xtask simulate --seed {seed}", ran.log.join("\n"))
}

/// One per core; a run has a thread of its own.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What many seeds came to.
#[derive(Default)]
struct Total {
    seeds: u64,
    stats: Stats,
    failed: Vec<(u64, String)>,
}

impl Total {
    fn line(&self, began: Instant) -> String {
        let rate = self.seeds as f64 / began.elapsed().as_secs_f64();
        let (seeds, broken) = (self.seeds, self.failed.len());
        format!("{seeds} seeds, {rate:.0}/s, {broken} broke a promise: {:?}", self.stats)
    }
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
    // A run by hand wants every seed that fails, not the first.
    let goes_on = number("PASSWRIGHT_SIMULATION_ALL").is_some();
    let began = Instant::now();
    let next = AtomicU64::new(first);
    let stop = AtomicBool::new(false);
    let total = Mutex::new(Total::default());
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let ran = run(seed, None, false);
                    let mut total = total.lock().unwrap();
                    total.stats.add(&ran.stats);
                    total.seeds += 1;
                    if let Some(what) = ran.violation {
                        eprintln!("seed {seed}: {what}\nrepeat: cargo xtask simulate --seed {seed}");
                        total.failed.push((seed, what));
                        stop.store(!goes_on, Ordering::Relaxed);
                    }
                    if total.seeds.is_multiple_of(SEEDS_PER_LINE) {
                        eprintln!("{}", total.line(began));
                    }
                }
            });
        }
    });
    let mut total = total.into_inner().unwrap();
    eprintln!("from seed {first}: {}", total.line(began));
    total.failed.sort();
    if let Some((seed, _)) = total.failed.first() {
        panic!("{}", report(*seed, &run(*seed, None, true)));
    }
}

#[test]
fn one_seed_gives_one_history() {
    for seed in 0..20 {
        let (once, again) = (run(seed, None, true), run(seed, None, true));
        assert!(once.log.len() > 5, "seed {seed} says something");
        for (line, (first, second)) in once.log.iter().zip(&again.log).enumerate() {
            assert_eq!(first, second, "seed {seed}, line {line}");
        }
        assert_eq!(once.log.len(), again.log.len(), "seed {seed}");
        // Keeping no log changes nothing.
        let silent = run(seed, None, false);
        assert_eq!(silent.stats.steps, once.stats.steps, "seed {seed}");
    }
}

#[test]
fn every_planted_defect_is_found() {
    const SEEDS: u64 = 1000;
    let next = AtomicU64::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                while let Some(bug) = Bug::ALL.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                    let hit =
                        (0..SEEDS).find_map(|seed| run(seed, Some(*bug), false).violation.map(|what| (seed, what)));
                    eprintln!("{bug:?}: {hit:?}");
                    found.lock().unwrap().push((*bug, hit));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let missed: Vec<_> = found.iter().filter(|(_, hit)| hit.is_none()).map(|(bug, _)| *bug).collect();
    assert!(missed.is_empty(), "not found within {SEEDS} seeds: {missed:?}");
}
