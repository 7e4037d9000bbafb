//! How much is worked on at once, for each source and for the node: a slow source fills its own places and no others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;

use super::breaker::Room;

/// The places of one worker.
pub(super) struct Bounds {
    per_source: usize,
    taken: Arc<Mutex<BTreeMap<SourceId, usize>>>,
}

/// A lane's place; free again when this is dropped, also by a panic.
pub(super) struct Place {
    source: SourceId,
    taken: Arc<Mutex<BTreeMap<SourceId, usize>>>,
}

/// A source with lanes that wait.
pub(super) struct Due {
    pub(super) source: SourceId,
    /// When its next lane is due.
    pub(super) at: Timestamp,
    pub(super) room: Room,
}

/// What to claim now, or when to look again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Share {
    Claim(Vec<(SourceId, i64)>),
    /// Nothing is due at a source with a free place before this time; `None` when nothing will be by itself.
    Later(Option<Timestamp>),
}

impl Bounds {
    pub(super) fn new(per_source: usize) -> Self {
        Self { per_source: per_source.max(1), taken: Arc::default() }
    }

    pub(super) fn take(&self, source: SourceId) -> Place {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner).entry(source.clone()).or_default() += 1;
        Place { source, taken: self.taken.clone() }
    }

    /// Deals the node's `free` places (at least one) out to the sources with due lanes, one after the other: to the one that is
    /// worked on least, of these to the one that has waited longest. So a source that holds its places long gets no more of
    /// those that the others give back. One that is left alone gets a place when no other has work.
    pub(super) fn share(&self, due: Vec<Due>, now: Timestamp, free: usize) -> Share {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_busy = due.iter().any(|due| due.room != Room::Look && due.at <= now);
        let offers = due.into_iter().filter(|due| due.room != Room::Look || !is_busy).map(|due| {
            let most = if let Room::Lanes(most) = due.room { most.min(self.per_source) } else { 1 };
            Offer {
                taken: taken.get(&due.source).copied().unwrap_or_default(),
                at: due.at,
                source: due.source,
                most,
                given: 0,
            }
        });
        let mut open: Vec<_> = offers.filter(|offer| offer.taken < offer.most).collect();
        let next = open.iter().map(|offer| offer.at).min();
        open.retain(|offer| offer.at <= now);
        if open.is_empty() {
            return Share::Later(next);
        }
        for _ in 0..free {
            let with_room = open.iter_mut().filter(|offer| offer.taken + offer.given < offer.most);
            let Some(least) = with_room.min_by(|a, b| a.rank().cmp(&b.rank())) else { break };
            least.given += 1;
        }
        let given = open.into_iter().filter(|offer| offer.given > 0);
        Share::Claim(given.map(|offer| (offer.source, i64::try_from(offer.given).unwrap_or(1))).collect())
    }
}

/// A source that places are dealt out to.
struct Offer {
    source: SourceId,
    at: Timestamp,
    taken: usize,
    given: usize,
    most: usize,
}

impl Offer {
    fn rank(&self) -> (usize, Timestamp, &SourceId) {
        (self.taken + self.given, self.at, &self.source)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = taken.get_mut(&self.source) {
            *places -= 1;
            if *places == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Room = Room::Lanes(usize::MAX);

    fn source(n: u8) -> SourceId {
        SourceId::from_random([n; 16])
    }

    fn due(n: u8, at: i64, room: Room) -> Due {
        Due { source: source(n), at: Timestamp(at), room }
    }

    #[test]
    fn places_are_dealt_out() {
        // Per source 8; (source, places taken, due at), the time being 100.
        let check_in = |sources: &[(u8, usize, i64, Room)], free: usize, expected: &[(u8, i64)]| {
            let bounds = Bounds::new(8);
            let _places: Vec<_> =
                sources.iter().flat_map(|(n, taken, _, _)| (0..*taken).map(|_| bounds.take(source(*n)))).collect();
            let due = sources.iter().map(|(n, _, at, room)| due(*n, *at, *room)).collect();
            let Share::Claim(mut claim) = bounds.share(due, Timestamp(100), free) else { panic!("{sources:?}") };
            claim.sort();
            assert_eq!(
                claim,
                expected.iter().map(|(n, places)| (source(*n), *places)).collect::<Vec<_>>(),
                "{sources:?}"
            );
            assert!(claim.iter().map(|(_, places)| usize::try_from(*places).unwrap()).sum::<usize>() <= free);
        };
        let check = |sources: &[(u8, usize, i64)], free: usize, expected: &[(u8, i64)]| {
            let all: Vec<_> = sources.iter().map(|(n, taken, at)| (*n, *taken, *at, ALL)).collect();
            check_in(&all, free, expected);
        };
        check(&[(1, 0, 5)], 4, &[(1, 4)]);
        check(&[(1, 0, 5)], 32, &[(1, 8)]);
        check(&[(1, 0, 5), (2, 0, 9)], 6, &[(1, 3), (2, 3)]);
        // Who has more places gets none of those that come free before the others have as many.
        check(&[(1, 7, 5), (2, 0, 9)], 6, &[(2, 6)]);
        check(&[(1, 2, 5), (2, 0, 9)], 6, &[(1, 2), (2, 4)]);
        // What a full source cannot use goes to the others.
        check(&[(1, 7, 5), (2, 5, 9)], 6, &[(1, 1), (2, 3)]);
        check_in(&[(1, 0, 5, Room::Lanes(2)), (2, 0, 9, ALL)], 8, &[(1, 2), (2, 6)]);
        // A full one and one that is not due get nothing.
        check(&[(1, 8, 5), (2, 0, 9), (3, 0, 101)], 6, &[(2, 6)]);
        // One free place goes to the least busy source, whoever waits longest.
        check(&[(1, 3, 5), (2, 0, 99)], 1, &[(2, 1)]);
        check(&[(1, 0, 5), (2, 0, 99)], 1, &[(1, 1)]);
        // One that is probed gets one place, one that is left alone none as long as another has work, though it be full.
        check_in(&[(1, 0, 5, Room::Probe), (2, 0, 9, ALL)], 6, &[(1, 1), (2, 5)]);
        check_in(&[(1, 0, 5, Room::Look), (2, 0, 9, ALL)], 6, &[(2, 6)]);
        check_in(&[(1, 0, 5, Room::Look), (2, 0, 101, ALL)], 6, &[(1, 1)]);
        check_in(&[(1, 0, 5, Room::Look), (2, 0, 9, Room::Probe)], 6, &[(2, 1)]);
    }

    #[test]
    fn a_place_is_free_again() {
        let bounds = Bounds::new(1);
        let due = || vec![due(1, 5, ALL)];
        let place = bounds.take(source(1));
        assert_eq!(bounds.share(due(), Timestamp(9), 4), Share::Later(None), "full");
        drop(place);
        assert_eq!(bounds.share(due(), Timestamp(9), 4), Share::Claim(vec![(source(1), 1)]));
        assert_eq!(bounds.share(due(), Timestamp(4), 4), Share::Later(Some(Timestamp(5))));
        assert_eq!(bounds.share(Vec::new(), Timestamp(4), 4), Share::Later(None));
    }

    #[test]
    fn a_source_that_is_left_alone_gives_way() {
        let bounds = Bounds::new(8);
        let share = |rooms: [Room; 2]| {
            let [one, other] = rooms;
            bounds.share(vec![due(1, 5, one), due(2, 5, other)], Timestamp(9), 4)
        };
        let _full: Vec<_> = (0..8).map(|_| bounds.take(source(1))).collect();
        assert_eq!(share([ALL, Room::Look]), Share::Later(None), "the other is full and has work");
        assert_eq!(share([Room::Probe, Room::Probe]), Share::Claim(vec![(source(2), 1)]), "what it had before counts");
    }
}
