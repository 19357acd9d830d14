//! What a repository says about a stretch of a branch, gathered before a rule reads it.

use crate::adopting::says::{self, Action, Says};
use crate::ports::repository::CommitInfo;
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::{CommitId, TreeId};
use std::collections::{BTreeMap, BTreeSet};

/// A stretch of a stage's branch: what is reachable from its tip and not from its base.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Whose branch.
    pub stage: StageName,
    /// Where it begins; itself not part of it.
    pub base: CommitId,
    /// Where it ends.
    pub tip: CommitId,
    /// Its commits, parents before children.
    order: Vec<CommitId>,
    /// Where each of them stands in that.
    places: BTreeMap<CommitId, usize>,
    /// Those, their parents, and the base.
    infos: BTreeMap<CommitId, CommitInfo>,
    /// The first key each commit's message names, by the pipeline's pattern.
    keys: BTreeMap<CommitId, ChangeKey>,
    /// Keys that an earlier record knew, which need be none any more (`SPEC C1a`).
    known: BTreeSet<ChangeKey>,
    /// What is reverted in it: each such commit with those it stands for, which are its own and what it merged.
    reverted: BTreeMap<CommitId, Vec<CommitInfo>>,
}

/// One commit on the way along a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link<'a> {
    /// The commit.
    pub info: &'a CommitInfo,
    /// The parent that the way comes from.
    pub parent: CommitId,
    /// Its other parents: what it merges.
    pub sides: Vec<CommitId>,
}

impl Stretch {
    /// A stretch of `commits`, parents before children; `edge` are the base and what parents lie outside.
    pub fn new(stage: StageName, ends: (CommitId, CommitId), commits: Vec<CommitInfo>, edge: Vec<CommitInfo>) -> Self {
        let order: Vec<CommitId> = commits.iter().map(|info| info.id).collect();
        let places = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let infos = commits.into_iter().chain(edge).map(|info| (info.id, info)).collect();
        let (keys, known, reverted) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self { stage, base: ends.0, tip: ends.1, order, places, infos, keys, known, reverted }
    }

    /// The same with the keys that messages name.
    #[must_use]
    pub fn naming(self, key: impl Fn(&str) -> Option<String>) -> Self {
        let all = self.infos.values().chain(self.reverted.values().flatten());
        let named = |info: &CommitInfo| {
            Some((info.id, ChangeKey::parse(&key(&says::without_ready_branches(&info.message))?).ok()?))
        };
        let keys = all.filter_map(named).collect();
        Self { keys, ..self }
    }

    /// The same with the commits that its commits say they revert, each with those it stands for.
    #[must_use]
    pub fn reverting(self, reverted: BTreeMap<CommitId, Vec<CommitInfo>>) -> Self {
        Self { reverted, ..self }
    }

    /// The same with the keys that an earlier record knew: our own trailers may name one of them that is none any more.
    #[must_use]
    pub fn knowing(self, known: BTreeSet<ChangeKey>) -> Self {
        Self { known, ..self }
    }

    /// What each of its commits says, parents before children.
    pub fn infos(&self) -> impl Iterator<Item = &CommitInfo> {
        self.order.iter().filter_map(|id| self.infos.get(id))
    }

    /// A commit of it, or at its edge.
    pub fn commit(&self, id: CommitId) -> Option<&CommitInfo> {
        self.infos.get(&id)
    }

    /// The trees of its commits and of those at its edge.
    pub fn trees(&self) -> impl Iterator<Item = TreeId> {
        self.infos.values().map(|info| info.tree)
    }

    /// How many commits it has.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The change a commit names: by our own trailer, else the first key in its message.
    pub fn named(&self, info: &CommitInfo) -> Option<ChangeKey> {
        let key = |key: &str| ChangeKey::parse(key).ok().or_else(|| self.known.get(&ChangeKey::new(key)).cloned());
        let trailer = says::change(&info.message).and_then(key);
        trailer.or_else(|| self.keys.get(&info.id).cloned())
    }

    /// What a commit's message claims. One that reverts a commit is about the change which that commit was about.
    pub fn says(&self, info: &CommitInfo) -> Says {
        let targets: Vec<&CommitInfo> = self.targets(info).collect();
        let about = targets.iter().find_map(|target| self.named(target));
        Says {
            change: about.or_else(|| self.named(info)),
            ours: says::ours(&info.message),
            reverts: targets.iter().map(|target| target.id).collect(),
            brings_back: targets.iter().flat_map(|target| self.taken_by(target)).collect(),
            undoes: says::undoes(&info.message),
        }
    }

    /// The commits that one had reverted; itself where it is one of ours that takes something out.
    fn taken_by(&self, info: &CommitInfo) -> Vec<CommitId> {
        let ours = says::ours(&info.message).is_some_and(|ours| ours.action == Action::TakesOut);
        let own = ours.then_some(info.id);
        own.into_iter().chain(self.targets(info).map(|again| again.id)).collect()
    }

    /// What a commit says it reverts, with what that stands for.
    fn targets<'s>(&'s self, info: &'s CommitInfo) -> impl Iterator<Item = &'s CommitInfo> {
        says::reverted(&info.message).into_iter().flat_map(|id| {
            let meant = move |(target, _): &(&CommitId, _)| target.0.to_string().starts_with(id);
            self.reverted.iter().filter(meant).flat_map(|(_, stands_for)| stands_for)
        })
    }

    /// The way from its base to its tip, oldest first: along first parents, but where only another one leads to the
    /// base, along that.
    pub fn mainline(&self) -> Vec<Link<'_>> {
        let all: BTreeSet<CommitId> = self.order.iter().copied().collect();
        let mut leading = BTreeSet::from([self.base]);
        for id in &self.order {
            let leads = self.commit(*id).is_some_and(|info| info.parents.iter().any(|one| leading.contains(one)));
            if leads {
                leading.insert(*id);
            }
        }
        self.way(self.tip, &all, &leading)
    }

    /// The way along first parents to a commit, within some commits, oldest first.
    pub fn path(&self, to: CommitId, within: &BTreeSet<CommitId>) -> Vec<Link<'_>> {
        self.way(to, within, &BTreeSet::new())
    }

    fn way(&self, to: CommitId, within: &BTreeSet<CommitId>, leading: &BTreeSet<CommitId>) -> Vec<Link<'_>> {
        let mut links = Vec::new();
        let mut at = Some(to);
        while let Some(info) = at.filter(|id| within.contains(id)).and_then(|id| self.commit(id)) {
            let led = info.parents.iter().find(|id| leading.contains(id));
            at = led.or(info.parents.first()).copied();
            if let Some(parent) = at {
                let sides = info.parents.iter().copied().filter(|id| *id != parent).collect();
                links.push(Link { info, parent, sides });
            }
        }
        links.reverse();
        links
    }

    /// Of some commits those that a merge's other parent reaches and the one it was merged into does not.
    pub fn side(&self, into: CommitId, other: CommitId, within: &BTreeSet<CommitId>) -> BTreeSet<CommitId> {
        let mut side = self.beside(into, other);
        side.retain(|id| within.contains(id));
        side
    }

    /// Of its commits those that one reaches and another does not. Goes back no further than to what both reach: there may be
    /// as many merges as commits.
    fn beside(&self, into: CommitId, other: CommitId) -> BTreeSet<CommitId> {
        let place = |id: CommitId| self.places.get(&id).copied();
        let mut beside = BTreeSet::new();
        // By place, so that all that follow a commit come before it; whether `into` reaches it.
        let mut open: BTreeMap<usize, bool> = place(other).into_iter().map(|at| (at, false)).collect();
        open.extend(place(into).map(|at| (at, true)));
        let mut undecided = open.values().filter(|is_shared| !**is_shared).count();
        while undecided > 0
            && let Some((at, is_shared)) = open.pop_last()
        {
            let id = self.order[at];
            if !is_shared {
                undecided -= 1;
                beside.insert(id);
            }
            for at in self.infos[&id].parents.iter().filter_map(|id| place(*id)) {
                match open.insert(at, is_shared || open.get(&at).copied().unwrap_or_default()) {
                    None if !is_shared => undecided += 1,
                    Some(false) if is_shared => undecided -= 1,
                    _ => {}
                }
            }
        }
        beside
    }

    /// The first of some commits that is no merge; of a merge, the first that it brought (`SPEC C1`).
    pub fn first_own(&self, commits: &[CommitId]) -> Option<&CommitInfo> {
        let brought = |info: &CommitInfo| -> BTreeSet<CommitId> {
            let (into, sides) = (info.parents.first(), info.parents.iter().skip(1));
            into.map(|into| sides.flat_map(|side| self.beside(*into, *side)).collect()).unwrap_or_default()
        };
        let mut own: BTreeSet<CommitId> = commits.iter().copied().collect();
        own.extend(commits.iter().filter_map(|id| self.commit(*id)).flat_map(brought));
        let placed = own.into_iter().filter_map(|id| Some((self.places.get(&id)?, self.commit(id)?)));
        let single = placed.filter(|(_, info)| info.parents.len() < 2);
        single.min_by_key(|(at, _)| **at).map(|(_, info)| info)
    }

    /// All its commits.
    pub fn commits(&self) -> BTreeSet<CommitId> {
        self.order.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Signature;
    use crate::words::names::Time;
    use crate::words::object::Oid;

    fn id(nth: usize) -> CommitId {
        CommitId(Oid([nth as u8; 20]))
    }

    /// Commits from 1 on, each following one or two of those before it; 0 is the base.
    fn stretch(parents: &[&[usize]]) -> Stretch {
        let by = || Signature { name: String::new(), email: String::new(), time: Time(0) };
        let info = |nth: usize, parents: &[usize]| CommitInfo {
            id: id(nth),
            tree: TreeId::EMPTY,
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: by(),
            committer: by(),
            message: String::new(),
        };
        let commits: Vec<CommitInfo> = parents.iter().enumerate().map(|(at, of)| info(at + 1, of)).collect();
        Stretch::new(StageName::new("DEV"), (id(0), id(parents.len())), commits, vec![info(0, &[])])
    }

    fn reached(parents: &[&[usize]], from: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(nth) = open.pop() {
            if nth > 0 && reached.insert(nth) {
                open.extend(parents[nth - 1]);
            }
        }
        reached
    }

    #[test]
    fn beside_a_commit_is_what_it_does_not_reach() {
        let parents: &[&[usize]] =
            &[&[0], &[1], &[1], &[2, 3], &[0], &[4, 5], &[3], &[6, 7], &[6], &[8, 9], &[5], &[11, 2]];
        let stretch = stretch(parents);
        for into in 0..=parents.len() {
            for other in 0..=parents.len() {
                let (here, there) = (reached(parents, into), reached(parents, other));
                let wanted: BTreeSet<CommitId> = there.difference(&here).map(|nth| id(*nth)).collect();
                assert_eq!(stretch.beside(id(into), id(other)), wanted, "{other} beside {into}");
            }
        }
    }
}
