//! Commits of a branch that took over what a stage's branch held without becoming its descendants (`git merge --squash`):
//! nothing but their content tells (`SPEC C1`).

use crate::content::sketch::Hashes;
use crate::content::{Delta, PathSet};
use crate::ports::repository::CommitInfo;
use crate::recording::sight::{LeftOut, Sight};
use crate::records::change::Revision;
use crate::records::line::Item;
use crate::records::outline::Outline;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::StageName;
use crate::words::object::{CommitId, RepoPath, TreeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How git begins the message of a squash.
const SAYS_SO: &str = "Squashed commit of the following";

/// What commits that squash a stage's branch brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Squashed {
    /// Those commits.
    pub commits: Vec<CommitId>,
    /// The changes they brought, in the order of their stages' lines.
    pub brought: Vec<LeftOut>,
}

/// Finds what commits of the branch's own took over from stages.
///
/// Two people may have made the same edit, so that a commit which does what one change did is no squash for that alone. It
/// is one where it brings several changes that are not the same edit, or says so as git does; or where it does just what the stage has and the branch
/// had not, and does not speak of the change that is recorded.
///
/// # Errors
/// A fault of the content.
pub fn squashed(sight: Sight<'_>) -> Result<Squashed, Fault> {
    let mut found = Squashed::default();
    let reached = sight.history.reached(sight.own.heads.iter().map(|head| head.commit));
    for info in sight.own.commits.iter().filter_map(|id| sight.history.commits.get(id)) {
        // Where no change there is does only what the commit does, no stage's line has to be read.
        let Some(taken) = Taken::by(sight, info)?.filter(Taken::may_have_taken) else { continue };
        let mut best: Vec<LeftOut> = Vec::new();
        for stage in sight.state.lines.keys() {
            let brought = taken.from(stage, &reached)?;
            if brought.len() > best.len() {
                best = brought;
            }
        }
        if !best.is_empty() {
            found.commits.push(info.id);
            best.retain(|one| !found.brought.iter().any(|known| known.change == one.change));
            found.brought.extend(best);
        }
    }
    Ok(found)
}

/// A change that a commit may have taken over.
struct Brought {
    one: LeftOut,
    ix: ChangeIx,
    delta: Arc<Delta>,
    /// Whether the commit shows anything of it.
    shows: bool,
}

/// What a commit did, seen as what it may have taken over.
struct Taken<'a> {
    sight: Sight<'a>,
    info: &'a CommitInfo,
    paths: PathSet,
}

impl<'a> Taken<'a> {
    fn by(sight: Sight<'a>, info: &'a CommitInfo) -> Result<Option<Self>, Fault> {
        let [parent] = info.parents.as_slice() else { return Ok(None) };
        let history = sight.history;
        let before = history.commits.get(parent).or((*parent == history.base.id).then_some(&history.base));
        let Some(before) = before else { return Ok(None) };
        let delta = sight.content.delta(before.tree, info.tree)?;
        let paths = delta.changes.iter().map(|change| change.path.clone()).collect();
        Ok(Some(Self { sight, info, paths }))
    }

    /// Whether any change of the pipeline may have been taken over.
    fn may_have_taken(&self) -> bool {
        let hashes = Hashes::of(&self.paths);
        let may_be_taken = |one: Outline<'_>| one.sketch().is_none_or(|sketch| sketch.touches_only(&hashes));
        self.sight.state.outlines.iter().any(|outlines| outlines.iter().any(may_be_taken))
    }

    /// What it took over from a stage, if it is a squash of that.
    fn from(&self, stage: &StageName, reached: &BTreeSet<CommitId>) -> Result<Vec<LeftOut>, Fault> {
        let hashes = Hashes::of(&self.paths);
        // Most of a long line is passed over by what it touches, before anything else is asked about it.
        let sketch = |item: &Item| self.sight.state.outline(item.change, item.revision)?.sketch();
        let is_near = |item: &&Item| sketch(item).is_none_or(|sketch| sketch.may_touch(&hashes));
        let may_be_taken = |item: &Item| sketch(item).is_none_or(|sketch| sketch.touches_only(&hashes));
        let near = self.items(stage).filter(is_near).filter(|item| !self.was_given(item, reached));
        let near: Vec<&Item> = near.collect();
        if !near.iter().any(|item| may_be_taken(item)) {
            return Ok(Vec::new());
        }
        let trees = near.iter().map(|item| Ok((self.sight.info)(item.commit)?.tree));
        let trees = trees.collect::<Result<Vec<TreeId>, Fault>>()?;
        let mut brought: Vec<Brought> = Vec::new();
        for (at, item) in near.iter().enumerate().filter(|(_, item)| may_be_taken(item)) {
            let Some(revision) = self.revision(item) else { continue };
            let delta = self.sight.content.delta(revision.base_tree, revision.tip_tree)?;
            if self.took(&delta, &trees[at..])? && !self.is_in_base(item)? {
                let change = self.sight.state.key(item.change).clone();
                brought.retain(|known| known.ix != item.change);
                let one = LeftOut { change, revision: item.revision, stage: stage.clone() };
                brought.push(Brought { shows: self.shows(&delta)?, one, ix: item.change, delta });
            }
        }
        let is_alone = || {
            let others = self.items(stage).filter(|item| brought.iter().all(|known| known.ix != item.change));
            for item in others.filter(|item| !self.was_given(item, reached)) {
                if !self.is_in_base(item)? {
                    return Ok(false);
                }
            }
            Ok::<_, Fault>(true)
        };
        let shown: Vec<&Arc<Delta>> = brought.iter().filter(|one| one.shows).map(|one| &one.delta).collect();
        let is_squash = match shown.as_slice() {
            [] => false,
            _ if self.info.message.starts_with(SAYS_SO) => true,
            [delta] => self.does_no_more_than(delta) && !self.sight.history.names_it(self.info.id) && is_alone()?,
            // One edit that several made is made once more.
            several => several.windows(2).any(|two| two[0].changes != two[1].changes),
        };
        Ok(if is_squash { brought.into_iter().map(|known| known.one).collect() } else { Vec::new() })
    }

    /// Whether the commit shows anything that a change did. Where only files are missing that somebody else took away, it
    /// does not.
    fn shows(&self, delta: &Delta) -> Result<bool, Fault> {
        for change in &delta.changes {
            let stands = self.sight.content.leaf(self.info.tree, &change.path)?;
            if stands.is_some() || change.after.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the commit touches nothing that a change left alone; it touches all that the change did.
    fn does_no_more_than(&self, delta: &Delta) -> bool {
        delta.changes.len() == self.paths.len()
    }

    /// What a stage's line has of others.
    fn items(&self, stage: &StageName) -> impl Iterator<Item = &'a Item> {
        let Sight { state, history, .. } = self.sight;
        let itself = state.change(&history.change).map(|(ix, _)| ix);
        let items = state.lines.get(stage).into_iter().flat_map(|line| &line.items);
        items.filter(move |item| Some(item.change) != itself)
    }

    /// Whether the branch was given an item before: by a stage's branch, or because it is stacked on the change.
    fn was_given(&self, item: &Item, reached: &BTreeSet<CommitId>) -> bool {
        let is_below = |revision: &Revision| revision.number >= item.revision && reached.contains(&revision.tip);
        reached.contains(&item.commit)
            || self.sight.history.commits.contains_key(&item.commit)
            || self.sight.state.at(item.change).revisions.iter().any(is_below)
    }

    /// Whether what the branch began with has it: a fix made above that went down since is another commit there.
    fn is_in_base(&self, item: &Item) -> Result<bool, Fault> {
        for line in self.sight.state.lines.values() {
            for there in line.items_of(item.change).filter(|there| there.revision >= item.revision) {
                if self.sight.began_with(there.commit)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn revision(&self, item: &Item) -> Option<&'a Revision> {
        self.sight.state.at(item.change).revision(item.revision)
    }

    /// Whether everything a change did stands in the commit as the stage had it then or later.
    fn took(&self, delta: &Delta, trees: &[TreeId]) -> Result<bool, Fault> {
        if delta.changes.is_empty() {
            return Ok(false);
        }
        for change in &delta.changes {
            if !self.paths.contains(&change.path) || !self.stands_as(&change.path, trees)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn stands_as(&self, path: &RepoPath, trees: &[TreeId]) -> Result<bool, Fault> {
        let content = self.sight.content;
        let leaf = content.leaf(self.info.tree, path)?;
        // What somebody put back to what it was at first was taken over from nobody, nor what the change had taken away.
        if leaf == content.leaf(self.sight.history.base.tree, path)? || leaf.is_none() && self.took_away(path)? {
            return Ok(false);
        }
        for tree in trees {
            if content.leaf(*tree, path)? == leaf {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an older revision of the change itself took a file away, or renamed it.
    fn took_away(&self, path: &RepoPath) -> Result<bool, Fault> {
        let Sight { state, history, content, .. } = self.sight;
        let revisions = state.change(&history.change).map_or(&[][..], |(_, change)| &change.revisions);
        for revision in revisions {
            let delta = content.delta(revision.base_tree, revision.tip_tree)?;
            if delta.change(path).is_some_and(|one| one.after.is_none()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
