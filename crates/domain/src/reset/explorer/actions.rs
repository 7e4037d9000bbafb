//! What can be asked for.

use super::world::{Site, User};
use crate::reset::{Goal, Method};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A new flow, for a name; `None`: an unknown one.
    Begin(Site, Goal, Option<User>),
    /// Another name in the same flow.
    Rename(Site, Option<User>),
    Choose(Site, Method),
    Back(Site),
    /// An answer to the open challenge that this person never used before.
    Answer(Site, User),
    /// One that this person used before, seen by whoever sends it.
    Replay(Site, User),
    /// An answer is judged, and its proof not counted yet.
    Judge(Site, User),
    /// The proof that was judged last is handed to a flow: at once, or late, as by a second tab, or to another flow.
    Hand(Site),
    /// The mail for a flow is opened in a browser that is not the flow's.
    OpenMail {
        flow: Site,
        browser: Site,
    },
    Redeem {
        flow: Site,
        browser: Site,
    },
    /// The flows of now are too old from here on.
    Expire,
    /// Something else changes a person's credentials; the attacker's own change with a reset.
    Change(User),
}

/// Everything, with what each browser's flows are for. The victim has proofs in the victim's browser alone, the attacker in both.
pub(super) fn all(goals: [Goal; 2]) -> Vec<Action> {
    use Action::*;
    let mut all = vec![Expire, Change(User::Victim)];
    for (site, goal) in [Site::Victims, Site::Attackers].into_iter().zip(goals) {
        let other = site.other();
        for name in [Some(User::Victim), Some(User::Attacker), None] {
            all.extend([Begin(site, goal, name), Rename(site, name)]);
        }
        all.extend(Method::ALL.map(|method| Choose(site, method)));
        for user in [User::Victim, User::Attacker] {
            all.push(Replay(site, user));
            if user == User::Attacker || site == Site::Victims {
                all.extend([Answer(site, user), Judge(site, user)]);
            }
        }
        all.extend([Back(site), Hand(site), OpenMail { flow: site, browser: other }]);
        all.extend([site, other].map(|browser| Redeem { flow: site, browser }));
    }
    all
}
