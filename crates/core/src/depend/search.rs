//! The smallest set of changes with which something goes: who must leave along, and who must come along
//! (`SPEC D4`, `P11`). Knows nothing of why a set does not go; it is told which larger sets might.

use crate::content::Conflict;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// A set of changes, and which of them must come before which.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Group {
    /// The changes.
    pub changes: BTreeSet<ChangeIx>,
    /// `(earlier, later)`: found out on the way, beside what is declared.
    pub before: BTreeSet<(ChangeIx, ChangeIx)>,
}

/// What a trial of a group came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trial<T> {
    /// It goes.
    Clean(T),
    /// It does not, and every group that contains it and goes contains one of these.
    Blocked(Vec<Branch>),
}

/// A larger group to be tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// The group with what is added.
    pub group: Group,
    /// Who is added.
    pub added: Vec<ChangeIx>,
    /// What it shall settle.
    pub conflicts: Rc<[Conflict]>,
}

/// A group that goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Smallest<T> {
    /// The group.
    pub group: Group,
    /// Who was added to the group asked for, in the order found, with what it settled.
    pub added: Vec<(ChangeIx, Rc<[Conflict]>)>,
    /// What the trial gave.
    pub result: T,
}

/// How far a search goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Only groups with fewer changes than this are tried.
    pub fewer_than: usize,
    /// How much may be spent; a trial costs as much as its caller says.
    pub budget: usize,
}

/// Finds the smallest group that goes and contains `start`; among equals the one whose additions were offered first.
/// `None` when there is none within the limits. `trial` gives what a group came to and what trying it cost.
///
/// # Errors
/// What a trial says.
pub fn smallest<T>(
    start: Group,
    limits: Limits,
    mut trial: impl FnMut(&Group) -> Result<(Trial<T>, usize), Fault>,
) -> Result<Option<Smallest<T>>, Fault> {
    let first = start.changes.len();
    let mut seen = BTreeSet::from([start.clone()]);
    // Groups wait by size, so that no larger one is tried before a smaller one.
    let mut waiting = vec![VecDeque::from([(start, Vec::new())])];
    let (mut size, mut spent) = (0, 0);
    while size < waiting.len() {
        let Some((group, added)) = waiting[size].pop_front() else {
            size += 1;
            continue;
        };
        if spent >= limits.budget {
            return Ok(None);
        }
        let (outcome, cost) = trial(&group)?;
        spent += cost;
        let branches = match outcome {
            Trial::Clean(result) => return Ok(Some(Smallest { group, added, result })),
            Trial::Blocked(branches) => branches,
        };
        for branch in branches {
            let at = branch.group.changes.len() - first;
            if branch.group.changes.len() >= limits.fewer_than || !seen.insert(branch.group.clone()) {
                continue;
            }
            let more = branch.added.into_iter().map(|change| (change, Rc::clone(&branch.conflicts)));
            let added: Vec<_> = added.iter().cloned().chain(more).collect();
            waiting.resize_with(waiting.len().max(at + 1), VecDeque::new);
            waiting[at].push_back((branch.group, added));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(changes: &[u32]) -> Group {
        Group { changes: changes.iter().map(|ix| ChangeIx(*ix)).collect(), ..Group::default() }
    }

    /// 1 goes with 2 and 3, or with 4 alone.
    fn offer(tried: &Group) -> Trial<()> {
        let holds = |ix: u32| tried.changes.contains(&ChangeIx(ix));
        if holds(4) || (holds(2) && holds(3)) {
            return Trial::Clean(());
        }
        let branches = [2, 3, 4].into_iter().filter(|ix| !holds(*ix)).map(|ix| {
            let mut group = tried.clone();
            group.changes.insert(ChangeIx(ix));
            Branch { group, added: vec![ChangeIx(ix)], conflicts: Rc::from([]) }
        });
        Trial::Blocked(branches.collect())
    }

    #[test]
    fn a_smaller_group_that_is_offered_later_is_found_all_the_same() {
        let limits = Limits { fewer_than: 9, budget: 9 };
        let found = smallest(group(&[1]), limits, |group| Ok((offer(group), 1))).unwrap().unwrap();
        assert_eq!(found.group, group(&[1, 4]));
        assert_eq!(found.added, [(ChangeIx(4), Rc::from([]))]);
    }

    #[test]
    fn a_search_ends_at_its_limits() {
        let narrow = Limits { fewer_than: 2, budget: 9 };
        assert_eq!(smallest(group(&[1]), narrow, |group| Ok((offer(group), 1))).unwrap(), None);
        let poor = Limits { fewer_than: 9, budget: 2 };
        assert_eq!(smallest(group(&[1]), poor, |group| Ok((offer(group), 1))).unwrap(), None);
    }
}
