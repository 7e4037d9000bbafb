//! Seeds that broke a promise once, one test each: what was wrong, and that the history still has in it what showed it.
//! A change of the simulation's choices makes another history of a seed; what was wrong is tested on its own as well.

use crate::core::Stats;
use crate::run::run;

#[track_caller]
fn check(seed: u64, has_it: impl Fn(&Stats) -> bool) {
    let ran = run(seed, None, true);
    assert_eq!(ran.violation, None, "{}\nrepeat: cargo xtask simulate --seed {seed}", ran.log.join("\n"));
    assert!(has_it(&ran.stats), "the history of seed {seed} is another one now: {:?}", ran.stats);
}

/// The clock was set back between the attempts of two changes, and the order of the attempts was told by that clock: our own
/// write was taken for somebody else's. `passwright_domain::change::PasswordTimes` tells it by the lane's fence now.
#[test]
fn seed_29766_our_own_write_is_not_called_an_outside_change_after_the_clock_was_set_back() {
    check(29_766, |stats| stats.jumps > 0);
}

/// The same order, asked after a refusal: a password that was there was called refused, and an older one confirmed.
#[test]
fn seed_89153_a_password_that_is_there_is_not_called_refused_after_the_clock_was_set_back() {
    check(89_153, |stats| stats.jumps > 0);
}

/// The simulated system's own fault: a write came later than a minute after its caller gave up, because the caller had
/// less than 5 s left when it sent it, the queue having taken long to agree.
#[test]
fn seed_102922_a_late_write_comes_within_a_minute_after_its_caller_gave_up() {
    check(102_922, |stats| stats.late_writes > 0);
}
