//! Every order of requests, to a depth of 8: two people, two browsers, all methods, expiry, replay, back, another way, a second tab,
//! links opened elsewhere. One person and one browser are the attacker's, who may ask for anything, and sees what the other
//! person has used, but knows neither that person's proofs nor the password.
//!
//! The machine is driven as the use cases drive it. What is right is said by a second, simpler book ([`ghost`]), kept beside it:
//! *a grant only for the one whose enough proofs this browser gave to the open step of this flow, in its time, each used once.*

mod actions;
mod ghost;
mod world;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Goal;
use super::guard::{Guard, without};
use actions::{Action, all};
use world::World;

/// What was walked through.
struct Walked {
    states: usize,
    transitions: usize,
    grants: usize,
}

/// Walks breadth first. The first way to break the rule ends it: the requests, and what was wrong.
fn walk(start: &Start, depth: usize) -> Result<Walked, (Vec<Action>, String)> {
    let actions = all(start.goals);
    let world = World::new(start.have_factors);
    let mut seen = HashSet::from([fingerprint(&world)]);
    let mut walked = Walked { states: 1, transitions: 0, grants: 0 };
    let mut front: Vec<(World, Vec<Action>)> = vec![(world, Vec::new())];
    for level in 1..=depth {
        let mut next = Vec::new();
        for (world, way) in front {
            for action in actions.iter().filter(|action| world.may_be(**action)) {
                let mut after = world.clone();
                let Some(outcome) = after.apply(*action) else { continue };
                let step = || way.iter().copied().chain([*action]).collect::<Vec<_>>();
                walked.transitions += 1;
                walked.grants += usize::from(outcome.map_err(|wrong| (step(), wrong))?);
                after.tidy();
                if seen.insert(fingerprint(&after)) {
                    walked.states += 1;
                    if level < depth {
                        next.push((after, step()));
                    }
                }
            }
        }
        front = next;
    }
    Ok(walked)
}

/// 128 bits stand for a state: that two of some millions share them is less likely than a fault of the memory.
fn fingerprint(world: &World) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        world.hash(&mut hasher);
        hasher.finish()
    };
    u128::from(half(0)) << 64 | u128::from(half(1))
}

/// Where a walk begins.
#[derive(Debug)]
struct Start {
    /// Both people have enrolled every own factor; otherwise none.
    have_factors: bool,
    /// Of the victim's browser, and the attacker's.
    goals: [Goal; 2],
}

const STARTS: [Start; 4] = [
    Start { have_factors: true, goals: [Goal::SetPassword, Goal::Unlock] },
    Start { have_factors: true, goals: [Goal::Unlock, Goal::SetPassword] },
    Start { have_factors: false, goals: [Goal::SetPassword, Goal::Unlock] },
    Start { have_factors: false, goals: [Goal::Unlock, Goal::SetPassword] },
];

fn depth() -> usize {
    std::env::var("PASSWRIGHT_RESET_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(8)
}

#[test]
fn no_way_to_a_grant_without_the_proofs() {
    let mut all = Walked { states: 0, transitions: 0, grants: 0 };
    for start in &STARTS {
        match walk(start, depth()) {
            Ok(Walked { states, transitions, grants }) => {
                println!("{start:?}: {states} states, {transitions} transitions, {grants} of them grants, 0 wrong");
                all.states += states;
                all.transitions += transitions;
                all.grants += grants;
            }
            Err((way, wrong)) => panic!("{start:?}: {wrong}: {way:?}"),
        }
    }
    println!(
        "to depth {}: {} states, {} transitions, {} grants, 0 wrong",
        depth(),
        all.states,
        all.transitions,
        all.grants
    );
    assert!(all.states > 10_000 && all.grants > 100, "the walk went nowhere");
}

/// Each check is missed when it is taken away: a walk that could find nothing would prove nothing.
#[test]
fn every_planted_defect_is_found() {
    let mut unnoticed = Vec::new();
    for guard in Guard::ALL {
        // One step more at a time over all beginnings: the shortest way is found soonest.
        let found =
            (3..=depth()).find_map(|depth| STARTS.iter().find_map(|start| without(guard, || walk(start, depth)).err()));
        match found {
            Some((way, wrong)) => println!("without {guard:?}: {wrong} after {way:?}"),
            None => unnoticed.push(guard),
        }
    }
    assert!(unnoticed.is_empty(), "the walk does not notice that {unnoticed:?} is missing");
}

/// Longer ways than can be walked one by one: 5,000 drawn ways of 40 requests from each beginning (requirement R31).
#[test]
fn drawn_ways_of_forty_requests() {
    let mut grants = 0;
    for start in &STARTS {
        let actions = all(start.goals);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..5_000 {
            let (mut world, mut way) = (World::new(start.have_factors), Vec::new());
            for _ in 0..40 {
                // xorshift64: the same ways in every run.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let possible: Vec<_> = actions.iter().filter(|action| world.may_be(**action)).collect();
                // Every other time something that brings a flow further, so that many ways get to their end.
                let leading: Vec<_> = possible.iter().copied().filter(|action| world.leads_on(**action)).collect();
                let from = if leading.is_empty() || state >> 63 == 0 { possible } else { leading };
                let action = *from[usize::try_from((state >> 16) % u64::try_from(from.len()).unwrap()).unwrap()];
                way.push(action);
                let mut after = world.clone();
                match after.apply(action) {
                    None => continue,
                    Some(Ok(granted)) => grants += usize::from(granted),
                    Some(Err(wrong)) => panic!("{start:?}: {wrong}: {way:?}"),
                }
                after.tidy();
                world = after;
            }
        }
    }
    println!("{} drawn ways of 40 requests, {grants} grants, 0 wrong", STARTS.len() * 5_000);
    assert!(grants > 5_000, "{grants}");
}
