//! What a repository says about a stretch of a branch, gathered before a rule reads it.

use crate::ports::repository::CommitInfo;
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::CommitId;
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
    /// Those, their parents, and the base.
    infos: BTreeMap<CommitId, CommitInfo>,
    /// The first key each commit's message names, by the pipeline's pattern.
    keys: BTreeMap<CommitId, ChangeKey>,
}

impl Stretch {
    /// A stretch of `commits`, parents before children; `edge` are the base and what parents lie outside.
    pub fn new(stage: StageName, ends: (CommitId, CommitId), commits: Vec<CommitInfo>, edge: Vec<CommitInfo>) -> Self {
        let order = commits.iter().map(|info| info.id).collect();
        let infos = commits.into_iter().chain(edge).map(|info| (info.id, info)).collect();
        Self { stage, base: ends.0, tip: ends.1, order, infos, keys: BTreeMap::new() }
    }

    /// The same with the keys that messages name.
    #[must_use]
    pub fn naming(self, key: impl Fn(&str) -> Option<String>) -> Self {
        let named = |id: &CommitId| Some((*id, ChangeKey::parse(&key(&self.infos.get(id)?.message)?).ok()?));
        let keys = self.order.iter().filter_map(named).collect();
        Self { keys, ..self }
    }

    /// A commit of it, or at its edge.
    pub fn commit(&self, id: CommitId) -> Option<&CommitInfo> {
        self.infos.get(&id)
    }

    /// The change a commit names: by our own trailer, else the first key in its message.
    pub fn named(&self, info: &CommitInfo) -> Option<ChangeKey> {
        let trailer = info.message.lines().rev().find_map(|line| line.strip_prefix("Change: "));
        trailer.and_then(|key| ChangeKey::parse(key.trim()).ok()).or_else(|| self.keys.get(&info.id).cloned())
    }

    /// The first-parent way to its tip, oldest first.
    pub fn mainline(&self) -> Vec<&CommitInfo> {
        let inner: BTreeSet<CommitId> = self.order.iter().copied().collect();
        let mut line = Vec::new();
        let mut at = Some(self.tip);
        while let Some(info) = at.filter(|id| inner.contains(id)).and_then(|id| self.commit(id)) {
            line.push(info);
            at = info.parents.first().copied();
        }
        line.reverse();
        line
    }

    /// The commits that a merge's second parent reaches and its first does not, parents before children.
    pub fn side(&self, first: CommitId, second: CommitId) -> Vec<&CommitInfo> {
        let inner: BTreeSet<CommitId> = self.order.iter().copied().collect();
        let (here, there) = (self.reached(first, &inner), self.reached(second, &inner));
        let side = self.order.iter().filter(|id| there.contains(id) && !here.contains(id));
        side.filter_map(|id| self.commit(*id)).collect()
    }

    fn reached(&self, from: CommitId, inner: &BTreeSet<CommitId>) -> BTreeSet<CommitId> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if inner.contains(&id) && reached.insert(id) {
                open.extend(self.commit(id).into_iter().flat_map(|info| &info.parents));
            }
        }
        reached
    }
}
