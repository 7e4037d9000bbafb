//! kill -9 at random moments while changes are accepted, and how soon the service is back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use passwright_client::PasswordChangeState;

use crate::front::Front;
use crate::load::{Account, Story, Writer, start_writers, stop_writers};
use crate::random::Random;
use crate::site::Node;
use crate::waiting::{PATIENCE, until};

/// Accepted changes for each kill: 200 kills come within 5,000.
const CHANGES: u64 = 25;
/// From the kill until what was killed serves again and a change accepted since then is proved.
const RECOVERED: Duration = Duration::from_secs(10);

/// How often something is killed in one run.
pub(crate) fn kills() -> u64 {
    let default = if std::env::var("CI").is_ok_and(|ci| ci == "true") { 20 } else { 5 };
    std::env::var("PASSWRIGHT_KILLS").ok().map_or(default, |kills| kills.parse().expect("a number of kills"))
}

/// Kills nodes, one or two at a time, `kills` times in all; gives what was accepted meanwhile.
///
/// `probe` is an account without a writer: a change to it right after each kill shows that the service is back.
pub(crate) async fn kill_under_load(
    nodes: &mut [Node],
    front: &Arc<Front>,
    (accounts, probe): (&[Account], Account),
    kills: u64,
    random: &mut Random,
) -> Vec<Story> {
    let mut probe = Writer::new(front, 0, probe).await;
    let writers = start_writers(front, accounts);
    let (mut killed, mut slowest) = (0, Duration::ZERO);
    while killed < kills {
        let goal = front.accepted() + usize::try_from(1 + random.below(CHANGES)).unwrap();
        front.grant(usize::try_from(CHANGES).unwrap());
        until("enough changes were accepted", PATIENCE, async || (front.accepted() >= goal).then_some(())).await;
        // Not on the heels of an answer only.
        tokio::time::sleep(Duration::from_micros(random.below(20_000))).await;
        let first = random.below(nodes.len() as u64);
        let second = if nodes.len() > 2 && random.below(4) == 0 { random.below(nodes.len() as u64) } else { first };
        let began = Instant::now();
        for (index, node) in (0..).zip(&mut *nodes) {
            if index == first || index == second {
                node.server.kill();
                killed += 1;
            }
        }
        for (index, node) in (0..).zip(&mut *nodes) {
            if index == first || index == second {
                node.restart(RECOVERED).await;
            }
        }
        let id = probe.write_next().await;
        let status = front.end_of(0, &id, PATIENCE).await.unwrap();
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
        let recovery = began.elapsed();
        assert!(recovery < RECOVERED, "kill {killed}: recovered only after {recovery:?}");
        slowest = slowest.max(recovery);
    }
    let mut stories = stop_writers(front, writers).await;
    stories.push(probe.finish());
    println!("{killed} kills, slowest recovery {} ms, {:?}", slowest.as_millis(), front.seen());
    stories
}
